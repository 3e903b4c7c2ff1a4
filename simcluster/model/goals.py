"""What a study wants of outcomes: `npv_usd@P20` to be great or small, `capex_programme_usd <= 12 MUSD` to hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Literal

from simcluster.core.units import UnitError, parse

GOAL_SHAPE = "write an outcome of outcomes.json, perhaps with a percentile: npv_usd or npv_usd@P20"
LIMIT_SHAPE = (
    'write OUTCOME<=VALUE or OUTCOME>=VALUE: "capex_programme_usd<=12 MUSD", "jobs.flagship.ready@P80<=2024-12-31"'
)
UNITS = {"usd": "USD", "hours": "hour", "days": "day", "mw": "MW", "mwh": "MWh", "t": "t"}
"""The unit of an outcome by a word of its name."""
DAYS_A_YEAR = 365.25
_GOAL = re.compile(r"\s*(?P<outcome>[^\s@<>=]+)\s*(?:@\s*(?:(?P<mean>mean)|[Pp](?P<percent>\d{1,2}(?:\.\d+)?)))?\s*")
_LIMIT = re.compile(r"(?P<goal>[^<>=]+)(?P<sign><=|>=)(?P<value>[^<>=]+)")


class GoalError(ValueError):
    """Text that is no goal; carries a hint beside its message."""

    def __init__(self, message: str, hint: str = GOAL_SHAPE) -> None:
        """Keep the hint."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Goal:
    """A statistic of an outcome over replicas: the mean, or the percentile at `percent`."""

    outcome: str
    percent: float | None = None

    def __str__(self) -> str:
        """`npv_usd` or `npv_usd@P20`."""
        return self.outcome if self.percent is None else f"{self.outcome}@P{self.percent:g}"


@dataclass(frozen=True, slots=True)
class Limit:
    """A statistic that must be at most, or at least, `value`: a number, or the ordinal day of a date (`is_date`)."""

    goal: Goal
    sign: Literal["<=", ">="]
    value: float
    written: str
    is_date: bool = False

    def __str__(self) -> str:
        """`capex_programme_usd <= 12 MUSD`."""
        return f"{self.goal} {self.sign} {self.written}"

    def excess(self, value: float) -> float:
        """By how much a value breaks the limit, in parts of it, and a date in years; 0 or less where it holds."""
        over = value - self.value if self.sign == "<=" else self.value - value
        return over / (DAYS_A_YEAR if self.is_date else abs(self.value) or 1.0)


def read_goal(text: str) -> Goal:
    """A goal from `OUTCOME`, `OUTCOME@mean` or `OUTCOME@P20`.

    Raises:
        GoalError: the text is none of these.
    """
    match = _GOAL.fullmatch(text)
    if match is None:
        raise GoalError(f"cannot read {text.strip()!r}")
    percent = None if match["percent"] is None else float(match["percent"])
    if percent == 0:
        raise GoalError("there is no percentile at 0", "percentiles lie above 0 and below 100")
    return Goal(match["outcome"], percent)


def read_limit(text: str) -> Limit:
    """A limit from `OUTCOME[@P80]<=VALUE`; the value is a number, a date, or a quantity of the outcome's unit.

    Raises:
        GoalError: the text is none.
    """
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise GoalError(f"cannot read {text.strip()!r}", LIMIT_SHAPE)
    goal, written = read_goal(match["goal"]), match["value"].strip()
    sign: Literal["<=", ">="] = "<=" if match["sign"] == "<=" else ">="
    try:
        value, is_date = read_outcome(written, goal.outcome)
        return Limit(goal, sign, value, written, is_date)
    except UnitError as error:
        raise GoalError(str(error), LIMIT_SHAPE) from None


def read_outcome(text: str, outcome: str) -> tuple[float, bool]:
    """A value of an outcome in its own unit, and whether it is a date (then its ordinal day).

    It is a plain number, a percentage, a date, or a quantity of the unit that the outcome's name tells.

    Raises:
        UnitError: it is none of these.
    """
    try:
        return float(date.fromisoformat(text).toordinal()), True
    except ValueError:
        return parse(text, "" if _is_plain(text) else _unit(outcome)), False


def _is_plain(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _unit(outcome: str) -> str:
    words = outcome.rpartition(".")[2].split("_")
    if "per" in words or "gpu" in words or "gpus" in words:
        return ""
    return next((UNITS[word] for word in words if word in UNITS), "")
