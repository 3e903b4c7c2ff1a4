"""The import contracts of pyproject.toml hold, and the command line starts without heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("pandas", "scipy", "matplotlib", "numpy", "pydantic", "pint", "pyarrow", "simpy", "tree_sitter")
PROBE = f"""
import sys
import simcluster.cli.main
sys.argv = ["simcluster", "--help"]
try:
    simcluster.cli.main.main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("loaded:", *sorted(set(sys.modules) & set({HEAVY!r})))
"""


def test_import_contracts_hold() -> None:
    program = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


@pytest.mark.parametrize("package", ["cli", "report", "study", "sim", "books", "record", "model", "core"])
def test_each_layer_is_a_package_that_says_what_it_is(package: str) -> None:
    text = ROOT.joinpath("simcluster", package, "__init__.py").read_text(encoding="utf-8")
    assert text.startswith('"""')
