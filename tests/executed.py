"""Studies that any executor has to give the same bytes of; run as a program, all of them in one MPI job."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from simcluster.cli.main import main

SCENARIO = Path(__file__).parent / "unit" / "study" / "checkpoints.toml"
INTERVAL = "jobs[run].checkpoint.interval"
SHORT = ("--set", "end=2024-01-10")
COMMANDS = {
    "compare": ("compare", "a.toml", "b.toml", "-n", "2", "--explain", "jobs.run.goodput", "--json", *SHORT),
    "sensitivity": (
        *("sensitivity", "a.toml", "-n", "2", "--outcome", "jobs.run.goodput", "--json", *SHORT),
        *("--vary", f"{INTERVAL}=5 min:60 min", "--vary", "jobs[run].restart=1 min:9 min"),
    ),
    "solve": (
        *("solve", "a.toml", "--vary", INTERVAL, "--for", "jobs.run.goodput=0.8", "-n", "3", "--json", *SHORT),
        *("--between", "20 min:120 min", "--within", "20 min"),
    ),
    "optimize": (
        *("optimize", "a.toml", "--vary", f"{INTERVAL}=3 min:60 min", "--maximise", "jobs.run.goodput"),
        *("--trials", "6", "-n", "2", "--out", "optimize", *SHORT),
    ),
}
TABLES = ("trials.csv", "front.csv", "summary.json")


def write_scenarios() -> None:
    """Two that differ in one checkpoint interval, into the working directory."""
    text = SCENARIO.read_text(encoding="utf-8")
    Path("a.toml").write_text(text, encoding="utf-8")
    Path("b.toml").write_text(text.replace('interval = "1 hour"', 'interval = "10 min"'), encoding="utf-8")


def run_studies(*executor: str) -> dict[str, str]:
    """What every study tells by an executor, and the tables of the search; the working directory has the scenarios."""
    told = {}
    for name, command in COMMANDS.items():
        done = CliRunner().invoke(main, [*command, *executor])
        if done.exit_code:
            raise SystemExit(f"{name}: {done.output}")
        told[name] = done.stdout
    told |= {name: Path("optimize", name).read_text(encoding="utf-8") for name in TABLES}
    shutil.rmtree("optimize")
    return told


if __name__ == "__main__":
    print(json.dumps(run_studies("--executor", "mpi")))
