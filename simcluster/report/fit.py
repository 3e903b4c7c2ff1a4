"""What a fit of failures says to a person, and the same as plain values."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcluster.study.fit import BatchFit, CauseRate, Estimate, FittedLaw
    from simcluster.study.reference import Reference

WIDTH = 100
YEAR_HOURS = 8766.0
SHORT = 0.1
"""Years from which on a life is told in years too."""
DOUBTFUL = 0.05
"""A p-value below which a law, or a shape of 1, is called into question."""
TIED = 2.0
"""Laws this close in AIC are not told apart (Burnham and Anderson, Model Selection, 2nd ed., 2002, section 2.6)."""
ROUGH = 10
"""Failures below which intervals from the information are rough."""
SPREAD = "Clusters differ by more than chance: Meta's two of A100 had 2.34 and 6.50 (arXiv 2410.21680)."
UNIT = {"node": "node", "gpu": "GPU"}
"""What the unit of a log is called."""


def batch_text(fit: BatchFit, unit: str, reference: Reference) -> str:
    """One batch as a small table and what follows from it, folded to a terminal's width; `unit` is "node" or "gpu"."""
    name = UNIT[unit]
    after = [*_choice(fit), _mean(fit), *_rates(fit, name, reference)]
    lines = [_fold(_heading(fit, name), ""), *_table(fit), *(_fold(line) for line in after), *_causes(fit)]
    return "\n".join(lines) + "\n"


def names_note(fits: list[BatchFit], reference: Reference) -> str | None:
    """How Llama 3's causes are called, if a log calls some otherwise."""
    if all(row.llama3_name for fit in fits for row in fit.causes):
        return None
    return _fold(f"Llama 3's causes are called {', '.join(reference.causes)}.", "")


def _fold(line: str, indent: str = "  ") -> str:
    return textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)


def _heading(fit: BatchFit, unit: str) -> str:
    lives = fit.lives
    late = int((lives.start > 0).sum())
    entered = f", {fmt.plain(late)} watched from a later age on" if late else ""
    running = fmt.plain(lives.failed.size - lives.failures)
    counts = f"{fmt.times(lives.failed.size, 'row')} of {fmt.times(lives.units, unit)}"
    return (
        f"batch {lives.batch}: {counts}, {fmt.times(lives.failures, 'failure')} "
        f"in {fmt.plain(lives.exposure_hours / 24)} {unit}-days; {running} still running at the end{entered}"
    )


def _table(fit: BatchFit) -> list[str]:
    rows: list[tuple[str, ...]] = [("law", "parameters (95% interval)", "mean life", "AIC", "fit p")]
    for law in fit.laws:
        tested = fmt.NOTHING if law.p_value is None else f"{law.p_value:.3f}"
        mean = f"{_hours(law.mean_life_hours.value)} h"
        rows.append((law.name, _parameters(law), mean, fmt.plain(law.aic, 1), tested))
    lines = _columns(rows, "<<>>>")
    width = max(len(row[0]) for row in rows)
    without = [f"  {name:<{width}}  no fit: {reason}" for name, reason in fit.without.items()]
    return [f"  {lines[0]}", f"> {lines[1]}", *(f"  {line}" for line in lines[2:]), *without]


def _columns(rows: list[tuple[str, ...]], sides: str) -> list[str]:
    """Rows as lines, each column as wide as its widest text, flush left (<) or right (>)."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(sides))]
    shown = (zip(row, sides, widths, strict=True) for row in rows)
    return ["  ".join(f"{text:{side}{width}}" for text, side, width in row).rstrip() for row in shown]


def _parameters(law: FittedLaw) -> str:
    parts = []
    for name, estimate in law.parameters.items():
        is_hours = name.endswith("_hours")
        text = _interval(estimate, _hours if is_hours else _number)
        parts.append(f"{name.removesuffix('_hours')} {text}{' h' if is_hours else ''}")
    return ", ".join(parts)


def _interval(estimate: Estimate, show: Callable[[float], str]) -> str:
    return f"{show(estimate.value)} ({show(estimate.low)} to {show(estimate.high)})"


def _number(value: float) -> str:
    """Three significant digits."""
    return f"{value:#.3g}".removesuffix(".") if 1e-4 <= abs(value) < 999.5 else _hours(value)


def _hours(value: float) -> str:
    return f"{value:,.0f}" if 100 <= value < 1e9 else f"{value:.3g}"


def _choice(fit: BatchFit) -> list[str]:
    chosen, others = fit.chosen, fit.laws[1:]
    tied = [law.name for law in others if law.aic - chosen.aic < TIED]
    said = f"Chosen: {chosen.name}, of the lowest AIC"
    said += f"; {' and '.join(tied)} within {TIED:g} of it, so these lives hardly tell them apart." if tied else "."
    lines = [said]
    if chosen.p_value is not None and chosen.p_value < DOUBTFUL:
        lines.append(f"Doubtful: lives as far from this law as these come from it in {chosen.p_value:.1%} of cases.")
    if fit.lives.failures < ROUGH:
        lines.append(f"Only {fmt.times(fit.lives.failures, 'failure')}: parameters and intervals are rough.")
    test = fit.shape_test
    if test is not None:
        verdict = "Unlikely" if test.p_value < DOUBTFUL else "It may be"
        meaning = f"Is the Weibull's shape 1 (constant rate, no ageing)? {verdict}"
        lines.append(f"{meaning}: likelihood ratio {test.statistic:.2f}, p {_p(test.p_value)}.")
    return lines


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _mean(fit: BatchFit) -> str:
    mean, oldest = fit.chosen.mean_life_hours, float(fit.lives.end.max())
    years = mean.value / YEAR_HOURS
    said = f"Mean life: {_interval(mean, _hours)} hours" + (f", {_number(years)} years." if years > SHORT else ".")
    if mean.value < 1.001 * oldest:
        return said
    means = sorted(law.mean_life_hours.value for law in fit.laws)
    between = f": {_hours(means[0])} to {_hours(means[-1])} hours" if len(means) > 1 else ""
    beyond = f"None was watched beyond {_hours(oldest)} hours; from there on the law decides, not the log"
    return f"{said} {beyond}{between}."


def _rates(fit: BatchFit, unit: str, reference: Reference) -> list[str]:
    lines = [f"Rate: {_interval(fit.unit_rate, _number)} failures per 1,000 {unit}-days."]
    if fit.node_rate != fit.unit_rate:
        lines.append(f"As a node of eight: {_interval(fit.node_rate, _number)} per 1,000 node-days.")
    theirs = f"Llama 3's unexpected interruptions: {reference.rate:.2f} per 1,000 node-days"
    return [*lines, f"{theirs}; ratio to it {_interval(fit.ratio, _number)}.", SPREAD]


def _causes(fit: BatchFit) -> list[str]:
    if not fit.causes:
        return []
    heads = ("cause", "failures", "per 1,000 node-days", "Llama 3", "ratio")
    return [f"  {line}" for line in _columns([heads, *map(_cause, fit.causes)], "<><><")]


def _cause(row: CauseRate) -> tuple[str, ...]:
    theirs = fmt.NOTHING if row.llama3_rate is None else _number(row.llama3_rate)
    ratio = fmt.NOTHING if row.ratio is None else _interval(row.ratio, _number)
    return row.cause, fmt.plain(row.failures), _interval(row.rate, _number), theirs, ratio


def batch_values(fit: BatchFit) -> dict[str, Any]:
    """One batch as JSON values: hours, days and rates per 1,000 days as the keys say; None for what is not finite."""
    lives = fit.lives
    values = {
        "rows": int(lives.failed.size),
        "units": lives.units,
        "failures": lives.failures,
        "entered_late": int((lives.start > 0).sum()),
        "exposure_days": lives.exposure_hours / 24,
        "chosen": fit.chosen.name,
        "laws": {law.name: {k: v for k, v in dataclasses.asdict(law).items() if k != "name"} for law in fit.laws},
        "not_estimable": fit.without,
        "shape_test": None if fit.shape_test is None else dataclasses.asdict(fit.shape_test),
        "rate_per_1000_unit_days": dataclasses.asdict(fit.unit_rate),
        "rate_per_1000_node_days": dataclasses.asdict(fit.node_rate),
        "ratio_to_llama3": dataclasses.asdict(fit.ratio),
        "causes": [
            dataclasses.asdict(row) | {"ratio": row.ratio and dataclasses.asdict(row.ratio)} for row in fit.causes
        ],
    }
    return {name: _finite(value) for name, value in values.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def fit_values(fits: list[BatchFit], file: str, unit: str, draws: int, reference: Reference) -> dict[str, Any]:
    """A whole fit as JSON values, the batches by name, with the catalog rows."""
    from simcluster.report.fit_rows import fitted_rows

    return {
        "file": file,
        "unit": unit,
        "bootstrap": draws,
        "llama3_per_1000_node_days": reference.rate,
        "batches": {fit.lives.batch: batch_values(fit) for fit in fits},
        **fitted_rows(fits, file, unit),
    }
