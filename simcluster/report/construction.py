"""Construction in words: which halls were handed over, how late, and what lay on their critical paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.study.result import Result

DAYS_PER_WEEK = 7.0
MOST_NAMED = 8
"""Of a longer critical path those that took longest are named."""
LEAST_WEEKS = 1.0
"""Less over plan is not worth telling."""


@dataclass(frozen=True)
class HandOver:
    """A hall that the site's construction builds: its last test, planned and as it was (NaT while it is not)."""

    site: str
    hall: str
    planned: pd.Timestamp
    finish: pd.Timestamp

    @property
    def late_days(self) -> float:
        """Days from the planned hand-over to the real one, negative when early."""
        return float((self.finish - self.planned).total_seconds()) / 86400


def hand_overs(construction: pd.DataFrame) -> list[HandOver]:
    """The halls of `result.construction` in its order."""
    import pandas as pd

    tests = construction[construction["name"].str.contains(" test ", regex=False)]  # a task's name has no spaces
    found: dict[tuple[str, str], HandOver] = {}
    rows: Iterable[Any] = tests.itertuples()
    for row in rows:
        hall, number = row.name.split(" test ")
        passed = hall in row.critical_for.split(", ")
        finish: Any = row.finish if passed else pd.NaT
        if number == "1":
            found[row.site, hall] = HandOver(row.site, hall, row.planned_finish, finish)
        elif passed:
            found[row.site, hall] = HandOver(row.site, hall, found[row.site, hall].planned, finish)
    return list(found.values())


def critical_path(construction: pd.DataFrame, end: HandOver) -> pd.DataFrame:
    """The rows on the critical path of a hall that was handed over, in order of their start."""
    here = construction[construction["site"] == end.site]
    on_it = [end.hall in halls.split(", ") for halls in here["critical_for"]]
    return here[on_it].sort_values(["start", "finish"], kind="stable")


def construction_line(result: Result) -> str:
    """The hall handed over last, how late and why, and retrofits; empty for a scenario that builds nothing so."""
    parts = [part for part in (_halls(result), _retrofits(result.construction)) if part]
    return f"Construction: {'; '.join(parts)}" if parts else ""


def _halls(result: Result) -> str:
    halls = hand_overs(result.construction)
    if not halls:
        return ""
    done = [hall for hall in halls if hall.finish == hall.finish]
    if not done:
        first = min(hall.planned for hall in halls)
        text = f"none of {fmt.times(len(halls), 'hall')} handed over by {fmt.day(result.scenario.end)}"
        return f"{text}; the first was planned for {fmt.day(first)}"
    last = max(done, key=lambda hall: hall.finish)
    name = f"hall {last.hall}" + (f" at {last.site}" if result.construction["site"].nunique() > 1 else "")
    who = f"{len(done)} of {len(halls)} halls handed over, {name} last on" if len(halls) > 1 else f"{name} handed over"
    path = _path(critical_path(result.construction, last))
    return f"{who} {fmt.day(last.finish)}, {against_plan(last.late_days)}; critical path: {path}"


def _retrofits(construction: pd.DataFrame) -> str:
    """Retrofits finished, and under way; empty without any."""
    rows = construction[construction["kind"] == "retrofit"]
    if rows.empty:
        return ""
    done, under_way = (int((rows["state"] == state).sum()) for state in ("finished", "under way"))
    text = f"{done} of {fmt.times(len(rows), 'retrofit')} finished"
    return f"{text}, {under_way} under way" if under_way else text


def against_plan(late_days: float) -> str:
    """12 weeks after plan; days below two weeks."""
    weeks, whole = round(abs(late_days) / DAYS_PER_WEEK), round(abs(late_days))
    if not whole:
        return "as planned"
    size = f"{weeks:,} weeks" if whole >= 2 * DAYS_PER_WEEK else fmt.days(whole)
    return f"{size} {'after' if late_days > 0 else 'before'} plan"


def over_plan_weeks(construction: pd.DataFrame) -> pd.Series[float]:
    """By how many weeks each took longer than planned; NaN for what was not planned or is not finished."""
    took = construction["finish"] - construction["start"]
    planned = construction["planned_finish"] - construction["planned_start"]
    weeks: pd.Series[float] = (took - planned).dt.total_seconds() / 86400 / DAYS_PER_WEEK
    return weeks


def _path(rows: pd.DataFrame) -> str:
    took = (rows["finish"] - rows["start"]).dt.total_seconds()
    named = rows.loc[took.nlargest(MOST_NAMED).index].sort_values(["start", "finish"], kind="stable")
    weeks = over_plan_weeks(named)
    parts = [
        f"{name} ({fmt.times(round(late), 'week')} longer)" if late >= LEAST_WEEKS else str(name)
        for name, late in zip(named["name"], weeks, strict=True)
    ]
    left = len(rows) - len(named)
    return ", ".join(parts) + (f" and {left} shorter" if left else "")
