from collections.abc import Callable

from simcluster.model.scenario import Scenario
from simcluster.record.events import BudgetOpened, OrderPostponed
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.run import simulate
from simcluster.sim.treasury import Treasury

YEAR_2025, YEAR_2026 = 366 * 24.0, (366 + 365) * 24.0


def test_what_does_not_fit_waits_for_the_next_year(
    lab: Callable[..., Scenario], env: KernelEnvironment, log: EventLog
) -> None:
    budgets = [{"year": 2024, "amount": "10 MUSD"}, {"year": 2025, "amount": "12 MUSD"}]
    treasury = Treasury(env, log, lab(end="2026-12-31", budgets=budgets))
    committed: list[tuple[int, float]] = []

    def buy(order: int, usd: float):  # type: ignore[no-untyped-def]
        yield from treasury.commit(order, usd)
        committed.append((order, env.now))

    treasury.open_years()
    env.run(until=1e-9)
    for order, usd in enumerate([6e6, 6e6, 4e6, 6.5e6, 13e6]):
        env.process(buy(order, usd))
    env.run()
    assert committed == [(0, 1e-9), (2, 1e-9), (1, YEAR_2025), (3, YEAR_2026), (4, YEAR_2026)]
    assert [(row.hour, row.order, row.cost_usd) for row in log.rows(OrderPostponed)] == [
        (1e-9, 1, 6e6),
        (1e-9, 3, 6.5e6),
        (1e-9, 4, 13e6),
        (YEAR_2025, 3, 6.5e6),
        (YEAR_2025, 4, 13e6),
    ]
    assert [(row.hour, row.year, row.amount_usd) for row in log.rows(BudgetOpened)] == [
        (0.0, 2024, 10e6),
        (YEAR_2025, 2025, 12e6),
    ]


def test_a_budget_is_recorded_whole_though_an_order_comes_on_its_first_day(lab: Callable[..., Scenario]) -> None:
    order = {"name": "o", "cluster": "k", "gpus": 8, "placed": "2025-01-01", "deposit": 0.1, "lead_time": "4 weeks"}
    budgets = [{"year": 2024, "amount": "10 MUSD"}, {"year": 2025, "amount": "12 MUSD"}]
    log = simulate(lab(end="2025-06-30", budgets=budgets, orders=[order]), 1)
    assert [row.amount_usd for row in log.rows(BudgetOpened)] == [10e6, 12e6]
