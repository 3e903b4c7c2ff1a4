"""From facts and accounts to the journal: a pure function, so that repricing never simulates again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.books.accruals import (
    accrue_advertising,
    accrue_depreciation,
    accrue_energy,
    accrue_funding,
    accrue_operations,
)
from simcluster.books.advertising import advertising_by_month
from simcluster.books.asset_posting import post_assets
from simcluster.books.capitalised import account_interest, accrue_interest, interest_vintages
from simcluster.books.contracts import accrue_colocation, accrue_licences, accrue_transit
from simcluster.books.debt import borrowed, post_debt
from simcluster.books.disposals import post_disposals
from simcluster.books.journal import Journal
from simcluster.books.law import BrokenLawError, check_law_5
from simcluster.books.lease_posting import accrue_leases
from simcluster.books.posting import (
    post_cancellations,
    post_kits,
    post_lots,
    post_options,
    post_orders,
)
from simcluster.books.posting_construction import post_construction, post_land, post_milestones
from simcluster.books.register import assets_of
from simcluster.books.repairs import post_repairs, post_spare_parts
from simcluster.books.support import accrue_maintenance
from simcluster.books.tax import accrue_tax

if TYPE_CHECKING:
    from simcluster.books.journal import Entry
    from simcluster.books.register import Asset
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog


def keep_books(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Journal:
    """The programme's journal of one run, in cents.

    Raises:
        BrokenLawError: the books do not keep the law of money, which only a defect of this program can bring about.
    """
    months, assets = scenario.clock.months, assets_of(scenario, log)
    facts = tuple(_from_facts(scenario, log, assets))
    known = Journal(months, facts)
    debts = borrowed(scenario, known)
    interest = account_interest(scenario, debts, known)
    capitalised = interest_vintages(scenario, interest)
    assets = (*assets, *capitalised)
    entries = (
        *facts,
        *post_debt(scenario, debts),
        *accrue_interest(interest),
        *post_assets(scenario, capitalised),
        *_from_months(scenario, log, assets, energy),
        *accrue_advertising(scenario, advertising_by_month(scenario, gpu_hours).attributed),
    )
    entries = (*entries, *accrue_tax(scenario, Journal(months, entries, assets)))
    funding = tuple(accrue_funding(Journal(months, entries)))
    journal = Journal(months, (*entries, *funding), assets)
    if broken := check_law_5(journal):
        raise BrokenLawError("; ".join(broken))
    return journal


def _from_facts(scenario: Scenario, log: EventLog, assets: tuple[Asset, ...]) -> Iterator[Entry]:
    """What was paid, delivered, brought into service, mended and given up."""
    yield from post_options(scenario, log)
    yield from post_orders(scenario, log)
    yield from post_cancellations(scenario, log)
    yield from post_lots(scenario, log)
    yield from post_kits(scenario, log)
    yield from post_land(scenario)
    yield from post_construction(scenario, log)
    yield from post_milestones(scenario, log)
    yield from post_assets(scenario, assets)
    yield from post_disposals(scenario, assets)
    yield from post_repairs(scenario, log)
    yield from post_spare_parts(scenario, log)


def _from_months(scenario: Scenario, log: EventLog, assets: tuple[Asset, ...], energy: Energy) -> Iterator[Entry]:
    """What each month costs, but for interest and tax."""
    yield from accrue_depreciation(scenario, assets)
    yield from accrue_leases(scenario, log)
    yield from accrue_energy(scenario, energy)
    yield from accrue_operations(scenario, log)
    yield from accrue_colocation(scenario, log)
    yield from accrue_maintenance(scenario, assets)
    yield from accrue_transit(scenario)
    yield from accrue_licences(scenario, log)
