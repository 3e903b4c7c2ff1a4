"""The stages of a repair against exact shares and means: reset, part, technician, false success, retirement.

Spare parts: with Poisson demand of rate r, a fixed lead time L and orders of Q at the reorder point s, the stock on
hand and on order is even over s + 1 .. s + Q, and what is short at any hour is a Poisson number of mean r L less that
(G. Hadley and T. Whitin, Analysis of Inventory Systems, 1963, chapter 4). Alike clusters of a run are the samples.
"""

from collections.abc import Callable
from datetime import date
from heapq import heapreplace
from math import exp, factorial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from simcluster.model.scenario import Scenario
from simcluster.record.events import Mended, NodeBlamed, NodeFailed, PartsChanged, RepairEnded
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

Floats = NDArray[np.float64]
NODES, DAYS = 300, 366


def cause(**more: Any) -> dict[str, Any]:
    return {"name": "c", "scope": "node", "rate": "0.02 / day", "repair": "3 hours", "parts_cost": "1 USD", **more}


def by_node(log: EventLog, nodes: int = NODES) -> tuple[dict[str, Any], NDArray[np.bool_], Floats]:
    """Repairs that ended, node by node; which of them follow one that left the node bad; hours up since the last."""
    out = log.columns(RepairEnded)
    order = np.lexsort((out["failed_hour"], out["node"]))
    out = {name: column[order][out["outcome"][order] != Mended.UNDER_WAY] for name, column in out.items()}
    same = np.diff(out["node"], prepend=-1) == 0
    again = same & (np.roll(out["outcome"], 1) == Mended.STILL_BAD)
    up = out["failed_hour"] - np.where(same, np.roll(out["hour"], 1), 0.0)
    return out, again, up


def test_a_reset_is_tried_first_and_may_hide_a_node_that_is_still_bad(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    reset = {"duration": "30 min", "success": 0.6, "false_success": 0.25}
    repair = {"detection": "1 hour", "automatic": reset, "relapse": "6 hours"}
    out, again, up = by_node(simulate(fleet([cause()], NODES, DAYS, repair=repair), 1))
    assert out["detected_hour"] == pytest.approx(out["failed_hour"] + 1.0)
    tried, by_itself = out["automatic_hour"] > out["detected_hour"], out["mended_hour"] == out["automatic_hour"]
    assert (tried == ~again).all(), "who relapses is not reset once more"
    assert out["automatic_hour"][tried] == pytest.approx(out["detected_hour"][tried] + 0.5)
    assert out["mended_hour"][~by_itself] == pytest.approx(out["automatic_hour"][~by_itself] + 3.0)
    assert abs(score(by_itself[tried], 0.6, 0.03)) < bound
    assert abs(score(out["outcome"][tried] == Mended.STILL_BAD, 0.6 * 0.25, 0.06)) < bound
    assert (out["outcome"][again] == Mended.GOOD).all()
    assert abs(score(up[again], 1 / (1 / 6 + 0.02 / 24), 0.08)) < bound, "the relapse, or another failure before it"
    assert abs(score(by_itself[tried], 0.5, 0.03)) > 5, "a reset that suffices less often"


def test_technicians_hand_back_bad_nodes_time_after_time(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    """Each visit fails on its own luck, so that visits a failure are geometric: 1 / (1 - p) on average."""
    repair = {"manual_false_success": 0.3, "relapse": "5 hours"}
    out, again, _ = by_node(simulate(fleet([cause()], NODES, DAYS, repair=repair), 2))
    assert abs(score(out["outcome"] == Mended.STILL_BAD, 0.3, 0.05)) < bound
    assert abs(score((out["outcome"] == Mended.STILL_BAD)[again], 0.3, 0.08)) < bound
    visits = np.bincount(np.cumsum(~again))[1:]
    assert abs(score(visits, 1 / 0.7, 0.03)) < bound
    assert abs(score((visits - 1 / 0.7) ** 2, 0.3 / 0.7**2, 0.15)) < bound


def at_work(hours: Floats, start: date) -> Floats:
    """Hours of the shifts from 8 to 16 on five days a week that have passed since a Monday before the start."""
    since = hours + 24.0 * start.weekday()
    week, day = since // 168, since % 168 // 24
    return 40 * week + np.where(day < 5, 8 * np.minimum(day, 5) + np.clip(since % 24 - 8, 0, 8), 40)


SHIFTS = {"begin_hour": 8.0, "hours": 8.0, "days": 5}


@pytest.mark.parametrize("start", [date(2024, 1, 1), date(2024, 2, 29)], ids=["Monday", "Thursday"])
def test_a_failure_waits_for_the_shift(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, start: date
) -> None:
    """Half the square of each gap between shifts, over a week: four nights of 16 hours and a weekend of 64."""
    scenario = fleet([cause(rate="0.005 / day")], 4000, DAYS, repair={"shifts": SHIFTS}, start=start)
    out = by_node(simulate(scenario, 3), 4000)[0]
    waits = out["repair_hour"] - out["detected_hour"]
    assert abs(score(waits, (4 * 16**2 + 64**2) / 2 / 168, 0.03)) < bound
    assert abs(score(waits == 0, 40 / 168, 0.03)) < bound
    work = at_work(out["mended_hour"], start) - at_work(out["repair_hour"], start)
    assert work == pytest.approx(np.full(len(work), 3.0), abs=1e-6)


@pytest.mark.parametrize("crew", [1, 3])
def test_a_crew_in_shifts_serves_first_come_first_served(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, crew: int
) -> None:
    """In hours at work it is a plain queue: taken up on arrival, or when the first technician is free."""
    start, mean = date(2024, 2, 29), 1.5 * crew
    law = {"kind": "exponential", "mean": f"{mean!r} hours"}
    repair = {"technicians": crew, "shifts": SHIFTS, "detection": "1 hour"}
    out = simulate(fleet([cause(repair=law)], 150, DAYS, repair=repair, start=start), 4).columns(RepairEnded)
    order = np.argsort(out["detected_hour"])
    order = order[np.cumsum(out["outcome"][order] == Mended.UNDER_WAY) == 0]
    asked, begun, ended = (at_work(out[f"{step}_hour"][order], start) for step in ("detected", "repair", "mended"))
    free = [at_work(np.array([0.0]), start)[0]] * crew
    for k in range(len(order)):
        assert begun[k] == pytest.approx(max(asked[k], free[0]), abs=1e-6)
        heapreplace(free, ended[k])
    assert abs(score(ended - begun, mean, 0.04)) < bound
    assert (begun > asked + 1e-6).mean() > 0.1, "hardly anyone waited"


@pytest.mark.parametrize(("point", "order"), [(7, 1), (4, 6)], ids=["one for one", "six at a time"])
def test_fill_rate_and_wait_for_spare_parts(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, point: int, order: int
) -> None:
    lead, clusters, days, nodes = 6.0, 24, 400, 500
    parts = {"stock": point + order, "reorder_point": point, "order": order, "lead_time": f"{lead!r} days"}
    scenario = fleet([cause(rate="0.002 / day")], nodes, days, clusters=clusters, repair={"parts": parts})
    log = simulate(scenario, 5)
    out, levels = log.columns(RepairEnded), log.columns(PartsChanged)
    whole = levels["on_hand"] + levels["on_order"] - levels["awaited"]
    assert set(whole) == set(range(point + 1, point + order + 1))
    assert (levels["on_hand"] * levels["awaited"] == 0).all(), "nobody waits beside a part"

    demand = lead * nodes * 0.002  # of nodes that are nearly all up
    number = np.arange(200)
    short = [np.maximum(number - level, 0) @ poisson.pmf(number, demand) for level in whole_levels(point, order)]
    fill = np.mean([poisson.cdf(level - 1, demand) for level in whole_levels(point, order)])
    late = (out["failed_hour"] > 24 * 60) & (out["outcome"] == Mended.GOOD)
    served = np.bincount(out["cluster"][late], minlength=clusters)
    waits = (out["part_hour"] - out["automatic_hour"])[late]
    at_once = np.bincount(out["cluster"][late], weights=waits == 0, minlength=clusters) / served
    mean_waits = np.bincount(out["cluster"][late], weights=waits, minlength=clusters) / served
    assert abs(score(at_once, fill, 0.02)) < bound
    assert abs(score(mean_waits, 24 * np.mean(short) / (demand / lead), 0.07)) < bound
    slow = np.mean([poisson.cdf(level - 1, demand * 1.25) for level in whole_levels(point, order)])
    assert abs(score(at_once, slow, 0.05)) > 5, "a lead time a quarter longer"


def whole_levels(point: int, order: int) -> range:
    """Parts on hand and on order, less those promised."""
    return range(point + 1, point + order + 1)


def test_what_each_remedy_waits_for(fleet: Callable[..., Scenario]) -> None:
    """A reboot waits for nothing, a return to the vendor for no technician and no part, a swap for both."""
    remedies = ["reboot", "return", "swap"]
    causes = [{**cause(remedy=remedy, rate="0.01 / day"), "name": remedy} for remedy in remedies]
    parts = {"stock": 4, "reorder_point": 1, "order": 3, "lead_time": "1 day"}
    repair = {"technicians": 1, "parts": parts, "detection": "1 hour"}
    log = simulate(fleet(causes, NODES, DAYS, repair=repair), 6)
    out = by_node(log)[0]
    for number, remedy in enumerate(remedies):
        mine = {name: column[out["cause"] == number] for name, column in out.items()}
        assert len(mine["hour"]) > 800
        spent = mine["mended_hour"] - mine["detected_hour"]
        if remedy == "swap":
            assert spent.min() == pytest.approx(3.0)
            assert (mine["part_hour"] > mine["automatic_hour"]).mean() > 0.1
            assert (mine["repair_hour"] > mine["part_hour"]).mean() > 0.1
            assert mine["mended_hour"] == pytest.approx(mine["repair_hour"] + 3.0)
        else:
            assert spent == pytest.approx(np.full(len(spent), 3.0))


@pytest.mark.parametrize(("failures", "window"), [(2, 30.0), (2, 5.0), (3, 1e4)])
def test_nodes_that_fail_too_often_are_given_up(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, failures: int, window: float
) -> None:
    """Two failures never within w: n of them fit in T - (n - 1) w; three at all: a Poisson number."""
    rate, nodes = 0.01, 2000
    rule = {"failures": failures, "window": f"{window!r} days"}
    log = simulate(fleet([cause(rate=f"{rate} / day", repair="0 hours")], nodes, DAYS, repair={"retirement": rule}), 7)
    out = log.columns(RepairEnded)
    gone = out["outcome"] == Mended.RETIRED
    if failures == 2:
        rooms = [max(DAYS - (n - 1) * window, 0.0) if n else DAYS for n in range(80)]
        kept = sum(exp(-rate * DAYS) * (rate * room) ** n / factorial(n) for n, room in enumerate(rooms))
    else:
        kept = poisson.cdf(failures - 1, rate * DAYS)
    retired = np.bincount(out["node"][gone], minlength=nodes)
    assert set(retired) <= {0, 1}
    assert abs(score(retired, 1 - kept, 0.06)) < bound
    last = np.zeros(nodes)
    np.maximum.at(last, log.columns(NodeFailed)["node"], log.columns(NodeFailed)["hour"])
    assert (out["hour"][gone] == last[out["node"][gone]]).all(), "a node that is given up fails no more"


def test_misdiagnosis_takes_healthy_nodes_out(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float
) -> None:
    """Each blow to a job is laid at another node's door with probability p, also the next of the same bad node."""
    share, rate = 0.25, 0.02
    repair = {"misdiagnosis": share, "relapse": "4 hours"}
    log = simulate(fleet([cause(repair="1 hour")], NODES, DAYS, repair=repair, jobs=[gang(200, 1e6)]), 8)
    failed, blamed = log.columns(NodeFailed), log.columns(NodeBlamed)
    assert (blamed["node"] != blamed["bad_node"]).all()
    blows = failed["hour"][failed["job"] == 0]
    wrong = np.isin(blows, blamed["hour"])
    assert wrong.sum() == len(blamed["hour"])
    assert not np.isin(failed["hour"][failed["job"] < 0], blamed["hour"]).any(), "a free node is blamed for nothing"
    assert abs(score(wrong, share, 0.06)) < bound

    culprit = failed["node"].copy()
    culprit[np.searchsorted(failed["hour"], blamed["hour"])] = blamed["bad_node"]
    order = np.lexsort((failed["hour"], culprit))
    hours, wrongly = failed["hour"][order], np.isin(failed["hour"][order], blamed["hour"])
    after = np.flatnonzero(wrongly[:-1] & (np.diff(culprit[order]) == 0))
    assert abs(score(wrongly[after + 1], share, 0.15)) < bound, "luck of its own"
    assert abs(score(hours[after + 1] - hours[after], 1 / (1 / 4 + rate / 24), 0.08)) < bound, "it relapses"
