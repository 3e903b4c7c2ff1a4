from collections import defaultdict
from itertools import pairwise

import pytest
from drawn import Drawn
from walk import State, serving_gpus

from simcluster.model.scenario import Scenario
from simcluster.record.events import LotDelivered, NodesInService, NodesSold, RepairEnded
from simcluster.record.states import STATES, GpuState


def states_sum_to_the_gpu_hours_since_delivery_in_every_month_and_cluster(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    accounts = drawn.gpu_hours
    arrived: list[tuple[float, int, int]] = []
    for lot in log.rows(LotDelivered):
        row = scenario.orders[lot.order]
        cluster = scenario.cluster_index[row.cluster]
        arrived.append((lot.hour, cluster, lot.nodes * scenario.server_of(cluster).gpus))
    sold = log.rows(NodesSold)
    arrived += [(fact.hour, fact.cluster, -fact.nodes * scenario.server_of(fact.cluster).gpus) for fact in sold]
    opening = [fact for fact in log.rows(NodesInService) if fact.order < 0]
    arrived += [(0.0, fact.cluster, fact.nodes * scenario.server_of(fact.cluster).gpus) for fact in opening]
    for month, (first, last) in enumerate(pairwise(scenario.clock.month_edges)):
        for cluster in range(len(scenario.clusters)):
            wall = sum(gpus * max(last - max(hour, first), 0.0) for hour, owner, gpus in arrived if owner == cluster)
            assert accounts.hours[month, cluster].sum() == pytest.approx(wall, rel=1e-9, abs=1e-6)


def no_state_is_negative(drawn: Drawn) -> None:
    scenario = drawn.scenario
    accounts = drawn.gpu_hours
    assert accounts.hours.min() >= -1e-6
    assert accounts.hours.shape == (len(scenario.clock.months), len(scenario.clusters), len(STATES))


def each_state_is_the_integral_of_a_plain_walk(drawn: Drawn) -> None:
    scenario = drawn.scenario
    accounts = drawn.gpu_hours
    walked: defaultdict[str, float] = defaultdict(float)
    held = [(hour, _gpus(scenario, state)) for hour, state in drawn.instants if hour >= 0]
    ends = [hour for hour, _ in held[1:]] + [scenario.clock.horizon_hours]
    for (since, gpus), until in zip(held, ends, strict=True):
        for name, count in gpus.items():
            walked[name] += count * (until - since)
    waiting = ("waiting_hall", "waiting_power", "waiting_network", "waiting_crew", "returned")
    for name in ("installing", "burn_in", *waiting, "serving", "idle", "standby", "retired"):
        assert accounts.of(GpuState(name)) == pytest.approx(walked[name], rel=1e-9, abs=1e-6), name
    # Detecting is shared by the failed node, which is down, and the gang that waits for the news.
    mending = (
        GpuState.WAITING_REPAIR,
        GpuState.REPAIRING,
        GpuState.DETECTING,
        GpuState.MAINTENANCE,
        GpuState.UNPOWERED,
    )
    computing = (GpuState.PRODUCTIVE, GpuState.CHECKPOINTING, GpuState.LOST_WORK, GpuState.SLOWED, GpuState.THROTTLED)
    total = sum(accounts.of(state) for state in (*mending, *computing, GpuState.RESTARTING, GpuState.STALLED))
    assert accounts.of(GpuState.BURN_IN_HALTED) == pytest.approx(walked["halted"], rel=1e-9, abs=1e-6)
    failed = walked["failed"]
    assert total == pytest.approx(failed + walked["jobs"] + walked["throttled serving"], rel=1e-9, abs=1e-6)


def _gpus(scenario: Scenario, state: State) -> dict[str, float]:
    """GPUs of all clusters by what holds them."""
    out: defaultdict[str, float] = defaultdict(float)
    serving = serving_gpus(scenario, state)
    for cluster in range(len(scenario.clusters)):
        size = scenario.server_of(cluster).gpus
        for name in ("installing", "burn_in", "returned", "failed", "retired"):
            out[name] += size * state.at(name, cluster)
        out["waiting_crew"] += size * state.at("crew", cluster)
        halted = state.in_the_dark(cluster)[1] * size
        out["burn_in"] -= halted
        out["halted"] += halted
        out["standby"] += size * state.at("standing by", cluster)
        hall, power, network = state.waiting.get(cluster, (0, 0, 0))
        jobs = state.at("computing", cluster) + state.at("holding", cluster)
        out["waiting_hall"] += size * hall
        out["waiting_power"] += size * power
        out["waiting_network"] += size * network
        out["jobs"] += size * (jobs - state.at("standing by", cluster))
        clock = state.clocks.get(scenario.site_index[scenario.clusters[cluster].site], 1.0)
        out["serving"] += serving[cluster] * clock
        out["throttled serving"] += serving[cluster] * (1 - clock)
        out["idle"] += size * (state.at("up", cluster) - jobs) - serving[cluster]
    return out


def repairs_are_counted_from_the_technician_to_the_return(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    accounts = drawn.gpu_hours
    waiting = repairing = unpowered = 0.0
    for fact in log.rows(RepairEnded):
        size = scenario.server_of(fact.cluster).gpus
        if fact.cause == scenario.shortage_cause:
            unpowered += size * (fact.hour - fact.failed_hour)
        elif fact.cause >= 0:
            waiting += size * (fact.repair_hour - fact.automatic_hour + fact.hour - fact.mended_hour)
            repairing += size * (fact.automatic_hour - fact.detected_hour + fact.mended_hour - fact.repair_hour)
    assert accounts.of(GpuState.WAITING_REPAIR) == pytest.approx(waiting, rel=1e-9, abs=1e-6)
    assert accounts.of(GpuState.UNPOWERED) >= unpowered * (1 - 1e-9) - 1e-6
    assert accounts.of(GpuState.REPAIRING) == pytest.approx(repairing, rel=1e-9, abs=1e-6)


LAWS = (
    states_sum_to_the_gpu_hours_since_delivery_in_every_month_and_cluster,
    no_state_is_negative,
    each_state_is_the_integral_of_a_plain_walk,
    repairs_are_counted_from_the_technician_to_the_return,
)
