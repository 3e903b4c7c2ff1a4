"""What a sweep costs beyond its replicas, and the memory of the process that keeps its ledger."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from stopwatch import at_most

pytestmark = pytest.mark.bench
resource = pytest.importorskip("resource", reason="POSIX only")
ROOT = Path(__file__).parents[2]
REPLICAS = 40
FOR = 1000

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
    sweep = [sys.executable, "-m", "simcluster", "sweep", scenario, "-n", str(replicas), "--workers", "2", *more]
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
    print(
        f"  measured with {many}: {large[0] / large[1]:.3f}, wall {large[2]:.0f} s; for {FOR:,} by these: {of_many:.4f}"
    )
    at_most(f"{executor}, CPU over the sum of {FOR:,} replicas", of_many, limit, firm=False)


MEMORY = """
import json, resource, sys
from pathlib import Path
from simcluster.model.load import load
from simcluster.record.ledger import Ledger, Replica
from simcluster.report.sweep_folder import write_sweep
from simcluster.study.chunk import run_replica
from simcluster.study.plan import LuckAlone
from simcluster.study.reproduce import reproduction
from simcluster.study.sweep import Sweep
scenario, n, folder = load("scenarios/small.toml")[0], int(sys.argv[1]), Path(sys.argv[2])
sweep = Sweep(scenario, "resolved", LuckAlone(scenario), n, "1")
some = [run_replica(sweep.plan, k) for k in range(20)]
with Ledger(folder / "ledger.sqlite", sweep.digest) as ledger:
    for k in range(n):
        like = some[k % 20]
        ledger.add(Replica(k, k, {}, like.outcomes, like.series))
    filled = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    write_sweep(folder, ledger, sweep, reproduction("small", (), sweep.plan))
print(json.dumps([filled, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def test_memory_of_the_parent_is_flat(tmp_path: Path) -> None:
    """The ledger filled with so many replicas and the folder written, by one process."""
    peaks = {}
    for n in (500, 20_000):
        (tmp_path / str(n)).mkdir()
        command = [sys.executable, "-c", MEMORY, str(n), str(tmp_path / str(n))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks[n] = json.loads(done.stdout)
        print(
            f"\n{n:,} replicas: {peaks[n][0]:.0f} MB with the ledger full, {peaks[n][1]:.0f} MB with the folder written"
        )
    at_most("MB more for 40 times the replicas, ledger", peaks[20_000][0] - peaks[500][0], 20)
    at_most("MB more for 40 times the replicas, folder", peaks[20_000][1] - peaks[500][1], 100)
