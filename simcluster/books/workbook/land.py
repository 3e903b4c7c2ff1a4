"""Land in the workbook: its cost by the input of each site, in the period in which it was bought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.posting import month_of
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.core.money import cents

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario


def land_terms(scenario: Scenario, inputs: Inputs) -> Iterator[Term]:
    """What land adds to property and takes from cash, or from the opening equity before the start."""
    for s, site in enumerate(scenario.sites):
        if site.land is None:
            continue
        bought = month_of(scenario, scenario.clock.hours(site.land.bought)) + 1
        cost = np.zeros(len(scenario.clock.months) + 1, dtype=np.int64)
        cost[bought] = cents(site.land.cost)
        for line, sign in ((Line(Account.LAND, "debit"), 1), (_payer(bought), -1)):

            def text(p: int, s: int = s, bought: int = bought, sign: int = sign) -> str:
                return f"{'+' if sign > 0 else '-'}ROUND({inputs['land', s]}*100,0)" if p == bought else ""

            yield Term(line, text, sign * cost)


def _payer(period: int) -> Line:
    return cash("investing") if period else Line(Account.OPENING_EQUITY)
