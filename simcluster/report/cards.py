"""The tables and key figures of the page, as text ready to be laid out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.core.calendar import Month
from simcluster.report import format as fmt
from simcluster.report.format import number
from simcluster.report.income import income_cards
from simcluster.report.lines import quarters
from simcluster.report.summary import against, guided, years

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.study.result import Result

JOB_KEYS = ("started", "done", "ready", "gpu_hours", "ettr", "interruptions", "margin_days", "cost_usd")
ACRONYMS = {"ai": "AI", "npv": "NPV", "ppe": "PP&E", "cip": "Construction in progress"}
MOST_GROWTH = 10.0
"""Growth beyond this, a thousand percent, says only that there was next to nothing before."""
NOT_MEANINGFUL = "n/m"
RATIO_WORDS = frozenset({"growth", "margin", "share", "ratio", "offset"})


@dataclass(frozen=True)
class Card:
    """A key figure: what it is, its value, and a line below it."""

    label: str
    value: str
    below: str


@dataclass(frozen=True)
class Table:
    """A heading row and rows of text; the first column names the row, and a row of one text heads those below it.

    A second line of a cell shows as a mark.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def cards(result: Result) -> list[Card]:
    """Eight figures to know a run by, and those of income, debt and tax where there are any.

    Who pays gives way to unit costs where nothing is to pay for it.
    """
    out = result.outcomes
    power, hall = (number(out.get(f"gpu_hours_waiting_{what}")) or 0.0 for what in ("power", "hall"))
    struck = sum(number(out.get(f"jobs.{job.name}.interruptions")) or 0.0 for job in result.scenario.jobs)
    worth, ordered = fmt.plain(out.get("h100e_in_service_end")), fmt.plain(out.get("gpus_ordered"))
    delivered, energised = fmt.scaled(out.get("gpu_hours_delivered")), fmt.megawatts(out.get("energized_mw_end"))
    worn, irr = fmt.usd(out.get("depreciation_programme_usd")), number(out.get("irr"))
    rate = "no IRR" if irr is None else f"IRR {fmt.percent(irr)}"
    shown = (
        (
            "GPUs in service at the end",
            fmt.plain(out.get("gpus_in_service_end")),
            f"worth {worth} H100; {ordered} ordered",
        ),
        ("Useful GPU-hours", fmt.percent(out.get("useful_share")), f"of {delivered} delivered"),
        (
            "GPU-hours waiting",
            fmt.scaled(power + hall),
            f"{fmt.scaled(power)} for power, {fmt.scaled(hall)} for a hall",
        ),
        ("Peak draw", fmt.megawatts(out.get("peak_drawn_mw")), f"{energised} energised at the end"),
        ("Failures", fmt.plain(out.get("failures")), f"{fmt.times(struck, 'interruption')} of training"),
        ("Programme capex", fmt.usd(out.get("capex_programme_usd")), f"depreciated: {worn}"),
        (
            "Offset in the last quarter",
            fmt.ratio(out.get("offset_last_quarter")),
            "contribution over costs; 1 pays for itself",
        ),
        ("Net present value", fmt.usd(out.get("npv_usd")), rate),
    )
    last = shown[-2:] if result.scenario.revenue.earns else _unit_costs(result)
    return [Card(*card) for card in (*shown[:-2], *last, *income_cards(result))]


def _unit_costs(result: Result) -> tuple[tuple[str, str, str], ...]:
    out = result.outcomes
    each, useful = (fmt.ratio(out.get(f"usd_per_{kind}gpu_hour")) for kind in ("", "useful_"))
    lost, stranded = (fmt.usd(out.get(f"{name}_usd")) for name in ("unreliability", "stranded"))
    return (
        ("A GPU-hour in service", f"{each} USD", f"{useful} USD a useful one, capital included"),
        ("Cost of failures and recovery", lost, f"of waiting at the gate: {stranded}"),
    )


def models_table(result: Result) -> Table:
    """Training jobs in order of readiness, those not ready last."""
    out = result.outcomes
    jobs = sorted(result.scenario.jobs, key=lambda job: (str(out.get(f"jobs.{job.name}.ready") or "9999"), job.name))
    head = (
        "Model",
        "GPUs",
        "Started",
        "Training done",
        "Ready",
        "Promised",
        "Margin",
        "GPU-hours",
        "Struck",
        "ETTR",
        "Cost",
    )
    rows = []
    for job in jobs:
        started, done, ready, hours, ettr, struck, margin, cost = (
            out.get(f"jobs.{job.name}.{key}") for key in JOB_KEYS
        )
        rows.append((
            job.title or job.name, fmt.plain(job.gpus), _iso(started), _iso(done),
            _iso(ready) if ready else "not by the end", _iso(job.promised),
            fmt.margin(margin), fmt.scaled(hours), fmt.plain(struck), fmt.percent(ettr), fmt.usd(cost),
        ))  # fmt: skip
    return Table(head, tuple(rows))


def _iso(day: object) -> str:
    return fmt.NOTHING if day is None else str(day)[:10]


def statement_tables(frame: pd.DataFrame) -> list[tuple[str, Table]]:
    """A table a statement (one if lines stand in a single level) by quarter; k or M USD, ratios in percent."""
    columns = quarters(frame)
    split: dict[str, dict[str, list[float]]] = {}
    for key, row in zip(frame.index, frame[columns].to_numpy(dtype=float), strict=True):
        statement, name = (str(key[0]), str(key[-1])) if isinstance(key, tuple) else ("", str(key))
        split.setdefault(statement, {})[name] = [float(value) for value in row]
    return [(words(statement), _statement(columns, lines)) for statement, lines in split.items()]


def _statement(columns: list[str], lines: dict[str, list[float]]) -> Table:
    amounts = [
        abs(value) for name, row in lines.items() if not _is_ratio(name) for value in row if not math.isnan(value)
    ]
    scale, unit = (1e6, "M USD") if max(amounts, default=0.0) >= 1e9 else (1e3, "k USD")
    rows = [(words(name), *(_cell(name, value, scale) for value in row)) for name, row in lines.items()]
    return Table((unit, *columns), tuple(rows))


def words(name: str) -> str:
    """`of_which_ai_attributed` as Of which AI attributed."""
    text = " ".join(ACRONYMS.get(word, word) for word in name.replace(":", ": ").split("_"))
    return text[:1].upper() + text[1:]


def _is_ratio(name: str) -> bool:
    return not RATIO_WORDS.isdisjoint(name.split("_"))


def _cell(name: str, value: float, scale: float) -> str:
    if "growth" in name and abs(value) > MOST_GROWTH:
        return NOT_MEANINGFUL
    return fmt.percent(value, signed="growth" in name) if _is_ratio(name) else fmt.plain(value / scale)


def guidance_table(result: Result) -> Table:
    """Each simulated year's company capex against guidance and what was reported, with the growth behind it."""
    out, scenario = result.outcomes, result.scenario
    rows = []
    for year in years(result):
        given, reported = scenario.guidance_of(year), scenario.history.year(year)
        capex = number(out.get(f"capex_company_usd_{year}"))
        told = (fmt.NOTHING, fmt.NOTHING) if given is None else (guided(given.low, given.high), _iso(given.given))
        lies = fmt.NOTHING if given is None or capex is None else against(capex, given.low, given.high)
        actual = fmt.usd(reported.capex_musd * 1e6) if reported else fmt.NOTHING
        growths = [fmt.percent(out.get(f"{key}_growth_{year}"), signed=True) for key in ("capex", "revenue", "costs")]
        part = "" if _whole(result, year) else " (part)"
        rows.append((f"{year}{part}", *told, fmt.usd(capex), lies, actual, *growths))
    growth = ("Capex growth", "Revenue growth", "Costs growth")
    return Table(("Year", "Guided capex", "Given", "Simulated", "Lies", "Reported", *growth), tuple(rows))


def _whole(result: Result, year: int) -> bool:
    scenario = result.scenario
    after = Month(year + 1, 1).first_day
    return scenario.start <= Month(year, 1).first_day and (after - scenario.end).days <= 1
