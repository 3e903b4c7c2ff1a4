"""`simcluster compare`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import loaded_of_all, set_option
from simcluster.cli.errors import RefusedError, refuse_files_above, reports_errors

if TYPE_CHECKING:
    from simcluster.model.hardware import Precision
    from simcluster.model.scenario import Scenario
    from simcluster.study.compare import Comparison


@click.command()
@click.argument("names", metavar="A B [...]", nargs=-1)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the luck of all, instead of each scenario's.")
@set_option
@click.option(
    "--precision",
    type=click.Choice(["bf16", "fp64"]),
    default="bf16",
    show_default=True,
    help="What peaks are stated at, dense and of the matrix units.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write comparison.txt, .csv and .json into this new folder."
)
@reports_errors
def compare(
    names: tuple[str, ...],
    seed: int | None,
    overrides: tuple[str, ...],
    precision: Precision,
    as_json: bool,
    out: Path | None,
) -> None:
    """Run the scenarios A, B, ... once each and print them side by side, with ratios to A.

    A scenario is a file, or the name of a packaged one. Machine, power, compute, cost, reliability, buildout and money;
    computing speed is the peak of the GPUs at one precision, without what any program reaches of it. --set applies to
    all of them.
    """
    if len(names) < 2:
        raise click.UsageError("give two scenarios or more, files or names; simcluster init --list shows the names")
    _refuse_what_is_in_the_way(out)
    from simcluster.record.store import whole_folder
    from simcluster.report.compare import comparison_text, comparison_values, write_comparison

    scenarios = loaded_of_all(names, overrides, seed)
    found = _compared(names, scenarios, precision, seed)
    if out is not None:
        with whole_folder(out) as draft:
            write_comparison(draft, found)
    if as_json:
        click.echo(json.dumps(comparison_values(found), ensure_ascii=False))
    else:
        click.echo(comparison_text(found), nl=False)


def _compared(names: tuple[str, ...], scenarios: list[Scenario], precision: Precision, seed: int | None) -> Comparison:
    from simcluster.study.compare import NoPeakError, compare

    try:
        return compare(scenarios, precision, seed, lambda k: _progress(names, k))
    except NoPeakError as error:
        raise RefusedError(f"{error}; take another --precision") from None
    finally:
        _progress(names, None)


def _refuse_what_is_in_the_way(out: Path | None) -> None:
    """Before anything is computed.

    Raises:
        RefusedError: the folder is not empty, or a file stands where it must be.
    """
    if out is None:
        return
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise RefusedError(f"{out} is already there; choose another --out")
    refuse_files_above(out)


def _progress(names: tuple[str, ...], running: int | None) -> None:
    """Which scenario is being run, on a terminal; wiped out at the end."""
    if sys.stderr.isatty():
        told = "" if running is None else f"running {names[running]} ({running + 1} of {len(names)})"
        click.echo(f"\r\x1b[K{told}", nl=False, err=True)
