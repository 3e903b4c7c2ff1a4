"""A sweep in about ten lines: medians with their intervals, what 90% of the replicas span, and the chances."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from simcluster.report import format as fmt

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.study.controls import Controlled
    from simcluster.study.intervals import Estimate
    from simcluster.study.sweep_summary import Chance, Spread, Summary

Format = Callable[[float], str]
LEGEND = "median (95% interval of the median) [p5 to p95], or one figure where these agree"


class Headline(NamedTuple):
    """An outcome told first: its label, name and form, what it is, and what its chance is called, if it has one."""

    label: str
    outcome: str
    form: Format
    what: str = ""
    event: str = ""


FLEET = Headline("Fleet", "gpus_in_service_end", fmt.plain, "GPUs in service at the end")
REST = (
    Headline("Power", "peak_drawn_mw", fmt.megawatts, "drawn at the peak"),
    Headline("Useful", "useful_share", fmt.percent, "of the GPU-hours delivered"),
    Headline("Failures", "failures", fmt.plain),
    Headline("Cost", "capex_programme_usd", fmt.usd, "programme capex"),
    Headline("Unit cost", "usd_per_gpu_hour", fmt.ratio, "USD a GPU-hour in service"),
    Headline("Offset", "offset_last_quarter", fmt.ratio, "in the last quarter", "above 1"),
    Headline("Value", "npv_usd", fmt.usd, "NPV", "positive"),
)
HEADLINES = (FLEET, *REST)


def sweep_text(summary: Summary, controls: dict[str, Controlled], scenario: Scenario, width: int = 100) -> str:
    """The lines folded to a terminal's width, and a newline at the end."""
    fold = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(fold.fill(line) for line in sweep_lines(summary, controls, scenario)) + "\n"


def sweep_lines(summary: Summary, controls: dict[str, Controlled], scenario: Scenario) -> list[str]:
    """The sweep for a terminal; lines that do not apply are left out."""
    n = summary.replicas
    span = f"{fmt.day(scenario.start)} to {fmt.day(scenario.end)}"
    lines = [
        f"{scenario.title or scenario.name}: {span}, {fmt.times(n, 'replica')} of seed {scenario.seed}",
        f"Given are {LEGEND}, n = {_ranked(summary)}, and probabilities with their 95% intervals" if n else "",
        _line(summary, FLEET),
        *_models(summary, scenario),
        *_controlled(controls, scenario),
        *(_line(summary, headline) for headline in REST),
        *_splits(summary, scenario),
        _failed(summary),
    ]
    return [line for line in lines if line]


def told(summary: Summary, headline: Headline) -> Spread | None:
    """What the replicas say of a headline; None where no replica has it or it is nothing in all."""
    spread = summary.spreads.get(headline.outcome)
    return None if spread is None or not spread.n or spread.mean.value == spread.sd == 0 else spread


def _line(summary: Summary, headline: Headline) -> str:
    """`Value: 3 (2 to 4) [1 to 5] NPV, positive with probability 60% (50% to 70%)`; empty where nothing has it."""
    spread = told(summary, headline)
    if spread is None:
        return ""
    text = f"{headline.label}: {spanned(spread, headline.form)} {headline.what}".rstrip()
    if spread.ranked < summary.ranked:
        text += f" (n = {spread.ranked:,})"
    chance = summary.chances.get(headline.outcome)
    return f"{text}, {headline.event} with {probability(chance)}" if chance and headline.event else text


def _ranked(summary: Summary) -> str:
    """64, or 16, the first of each group."""
    return f"{summary.ranked:,}" + ("" if summary.ranked == summary.replicas else ", the first of each group")


def _splits(summary: Summary, scenario: Scenario) -> list[str]:
    """What the variance of value, unit cost and dates comes from, where replicas are in groups."""
    shown = {"npv_usd": "NPV", "usd_per_gpu_hour": "Unit cost"}
    shown |= {f"jobs.{job.name}.ready": f"{job.title or job.name} ready" for job in scenario.jobs}
    lines = []
    for name, title in shown.items():
        split = summary.splits.get(name)
        if split is not None and all(math.isfinite(share.value) for share in split.shares.values()):
            told = (f"{part} {bounded(share, 0)}" for part, share in split.shares.items())
            lines.append(f"Variance of {title}: {', '.join(told)}, n = {split.n:,} in {split.groups:,} groups")
    return lines


def spanned(spread: Spread, form: Format) -> str:
    """Median, its interval, and p5 to p95; a bound that the sample is too small for is a dash.

    Where all read the same it is written once.
    """
    middle = spread.percentiles[50]
    median, interval, most = form(middle.value), _range(middle.low, middle.high, form), most_of(spread, form)
    alike = _range(middle.value, middle.value, form)
    return median if interval == most == alike else f"{median} ({interval}) [{most}]"


def most_of(spread: Spread, form: Format) -> str:
    """p5 to p95."""
    low, high = (spread.percentiles[percent].value for percent in (5, 95))
    return _range(low, high, form)


def _range(low: float, high: float, form: Format) -> str:
    """7.40 to 7.49 M USD: a unit that both share is written once."""
    first, second = form(low), form(high)
    number, _, unit = second.partition(" ")
    same = unit and first.endswith(f" {unit}")
    return f"{first.removesuffix(f' {unit}') if same else first} to {number}{f' {unit}' if unit else ''}"


def probability(chance: Chance) -> str:
    """`probability 60% (50% to 70%)`."""
    return f"probability {bounded(chance.share)}"


def _models(summary: Summary, scenario: Scenario) -> list[str]:
    lines = []
    for job in scenario.jobs:
        ready = summary.spreads.get(f"jobs.{job.name}.ready")
        if ready is None:
            continue
        name, chance = job.title or job.name, summary.chances.get(f"jobs.{job.name}.margin_days")
        text = f"{name}: not ready by the end in any" if not ready.n else f"{name}: ready {spanned(ready, day_of)}"
        if ready.n and ready.without:
            text += f", not by the end in {ready.without:,}"
        if chance is not None and chance.n:
            text += f", as promised with {probability(chance)}"
        ettr = summary.spreads.get(f"jobs.{job.name}.ettr")
        if ettr is not None and ettr.n:
            text += f", ETTR {spanned(ettr, fmt.percent)}"
        lines.append(text)
    return lines


def _controlled(controls: dict[str, Controlled], scenario: Scenario) -> list[str]:
    """`Pilot: mean goodput 95.8% (95.4% to 96.2%) by its efficiency in closed form, as narrow as by 9.1 times ...`."""
    lines = []
    for job in scenario.jobs:
        one = controls.get(f"jobs.{job.name}.goodput")
        if one is not None:
            said = f"{job.title or job.name}: mean goodput {bounded(one.controlled)}, controlled by its efficiency in"
            lines.append(f"{said} closed form: as narrow as by {fmt.significant(one.gain, 2)} times as many replicas")
    return lines


def bounded(share: Estimate, digits: int = 1) -> str:
    """`95.8% (95.4% to 96.2%)`."""
    value, low, high = (fmt.percent(x, digits) for x in (share.value, share.low, share.high))
    return f"{value} ({low} to {high})"


def day_of(ordinal: float) -> str:
    """An ordinal day in ISO 8601; a dash where there is none."""
    return date.fromordinal(round(ordinal)).isoformat() if math.isfinite(ordinal) else fmt.NOTHING


def _failed(summary: Summary) -> str:
    if not summary.failed:
        return ""
    return f"Failed: {fmt.times(summary.failed, 'replica')} raised an error, counted in no figure; see errors.csv"
