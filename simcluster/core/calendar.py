"""Simulated time: float hours since the scenario's start, and its months and quarters."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import floor

HOURS_PER_DAY = 24.0
HOURS_PER_YEAR = 8766.0
"""Mean Julian year, 365.25 days."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that holds a day."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def ordinal(self) -> int:
        """Months since year 0, for differences."""
        return self.year * 12 + self.month - 1

    @property
    def quarter(self) -> str:
        """Its calendar quarter, such as `2024Q3`."""
        return f"{self.year}Q{(self.month - 1) // 3 + 1}"

    def plus(self, months: int) -> Month:
        """The month so many later."""
        year, month = divmod(self.ordinal + months, 12)
        return Month(year, month + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month: EDATE of a spreadsheet."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))


@dataclass(frozen=True)
class Clock:
    """Converts between dates and hours since `start`; the horizon is the midnight after `end`."""

    start: date
    end: date

    @cached_property
    def horizon_hours(self) -> float:
        """Hours from the start to the end of the last day."""
        return self.hours(self.end + timedelta(days=1))

    def hours(self, day: date) -> float:
        """Hours from the start to a day's midnight; negative before the start."""
        return (day - self.start).days * HOURS_PER_DAY

    def months_later(self, hour: float, months: int) -> float:
        """The hour so many months after an hour, at the same time of the day; negative before the start."""
        days = floor(hour / HOURS_PER_DAY)
        day = months_later(self.start + timedelta(days=days), months)
        return self.hours(day) + (hour - days * HOURS_PER_DAY)

    def datetime(self, hour: float) -> datetime:
        """The instant `hour` hours after the start."""
        return datetime(self.start.year, self.start.month, self.start.day) + timedelta(hours=hour)

    def date(self, hour: float) -> date:
        """The day that holds an hour."""
        return self.datetime(hour).date()

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Every simulated month, the first and last possibly partial."""
        first, last = Month.of(self.start), Month.of(self.end)
        return tuple(first.plus(k) for k in range(last.ordinal - first.ordinal + 1))

    @cached_property
    def month_edges(self) -> tuple[float, ...]:
        """Hours at which months begin and end: one more than `months`, clipped to start and horizon."""
        inner = [self.hours(month.first_day) for month in self.months[1:]]
        return (0.0, *inner, self.horizon_hours)

    @cached_property
    def month_hours(self) -> tuple[float, ...]:
        """Hours of each whole calendar month."""
        return tuple((month.plus(1).first_day - month.first_day).days * HOURS_PER_DAY for month in self.months)

    @cached_property
    def month_fractions(self) -> tuple[float, ...]:
        """What fraction of each calendar month is simulated; 1 but for the first and last."""
        edges = zip(self.month_edges, self.month_edges[1:], self.month_hours, strict=False)
        return tuple((until - since) / hours for since, until, hours in edges)

    def month_index(self, hour: float) -> int:
        """Which simulated month holds an hour; the horizon itself belongs to the last."""
        return min(max(bisect_right(self.month_edges, hour) - 1, 0), len(self.months) - 1)
