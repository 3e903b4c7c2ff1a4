"""Lives seen in the facts of a run against the distribution functions they are drawn from, written here anew.

A life lasts from the hour a node enters service, or returns from repair, to its next failure. Only the first few lives
of each node are taken, and the horizon lies so far off that every node has had them: a sample without censoring. The
Kolmogorov-Smirnov test rejects a right simulator once in 1,000 seeds, and must reject a law that is wrong.
"""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import expon, kstest, lognorm, pearsonr, weibull_min

from simcluster.model.scenario import Scenario
from simcluster.record.events import DomainFailed, NodeFailed, NodesInService, RepairEnded, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

logger = logging.getLogger(__name__)

NODES, DAYS, LIVES = 300, 366, 3
RIGHT = 1e-3
"""A p-value above it is that of a law that may be right, one below it that of a wrong one."""
Floats = NDArray[np.float64]
Cdf = Callable[[Floats], Floats]


def bathtub_cdf(days: Floats) -> Floats:
    """Hazards a day of 0.3 for two days, 0.05 for ten, then 0.4."""
    return 1 - np.exp(-(0.3 * np.minimum(days, 2) + 0.05 * np.clip(days - 2, 0, 10) + 0.4 * np.maximum(days - 12, 0)))


def empirical_cdf(days: Floats) -> Floats:
    return np.interp(days, [1, 2, 3, 7, 20, 30], np.arange(6) / 5)


BATHTUB = {
    "kind": "bathtub",
    "steps": [
        {"until": "2 days", "rate": "0.3 / day"},
        {"until": "12 days", "rate": "0.05 / day"},
        {"rate": "0.4 / day"},
    ],
}
EMPIRICAL = {"kind": "empirical", "values": ["1 day", "30 days", "3 days", "7 days", "2 days", "20 days"]}
SIGMA = np.sqrt(2 * np.log(10 / 6))

LAWS: dict[str, tuple[dict[str, Any], Cdf]] = {
    "exponential": ({"kind": "exponential", "mean": "10 days"}, expon(scale=10).cdf),
    "weibull of shape 0.7": ({"kind": "weibull", "shape": 0.7, "scale": "8 days"}, weibull_min(0.7, scale=8).cdf),
    "weibull of shape 3": ({"kind": "weibull", "shape": 3.0, "scale": "11 days"}, weibull_min(3, scale=11).cdf),
    "lognormal": ({"kind": "lognormal", "median": "6 days", "mean": "10 days"}, lognorm(SIGMA, scale=6).cdf),
    "bathtub": (BATHTUB, bathtub_cdf),
    "empirical": (EMPIRICAL, empirical_cdf),
}
"""Each law, about ten days on average, and its distribution function in days."""


def cause(**more: Any) -> dict[str, Any]:
    return {"name": "c", "scope": "node", "repair": {"kind": "exponential", "mean": "12 hours"}, **more}


def p_value(lives: Floats, law: Cdf | Floats) -> float:
    """Of lives against a distribution function, or another sample."""
    p = float(kstest(lives, law).pvalue)
    logger.info("p = %.2g of %d lives", p, len(lives))
    return p


def first_lives(log: EventLog, number: int = LIVES, own: int = 0) -> Floats:
    """Days in service that each node's first lives under one cause lasted, whatever else took it out meanwhile."""
    begun: dict[int, float] = {}
    for row in log.rows(NodesInService):
        begun |= dict.fromkeys(range(row.first_node, row.first_node + row.nodes), row.hour)
    served, ended = dict.fromkeys(begun, 0.0), {node: list[float]() for node in begun}
    for row in sorted(log.rows(RepairEnded), key=lambda row: row.failed_hour):
        assert row.failed_hour >= begun[row.node], "a node fails in service"
        served[row.node] += row.failed_hour - begun[row.node]
        begun[row.node] = row.hour
        if row.cause == own:
            ended[row.node].append(served[row.node])
            served[row.node] = 0.0
    lives = np.array([lives[:number] for lives in ended.values()]) / 24
    assert lives.shape == (len(begun), number), "no life is cut off"
    return lives


@pytest.mark.parametrize(("law", "cdf"), LAWS.values(), ids=LAWS)
def test_lives_come_from_their_law(fleet: Callable[..., Scenario], law: dict[str, Any], cdf: Cdf) -> None:
    log = simulate(fleet([cause(life=law)], NODES, DAYS, repair={"detection": "2 hours"}), 1)
    lives = first_lives(log)
    assert log.count(NodeFailed) == log.count(RepairEnded) > 4 * lives.size, "most failures are later ones"
    for k in range(LIVES):
        assert p_value(lives[:, k], cdf) > RIGHT
    assert p_value(lives.ravel(), cdf) > RIGHT
    assert pearsonr(lives[:, 0], lives[:, 1]).pvalue > RIGHT, "one life tells nothing of the next"
    for _, other in LAWS.values():
        if other is not cdf:
            assert p_value(lives.ravel(), other) < RIGHT


@pytest.mark.parametrize(("law", "cdf"), LAWS.values(), ids=LAWS)
def test_a_node_ages_only_in_service(fleet: Callable[..., Scenario], law: dict[str, Any], cdf: Cdf) -> None:
    """Outages of racks and of feeds, maintenance and another cause cut a life into pieces that add up to it."""
    causes = [
        cause(life=law),
        {"name": "r", "scope": "rack", "rate": "0.1 / day", "repair": {"kind": "exponential", "mean": "2 days"}},
        {"name": "p", "scope": "feed", "rate": "0.05 / day", "repair": "6 hours"},
        {"name": "x", "scope": "node", "rate": "0.05 / day", "repair": "8 hours"},
    ]
    topology = {"nodes_per_rack": 2, "racks_per_feed": 5}
    rolling = {"every": "3 hours", "duration": "20 hours", "domain": "rack"}
    log = simulate(fleet(causes, 160, DAYS, topology=topology, maintenance=rolling), 2)
    lives = first_lives(log)
    assert p_value(lives.ravel(), cdf) > RIGHT
    if law.get("shape") == 3.0:
        failed = log.columns(NodeFailed)
        own = failed["cause"] == 0
        _, first = np.unique(failed["node"][own], return_index=True)
        assert p_value(failed["hour"][own][first] / 24, cdf) < RIGHT, "hours of the calendar are other ones"


def test_the_part_that_fails_first_takes_its_node(fleet: Callable[..., Scenario]) -> None:
    """Eight GPUs a node: the least of eight lives; after a repair a new GPU among seven that are as old as before."""
    law, cdf = LAWS["weibull of shape 3"]
    lives = first_lives(simulate(fleet([cause(life=law, per="gpu")], NODES, days=50), 3), 2)
    assert p_value(lives[:, 0], lambda days: 1 - (1 - cdf(days)) ** 8) > RIGHT
    assert p_value(lives[:, 0], cdf) < RIGHT
    assert p_value(lives[:, 1], lambda days: 1 - (1 - cdf(days)) ** 8) < RIGHT, "no new node"

    luck = np.random.default_rng(9)
    dues = 11 * luck.weibull(3, (20_000, 8))
    first = dues.min(axis=1)
    dues[np.arange(20_000), dues.argmin(axis=1)] += 11 * luck.weibull(3, 20_000)
    assert p_value(lives[:, 1], dues.min(axis=1) - first) > RIGHT


def test_of_several_causes_the_first_strikes(fleet: Callable[..., Scenario]) -> None:
    (ageing, rising), (young, falling) = LAWS["weibull of shape 3"], LAWS["weibull of shape 0.7"]
    causes = [cause(life=ageing), {**cause(life=young), "name": "b"}, {**cause(rate="0.1 / day"), "name": "x"}]
    log = simulate(fleet(causes, NODES, days=250), 4)
    failed = log.columns(NodeFailed)
    _, at = np.unique(failed["node"], return_index=True)
    first, by = failed["hour"][at] / 24, failed["cause"][at]

    def together(days: Floats) -> Floats:
        return 1 - (1 - rising(days)) * (1 - falling(days)) * np.exp(-0.1 * days)

    assert p_value(first, together) > RIGHT
    assert p_value(first, rising) < RIGHT
    assert set(by) == {0, 1, 2}
    for number, (_, cdf) in enumerate((LAWS["weibull of shape 3"], LAWS["weibull of shape 0.7"])):
        assert p_value(first_lives(log, 2, number).ravel(), cdf) > RIGHT, "each cause by its own age"


@pytest.mark.parametrize("name", ["weibull of shape 0.7", "weibull of shape 3", "lognormal", "bathtub", "empirical"])
def test_first_lives_of_old_nodes_are_what_their_renewals_left(fleet: Callable[..., Scenario], name: str) -> None:
    """Of nodes that have failed and been renewed for 15 days: the time to the next renewal (Cox 1962, chapter 5)."""
    law, cdf = LAWS[name]
    log = simulate(fleet([cause(life=law)], NODES, DAYS, in_service=date(2023, 12, 17)), 5)
    lives, luck, days = first_lives(log), np.random.default_rng(9), np.linspace(0.0, 400.0, 400_001)
    ends = np.zeros(20_000)
    while (ends <= 15.0).any():
        ends = np.where(ends <= 15.0, ends + np.interp(luck.random(len(ends)), cdf(days), days), ends)

    assert p_value(lives[:, 0], ends - 15.0) > RIGHT
    if name != "lognormal":  # whose next renewal is too much like a first life to tell
        assert p_value(lives[:, 0], cdf) < RIGHT
    assert p_value(lives[:, 1], cdf) > RIGHT, "what replaces them is new"


@pytest.mark.parametrize("name", ["exponential", "weibull of shape 3", "bathtub"])
def test_lives_of_racks(fleet: Callable[..., Scenario], name: str) -> None:
    """A rack's life begins when its outage ends, after one day."""
    law, cdf = LAWS[name]
    scenario = fleet([{"name": "r", "scope": "rack", "life": law, "repair": "1 day"}], 2 * NODES, DAYS)
    fell = simulate(scenario, 6).columns(DomainFailed)
    order = np.lexsort((fell["hour"], fell["domain"]))
    domain, hours = fell["domain"][order], fell["hour"][order]
    lives = np.array([np.diff(hours[domain == k], prepend=-24.0)[:LIVES] / 24 - 1 for k in range(NODES)])
    assert lives.shape == (NODES, LIVES)
    assert p_value(lives.ravel(), cdf) > RIGHT
    assert all(p_value(lives.ravel(), other) < RIGHT for _, other in LAWS.values() if other is not cdf)


@pytest.mark.parametrize("name", ["exponential", "weibull of shape 3"])
def test_lives_in_the_hours_a_job_computes(fleet: Callable[..., Scenario], gang: Callable[..., Any], name: str) -> None:
    """A job on all nodes waits for each repair; only while it computes do its nodes wear."""
    law, cdf = LAWS[name]
    wearing = {**cause(life=law), "clock": "busy", "repair": "3 hours"}
    log = simulate(fleet([wearing], 120, DAYS, jobs=[gang(120, 1e6, 1.0)]), 7)
    ran, failed = log.columns(SegmentEnded), log.columns(NodeFailed)
    order = np.lexsort((failed["hour"], failed["node"]))
    edges = np.stack([ran["since_hour"], ran["hour"]], axis=1).ravel()
    computed = np.interp(
        failed["hour"][order], edges, np.cumsum(np.diff(edges, prepend=0.0) * ([0, 1] * len(ran["hour"])))
    )
    node = failed["node"][order]
    lives = np.array([np.diff(computed[node == k], prepend=0.0)[:LIVES] / 24 for k in range(120)])
    assert lives.shape == (120, LIVES)
    assert p_value(lives.ravel(), cdf) > RIGHT
    assert p_value(lives.ravel(), LAWS["weibull of shape 3" if name == "exponential" else "exponential"][1]) < RIGHT
    calendar = np.array([np.diff(failed["hour"][order][node == k], prepend=0.0)[:LIVES] / 24 for k in range(120)])
    assert p_value(calendar.ravel(), cdf) < RIGHT, "hours of the calendar are other ones"
