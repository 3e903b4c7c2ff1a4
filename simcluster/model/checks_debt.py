"""Checks of debt against the dates of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.core.calendar import Month
from simcluster.model.checks_names import used_twice
from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.model.debt import Debt
    from simcluster.model.scenario import Scenario


def debt(scenario: Scenario) -> Iterator[Located]:
    """Debt is drawn by the end of the scenario and not repaid before its start; a name is used once."""
    yield from used_twice(scenario.finance, ("finance",), ("debt",))
    for k, row in enumerate(scenario.finance.debt):
        yield from _dates(scenario, row, ("finance", "debt", k))
    if scenario.finance.capitalise_interest and not scenario.finance.debt:
        message = "there is no debt whose interest could be capitalised"
        yield Located(("finance", "capitalise_interest"), message, "add a row of finance.debt, or leave it out")


def _dates(scenario: Scenario, row: Debt, at: tuple[str | int, ...]) -> Iterator[Located]:
    for j, drawing in enumerate(row.drawn):
        if drawing.date > scenario.end:
            yield Located((*at, "drawn", j, "date"), "drawn after the scenario's end", "leave it out, or end later")
    if row.delayed is not None and row.delayed.since < scenario.start:
        message = "capital spending before the scenario's start is not known by month"
        yield Located((*at, "delayed", "since"), message, "begin with the scenario, and give what was drawn as drawn")
    if row.delayed is not None and row.delayed.since > scenario.end:
        yield Located((*at, "delayed", "since"), "drawn after the scenario's end", "leave it out, or end later")
    if row.matures < Month.of(scenario.start):
        yield Located((*at, "term"), f"repaid in {row.matures}, before the scenario's start", "leave it out")
