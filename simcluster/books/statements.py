"""The programme's statements by quarter: sums of postings, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.cash import cash_by_activity, lease_additions, lease_principal, sale_proceeds
from simcluster.books.journal import CAPITALISED, INCOME_TAX, Account, Journal, one_sided
from simcluster.books.periods import Periods, quarters
from simcluster.core.money import Cents
from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Lines = dict[str, Cents]

RIGHTS, LEASES = "assets:right_of_use", "liabilities:leases"
LEASE_COSTS = {"operating_leases": Account.OPERATING_LEASES, "lease_amortisation": Account.LEASE_AMORTISATION}
"""Costs of leases by line: the first is a running cost, the other counts as depreciation."""
TAXES = {"tax_current": Account.TAX_CURRENT, "tax_deferred": Account.TAX_DEFERRED}
"""Lines of the income statement of a run that is taxed."""
TAX_OWED = {"tax_payable": Account.TAX_PAYABLE, "deferred_tax": Account.DEFERRED_TAX}
"""Lines of the balance sheet of a run that is taxed; each is a claim where negative."""


OF_SOME_RUNS = {
    "colocation": Account.COLOCATION,
    "maintenance": Account.MAINTENANCE,
    "transit": Account.TRANSIT,
    "licences": Account.LICENCES,
}
"""Running costs that have a line only where a run has any."""
OF_WHICH = {"of_which_at_suppliers": Account.AT_SUPPLIERS}
"""Parts of construction in progress that the balance sheet tells apart where there is any."""
HELD_BY_SOME = {"spare_parts": Account.SPARE_PARTS}
"""Assets that have a line only where a run has any."""


def used(journal: Journal, lines: Mapping[str, Account]) -> dict[str, Account]:
    """Those of some lines whose account was ever posted to."""
    return {line: account for line, account in lines.items() if journal.uses(account)}


def statements_by_quarter(scenario: Scenario, journal: Journal) -> pd.DataFrame:
    """Income statement, balance sheet, cash flow and property roll-forward, one column a quarter such as "2024Q1"; USD.

    Index levels `statement` ("income_statement", "balance_sheet", "cash_flow", "roll_forward") and `line`. Balances are
    those of the quarter's last simulated day; flows cover its simulated days. Cash flow is by the direct method.
    """
    import pandas as pd

    periods = quarters(scenario.clock.months)
    tables = {
        "income_statement": income_statement(journal, periods),
        "balance_sheet": balance_sheet(journal, periods),
        "cash_flow": cash_flow(journal, periods),
        "roll_forward": roll_forward(journal, periods),
    }
    keys = [(name, line) for name, lines in tables.items() for line in lines]
    values = np.array([cents for lines in tables.values() for cents in lines.values()]) / 100
    index = pd.MultiIndex.from_tuples(keys, names=["statement", "line"])
    return pd.DataFrame(values, index=index, columns=pd.Index(periods.labels, name="period"))


def classes_of(journal: Journal) -> tuple[AssetClass, ...]:
    """The classes that the statements tell apart: plant only where there is any in service."""
    has_plant = any(asset.asset_class == "plant" and not asset.leased for asset in journal.assets)
    return tuple(name for name in CLASSES if name != "plant" or has_plant)


def income_statement(journal: Journal, periods: Periods) -> Lines:
    """Flows by period, cents: income and costs positive, operating income their difference but for interest and tax."""

    def spent(prefix: str) -> Cents:
        return periods.total(journal.moved(prefix))

    advertising, earning = -spent(Account.ADVERTISING), spent(Account.CONTRIBUTION_COSTS)
    interest = spent(Account.INTEREST)
    operating = advertising - (spent("expenses") - interest - spent(INCOME_TAX))
    return {
        "advertising": advertising,
        "contribution_costs": earning,
        "contribution": advertising - earning,
        "energy": spent(Account.ENERGY),
        "operations": spent(Account.OPERATIONS),
        "repair_parts": spent(Account.REPAIR_PARTS),
        **{line: spent(account) for line, account in used(journal, OF_SOME_RUNS).items()},
        "procurement_fees": spent(Account.PROCUREMENT_FEES),
        "abandoned_construction": spent(Account.ABANDONED),
        "disposals": spent(Account.DISPOSALS),
        **({"impairment": spent(Account.IMPAIRMENT)} if journal.uses(Account.IMPAIRMENT) else {}),
        **{f"depreciation_{name}": spent(Account.depreciation(name)) for name in classes_of(journal)},
        "depreciation": spent("expenses:depreciation"),
        **{line: spent(account) for line, account in used(journal, LEASE_COSTS).items()},
        "operating_income": operating,
        **_below_operating(journal, operating, spent),
    }


def _below_operating(journal: Journal, operating: Cents, spent: Callable[[str], Cents]) -> Lines:
    """From operating to net income, where there is interest or tax; each only where there is any."""
    taxed = used(journal, TAXES)
    if not (borrows(journal) or taxed):
        return {}
    interest, taxes = spent(Account.INTEREST), {line: spent(account) for line, account in taxed.items()}
    before_tax = operating - interest
    return {
        **({"interest": interest} if borrows(journal) else {}),
        "income_before_tax": before_tax,
        **taxes,
        "net_income": before_tax - sum(taxes.values()),
    }


def borrows(journal: Journal) -> bool:
    """Whether there is debt or interest, so that statements tell of them."""
    return journal.uses(Account.DEBT) or journal.uses(Account.INTEREST)


def balance_sheet(journal: Journal, periods: Periods) -> Lines:
    """Balances at each period's end, cents; equity shown positive."""

    def held(prefix: str) -> Cents:
        return journal.ending(prefix)[periods.lasts + 1]

    cost, worn = held("assets:ppe"), -held("assets:accumulated_depreciation")
    contributed, opening = -held(Account.CONTRIBUTED), -held(Account.OPENING_EQUITY)
    retained = -held("income") - held("expenses")
    return {
        "cash": held(Account.CASH),
        "deposits": held(Account.DEPOSITS),
        **{line: held(account) for line, account in used(journal, HELD_BY_SOME).items()},
        "construction_in_progress": held("assets:cip"),
        **{line: held(account) for line, account in used(journal, OF_WHICH).items()},
        "ppe_cost": cost,
        "accumulated_depreciation": worn,
        "ppe_net": cost - worn,
        **({"right_of_use_assets": held(RIGHTS)} if journal.uses(RIGHTS) else {}),
        "total_assets": held("assets"),
        "payables": -held(Account.PAYABLES),
        **({"lease_liabilities": -held(LEASES)} if journal.uses(LEASES) else {}),
        **({"debt": -held(Account.DEBT)} if journal.uses(Account.DEBT) else {}),
        **{name: -held(account) for name, account in used(journal, TAX_OWED).items()},
        "equity_opening": opening,
        "equity_contributed": contributed,
        "retained_earnings": retained,
        "total_equity": opening + contributed + retained,
    }


def cash_flow(journal: Journal, periods: Periods) -> Lines:
    """Cash by activity and period, cents: received positive, paid negative.

    With finance leases, free cash flow is that of operations less purchases and the principal of leases.
    """
    by_month = cash_by_activity(journal)
    closing = journal.ending(Account.CASH)
    flows = {name: periods.total(moved) for name, moved in by_month.items()}
    lines = {
        **flows,
        "net_change": np.sum(list(flows.values()), axis=0),
        "opening_cash": closing[periods.firsts],
        "closing_cash": closing[periods.lasts + 1],
    }
    if journal.uses(Account.LEASES_FINANCE):
        lines["lease_principal"] = periods.total(lease_principal(journal))
        spent = flows["investing"] - periods.total(sale_proceeds(journal))
        lines["free_cash_flow"] = flows["operating"] + spent - lines["lease_principal"]
    return lines


def roll_forward(journal: Journal, periods: Periods) -> Lines:
    """Construction in progress and property from opening to closing balance by period, cents.

    Components that leave a supplier with the servers they are part of move within construction in progress.
    """

    def opening(prefix: str) -> Cents:
        return journal.ending(prefix)[periods.firsts]

    def closing(prefix: str) -> Cents:
        return journal.ending(prefix)[periods.lasts + 1]

    cip, ppe, worn = "assets:cip", "assets:ppe", "assets:accumulated_depreciation"
    land = periods.total(journal.moved(Account.LAND))
    abandoned = periods.total(journal.moved(Account.ABANDONED))
    impaired = periods.total(journal.moved(Account.IMPAIRMENT))
    delivered = periods.total(one_sided(journal, Account.AT_SUPPLIERS, debit=False))
    leased = _leases_roll_forward(journal, periods) if journal.uses(Account.RIGHT_OF_USE_FINANCE) else {}
    return {
        "cip_opening": opening(cip),
        "cip_additions": periods.total(one_sided(journal, cip, debit=True)) - delivered,
        **({"cip_interest_capitalised": _capitalised(journal, periods)} if journal.uses(CAPITALISED) else {}),
        "cip_placed_in_service": periods.total(one_sided(journal, cip, debit=False)) - delivered - abandoned,
        "cip_written_off": abandoned,
        "cip_closing": closing(cip),
        "ppe_opening": opening(ppe),
        "ppe_placed_in_service": periods.total(one_sided(journal, ppe, debit=True)) - land,
        **({"land_bought": land} if journal.ending(Account.LAND).any() else {}),
        "ppe_retired": periods.total(one_sided(journal, ppe, debit=False)),
        "ppe_closing": closing(ppe),
        "accumulated_opening": -opening(worn),
        "accumulated_charge": periods.total(one_sided(journal, worn, debit=False)) - impaired,
        **({"accumulated_impaired": impaired} if journal.uses(Account.IMPAIRMENT) else {}),
        "accumulated_retired": periods.total(one_sided(journal, worn, debit=True)),
        "accumulated_closing": -closing(worn),
        **leased,
    }


def _leases_roll_forward(journal: Journal, periods: Periods) -> Lines:
    """Rights of finance leases; retired are those of nodes given up."""
    right, used = Account.RIGHT_OF_USE_FINANCE, periods.total(journal.moved(Account.LEASE_AMORTISATION))
    balance = journal.ending(right)
    return {
        "finance_leases_opening": balance[periods.firsts],
        "finance_leases_additions": periods.total(lease_additions(journal)),
        "finance_leases_amortised": used,
        "finance_leases_retired": periods.total(one_sided(journal, right, debit=False)) - used,
        "finance_leases_closing": balance[periods.lasts + 1],
    }


def _capitalised(journal: Journal, periods: Periods) -> Cents:
    """What of the additions is interest."""
    return periods.total(one_sided(journal, CAPITALISED, debit=True))
