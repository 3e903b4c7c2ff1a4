"""What an outcome is sensitive to, as a table, as values and as a folder."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.compare import folded
from simcluster.report.rows import aligned, amount, change, keyed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcluster.model.scenario import Scenario
    from simcluster.study.intervals import Estimate
    from simcluster.study.sensitivity import Effect, Sensitivity

UNITS = {
    "tornado": ("seed", "seeds"),
    "sobol": ("row", "rows"),
    "morris": ("trajectory", "trajectories"),
    "pawn": ("run", "runs"),
}
"""What n counts, one and many, by method."""
NOTES = {
    "tornado": (
        "Each factor alone goes from its 10th to its 90th percentile, or from end to end of --vary; all others are at "
        "their central values, and all runs have the same seeds. Tied inputs are one factor: what they have in common, "
        "not how they differ; keys of --vary go alone. At low and high: the mean change from central values; swing: "
        "from low to high. Intervals are Student's, 95%, over the seeds."
    ),
    "sobol": (
        "Shares of the outcome's variance: first, what the factor gives alone; total, with all that it interacts with. "
        "Luck is the seed of each run. Tied inputs are one factor. Intervals are 95%, by bootstrap of the rows; an "
        "estimate may lie a little below 0 or above 1."
    ),
    "morris": (
        "mu*: the mean size of a step's effect, scaled to the way from the 5th to the 95th percentile; mu: with its "
        "sign; sigma: how it differs between trajectories (interaction, curvature, luck), of one seed each. "
        "Tied inputs are one factor: what they have in common, not how they differ. "
        "Intervals are 95%: of mu* and mu Student's, of sigma as of normal effects."
    ),
    "pawn": (
        "How far the outcome's distribution moves when the factor is known to a tenth of its range: Kolmogorov and "
        "Smirnov's distance, 0 to 1, median and maximum of the ten. A factor that is no more than dummy, which no run "
        "knows, cannot be told from nothing. Tied inputs are told one by one, each with what goes along with it. "
        "Intervals are 95%, by bootstrap of the runs."
    ),
}
TITLES = {"at_low": "at low", "at_high": "at high", "mu_star": "mu*"}


def sensitivity_text(scenario: Scenario, found: Sequence[Sensitivity], width: int = 100) -> str:
    """A table an outcome for a terminal, with a newline at the end."""
    span = f"{fmt.day(scenario.start)} to {fmt.day(scenario.end)}"
    head = f"{scenario.title or scenario.name}: {span}, seed {scenario.seed}, {fmt.times(found[0].runs, 'run')}"
    if found[0].failed:
        head += f", of which {len(found[0].failed):,} failed"
    parts = [folded(head, width), *(_one(one) for one in found), folded(NOTES[found[0].method], width)]
    return "\n\n".join(parts) + "\n"


def _one(found: Sensitivity) -> str:
    head = f"{found.outcome} by {found.method}, n = {counted(found)}"
    if found.without:
        head += f" ({found.without:,} more lack it, and figures hold where there is one)"
    if found.base is not None:
        head += f"; {_level(found, found.base.value)} ± {amount(found.base.half_width)} at central values"
    ends = ["low", "high"] if found.method == "tornado" else []
    interval = "± 95%" if found.method == "tornado" else "95% interval"
    titles = [text for measure in found.measures for text in (TITLES.get(measure, measure), interval)]
    rows: list[tuple[str, ...]] = [("", *ends, *titles, "n")]
    rows += [_row(found, effect) for effect in found.effects]
    return f"{head}\n{aligned(rows)}"


def counted(found: Sensitivity) -> str:
    """`16 seeds`: what figures rest on."""
    one, many = UNITS[found.method]
    return f"{found.n:,} {one if found.n == 1 else many}"


def _level(found: Sensitivity, value: float) -> str:
    return date.fromordinal(round(value)).isoformat() if found.is_date else amount(value)


def _row(found: Sensitivity, effect: Effect) -> tuple[str, ...]:
    ends = (effect.low, effect.high) if found.method == "tornado" else ()
    texts = [text for measure in found.measures for text in _figure(found, effect.figures.get(measure))]
    return (f"  {effect.factor}", *ends, *texts, fmt.plain(effect.n))


def _figure(found: Sensitivity, estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return fmt.NOTHING, ""
    if found.method == "tornado":
        return change(estimate.value), amount(estimate.half_width)
    return amount(estimate.value), f"{amount(estimate.low)} to {amount(estimate.high)}"


def sensitivity_values(scenario: Scenario, found: Sequence[Sensitivity]) -> dict[str, Any]:
    """One JSON object; dates are ordinal days, differences of them days."""
    return {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "method": found[0].method,
        "runs": found[0].runs,
        "failed": len(found[0].failed),
        "outcomes": {
            one.outcome: {
                "n": one.n,
                "without": one.without,
                "base": keyed(one.base),
                "factors": [
                    {"factor": row.factor, "low": row.low, "high": row.high, "n": row.n}
                    | {measure: keyed(row.figures.get(measure)) for measure in one.measures}
                    for row in one.effects
                ],
            }
            for one in found
        },
    }
