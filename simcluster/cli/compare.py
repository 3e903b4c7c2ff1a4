"""`simcluster compare`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcluster.cli.arguments import loaded_of_all, set_option
from simcluster.cli.compare_replicas import Asked, compare_replicas
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, RefusedError, refuse_what_is_there, reports_errors

if TYPE_CHECKING:
    from simcluster.model.hardware import Precision
    from simcluster.model.scenario import Scenario
    from simcluster.study.compare import Comparison
    from simcluster.study.compare_paired import PairedComparison
    from simcluster.study.waterfall import Waterfall


@click.command()
@click.argument("names", metavar="A B [...]", nargs=-1)
@click.option("-n", "--replicas", type=click.IntRange(min=2), help="Runs of each, with the same luck and draws.")
@click.option("--explain", metavar="OUTCOME", help="With -n: what the waterfall is of; npv_usd unless given.")
@click.option("--no-waterfall", is_flag=True, help="With -n: leave out where the difference comes from, and its runs.")
@crew_options
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
    "--out",
    type=click.Path(path_type=Path),
    help="Write text, tables, JSON and the waterfall into this new folder.",
)
@reports_errors
def compare(
    names: tuple[str, ...],
    replicas: int | None,
    explain: str | None,
    no_waterfall: bool,
    workers: int | None,
    executor: str,
    scheduler: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    precision: Precision,
    as_json: bool,
    out: Path | None,
) -> None:
    """Run the scenarios A, B, ... and print them side by side.

    A scenario is a file, or the name of a packaged one. Machine, power, compute, cost, reliability, buildout and money;
    computing speed is the peak of the GPUs at one precision, without what any program reaches of it. --set applies to
    all of them.

    One run of each gives ratios to A. With -n many runs of each have the same seeds, and inputs of one key the same
    draws: the differences to A then have 95% intervals, and for two scenarios a waterfall says which parts of the files
    they come from.
    """
    if len(names) < 2:
        raise click.UsageError("give two scenarios or more, files or names; simcluster init --list shows the names")
    if replicas is None and (explain is not None or no_waterfall or workers is not None or scheduler is not None):
        raise click.UsageError("--explain, --no-waterfall and what runs replicas go with -n")
    if explain is not None and (no_waterfall or len(names) > 2):
        raise click.UsageError("--explain is for the waterfall of two scenarios")
    refuse_what_is_there(out)
    scenarios = loaded_of_all(names, overrides, seed)
    if replicas is None:
        found = _compared(names, [scenario for scenario, _ in scenarios], precision, seed)
        _tell_one(found, as_json, out, names, overrides)
        return
    crew = crew_of(executor, workers, scheduler, replicas * len(names))
    asked = Asked(names, overrides, replicas, precision, seed, explain, not no_waterfall and len(names) == 2)
    _tell_many(*compare_replicas(scenarios, asked, crew), as_json, out, asked)


def _tell_one(
    found: Comparison, as_json: bool, out: Path | None, names: tuple[str, ...], overrides: tuple[str, ...]
) -> None:
    from simcluster.report.compare import comparison_text, comparison_values

    if out is not None:
        from simcluster.report.compare_folder import write_comparison
        from simcluster.report.study_page import Origin

        _write(out, lambda draft: write_comparison(draft, found, Origin(names, overrides)))
    _say(as_json, lambda: comparison_values(found), lambda: comparison_text(found))


def _tell_many(
    found: PairedComparison, explained: Waterfall | None, as_json: bool, out: Path | None, asked: Asked
) -> None:
    """As for one run each; replicas that failed make the exit status 1."""
    from simcluster.report.compare_paired import paired_text, paired_values

    if out is not None:
        from simcluster.report.compare_folder import write_paired
        from simcluster.report.study_page import Origin

        origin = Origin(asked.names, asked.overrides)
        _write(out, lambda draft: write_paired(draft, found, explained, origin))
    _say(as_json, lambda: paired_values(found, explained), lambda: paired_text(found, explained))
    if found.failed:
        raise SystemExit(FAILED)


def _write(out: Path, write: Callable[[Path], None]) -> None:
    from simcluster.record.store import whole_folder

    with whole_folder(out) as draft:
        write(draft)


def _say(as_json: bool, values: Callable[[], dict[str, Any]], text: Callable[[], str]) -> None:
    if as_json:
        click.echo(json.dumps(values(), ensure_ascii=False))
    else:
        click.echo(text(), nl=False)


def _compared(names: tuple[str, ...], scenarios: list[Scenario], precision: Precision, seed: int | None) -> Comparison:
    from simcluster.study.compare import NoPeakError, compare

    try:
        return compare(scenarios, precision, seed, lambda k: _progress(names, k))
    except NoPeakError as error:
        raise RefusedError(f"{error}; take another --precision") from None
    finally:
        _progress(names, None)


def _progress(names: tuple[str, ...], running: int | None) -> None:
    """Which scenario is being run, on a terminal; wiped out at the end."""
    if sys.stderr.isatty():
        told = "" if running is None else f"running {names[running]} ({running + 1} of {len(names)})"
        click.echo(f"\r\x1b[K{told}", nl=False, err=True)
