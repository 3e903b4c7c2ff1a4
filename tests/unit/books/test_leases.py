"""Leases by hand: what is paid, its present value, interest, principal, amortisation and straight-line cost."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.books.cash import cash_by_activity, lease_additions, lease_principal
from simcluster.books.company import programme_capex
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.lease_posting import leases_of
from simcluster.books.leases import standing
from simcluster.books.measures import depreciation_by_month, net_book_value, opex_by_month
from simcluster.books.periods import quarters
from simcluster.books.statements import balance_sheet, cash_flow, income_statement, roll_forward
from simcluster.books.valuation import simulated_flows, unlevered_by_month
from simcluster.model.capex import (
    GrossProductiveAssets,
    Purchases,
    PurchasesAndLeaseAdditions,
    PurchasesAndLeasePrincipal,
)
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import (
    HallOpened,
    LotDelivered,
    Mended,
    NodesInService,
    OrderCancelled,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog
from simcluster.study.financing import financing_outcomes

Table = dict[str, Any]
Booked = Callable[..., Journal]
RACKS: Table = {
    "kind": "finance",
    "name": "racks",
    "asset_class": "servers",
    "commences": "2024-03-01",
    "term": "3 months",
    "payment": "1000 USD",
    "rate": 0.12,
}
SHELL = RACKS | {"kind": "operating", "name": "shell", "asset_class": "buildings"}
NODE = 30_000_008  # cents: 250,000.07 + 50,000.01


def leased(*leases: Table, **more: Any) -> Callable[[Table], Table]:
    """A document's change: leases that stand alone, and other keys of finance."""
    return lambda document: document | {"finance": document["finance"] | {"leases": list(leases)} | more}


@pytest.fixture
def quiet() -> EventLog:
    """The opening fleet in service, and nothing else."""
    log = EventLog()
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    return log


@pytest.fixture
def booked(document: Table, quiet: EventLog, gpu_hours: GpuHours, energy: Energy) -> Booked:
    """The books of a document changed, of no events unless others are given."""

    def keep(change: Callable[[Table], Table] = dict, log: EventLog = quiet) -> Journal:
        journal = keep_books(Scenario.model_validate(change(document)), log, gpu_hours, energy)
        assert check_law_5(journal) == []
        return journal

    return keep


def cash_of_leases(journal: Journal, plain: Journal, activity: str) -> list[int]:
    """What leases moved of an activity's cash by month, cents."""
    moved: list[int] = (cash_by_activity(journal)[activity] - cash_by_activity(plain)[activity]).tolist()
    return moved


def test_a_finance_lease_by_hand(booked: Booked) -> None:
    """1,000 USD at the end of each of three months at 1% a month: 990.10 + 980.30 + 970.59 = 2,940.99.

    Interest is 29.41 + 19.70 + 9.90 = 59.01, and the right is used up over the 92 days of March, April and May.
    """
    journal, plain = booked(leased(RACKS)), booked()
    assert lease_additions(journal).tolist()[1:5] == [0, 294_099, 0, 0]
    assert (-journal.ending(Account.LEASES_FINANCE)).tolist()[2:7] == [0, 197_040, 99_010, 0, 0]
    assert journal.moved(Account.INTEREST).tolist()[1:6] == [0, 2_941, 1_970, 990, 0]
    assert journal.moved(Account.LEASE_AMORTISATION).tolist()[1:6] == [0, 99_099, 95_901, 99_099, 0]
    assert journal.ending(Account.RIGHT_OF_USE_FINANCE).tolist()[2:7] == [0, 195_000, 99_099, 0, 0]
    assert cash_of_leases(journal, plain, "operating")[2:5] == [-2_941, -1_970, -990]
    principal = lease_principal(journal).tolist()
    assert principal[1:6] == [0, 97_059, 98_030, 99_010, 0]
    assert cash_of_leases(journal, plain, "investing") == [0] * 12


def test_paid_in_advance_the_first_payment_bears_no_interest(booked: Booked) -> None:
    """1,000 + 990.10 + 980.30 = 2,970.40; the first of each month the next is paid, and interest accrues until then."""
    journal = booked(leased(RACKS | {"paid": "in_advance"}))
    assert lease_additions(journal)[2] == 297_040
    assert journal.moved(Account.INTEREST).tolist()[1:6] == [0, 1_970, 990, 0, 0]
    assert (-journal.ending(Account.LEASES_FINANCE)).tolist()[3:6] == [199_010, 100_000, 0]
    assert lease_principal(journal).tolist()[2:5] == [100_000, 98_030, 99_010]


def test_the_right_is_amortised_over_the_shorter_of_term_and_life(booked: Booked) -> None:
    """120 months at 1%: the annuity factor is 69.7005. A life of half a year ends on 1 July at 15:00."""
    lives = {"servers": "0.5 years", "network": "5 years", "buildings": "25 years"}
    journal = booked(leased(RACKS | {"term": "10 years", "commences": "2024-01-01"}, lives=lives))
    assert lease_additions(journal)[0] == 6_970_052
    right = journal.ending(Account.RIGHT_OF_USE_FINANCE).tolist()
    assert right[6:8] == [6_970_052 - round(6_970_052 * 4368 / 4383), 0]
    assert journal.balance(Account.LEASES_FINANCE) < -6_000_000, "payments go on"


def test_an_operating_lease_has_one_straight_line_cost(booked: Booked) -> None:
    """As the finance lease above, but 1,000 USD a month is its cost, and the right loses that less the interest."""
    journal, plain = booked(leased(SHELL)), booked()
    assert journal.moved(Account.OPERATING_LEASES).tolist()[1:6] == [0, 100_000, 100_000, 100_000, 0]
    assert (-journal.ending(Account.LEASES_OPERATING)).tolist()[2:7] == [0, 197_040, 99_010, 0, 0]
    assert journal.ending(Account.RIGHT_OF_USE_OPERATING).tolist()[2:7] == [0, 197_040, 99_010, 0, 0]
    assert journal.moved(Account.INTEREST).any() == np.False_
    assert cash_of_leases(journal, plain, "operating")[1:6] == [0, -100_000, -100_000, -100_000, 0]
    assert cash_of_leases(journal, plain, "financing")[1:6] == [0, 100_000, 100_000, 100_000, 0], "the parent pays"


def test_escalators_are_in_the_measurement_and_the_cost_stays_level(booked: Booked) -> None:
    """Three payments a year in advance that grow by 10%, without interest: 100, 110 and 121 a year, 331 in all.

    A month bears 331 / 36 of it, in whole cents so that the months before it and it together are right.
    """
    row = SHELL | {"commences": "2024-01-01", "term": "36 months", "payment": "100 USD", "per": "year", "rate": 0.0}
    journal = booked(leased(row | {"escalation": 0.1, "paid": "in_advance"}))
    assert (-journal.ending(Account.LEASES_OPERATING)).tolist()[1:] == [23_100] * 12
    assert journal.moved(Account.OPERATING_LEASES).tolist()[:3] == [919, 920, 919]
    assert journal.moved(Account.OPERATING_LEASES).sum() == 11_033
    assert journal.balance(Account.RIGHT_OF_USE_OPERATING) == 33_100 - 11_033


def test_a_lease_that_commenced_before_the_start_opens_the_books(booked: Booked) -> None:
    """Six months of twelve are over on 1 January; the payment that ends the sixth was made the evening before."""
    terms: Table = {"commences": "2023-07-01", "term": "12 months"}
    journal = booked(leased(RACKS | terms, SHELL | terms))
    left = round(100_000 * sum(1.01**-k for k in range(1, 7)))
    assert -journal.balance(Account.LEASES_FINANCE, -1) == left == -journal.balance(Account.LEASES_OPERATING, -1)
    value = round(100_000 * sum(1.01**-k for k in range(1, 13)))
    worn = round(value * 184 / 366)
    assert journal.balance(Account.RIGHT_OF_USE_FINANCE, -1) == value - worn
    assert journal.balance(Account.RIGHT_OF_USE_OPERATING, -1) == left, "level payments in arrears are the cost"
    assert lease_additions(journal).tolist() == [0] * 12
    assert [journal.balance(f"liabilities:leases:{kind}") for kind in ("finance", "operating")] == [0, 0]
    assert journal.balance("assets:right_of_use") == 0
    assert lease_principal(journal).sum() == left


def test_negative_amortisation_is_no_principal(booked: Booked) -> None:
    """Of 30 years that grow by 5% at 8% the first payments do not cover interest: the debt grows until they do."""
    row = RACKS | {"commences": "2024-01-01", "term": "30 years", "rate": 0.08, "escalation": 0.05}
    journal = booked(leased(row))
    assert (np.diff(journal.ending(Account.LEASES_FINANCE))[1:] < 0).all()
    assert lease_principal(journal).tolist() == [0] * 12


DAY = 24.0
PAID = {"term": "48 months", "rate": 0.09}


def on_lease(document: Table, **more: Any) -> Table:
    """The document with its order leased instead of bought."""
    (order,) = document["orders"]
    return document | {"orders": [order | {"deposit": 0.0, "lease": PAID} | more]}


@pytest.fixture
def arrivals(quiet: EventLog) -> EventLog:
    """Ten nodes ordered, delivered, and in service as 3 at noon of 10 March and 7; one of the 3 is given up."""
    quiet.add(OrderPlaced(31 * DAY, 0, 10, 250_000.07, 50_000.01, 0.0))
    quiet.add(LotDelivered(65 * DAY, 0, 0, 3))
    quiet.add(LotDelivered(70 * DAY, 0, 1, 7))
    quiet.add(NodesInService(69.5 * DAY, 0, -1, 0, 4, 3))
    quiet.add(NodesInService(130 * DAY, 0, -1, 0, 7, 7))
    hour = 213 * DAY
    quiet.add(RepairEnded(hour, 5, 0, 1, hour - 9, hour - 9, hour - 9, hour - 9, hour, hour, Mended.RETIRED))
    return quiet


@pytest.fixture
def arrived(booked: Booked, arrivals: EventLog) -> Journal:
    """The books of a leased order."""
    return booked(on_lease, arrivals)


def test_what_is_leased_comes_at_its_price_when_it_enters_service(arrived: Journal) -> None:
    assert lease_additions(arrived).tolist()[:6] == [0, 0, 3 * NODE, 0, 7 * NODE, 0]
    for never in (Account.DEPOSITS, "assets:cip:servers", "assets:cip:network", Account.PAYABLES):
        assert (arrived.ending(never) == 0).all()
    assert arrived.balance(Account.PPE_SERVERS) == 4 * 25_000_000, "the opening fleet's alone"


def test_payments_of_a_leased_order_are_excels_pmt(booked: Booked, arrivals: EventLog, document: Table) -> None:
    """PMT(0.09 / 12, 48, -900,000.24) = 22,396.54; the first falls due on 10 April, at noon as it entered service."""
    scenario = Scenario.model_validate(on_lease(document))
    first, _ = leases_of(scenario, arrivals)
    assert (first.payment_cents, first.value_cents) == (2_239_654, 3 * NODE)
    paid = standing(scenario, first).paid.tolist()
    assert paid[3:6] == [0, 2_239_654, 2 * 2_239_654]
    assert first.passed(scenario, 100.5 * DAY) == (1, 0.0)
    interest = standing(scenario, first).interest.tolist()
    assert interest[3] == round(3 * NODE * 0.0075 * 21.5 / 31), "from 10 March at noon to the end of March"
    assert interest[-1] == paid[-1] - 3 * NODE + standing(scenario, first).owed[-1]


def test_every_lease_ends_at_nothing(document: Table, arrivals: EventLog) -> None:
    """Over the whole term interest is what was paid beyond the price, and the last payment is as any other."""
    short = on_lease(document, lease={"term": "5 months", "rate": 0.0925, "paid": "in_advance"})
    scenario = Scenario.model_validate(short)
    for lease in leases_of(scenario, arrivals):
        at = standing(scenario, lease)
        assert (at.owed >= 0).all()
        assert at.owed[-1] == 0
        assert at.paid[-1] == 5 * lease.payment_cents
        assert at.repaid[-1] == lease.value_cents
        assert at.interest[-1] == at.paid[-1] - lease.value_cents > 0


def test_a_leased_node_given_up_leaves_at_its_book_value_and_is_paid_for(
    arrived: Journal, booked: Booked, document: Table
) -> None:
    """Of 48 months from 10 March 2024 at noon, 1,461 days, 143.5 are over: so much of 250,000.07 USD is worn."""
    lost = 25_000_007 - round(25_000_007 * 143.5 / 1461)
    assert arrived.moved(Account.DISPOSALS).tolist()[6:9] == [0, lost, 0]
    owed = (-arrived.ending(Account.LEASES_FINANCE)).tolist()
    assert owed[7] - owed[8] > 0.9 * (owed[6] - owed[7]), "as before"
    periods = quarters(arrived.months)
    roll = roll_forward(arrived, periods)
    assert roll["finance_leases_retired"].tolist() == [0, 0, lost, 0]
    closing = roll["finance_leases_opening"] + roll["finance_leases_additions"]
    closing = closing - roll["finance_leases_amortised"] - roll["finance_leases_retired"]
    assert (roll["finance_leases_closing"] == closing).all()


def test_statements_tell_leases_apart(arrived: Journal) -> None:
    periods = quarters(arrived.months)
    income, sheet, cash = (of(arrived, periods) for of in (income_statement, balance_sheet, cash_flow))
    assert (income["income_before_tax"] == income["operating_income"] - income["interest"]).all()
    assert (income["interest"][1:] > 0).all()
    assert "operating_leases" not in income, "of which there are none"
    own = sheet["total_assets"] - sheet["payables"] - sheet["lease_liabilities"]
    assert (own == sheet["total_equity"]).all()
    assert (sheet["right_of_use_assets"][1:] > 0).all()
    free = cash["operating"] + cash["investing"] - cash["lease_principal"]
    assert (cash["free_cash_flow"] == free).all()


def test_capital_on_lease_bears_the_charge_and_its_amortisation_is_depreciation(
    arrived: Journal, booked: Booked, arrivals: EventLog
) -> None:
    """Leased over a term as long as a life, at its price, a node costs by the hour what a bought one does."""
    lives = {"servers": "4 years", "network": "4 years", "buildings": "25 years"}
    bought, same = (
        booked(lambda document, lease=lease: leased(lives=lives)(on_lease(document, lease=lease)), arrivals)
        for lease in (None, PAID)
    )
    assert net_book_value(same).tolist() == net_book_value(bought).tolist()
    assert depreciation_by_month(same).tolist() == depreciation_by_month(bought).tolist()


def test_a_lease_is_an_outlay_when_it_commences_and_its_payments_are_no_flow(
    arrived: Journal, booked: Booked, arrivals: EventLog, document: Table
) -> None:
    """Bought, all ten nodes are paid for when they arrive in March; leased, seven of them commence in May."""
    bought = booked(lambda document: on_lease(document, lease=None), arrivals)
    assert (unlevered_by_month(arrived) - unlevered_by_month(bought)).tolist()[1:6] == [0, 7 * NODE, 0, -7 * NODE, 0]


def test_interest_on_leases_is_told_apart(document: Table, quiet: EventLog, booked: Booked) -> None:
    """59.01 USD on the lease above, beside 12 x 83.33 of a year on 10,000 USD at 10%, and without debt as well."""
    loan: Table = {"name": "loan", "rate": 0.1, "term": "1 year", "repayment": "bullet"}
    loan["drawn"] = [{"date": "2024-01-01", "amount": "10000 USD"}]
    for debt, of_debt in (([loan], 999.96), ([], None)):
        finance = document["finance"] | {"leases": [RACKS], "debt": debt}
        scenario = Scenario.model_validate(document | {"finance": finance})
        journal = booked(lambda document, finance=finance: document | {"finance": finance})
        out = financing_outcomes(scenario, quiet, journal)
        assert out["lease_interest_usd"] == 59.01
        assert out.get("interest_usd") == of_debt
    assert financing_outcomes(Scenario.model_validate(document), quiet, booked()) == {}


def test_a_lease_of_the_past_is_an_outlay_at_its_book_value(booked: Booked, document: Table) -> None:
    early = leased(RACKS | {"commences": "2023-12-01", "term": "48 months"})
    opening = booked(early)
    outlay = simulated_flows(Scenario.model_validate(early(document)), opening)[0][1]
    without = simulated_flows(Scenario.model_validate(document), booked())[0][1]
    assert round((without - outlay) * 100) == opening.balance(Account.RIGHT_OF_USE_FINANCE, -1)
    assert unlevered_by_month(opening).tolist() == unlevered_by_month(booked()).tolist()


def test_operating_leases_are_opex(booked: Booked) -> None:
    more = opex_by_month(booked(leased(SHELL))) - opex_by_month(booked())
    assert more.tolist()[1:6] == [0, 100_000, 100_000, 100_000, 0]


def test_each_company_defines_capex_by_itself(booked: Booked, quiet: EventLog) -> None:
    """A deposit of 900,000 USD in February that comes back in April less a fee of 600,000, and the lease above."""
    hall = programme_capex(booked(), Purchases())
    quiet.add(OrderPlaced(31 * DAY, 0, 10, 250_000.0, 50_000.0, 900_000.0))
    quiet.add(OrderCancelled(91 * DAY, 0, 10, 600_000.0))
    journal = booked(leased(RACKS), quiet)
    by_kind = {
        definition.kind: (programme_capex(journal, definition) - hall).tolist()[1:5]
        for definition in (
            Purchases(), PurchasesAndLeasePrincipal(), PurchasesAndLeaseAdditions(), GrossProductiveAssets(),
        )
    }  # fmt: skip
    assert by_kind == {
        "purchases": [90_000_000, 0, -90_000_000, 0],
        "purchases_and_lease_principal": [90_000_000, 97_059, 98_030 - 90_000_000, 99_010],
        "purchases_and_lease_additions": [90_000_000, 294_099, -90_000_000, 0],
        "gross_productive_assets": [90_000_000, 0, 0, 0],
    }
