"""What a sweep costs beyond its replicas, and the memory of the process that keeps its ledger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stopwatch import at_most

pytestmark = pytest.mark.bench
resource = pytest.importorskip("resource", reason="POSIX only")
ROOT = Path(__file__).parents[2]
REPLICAS = int(os.environ.get("SIMCLUSTER_SWEEP_REPLICAS", "40"))
FOR = 1000
WORKERS = 2

# Becomes the parent of whoever loses theirs, so that RUSAGE_CHILDREN in the end holds all workers.
MEASURE = """
import ctypes, json, os, resource, subprocess, sys, time
assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
wall = time.perf_counter() - began
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, wall]))
"""


def measured(folder: Path, replicas: int, *more: str) -> tuple[float, float, float]:
    """CPU seconds of all processes of a sweep, CPU seconds of its replicas alone, and wall seconds."""
    scenario = "scenarios/h100_100k_reliability.toml"
    sweep = [
        sys.executable,
        "-m",
        "simcluster",
        "sweep",
        scenario,
        "-n",
        str(replicas),
        "--workers",
        str(WORKERS),
        *more,
    ]
    command = [sys.executable, "-c", MEASURE, *sweep, "--out", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    code, cpu, wall = json.loads(done.stdout)
    assert code == 0, done.stderr
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return cpu, manifest["cpu_seconds"]["replicas"], wall


@pytest.mark.parametrize(("executor", "limit"), [("processes", 1.02), ("dask", 1.08)])
def test_cpu_over_the_sum_of_the_replicas(executor: str, limit: float, tmp_path: Path) -> None:
    """Two sizes tell what a sweep costs once from what it costs a replica."""
    few, many = 4, REPLICAS
    small, large = (measured(tmp_path / str(n), n, "--executor", executor) for n in (few, many))
    over = [cpu - replicas for cpu, replicas, _ in (small, large)]
    each = max(0.0, (over[1] - over[0]) / (many - few))
    once = over[0] - few * each
    a_replica = large[1] / many
    of_many = 1 + (each + once / FOR) / a_replica
    print(f"\n{executor}: {a_replica:.2f} s CPU a replica; over it {once:.1f} s once and {each * 1000:.0f} ms each")
    print(f"  measured with {many:,}: {large[0] / large[1]:.4f}; for {FOR:,} by these: {of_many:.4f}")
    print(f"  wall {large[2]:.0f} s, {large[2] / (large[1] / WORKERS):.3f} of the replicas' CPU over {WORKERS} workers")
    at_most(f"{executor}, CPU over the sum of {FOR:,} replicas", of_many, limit, firm=False)


# Replicas are made up from some real ones in a process beside the parent, all with numbers of their own, so that they
# are as hard to pack. What goes to a ledger comes in chunks, as it does from replicas of 20 ms.
KEPT = """
import json, multiprocessing, resource, sys, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from simcluster.model.load import load
from simcluster.record.ledger import Ledger, Replica
from simcluster.record.part_files import PartFiles
from simcluster.record.parts import Part, Parts
from simcluster.report.sweep_folder import write_sweep
from simcluster.study.chunk import run_replica
from simcluster.study.part_sweep import rows_of
from simcluster.study.plan import LuckAlone
from simcluster.study.reproduce import reproduction
from simcluster.study.sweep import Sweep

SOME = 20

def begin(scenario):
    global some
    some = [run_replica(LuckAlone(scenario), k) for k in range(SOME)]

def other(value, k):
    return value * (1 + 1e-7 * k) if isinstance(value, float) else value

def made(numbers):
    found = []
    for k in numbers:
        like = some[k % SOME]
        outcomes = {name: other(value, k) for name, value in like.outcomes.items()}
        series = {name: {day: other(v, k) for day, v in line.items()} for name, line in like.series.items()}
        found.append(Replica(k, k, {}, outcomes, series))
    return found

def written(files, numbers):
    return Part(numbers, files.write(numbers[0], rows_of(made(numbers))))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def main():
    kept, n, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    scenario = load("scenarios/small.toml")[0]
    sweep = Sweep(scenario, "resolved", LuckAlone(scenario), n, "1")
    files = PartFiles.at(str(folder / "parts"), sweep.digest, 1000)
    in_parts, path = kept == "parts", folder / "ledger.sqlite"
    size, used = files.block if in_parts else 50, 0.0
    chunks = [range(first, min(first + size, n)) for first in range(0, n, size)]
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("forkserver"), begin, (scenario,))
    with pool, Parts(path, files) if in_parts else Ledger(path, sweep.digest) as ledger:
        if in_parts:
            files.prepare()
        for numbers in chunks:
            came = pool.submit(written, files, numbers) if in_parts else pool.submit(made, numbers)
            came, began = came.result(), time.process_time()
            if in_parts:
                ledger.add_part(came, [])
            else:
                for replica in came:
                    ledger.add(replica)
            used += time.process_time() - began
        filled, began = peak(), time.process_time()
        write_sweep(folder, ledger, sweep, reproduction("small", (), sweep.plan))
        told = time.process_time() - began
    sizes = [(folder / "ledger.sqlite").stat().st_size, sum(path.stat().st_size for path in folder.glob("parts/*"))]
    print(json.dumps([used, filled, told, peak(), *sizes]))

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(("kept", "sizes"), [("ledger", (500, 20_000)), ("parts", (500, 20_000, 200_000))])
def test_memory_of_the_parent_is_flat(kept: str, sizes: tuple[int, ...], tmp_path: Path) -> None:
    """So many replicas written down and the folder written, by one process."""
    (script := tmp_path / "kept.py").write_text(KEPT, encoding="utf-8")
    peaks = {}
    for n in sizes:
        (folder := tmp_path / str(n)).mkdir()
        command = [sys.executable, str(script), kept, str(n), str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        filling, filled, telling, told, ledger, parts = json.loads(done.stdout)
        peaks[n] = filled, told
        print(f"\n{kept}, {n:,} replicas: written down in {filling:.2f} s CPU and {filled:.0f} MB, ", end="")
        print(f"folder in {telling:.1f} s CPU and {told:.0f} MB; ledger {ledger:,} B, parts {parts:,} B")
    for n in sizes[1:]:
        filled, told = (large - small for large, small in zip(peaks[n], peaks[sizes[0]], strict=True))
        at_most(f"MB more with {n:,} replicas than with {sizes[0]}, {kept}", filled, 20)
        at_most(f"MB more with {n:,} replicas than with {sizes[0]}, folder from {kept}", told, 100)
