"""A small cluster beside El Capitan at FP64, as a person has read it once.

To accept a change, run with SIMCLUSTER_UPDATE_GOLDEN=1 and read the difference before keeping it.
"""

import os
from pathlib import Path

from click.testing import CliRunner

from simcluster.cli.main import main

KEPT = Path(__file__).with_name("compare_small_el_capitan.txt")


def test_the_table_is_the_same() -> None:
    result = CliRunner().invoke(main, ["compare", "small", "el_capitan", "--precision", "fp64"])
    assert result.exit_code == 0, result.output
    if os.environ.get("SIMCLUSTER_UPDATE_GOLDEN") == "1":
        KEPT.write_text(result.stdout, encoding="utf-8", newline="\n")
    assert result.stdout == KEPT.read_text(encoding="utf-8")
