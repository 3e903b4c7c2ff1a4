"""Constant rates add up: of links to a fleet's, of nodes to a job's, of domains to a cluster's.

The superposition of n Poisson processes of rate r is one of rate n r (Khinchin); 100,000 transceivers of 5 years leave
26.28 minutes between two failures, 50,000 of 4 years 42.05 (arithmetic of the trade press, in years of 365 days).
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chisquare, kstest

from simcluster.model.scenario import Scenario
from simcluster.record.events import DomainFailed, JobInterrupted, NodeFailed, RepairEnded
from simcluster.record.jobs import job_hours
from simcluster.sim.run import simulate

Floats = NDArray[np.float64]
AT_ONCE = "0 hours"


def gaps(hours: Floats) -> Floats:
    return np.diff(hours, prepend=0.0)


@pytest.mark.parametrize("scope", ["node", "job"])
@pytest.mark.parametrize(
    ("links", "life", "minutes"), [(100_000, "1825 days", 26.28), (50_000, "1460 days", 42.048)], ids=["5 y", "4 y"]
)
def test_minutes_between_failures_of_optical_links(
    fleet: Callable[..., Scenario],
    gang: Callable[..., Any],
    score: Callable[..., float],
    bound: float,
    links: int,
    life: str,
    minutes: float,
    scope: str,
) -> None:
    """As failures of nodes, and as interruptions of a job on all of them that restarts in no time."""
    law = {"kind": "exponential", "mean": life}
    cause = {"name": "c", "scope": scope, "per": "link", "life": law, "repair": AT_ONCE}
    nodes = links // 8
    jobs = [gang(nodes, 1e6)] if scope == "job" else []
    log = simulate(fleet([cause], nodes, 90, jobs=jobs, topology={"links_per_node": 8}), 1)
    failures = log.columns(NodeFailed if scope == "node" else JobInterrupted)["hour"]
    assert abs(score(60 * gaps(failures), minutes, 0.03)) < bound
    assert kstest(60 * gaps(failures) / minutes, "expon").pvalue > 0.001, "exponential; passes 999 in 1,000 seeds"
    assert abs(score(60 * gaps(failures), minutes * 8, 0.03)) > 100, "one link a node"


def test_twice_the_nodes_halve_the_time_between_interruptions(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float
) -> None:
    cause = {"name": "c", "scope": "node", "rate": "0.01 / day", "repair": "1 hour"}
    sizes = [40, 80, 160]
    log = simulate(fleet([cause], 400, 1200, jobs=[gang(size, 1e6) for size in sizes]), 2)
    struck = log.columns(JobInterrupted)
    between = [gaps(struck["hour"][struck["job"] == k]) for k in range(len(sizes))]
    for size, found in zip(sizes, between, strict=True):
        assert abs(score(found, 24 / (0.01 * size), 0.06)) < bound
    for few, many in pairwise(between):
        ratio = few.mean() / many.mean()
        assert abs(np.log(ratio / 2)) < bound * np.sqrt(1 / len(few) + 1 / len(many)), "within its interval"
        assert abs(np.log(ratio)) > 5 * np.sqrt(1 / len(few) + 1 / len(many)), "not the same"


@pytest.mark.parametrize("scope", ["node", "job"])
def test_rates_that_grow_with_the_size_of_a_job(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float, scope: str
) -> None:
    """The rate of a node is (n / reference)^exponent times what it is in a job of the reference."""
    cause = {"name": "c", "scope": scope, "per": "node", "rate": "0.01 / day", "repair": "1 hour"}
    growth = {"growth": {"reference_nodes": 40, "exponent": 0.5}}
    log = simulate(fleet([cause], 400, 1200, jobs=[gang(size, 1e6) for size in (30, 160)], profile=growth), 3)
    struck = log.columns(JobInterrupted)
    small, large = (gaps(struck["hour"][struck["job"] == k]) for k in range(2))
    assert abs(score(small, 24 / (0.01 * 30), 0.06)) < bound
    assert abs(score(large, 24 / (0.01 * 160 * 2), 0.06)) < bound


TOPOLOGY = {
    "nodes_per_rack": 2,
    "racks_per_switch": 2,
    "racks_per_loop": 3,
    "racks_per_feed": 4,
    "racks_per_pod": 8,
    "pods_per_building": 2,
}
NODES, DAYS, OUTAGE, EXPECTED = 96, 400, 2.0, 900


@pytest.mark.parametrize(
    ("scope", "per", "size", "counted"),
    [
        ("rack", None, 2, 1),
        ("rack", "node", 2, 2),
        ("switch", None, 4, 1),
        ("loop", None, 6, 1),
        ("feed", "switch", 8, 2),
        ("pod", "gpu", 16, 16 * 8),
        ("building", None, 32, 1),
        ("site", None, 96, 1),
    ],
    ids=str,
)
def test_what_is_shared_takes_its_nodes_at_its_rate(
    fleet: Callable[..., Scenario],
    gang: Callable[..., Any],
    count_score: Callable[..., float],
    bound: float,
    scope: str,
    per: str | None,
    size: int,
    counted: int,
) -> None:
    domains = NODES // size
    rate = EXPECTED / DAYS / domains / counted
    cause = {"name": "c", "scope": scope, "per": per, "rate": f"{rate!r} / day", "repair": f"{OUTAGE} hours"}
    log = simulate(fleet([cause], NODES, DAYS, topology=TOPOLOGY, jobs=[gang(24, 1e6)]), 4)
    out, failed, ended = (log.columns(event) for event in (DomainFailed, NodeFailed, RepairEnded))
    assert (out["nodes"] == size).all()
    assert set(out["domain"]) == set(range(domains))

    nodes = (out["domain"][:, None] * size + np.arange(size)).ravel()
    hours = np.repeat(out["hour"], size)
    for found, name in ((failed, "hour"), (ended, "failed_hour")):
        order = np.lexsort((found["node"], found[name]))
        assert (found["node"][order] == nodes).all(), "exactly the nodes of the domain"
        assert (found[name][order] == hours).all()
    back = ended["hour"] < 24 * DAYS
    assert ended["hour"][back] == pytest.approx(ended["failed_hour"][back] + OUTAGE)

    down = (np.minimum(out["hour"] + OUTAGE, 24 * DAYS) - out["hour"]).sum()
    assert abs(count_score(len(out["hour"]), rate * counted / 24 * (24 * DAYS * domains - down), 0.04)) < bound
    if domains > 1:
        each = np.bincount(out["domain"], minlength=domains)
        assert chisquare(each).pvalue > 0.001, "none more often than another; passes 999 in 1,000 seeds"

    struck = log.columns(JobInterrupted)["hour"]
    assert len(np.unique(struck)) == len(struck) > 100, "all nodes that a job loses at once are one interruption"
    of_job = np.unique(failed["hour"][failed["job"] == 0])
    assert set(struck) <= set(of_job) <= set(out["hour"])


def test_storage_strikes_every_job_and_takes_no_node(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], count_score: Callable[..., float], bound: float
) -> None:
    cause = {"name": "c", "scope": "storage", "rate": "2 / day", "repair": f"{OUTAGE} hours"}
    scenario = fleet([cause], NODES, DAYS, jobs=[gang(24, 1e6), gang(40, 1e6)])
    log = simulate(scenario, 5)
    struck, out = log.columns(JobInterrupted), log.columns(DomainFailed)
    assert log.count(NodeFailed) == 0
    for job in range(2):
        assert (struck["hour"][struck["job"] == job] == out["hour"]).all()
        last = min(out["hour"][-1] + OUTAGE, 24 * DAYS) - out["hour"][-1]
        waiting = job_hours(scenario, log)[job].waiting
        assert waiting == pytest.approx(OUTAGE * (len(out["hour"]) - 1) + last), "until storage is back"
    up = 24 * DAYS - OUTAGE * len(out["hour"])
    assert abs(count_score(len(out["hour"]), up / 12, 0.06)) < bound
