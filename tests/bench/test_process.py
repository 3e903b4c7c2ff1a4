"""What a user waits for: the whole process of a run, and of `--help`."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench
resource = pytest.importorskip("resource", reason="POSIX only")
ROOT = Path(__file__).parents[2]

# A process of its own starts the command, so that RUSAGE_CHILDREN holds this command and no other.
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def measured(*arguments: str) -> tuple[int, float, float]:
    """Exit code, CPU seconds and peak resident MB of a command of the package."""
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "simcluster", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    code, cpu, peak = json.loads(done.stdout)
    return code, cpu, peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def test_a_whole_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, cpu, peak = measured("run", "scenarios/meta_2024.toml", "--out", str(out), "--force")
    print(f"\nrun meta_2024: {cpu:.2f} s CPU, {peak:,.0f} MB at the peak")
    assert code == 0
    assert (out / "report.html").exists()


def test_help() -> None:
    walls = []
    for _ in range(5):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "simcluster", "--help"], cwd=ROOT, capture_output=True, check=True)
        walls.append(time.perf_counter() - began)
        assert b"Commands:" in done.stdout
    print(f"\n--help: {sorted(walls)[2] * 1000:.0f} ms wall")
