"""The folder of a sweep: its replicas, what they say together, and what failed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.record.parts import Parts
from simcluster.record.store import SCHEMA, write_json, write_parquet
from simcluster.report import format as fmt
from simcluster.report.folder import RESOLVED, SUMMARY
from simcluster.report.rows import BOUNDED, flat, keyed, write_rows
from simcluster.report.sweep_page import render_sweep, sweep_figures
from simcluster.report.sweep_text import sweep_text
from simcluster.study.fans import fans_of
from simcluster.study.input_columns import cell, heading
from simcluster.study.job_controls import controls_of
from simcluster.study.sweep_columns import Kind
from simcluster.study.sweep_summary import PERCENTILES, Spread, Summary, summarise

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Ledger
    from simcluster.study.controls import Controlled
    from simcluster.study.intervals import Estimate
    from simcluster.study.reproduce import Command
    from simcluster.study.sweep import Sweep
    from simcluster.study.variance import Split

SUMMARY_JSON = "summary.json"


def write_sweep(folder: Path, ledger: Ledger, sweep: Sweep, command: Command) -> None:
    """Write what the replicas of a sweep say into a folder; the same bytes for the same replicas.

    Replicas that are in parts are not told again in `replicas.csv`.

    `command` gives the command that repeats a replica alone.
    """
    scenario, below = sweep.scenario, sweep.replicas
    summary, controls = summarise(ledger, sweep), controls_of(ledger, sweep)
    (folder / RESOLVED).write_text(sweep.resolved, encoding="utf-8", newline="\n")
    if not isinstance(ledger, Parts):
        _write_replicas(folder / "replicas.csv", ledger, below, summary)
    write_rows(folder / "summary.csv", spread_head(), map(spread_row, summary.spreads.values()))
    if summary.splits:
        write_rows(folder / "variance.csv", *split_rows(summary))
    if controls:
        write_rows(folder / "controls.csv", *control_rows(controls))
    if summary.failed:
        rows = ((r.number, r.seed, r.error, command(r)) for r in ledger.failures(below))
        write_rows(folder / "errors.csv", ("number", "seed", "error", "command"), rows)
    write_json(folder / SUMMARY_JSON, _as_json(summary, controls, scenario))
    (folder / SUMMARY).write_text(sweep_text(summary, controls, scenario), encoding="utf-8", newline="\n")
    fans = fans_of(ledger, below, summary.columns.numbers, sweep.plan)
    (folder / "series").mkdir()
    for name, fan in fans.items():
        write_parquet(folder / "series" / f"{name}.parquet", fan.frame())
    (folder / "figures").mkdir()
    drawn = sweep_figures(summary, fans)
    for name, svg in drawn.items():
        (folder / "figures" / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    html = render_sweep(sweep, summary, controls, drawn, ledger.failures(below), command)
    (folder / "report.html").write_text(html, encoding="utf-8", newline="\n")


def _write_replicas(path: Path, ledger: Ledger, below: int, summary: Summary) -> None:
    inputs, outcomes = summary.columns.inputs, list(summary.columns.outcomes)
    head = ("number", "seed", *(heading(name, unit) for name, unit in inputs.items()), *outcomes)
    rows = (
        (
            r.number,
            r.seed,
            *(cell(r.inputs.get(name), unit) for name, unit in inputs.items()),
            *map((r.outcomes or {}).get, outcomes),
        )
        for r in ledger.replicas(below)
    )
    write_rows(path, head, rows)


def spread_head() -> tuple[str, ...]:
    """The columns of an outcome's spread."""
    bounded = ("mean", *(f"p{percent}" for percent in PERCENTILES))
    return (
        "outcome",
        "n",
        "without",
        "n_percentiles",
        *(f"{name}{end}" for name in bounded for end in ("", "_low", "_high")),
        "sd",
    )


def spread_row(spread: Spread) -> tuple[Any, ...]:
    """An outcome's spread in these columns."""
    estimates = (spread.mean, *spread.percentiles.values())
    told = (value for estimate in estimates for value in bounds(spread.kind, estimate))
    return (spread.outcome, spread.n, spread.without, spread.ranked, *told, spread.sd)


def bounds(kind: Kind, estimate: Estimate) -> tuple[float | str | None, ...]:
    """Value, low and high of an estimate, None where there is none; dates as in ISO 8601."""
    values = tuple(fmt.number(value) for value in (estimate.value, estimate.low, estimate.high))
    if kind is not Kind.DATE:
        return values
    return tuple(None if value is None else date.fromordinal(round(value)).isoformat() for value in values)


def split_rows(summary: Summary) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The parts of each outcome's variance: a head, and a row an outcome; `share` is a part of the sum of all."""
    parts = ("luck", "inputs", "structure")
    ends = ("_share", "_share_low", "_share_high", "", "_low", "_high")
    head = ("outcome", "groups", "n", *(f"{part}{end}" for part in parts for end in ends))
    rows = []
    for name, split in summary.splits.items():
        told = (value for part in parts for value in _part_cells(split, part))
        rows.append((name, split.groups, split.n, *told))
    return head, rows


def _part_cells(split: Split, part: str) -> tuple[Any, ...]:
    """Share, part and their bounds; empty where the design has no such part."""
    if part not in split.parts:
        return (None,) * 6
    component = split.parts[part]
    return (*bounds(Kind.NUMBER, split.shares[part]), component.variance, component.low, component.high)


def control_rows(controls: dict[str, Controlled]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The means that a control narrows: a head, and a row an outcome."""
    head = ("outcome", "n", *(f"{name}{end}" for name in ("mean", "controlled") for end in BOUNDED), "slope", "gain")
    return head, [
        (name, one.plain.n, *flat(one.plain), *flat(one.controlled), one.slope, fmt.number(one.gain))
        for name, one in controls.items()
    ]


def _as_json(summary: Summary, controls: dict[str, Controlled], scenario: Scenario) -> dict[str, Any]:
    def told(kind: Kind, estimate: Estimate) -> dict[str, Any]:
        return dict(zip(("value", "low", "high"), bounds(kind, estimate), strict=True))

    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "replicas": summary.replicas,
        "failed": summary.failed,
        "chances": {
            name: {"event": chance.event, "hits": chance.hits, "n": chance.n, **told(Kind.NUMBER, chance.share)}
            for name, chance in summary.chances.items()
        },
        "controls": {
            name: {"mean": keyed(one.controlled), "slope": one.slope, "gain": fmt.number(one.gain)}
            for name, one in controls.items()
        },
        "outcomes": {
            name: {
                "n": spread.n,
                "without": spread.without,
                "n_percentiles": spread.ranked,
                "mean": told(spread.kind, spread.mean),
                "sd": spread.sd,
                **{f"p{percent}": told(spread.kind, value) for percent, value in spread.percentiles.items()},
            }
            for name, spread in summary.spreads.items()
        },
        "variance_shares": {
            name: {
                "groups": split.groups,
                "n": split.n,
                **{part: told(Kind.NUMBER, share) for part, share in split.shares.items()},
            }
            for name, split in summary.splits.items()
        },
    }
