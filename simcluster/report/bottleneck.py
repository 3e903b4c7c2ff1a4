"""What binds a build as text: a table of the constraints, and the critical path of each site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.rows import aligned

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.campus_path import Leg
    from simcluster.study.bottleneck import Bottleneck, Marginal

HEAD = ("", "bound on", "GPU-days", "held up", "GPU-days in", "at cost", "NPV")
UNDER = ("", "days", "held up", "USD", "service", "USD", "USD")
DAYS_WORTH_TELLING = 0.5
LEG_WORTH_TELLING = 0.05


def bottleneck_text(found: Bottleneck) -> str:
    """The table, the models that are ready earlier, and the paths; with a newline at the end."""
    scenario, seed = found.result.scenario, found.result.seed
    lines = [
        f"{scenario.title or scenario.name}: {fmt.day(scenario.start)} to {fmt.day(scenario.end)}, seed {seed}",
        "",
        *_table(found),
    ]
    for title, told in (("Last node of a site earlier:", _sites), ("Models ready earlier:", _models)):
        rows = [f"  {row.constraint}: {text}" for row in found.marginals if (text := told(row, scenario))]
        lines += ["", title, *rows] if rows else []
    for site, path in found.paths.items():
        end = fmt.day(scenario.clock.date(path[-1].until))
        lines += ["", f"Critical path of {site}, to its last node in service on {end}:", *_legs(found, path)]
    return "\n".join(lines) + "\n"


def _table(found: Bottleneck) -> list[str]:
    if not found.paths:
        return ["No ordered node entered service: there is no build to hold back."]
    span = "a week" if found.days == 7 else fmt.times(found.days, "day")
    rows = [_row(row) for row in found.marginals if row.gpu_days_held or row.gpu_days]
    return [
        f"What bound the build, and what comes of {span} less of each by itself (same luck):",
        "",
        aligned([HEAD, UNDER, *rows]),
        "",
        "Held up: the charge on that capital. At cost: those GPU-days at what one in service cost in the mean.",
    ]


def _row(row: Marginal) -> tuple[str, ...]:
    return (
        row.constraint,
        fmt.plain(row.days_bound),
        fmt.scaled(row.gpu_days_held),
        fmt.scaled(row.held_usd),
        _signed(row.gpu_days),
        _signed(row.worth_usd),
        fmt.NOTHING if row.npv_usd is None else _signed(row.npv_usd),
    )


def _signed(value: float) -> str:
    text = fmt.scaled(value)
    return f"+{text}" if value > 0 else text


def _models(row: Marginal, scenario: Scenario) -> str:
    return _earlier(row.ready_days, {job.name: job.title or job.name for job in scenario.jobs})


def _sites(row: Marginal, scenario: Scenario) -> str:
    return _earlier(row.last_days, {site.name: site.name for site in scenario.sites})


def _earlier(days: dict[str, float], titles: dict[str, str]) -> str:
    moved = {name: value for name, value in days.items() if abs(value) >= DAYS_WORTH_TELLING}
    return ", ".join(f"{titles[name]} {fmt.plain(value, 1)} days" for name, value in moved.items())


def _legs(found: Bottleneck, path: list[Leg]) -> list[str]:
    clock = found.result.scenario.clock
    path = [leg for leg in path if leg.days >= LEG_WORTH_TELLING] or path
    days = [(clock.date(leg.since).isoformat(), clock.date(leg.until).isoformat()) for leg in path]
    rows = [
        (f"{since} to {until}", fmt.plain(leg.days, 1), f"days  {leg.constraint}", leg.what)
        for leg, (since, until) in zip(path, days, strict=True)
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    return [f"  {a.ljust(widths[0])}  {b.rjust(widths[1])} {c.ljust(widths[2])}  {d}" for a, b, c, d in rows]
