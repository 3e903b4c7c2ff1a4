from datetime import date, timedelta
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from strategies import durations

from simcluster.core.money import between, whole
from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.debt import Repayment
from simcluster.model.depreciation import Schedule, charge_cents, straight_line_cents
from simcluster.model.distributions import Duration, Law
from simcluster.model.power import PowerSource
from simcluster.model.revenue import Assistant, Lift

KINDS_OF_LAW = get_args(Law)
KINDS_OF_POLICY = get_args(get_args(CheckpointPolicy)[0])
KINDS_OF_SOURCE = get_args(get_args(PowerSource)[0])
KINDS_OF_REPAYMENT = get_args(get_args(Repayment)[0])
KINDS_OF_LIFT = get_args(get_args(Lift)[0])
PROBABILITIES = np.array([1e-300, 1e-12, *np.linspace(0.001, 0.999, 499), 1 - 1e-12, np.nextafter(1.0, 0.0)])

days = st.dates(date(2023, 1, 1), date(2026, 1, 1))


def kind_of(model: Any) -> str:
    return model.model_fields["kind"].default


def _bathtub(data: st.DataObject) -> dict[str, Any]:
    ends = sorted(data.draw(st.sets(st.integers(1, 500), max_size=4)))
    rates = data.draw(st.lists(st.sampled_from((0, 0.01, 0.5, 20)), min_size=len(ends), max_size=len(ends)))
    steps = [{"until": f"{end} hours", "rate": f"{rate} / day"} for end, rate in zip(ends, rates, strict=True)]
    return {"kind": "bathtub", "steps": [*steps, {"rate": data.draw(st.sampled_from(("0.05 / day", "3 / day")))}]}


def _empirical(data: st.DataObject) -> dict[str, Any]:
    values = data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=9))
    return {"kind": "empirical", "values": [f"{10 * value} hours" for value in values]}


def a_law(data: st.DataObject, law: type) -> Law:
    """A duration of one kind."""
    own = {"bathtub": _bathtub, "empirical": _empirical}.get(kind_of(law))
    others = durations(500, "hours").filter(lambda d: isinstance(d, dict) and d["kind"] == kind_of(law))
    drawn: Law = TypeAdapter(Duration).validate_python(own(data) if own else data.draw(others))
    assert isinstance(drawn, law)
    return drawn


@pytest.mark.parametrize("law", KINDS_OF_LAW, ids=kind_of)
@given(data=st.data())
def test_quantiles_rise_and_are_finite_and_never_negative(law: type, data: st.DataObject) -> None:
    hours = a_law(data, law).quantile(PROBABILITIES)
    assert hours.shape == PROBABILITIES.shape
    assert np.isfinite(hours).all()
    assert hours.min() >= 0
    assert np.all(np.diff(hours) >= -1e-9 * hours[1:])


@pytest.mark.parametrize("law", KINDS_OF_LAW, ids=kind_of)
@given(data=st.data())
def test_the_distribution_function_rises_to_one_and_agrees_with_the_quantile(law: type, data: st.DataObject) -> None:
    drawn = a_law(data, law)
    hours = drawn.quantile(PROBABILITIES)
    just_before, there = drawn.cdf(hours * (1 - 1e-9) - 1e-9), drawn.cdf(hours * (1 + 1e-9) + 1e-9)
    assert np.all(just_before <= PROBABILITIES + 1e-6)
    assert np.all(there >= PROBABILITIES - 1e-6)
    axis = drawn.cdf(np.array([-np.inf, -1.0, *np.linspace(0, 1000, 300), 1e9, np.inf]))
    assert axis[:2].tolist() == [0.0, 0.0]
    assert np.all(np.diff(axis) >= -1e-12)
    assert axis[-1] == 1.0
    assert 0 <= drawn.mean_hours < np.inf


@pytest.mark.parametrize("policy", KINDS_OF_POLICY, ids=kind_of)
@given(
    data=st.data(),
    mode=st.sampled_from(("blocking", "asynchronous", "memory")),
    mtbfs=st.lists(st.floats(1e-3, 1e7), min_size=2, max_size=8),
)
def test_intervals_rise_with_the_mtbf_and_let_a_write_end(
    policy: type, data: st.DataObject, mode: str, mtbfs: list[float]
) -> None:
    document: dict[str, Any] = {"kind": kind_of(policy), "mode": mode, "cost": f"{data.draw(st.integers(1, 7200))} s"}
    if mode != "blocking":
        document["snapshot"] = f"{data.draw(st.integers(0, 60))} s"
    if mode == "memory":
        document["durable_every"] = data.draw(st.integers(1, 20))
    if kind_of(policy) == "fixed":
        document["interval"] = f"{data.draw(st.integers(7200, 100_000))} s"
    drawn = TypeAdapter(CheckpointPolicy).validate_python(document)
    assert isinstance(drawn, policy)
    intervals = [drawn.interval_hours(mtbf) for mtbf in (*sorted(mtbfs), np.inf)]
    assert np.all(np.diff(intervals[:-1]) >= -1e-12)
    assert intervals[0] >= drawn.lag_hours / drawn.durable_every
    assert intervals[0] > 0
    assert intervals[-1] == (drawn.interval if kind_of(policy) == "fixed" else np.inf)


def _grid(data: st.DataObject) -> dict[str, Any]:
    dates = sorted(data.draw(st.lists(days, min_size=1, max_size=5)))
    return {"kind": "grid", "phases": [{"date": day, "power": "2 MW"} for day in dates]}


def _turbines(data: st.DataObject) -> dict[str, Any]:
    units, apart = data.draw(st.integers(1, 9)), data.draw(st.integers(0, 90))
    first = data.draw(days)
    return {"kind": "turbines", "first": first, "units": units, "unit_power": "2 MW", "days_apart": apart}


SOURCES = {"grid": _grid, "turbines": _turbines}


@pytest.mark.parametrize("source", KINDS_OF_SOURCE, ids=kind_of)
@given(data=st.data())
def test_power_sources_add_capacity_in_order_of_date(source: type, data: st.DataObject) -> None:
    document = {"name": "s", "price": "0.1 USD/kWh", **SOURCES[kind_of(source)](data)}
    drawn = TypeAdapter(PowerSource).validate_python(document)
    assert isinstance(drawn, source)
    steps = drawn.steps()
    assert len(steps) == document.get("units", len(document.get("phases", [])))
    assert [step.date for step in steps] == sorted(step.date for step in steps)
    assert all(step.power == 2.0 for step in steps)


@given(
    cost=st.integers(0, 10**13),
    since=st.floats(-50_000, 50_000),
    life=st.floats(1e-6, 250_000),
    edges=st.lists(st.floats(-60_000, 400_000), min_size=2, max_size=30),
)
def test_depreciation_loses_no_cent_and_is_never_negative(
    cost: int, since: float, life: float, edges: list[float]
) -> None:
    every = np.array(sorted([*edges, min(since, *edges), max(since + 1.001 * life + 1e-6, *edges)]))
    charged = straight_line_cents(cost, since, life, every)
    assert charged.sum() == cost
    assert charged.min() >= 0
    part = straight_line_cents(cost, since, life, np.array(sorted(edges)))
    assert part.min() >= 0
    assert part.sum() <= cost


@given(
    cost=st.integers(0, 10**13),
    life=st.floats(1.0, 250_000),
    changes=st.lists(st.tuples(st.floats(-9_000, 90_000), st.floats(1.0, 250_000)), max_size=4),
    edges=st.lists(st.floats(-60_000, 400_000), min_size=2, max_size=30),
)
def test_changes_of_life_lose_no_cent_either(
    cost: int, life: float, changes: list[tuple[float, float]], edges: list[float]
) -> None:
    schedule = Schedule(0.0, life, sorted(changes))
    worn = schedule.worn(np.array(sorted(edges)))
    assert ((worn >= 0) & (worn <= 1)).all()
    every = np.array(sorted([*edges, min(0.0, *edges), max(schedule.end_hour + 1e-6, *edges)]))
    charged = charge_cents(cost, schedule, every)
    assert charged.sum() == cost
    assert charged.min() >= 0


@given(
    cost=st.integers(0, 10**12),
    residual=st.sampled_from((0.0, 0.05, 1 / 3)),
    life=st.floats(1.0, 250_000),
    changes=st.lists(st.tuples(st.floats(-9_000, 90_000), st.floats(1.0, 250_000)), max_size=3),
    write_downs=st.lists(st.tuples(st.floats(-9_000, 90_000), st.floats(0.001, 1.0)), min_size=1, max_size=3),
)
def test_depreciation_and_impairment_and_what_is_left_are_the_cost(
    cost: int,
    residual: float,
    life: float,
    changes: list[tuple[float, float]],
    write_downs: list[tuple[float, float]],
) -> None:
    """Each write-down takes its share of the book value, but nothing of the residual; months take the rest."""
    schedule, share_of = Schedule(0.0, life, changes, write_downs, residual), dict(write_downs)
    worth = whole(cost * residual)
    edges = np.array([0.0, *np.linspace(1.0, schedule.end_hour + 1.0, 40), *(hour for hour, _, _ in schedule.impaired)])
    charged = charge_cents(cost - worth, schedule, np.sort(edges))
    assert charged.min() >= 0
    assert charged.sum() == cost - worth
    for hour, before, after in schedule.impaired:
        book, took = cost - whole((cost - worth) * before), between(cost - worth, before, after)
        if sum(when == hour for when, _ in write_downs) == 1:
            assert abs(took - min(share_of[hour] * book, book - worth)) <= 2
        just_after = charge_cents(cost - worth, schedule, np.array([0.0, hour, np.nextafter(hour, np.inf)]))
        assert just_after[1] >= took - 1


@given(
    life=st.floats(1_000.0, 90_000),
    longer=st.floats(1.01, 3.0),
    at=st.floats(0.05, 0.95),
)
def test_a_longer_life_charges_less_until_the_old_one_ends_and_more_after(
    life: float, longer: float, at: float
) -> None:
    edges = np.array([0.0, at * life, life, life * longer])
    first, second = (
        charge_cents(10**12, Schedule(0.0, life, changes), edges) for changes in ([], [(at * life, life * longer)])
    )
    assert first[0] == second[0]
    assert first[1] > second[1]
    assert first[2] < second[2]


@pytest.mark.parametrize("repayment", KINDS_OF_REPAYMENT, ids=kind_of)
@given(
    balance=st.integers(0, 10**13),
    rate=st.floats(0, 0.999),
    payments=st.integers(1, 480),
    drawn=st.dictionaries(st.integers(2, 480), st.integers(0, 10**12), max_size=3),
)
def test_debt_is_repaid_exactly_with_the_last_payment(
    repayment: Any, balance: int, rate: float, payments: int, drawn: dict[int, int]
) -> None:
    for left in range(payments, 0, -1):
        balance += drawn.get(left, 0)
        due = repayment().principal_cents(balance, rate / 12, left)
        assert 0 <= due <= balance
        balance -= due
    assert balance == 0


LIFTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "none": st.just({}),
    "saturating": st.fixed_dictionaries({"ceiling": st.floats(0, 0.999), "scale_h100e": st.floats(1e-3, 1e7)}),
}


@pytest.mark.parametrize("lift", KINDS_OF_LIFT, ids=kind_of)
@given(data=st.data())
def test_lifts_rise_from_nothing_and_stay_below_one(lift: type, data: st.DataObject) -> None:
    drawn = TypeAdapter(Lift).validate_python({"kind": kind_of(lift), **data.draw(LIFTS[kind_of(lift)])})
    assert isinstance(drawn, lift)
    fleets = sorted(data.draw(st.lists(st.floats(0, 1e8), min_size=2, max_size=20)))
    lifts = [drawn.lift(fleet) for fleet in fleets]
    assert drawn.lift(0.0) == 0.0
    assert lifts == sorted(lifts)
    assert all(0.0 <= value < 1.0 for value in lifts)


@given(
    ceiling=st.floats(0.1, 1e4),
    growth=st.floats(0.01, 10),
    midpoint=days,
    offsets=st.lists(st.integers(0, 5000), min_size=2, max_size=10),
)
def test_users_of_the_assistant_rise_to_the_ceiling_and_earn_nothing_before_monetised(
    ceiling: float, growth: float, midpoint: date, offsets: list[int]
) -> None:
    first, monetised = date(2020, 1, 1), date(2024, 1, 1)
    assistant = Assistant(
        ceiling_musers=ceiling,
        growth_per_year=growth,
        midpoint=midpoint,
        revenue_per_user="6 USD/year",
        monetised=monetised,
    )
    dates = [first + timedelta(days=offset) for offset in sorted(offsets)]
    users = [assistant.users_millions(day) for day in dates]
    assert users == sorted(users)
    assert all(0 <= value <= ceiling for value in users)
    assert assistant.users_millions(midpoint) == pytest.approx(ceiling / 2)
    for day in dates:
        earned = assistant.revenue_usd(day, 30)
        assert earned > 0 if day >= monetised else earned == 0
