"""The folder of a sweep over points: its replicas, each outcome at each point, differences, and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simcluster.model.overrides import written_value
from simcluster.record.store import SCHEMA, write_json
from simcluster.report import format as fmt
from simcluster.report.folder import RESOLVED, SUMMARY
from simcluster.report.point_axes import columns_of_points
from simcluster.report.point_page import point_figures, render_points
from simcluster.report.point_text import point_text
from simcluster.report.rows import BOUNDED, flat, keyed, write_rows
from simcluster.report.sweep_folder import SUMMARY_JSON, spread_head, spread_row
from simcluster.study.input_columns import cell, heading, widen
from simcluster.study.point_summary import at_points, leader, summarise_points

if TYPE_CHECKING:
    from simcluster.model.experiment import Point
    from simcluster.record.ledger import Ledger
    from simcluster.study.point_summary import AtPoints, PointSummary
    from simcluster.study.point_sweep import PointSweep
    from simcluster.study.reproduce import Command

ESTIMATES = ("difference", "median")


def write_points(folder: Path, ledger: Ledger, laid: PointSweep, command: Command) -> None:
    """Write what the replicas say into a folder; the same bytes for the same replicas.

    `command` gives the command that repeats a replica alone.
    """
    summary, below = summarise_points(ledger, laid), laid.sweep.replicas
    columns = _PointColumns(laid)
    _write_replicas(folder / "replicas.csv", ledger, laid, columns, summary)
    found = at_points(ledger, laid, summary.columns)
    write_rows(folder / "points.csv", (*columns.head, *spread_head()), _spreads(columns, laid, found))
    found = at_points(ledger, laid, summary.columns)
    bounded = (f"{name}{end}" for name in ESTIMATES for end in BOUNDED)
    head = (*columns.head, "outcome", *bounded, "n", "without", "gain")
    write_rows(folder / "differences.csv", head, _differences(columns, laid, found))
    if summary.failed:
        rows = ((*_place(laid, one.number), one.seed, one.error, command(one)) for one in ledger.failures(below))
        write_rows(folder / "errors.csv", ("point", "replica", "seed", "error", "command"), rows)
    write_json(folder / SUMMARY_JSON, point_values(laid, summary))
    drawn = point_figures(laid.asked, summary)
    (folder / "figures").mkdir()
    texts = {f"figures/{name}.svg": svg for name, svg in drawn.items()}
    texts |= {RESOLVED: laid.resolved, SUMMARY: point_text(laid, summary)}
    texts["report.html"] = render_points(laid, summary, drawn, ledger.failures(below), command)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


class _PointColumns:
    """The columns that say which point a row is of: number, name in a list, and what is set, numbers in one unit."""

    def __init__(self, laid: PointSweep) -> None:
        self.units: dict[str, str] = {}
        for point in laid.points:
            widen(self.units, point.settings)
        self.keys = columns_of_points(laid.asked)
        self._is_listed = bool(laid.asked.listed)
        name = ("name",) if self._is_listed else ()
        self.head = ("point", *name, *(heading(key, self.units[key]) for key in self.keys))

    def cells(self, point: Point, drawn: Mapping[str, Any] = MappingProxyType({})) -> tuple[Any, ...]:
        """A point in these columns; where it sets nothing, what a replica has drawn there, else empty."""
        name = (point.name,) if self._is_listed else ()
        told = {**drawn, **point.settings}
        return (point.number, *name, *(_cell(told.get(key), self.units[key]) for key in self.keys))


def _cell(value: Any, unit: str) -> Any:
    """A number of the unit or a date as in other tables, and all that is neither as `--set` takes it."""
    return written_value(value) if isinstance(value, bool | dict | list) else cell(value, unit)


def _place(laid: PointSweep, number: int) -> tuple[int, int]:
    point, k = laid.at(number)
    return point.number, k


def _write_replicas(path: Path, ledger: Ledger, laid: PointSweep, points: _PointColumns, summary: PointSummary) -> None:
    """By replica and then by point, which is the order in which they are numbered."""
    inputs = {name: unit for name, unit in summary.columns.inputs.items() if name not in points.units}
    outcomes = list(summary.columns.outcomes)
    head = (*points.head, "replica", "seed", *(heading(name, unit) for name, unit in inputs.items()), *outcomes)

    def rows() -> Iterator[tuple[Any, ...]]:
        for one in ledger.replicas(laid.sweep.replicas):
            point, k = laid.at(one.number)
            drawn = (cell(one.inputs.get(name), unit) for name, unit in inputs.items())
            yield (*points.cells(point, one.inputs), k, one.seed, *drawn, *map((one.outcomes or {}).get, outcomes))

    write_rows(path, head, rows())


def _spreads(columns: _PointColumns, laid: PointSweep, found: Iterator[AtPoints]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        for point, spread in zip(laid.points, one.spreads, strict=True):
            yield (*columns.cells(point), *spread_row(spread))


def _differences(columns: _PointColumns, laid: PointSweep, found: Iterator[AtPoints]) -> Iterator[tuple[Any, ...]]:
    """A row a point and outcome that both have; of dates in days."""
    for one in found:
        for point, pair in zip(laid.points[1:], one.differences, strict=True):
            if pair is not None:
                told = (value for name in ESTIMATES for value in flat(getattr(pair, name)))
                yield (*columns.cells(point), one.outcome, *told, pair.n, pair.without, fmt.number(pair.gain))


def point_values(laid: PointSweep, summary: PointSummary) -> dict[str, Any]:
    """What is told as one JSON object; dates are ordinal days, differences of them days."""
    return {
        "schema": SCHEMA,
        "name": laid.name,
        "scenario": laid.scenario.name,
        "seed": laid.scenario.seed,
        "points": [
            {"point": point.number, "name": point.name or None, "set": list(point.overrides)} for point in laid.points
        ],
        "replicas": laid.asked.replicas,
        "failed": summary.failed,
        "outcomes": {found.outcome: _told(found) for found in summary.told},
    }


def _told(found: AtPoints) -> dict[str, Any]:
    ends = {name: leader(found, sign) for name, sign in (("highest", 1), ("lowest", -1))}
    told = {name: one and {"point": one.point, "not_told_apart": list(one.rivals)} for name, one in ends.items()}
    pairs = (None, *found.differences)
    return told | {
        "points": [
            {
                "n": spread.n,
                "without": spread.without,
                "mean": keyed(spread.mean),
                "sd": spread.sd,
                **{f"p{percent}": keyed(value) for percent, value in spread.percentiles.items()},
                "difference": None if pair is None else keyed(pair.difference) | {"n": pair.n},
            }
            for spread, pair in zip(found.spreads, pairs, strict=True)
        ]
    }
