"""`simcluster backtest`."""

from __future__ import annotations

import json
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import click

from simcluster.cli.errors import FAILED, reports_errors

if TYPE_CHECKING:
    from simcluster.study.backtest import Case, Row

HEADS = ("", "published", "mean ± 95%", "90% of replicas", "known as", "verdict", "agrees if")
WIDTH = 100


@click.command()
@click.argument("names", metavar="[CASE]...", nargs=-1)
@click.option("-n", "--replicas", type=click.IntRange(min=2), default=100, show_default=True, help="Runs a case.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the first run.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to run in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
@click.option("--list", "listed", is_flag=True, help="List the cases.")
@reports_errors
def backtest(names: tuple[str, ...], replicas: int, seed: int, workers: int, as_json: bool, listed: bool) -> None:
    """Simulate what was published and set each CASE (all without one) against it.

    A row is fitted (the model was given the number), an input (it follows from what the scenario says), or predicted.
    Only predicted rows are evidence; those marked "must hold" decide the exit status: 1 if one of them does not. The
    mean has its 95% interval, and 90% of the replicas span luck and the uncertainty of rates. What agrees means is said
    row by row.
    """
    from simcluster.study.backtest import cases, holds

    known = cases()
    if listed:
        for name, case in known.items():
            click.echo(f"{name:<16} {case.title}")
        return
    for name in names:
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"the cases are {', '.join(known)}"
            raise click.BadParameter(f"there is no case {name!r}; {hint}", param_hint="CASE")
    found = {name: _run(known[name], replicas, seed, workers) for name in names or known}
    if as_json:
        objects = [
            {"case": name, "rows": [row.as_dict() for row in rows], "remark": _remark(known[name], rows)}
            for name, rows in found.items()
        ]
        click.echo(json.dumps(objects[0] if len(objects) == 1 else objects))
    else:
        for name, rows in found.items():
            _print(known[name], rows)
    if not all(holds(rows) for rows in found.values()):
        sys.exit(FAILED)


def _run(case: Case, replicas: int, seed: int, workers: int) -> list[Row]:
    if workers == 1:
        return case.run(replicas, seed)
    with ProcessPoolExecutor(workers) as pool:
        return case.run(replicas, seed, pool)


def _print(case: Case, rows: list[Row]) -> None:
    cells = [HEADS, *(_cells(case, row) for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEADS))]
    click.echo(f"{case.title}, {rows[0].n} replicas\n")
    for line in cells:
        first, *numbers, kind, verdict, agreement = (text for text in line)
        padded = (text.rjust(width) for text, width in zip(numbers, widths[1:], strict=False))
        said = f"{kind.ljust(widths[4])}  {verdict.ljust(widths[5])}  {agreement}"
        click.echo(f"{first.ljust(widths[0])}  {'  '.join(padded)}  {said}".rstrip())
    needed = [row for row in rows if row.must_hold]
    word = "hold" if all(row.ok for row in needed) else "do NOT all hold"
    click.echo(f"\nThe {len(needed)} predicted rows that must hold {word}. Published: {case.sources}.")
    if remark := _remark(case, rows):
        click.echo(textwrap.fill(remark, WIDTH, break_on_hyphens=False))


def _remark(case: Case, rows: list[Row]) -> str:
    return case.remark({row.name: row for row in rows}) if case.remark else ""


def _cells(case: Case, row: Row) -> tuple[str, ...]:
    verdict = ("agrees" if row.ok else "differs") + (", must hold" if row.must_hold else "")
    span = f"{_number(row.low)} to {_number(row.high)}"
    return (
        row.name,
        _number(row.published),
        f"{_number(row.simulated)} ± {row.half_width:.2g}" if row.half_width else _number(row.simulated),
        span,
        row.kind,
        verdict,
        case.claims[row.name].agreement.says,
    )


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.4g}"
