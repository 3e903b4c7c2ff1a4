"""Advertising by month: what the company would earn without AI compute, and what is attributed to it.

Let B(t) be reported advertising of the same quarter a year earlier, grown by the plan, and L(t) the lift from the H100
equivalents that serve in month t. Reported history already holds the lift that existed at the start, L(0), taken from
the first simulated month, so

    advertising(t) = B(t) (1 + L(t)) / (1 + L(0)) + assistant(t)
    attributed(t)  = advertising on the feed x L(t) / (1 + L(t)) + assistant(t) = B(t) L(t) / (1 + L(0)) + assistant(t)

and the rest, B(t) / (1 + L(0)), is earned without AI. That history holds L(0) throughout the year before the start is
an approximation: the lift of that year is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.history import Line, quarters_of
from simcluster.core.calendar import HOURS_PER_DAY, Month
from simcluster.core.money import cents
from simcluster.record.states import STATES, GpuState

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours

USD_PER_MUSD = 1e6


@dataclass(frozen=True)
class Advertising:
    """Advertising by month in cents, shape (months,): earned without AI, and attributed to AI."""

    without_ai: Cents
    attributed: Cents


def advertising_by_month(scenario: Scenario, gpu_hours: GpuHours) -> Advertising:
    """The company's advertising in each simulated month, see the module's equations."""
    lift = lift_by_month(scenario, gpu_hours)
    plain = grown_by_month(scenario, "advertising") / (1 + lift[0])
    assistant = [assistant_usd(scenario, k) for k in range(len(lift))]
    return Advertising(
        np.array([cents(float(x)) for x in plain], dtype=np.int64),
        np.array([cents(float(x)) for x in plain * lift + np.array(assistant)], dtype=np.int64),
    )


def serving_h100e(scenario: Scenario, gpu_hours: GpuHours) -> NDArray[np.float64]:
    """H100 equivalents in use by background loads, mean of each month; shape (months,)."""
    worth = np.array([scenario.gpu_of(c).h100_equivalents for c in range(len(scenario.clusters))])
    serving = gpu_hours.hours[:, :, STATES.index(GpuState.SERVING)]
    out: NDArray[np.float64] = serving @ worth / np.diff(scenario.clock.month_edges)
    return out


def lift_by_month(scenario: Scenario, gpu_hours: GpuHours) -> NDArray[np.float64]:
    """Fraction by which each month's advertising exceeds what it would be without AI compute; shape (months,)."""
    law = scenario.revenue.lift
    return np.array([law.lift(float(x)) for x in serving_h100e(scenario, gpu_hours)])


def assistant_usd(scenario: Scenario, month: int) -> float:
    """Advertising on the assistant in the simulated days of a month, from the day it is monetised; USD.

    Users are those of the day in the middle.
    """
    assistant = scenario.revenue.assistant
    if assistant is None:
        return 0.0
    edges = scenario.clock.month_edges
    first = max(scenario.clock.date(edges[month]), assistant.monetised)
    days = round((edges[month + 1] - scenario.clock.hours(first)) / HOURS_PER_DAY)
    return assistant.revenue_usd(first + timedelta(days=days // 2), days) if days > 0 else 0.0


def covered_days(scenario: Scenario) -> NDArray[np.float64]:
    """Simulated days of each month; shape (months,)."""
    return np.diff(np.array(scenario.clock.month_edges)) / HOURS_PER_DAY


def days_in(month: Month) -> int:
    """Days of a calendar month."""
    return (month.plus(1).first_day - month.first_day).days


def days_in_quarter(month: Month) -> int:
    """Days of the calendar quarter that holds a month."""
    first = month.plus(-((month.month - 1) % 3))
    return (first.plus(3).first_day - first.first_day).days


def grown_by_month(scenario: Scenario, line: Line) -> NDArray[np.float64]:
    """A line of the plan, grown year by year from the quarters before the start, by simulated days; USD.

    Zero without a company.
    """
    if scenario.company is None:
        return np.zeros(len(scenario.clock.months))
    start = scenario.start.year
    level = np.array(quarters_of(scenario.history, line, start - 1)) * USD_PER_MUSD
    by_year: dict[int, NDArray[np.float64]] = {}
    for year in range(start, scenario.end.year + 1):
        plan = scenario.company.plan_of(year)
        level = level * (1 + (plan.advertising.total if line == "advertising" else plan.other_revenue_growth))
        by_year[year] = level
    months = scenario.clock.months
    whole = np.array([by_year[m.year][(m.month - 1) // 3] / days_in_quarter(m) for m in months])
    out: NDArray[np.float64] = whole * covered_days(scenario)
    return out
