"""The sentences under the figures of power that runs short and of construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.shortage import Shortage, account_shortage
from simcluster.report import format as fmt
from simcluster.report.construction import construction_line
from simcluster.report.figures_construction import drawn_rows
from simcluster.report.figures_power import MOST_SITES, sites_short, stored

if TYPE_CHECKING:
    from simcluster.study.result import Result


def power_sentence(result: Result) -> str:
    """How often and for how long sites got less than was energised, and what that cost; empty where none may."""
    sites = sites_short(result)
    parts = [_short(result, site, account_shortage(result.scenario, result.log, site)) for site in sites]
    if not sites:
        return ""
    text = " ".join([*parts, "The shade is the darker, and a mark the taller, the longer it lasted."])
    if len(sites) > MOST_SITES:
        names = ", ".join(result.scenario.sites[site].name for site in sites[:MOST_SITES])
        text += f" The figure shows the first {MOST_SITES} of {len(sites)} sites: {names}."
    return text


def _short(result: Result, site: int, short: Shortage) -> str:
    place = result.scenario.sites[site]
    missing = short.energized - short.available
    least = float(short.available[:-1][missing[:-1] > 0].min(initial=float("inf")))
    text = (
        f"The sources at {place.name} gave less than was energised {fmt.times(short.times_of(missing), 'time')} and "
        f"{fmt.times(short.hours_of(missing), 'hour')} in all, down to {fmt.megawatts(least)}"
        if least < float("inf")
        else f"The sources at {place.name} gave all that was energised"
    )
    if place.battery is not None:
        gave = short.times_of(short.discharging)
        text += f"; the battery gave {stored(short.integral_of(short.discharging))}, {fmt.times(gave, 'time')}"
    shed = short.times_of(short.shed)
    if not shed:
        return f"{text}; no GPU was shed."
    most = fmt.plain(float(short.shed.max()))
    return (
        f"{text}; GPUs were shed {fmt.times(shed, 'time')}, {most} at the most, and stood "
        f"{fmt.gpu_hours(short.integral_of(short.shed))} without power."
    )


def construction_sentence(result: Result) -> str:
    """The hall handed over last, retrofits, and what is left out of the figure; empty without construction."""
    text = construction_line(result).removeprefix("Construction: ")
    if not text:
        return ""
    text = text[0].upper() + text[1:] + "."
    has_bar = result.construction["start"].notna() | result.construction["planned_start"].notna()
    shown, there = len(drawn_rows(result.construction)), int(has_bar.sum())
    if shown < there:
        text += f" The figure shows the {shown} of {there} rows with least slack."
    return f"{text} Late: weeks after the planned end. Slack: how much later it could have ended with no hall later."
