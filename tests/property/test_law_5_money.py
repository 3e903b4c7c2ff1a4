from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import law_2_power
import law_of_retrofits
import numpy as np
from drawn import Drawn, hold
from hypothesis import given, settings
from strategies import scenarios

from simcluster.books.cash import cash_by_activity, sale_proceeds
from simcluster.books.company import programme_capex
from simcluster.books.financing import financing_flows
from simcluster.books.journal import Account
from simcluster.books.law import check_law_5
from simcluster.books.lease_posting import leases_of
from simcluster.books.leases import standing
from simcluster.books.repairs import parts_bought
from simcluster.books.statements import TAX_OWED
from simcluster.books.tax import book_value, income_before_tax, tax_paid_by_month
from simcluster.books.tax_basis import basis, pooled_costs
from simcluster.core.money import cents, whole
from simcluster.model.capex import Purchases
from simcluster.model.depreciation import CLASSES
from simcluster.model.sales import SalePrice
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    KitDelivered,
    KitOrdered,
    LotDelivered,
    Mended,
    NodesInService,
    NodesSold,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
    PartsChanged,
    RepairEnded,
)
from simcluster.record.log import EventLog


def the_books_keep_the_law_of_money(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    assert check_law_5(drawn.result.journal) == []
    owed = {kind: np.zeros(len(scenario.clock.months) + 1, dtype=np.int64) for kind in ("finance", "operating")}
    for lease in leases_of(scenario, log):
        at = standing(scenario, lease)
        assert (at.owed >= 0).all()
        assert (at.right >= 0).all()
        assert (np.diff(at.repaid) >= 0).all()
        assert at.repaid[-1] <= lease.value_cents
        if lease.ends(scenario) < scenario.clock.horizon_hours:
            assert (at.owed[-1], at.repaid[-1], at.interest[-1]) == (0, lease.value_cents, at.paid[-1] - at.value[-1])
            assert lease.kind == "finance" or (at.cost[-1], at.right[-1]) == (at.paid[-1], 0)
        owed[lease.kind] += at.owed
    flows = financing_flows(scenario, drawn.result.log, drawn.result.journal)
    assert sum(usd for _, usd in flows) <= 0.005 * (len(flows) + 1), "lenders are paid back, but for half cents"
    for kind, total in owed.items():
        assert (-drawn.result.journal.ending(f"liabilities:leases:{kind}") == total).all()


def every_entry_and_every_month_balances(drawn: Drawn) -> None:
    journal = drawn.result.journal
    for entry in journal.entries:
        assert sum(posting.cents for posting in entry.postings) == 0
    monthly = journal.monthly()
    assert monthly.sum(axis=1).eq(0).all()
    balances = monthly.cumsum()
    assert balances["assets:deposits"].ge(0).all()
    assert balances[[name for name in balances if name.startswith("assets:cip")]].ge(0).all(axis=None)
    assert balances["assets:cash"].iloc[1:].eq(0).all()  # the parent funds the programme at each month's end
    for name in CLASSES:
        worn = -balances[f"assets:accumulated_depreciation:{name}"]
        assert worn.ge(0).all()
        assert worn.le(balances[f"assets:ppe:{name}"]).all()
        assert monthly[f"expenses:depreciation:{name}"].ge(0).all()


def premium_cents(scenario: Scenario, fact: OptionBought) -> int:
    """A premium, and never more than the nodes cost."""
    row = scenario.orders[fact.order]
    each = sum(cents(usd) for usd in scenario.node_prices_usd(row))
    return min(cents(fact.premium_usd), each * scenario.nodes(row.cluster, row.gpus))


def given_up_cents(scenario: Scenario, log: EventLog) -> Iterator[int]:
    """The price of each node that was given up."""
    prices = {placed.order: cents(placed.server_price_usd) for placed in log.rows(OrderPlaced)}
    for out in log.rows(RepairEnded):
        if out.outcome == Mended.RETIRED:
            batches = log.rows(NodesInService)
            (batch,) = [b for b in batches if b.first_node <= out.node < b.first_node + b.nodes]
            bought = None if batch.installed < 0 else scenario.installed[batch.installed].server_price
            own = scenario.server_of(batch.cluster).price if bought is None else bought
            if batch.order < 0 or scenario.orders[batch.order].lease is None:
                yield prices[batch.order] if batch.order >= 0 else cents(own)


def sold_cents(scenario: Scenario, log: EventLog) -> tuple[Counter[str], bool]:
    """Prices of the servers and networks that were sold, and what they fetched; whether shares of kits went, too."""
    placed = {fact.order: fact for fact in log.rows(OrderPlaced)}
    gone, with_kit = Counter({"servers": 0, "network": 0, "proceeds": 0}), False
    for fact in log.rows(NodesSold):
        server, sale = scenario.server_of(fact.cluster), scenario.sales[fact.sale]
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            batches = log.rows(NodesInService)
            (batch,) = [b for b in batches if b.first_node <= node < b.first_node + b.nodes]
            since, price, network = batch.hour, server.price, server.network_price
            if batch.order >= 0:
                price, network = placed[batch.order].server_price_usd, placed[batch.order].network_price_usd
                with_kit = with_kit or bool(scenario.clusters[fact.cluster].kit)
            else:
                row = scenario.installed[batch.installed]
                since, price = scenario.clock.hours(row.in_service), row.server_price or price
            gone["servers"] += cents(price)
            gone["network"] += cents(network)
            gone["proceeds"] += fetched_cents(sale.price, cents(price), (fact.hour - since) / 8766)
    return gone, with_kit


def fetched_cents(price: SalePrice, paid: int, years: float) -> int:
    """What a node of 8 GPUs fetches."""
    if price.kind == "decay":
        return whole(paid * (1 - price.rate) ** years)
    return 0 if price.kind == "none" else cents(price.price * (8 if price.kind == "per_gpu" else 1))


def sales_are_investing_and_no_capital_spending(drawn: Drawn) -> None:
    """All cash of a sale is investing, none of it lessens capex, and what is sold has left the books."""
    journal = drawn.result.journal
    by_activity, proceeds = cash_by_activity(journal), sale_proceeds(journal)
    sold = [e for e in journal.entries if e.text.startswith("sale ")]
    for month in range(len(journal.months)):
        cash = sum(p.cents for e in sold if e.month == month for p in e.postings if p.account == Account.CASH)
        assert proceeds[month] == cash >= 0
    assert (programme_capex(journal, Purchases()) - proceeds == -by_activity["investing"]).all()
    assert all(len(e.postings) >= 2 for e in sold)


def every_delivered_node_is_in_the_books_at_its_price_and_every_deposit_is_used_up(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    nodes: Counter[int] = Counter()
    for lot in log.rows(LotDelivered):
        nodes[lot.order] += lot.nodes
    cost, deposits = {"servers": 0, "network": 0}, 0
    cancelled = {fact.order for fact in log.rows(OrderCancelled)}
    premiums = {fact.order: premium_cents(scenario, fact) for fact in log.rows(OptionBought)}
    for lapsed in log.rows(OptionLapsed):
        del premiums[lapsed.order]
    for placed in log.rows(OrderPlaced):
        if scenario.orders[placed.order].lease is not None:
            continue
        here = nodes[placed.order]
        each = cents(placed.server_price_usd), cents(placed.network_price_usd)
        cost["servers"] += here * each[0]
        cost["network"] += here * each[1]
        paid = min(cents(placed.deposit_usd), placed.nodes * sum(each))
        deposits += 0 if placed.order in cancelled else paid - whole(paid * (here / placed.nodes))
        premiums.pop(placed.order, None)
    shares = Counter({fact.kit: 0 for fact in log.rows(KitOrdered)})
    for arrived in log.rows(KitDelivered):
        shares[arrived.kit] += arrived.nodes
    for kit in log.rows(KitOrdered):
        cost["network"] += shares[kit.kit] * cents(kit.price_usd)
        paid = min(cents(kit.deposit_usd), kit.nodes * cents(kit.price_usd))
        deposits += paid - whole(paid * (shares[kit.kit] / kit.nodes))
    for entered in log.rows(NodesInService):
        if entered.installed >= 0:
            row, server = scenario.installed[entered.installed], scenario.server_of(entered.cluster)
            cost["servers"] += entered.nodes * cents(server.price if row.server_price is None else row.server_price)
            cost["network"] += entered.nodes * cents(server.network_price)
    cost["servers"] -= sum(given_up_cents(scenario, log))
    gone, with_kit = sold_cents(scenario, log)
    for name, total in cost.items():
        booked = drawn.result.journal.balance(f"assets:cip:{name}") + drawn.result.journal.balance(f"assets:ppe:{name}")
        left = total - gone[name]
        interest = sum(a.cost_cents for a in drawn.result.journal.assets if a.is_interest and a.asset_class == name)
        held = booked - interest
        assert held == left if name == "servers" or not with_kit else 0 <= held <= left
    assert sum(sale_proceeds(drawn.result.journal).tolist()) == gone["proceeds"]
    assert drawn.result.journal.balance(Account.DEPOSITS) == deposits + sum(premiums.values())


def land_stands_in_property_at_what_it_cost(drawn: Drawn) -> None:
    scenario = drawn.scenario
    paid = sum(cents(site.land.cost) for site in scenario.sites if site.land is not None)
    assert drawn.result.journal.balance(Account.LAND) == paid


def an_order_waits_for_a_budget_that_holds_it_and_budgets_are_not_overspent(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    spent: Counter[int] = Counter()
    for fact in log.rows(OrderPlaced):
        if fact.hour >= 0:
            year = scenario.clock.date(fact.hour).year
            spent[year] += round(fact.nodes * (fact.server_price_usd + fact.network_price_usd))
    for budget in scenario.budgets:
        assert spent[budget.year] <= budget.amount + len(scenario.orders)


def the_stock_of_spare_parts_is_what_is_on_hand_at_its_price(drawn: Drawn) -> None:
    """At the horizon, and at the start; what repairs took is what came and is not there."""
    scenario, log = drawn.scenario, drawn.log
    held = opened = taken = 0
    facts = list(log.rows(PartsChanged))
    for number, cluster in enumerate(scenario.clusters):
        parts, mine = cluster.repair.parts, [fact for fact in facts if fact.cluster == number]
        if parts is None or parts.price is None:
            continue
        on_hand = mine[-1].on_hand if mine else parts.stock
        ordered = sum(max(b - a, 0) for a, b in pairwise([0, *(fact.on_order for fact in mine)]))
        delivered = ordered - (mine[-1].on_order if mine else 0)
        held += on_hand * cents(parts.price)
        opened += parts.stock * cents(parts.price)
        taken += (parts.stock + delivered - on_hand) * cents(parts.price)
    assert drawn.result.journal.balance(Account.SPARE_PARTS) == held
    assert drawn.result.journal.balance(Account.SPARE_PARTS, -1) == opened
    without = drawn.result.journal.balance(Account.REPAIR_PARTS) - taken
    assert without == (parts_bought(scenario, log).sum(axis=(0, 1)) @ part_prices(scenario))


def part_prices(scenario: Scenario) -> np.ndarray:
    """What each cause says its part costs, cents."""
    return np.array([cents(cause.parts_cost) for cause in scenario.causes] or [0], dtype=np.int64)


def statements_are_sums_of_the_journal(drawn: Drawn) -> None:
    sheet = drawn.result.statements.loc["balance_sheet"]
    others = ("payables", "lease_liabilities", "debt", *TAX_OWED, "total_equity")
    claims = [line for line in others if line in sheet.index]
    assert np.allclose(sheet.loc["total_assets"], sheet.loc[claims].sum(), rtol=0, atol=0.01)
    flow = drawn.result.statements.loc["cash_flow"]
    change = flow.loc["closing_cash"] - flow.loc["opening_cash"]
    assert np.allclose(change, flow.loc["net_change"], rtol=0, atol=0.01)


def income_bears_the_rate_now_or_later_and_what_is_owed_is_the_temporary_difference(drawn: Drawn) -> None:
    scenario = drawn.scenario
    journal, tax, rate = drawn.result.journal, scenario.finance.tax, scenario.finance.tax_rate
    if tax is None:
        assert not any(journal.uses(account) for account in Account if "tax" in account)
        return
    costs, edges = pooled_costs(scenario, journal.assets), scenario.clock.month_edges
    in_service = sum(journal.ending(Account.ppe(name)) for name in CLASSES)
    assert (sum(costs.values(), np.zeros(len(edges), dtype=np.int64)) == in_service).all()
    left = basis(tax, costs, [scenario.clock.date(edge) for edge in edges])
    assert ((left >= 0) & (left <= in_service)).all()
    income, borne = income_before_tax(journal), journal.moved("expenses:tax")
    assert np.abs(borne - rate * income).max() <= 2, "cents: two roundings, each of a difference"
    current, deferred = journal.moved(Account.TAX_CURRENT), -journal.ending(Account.DEFERRED_TAX)
    difference = book_value(journal) - left
    if tax.losses == "used_by_parent":
        assert deferred.tolist() == [whole(rate * cents) for cents in difference.tolist()]
        taxable = income.sum() - (difference[-1] - difference[0])
        assert abs(current.sum() - rate * taxable) <= 2, "cents: one rounding a year"
    else:
        assert (deferred <= rate * difference + 0.5).all(), "losses carried on lessen what is owed"
        firsts = [k for k, month in enumerate(journal.months) if k == 0 or month.month == 1]
        assert (np.add.reduceat(current, firsts) >= 0).all(), "no year gets anything back"
    assert tax_paid_by_month(journal).sum() - current.sum() == journal.balance(Account.TAX_PAYABLE)


LAWS = (
    the_books_keep_the_law_of_money,
    every_entry_and_every_month_balances,
    sales_are_investing_and_no_capital_spending,
    every_delivered_node_is_in_the_books_at_its_price_and_every_deposit_is_used_up,
    land_stands_in_property_at_what_it_cost,
    an_order_waits_for_a_budget_that_holds_it_and_budgets_are_not_overspent,
    the_stock_of_spare_parts_is_what_is_on_hand_at_its_price,
    statements_are_sums_of_the_journal,
    income_bears_the_rate_now_or_later_and_what_is_owed_is_the_temporary_difference,
)
LAWS_OF_RESULTS = (*law_2_power.LAWS_OF_RESULTS, *law_of_retrofits.LAWS_OF_RESULTS)


@settings(max_examples=60)
@given(scenarios())
def test_every_law_of_money_and_of_what_else_is_found_of_a_run_holds(scenario: Scenario) -> None:
    hold((*LAWS, *LAWS_OF_RESULTS), scenario)
