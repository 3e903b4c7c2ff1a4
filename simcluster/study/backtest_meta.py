"""Meta's Nvidia fleet of 2024 from orders, the world's supply and a share of it, against Epoch AI's counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simcluster.record.events import LotDelivered
from simcluster.study.backtest import Case, Claim, Figures, Part, between, within

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog
    from simcluster.study.backtest import Row

HOPPER = ("h100", "h200")
QUARTER_ENDS = {"Q1": date(2024, 4, 1), "Q2": date(2024, 7, 1), "Q3": date(2024, 10, 1), "Q4": date(2025, 1, 1)}
"""The day after each quarter's last."""
AT_THE_END = "H100 and H200, end of Q4 2024"
EQUIVALENTS = "H100 equivalents, end of Q4 2024"
STATED = "H100 by the company's statement"

CLAIMS = {
    "H100 and H200, end of 2023": Claim(123_565, "fitted", between(92_978, 163_742)),
    "H100 and H200, end of Q1 2024": Claim(194_998, "predicted", within(0.15)),
    "H100 and H200, end of Q2 2024": Claim(281_569, "predicted", within(0.15)),
    "H100 and H200, end of Q3 2024": Claim(386_911, "predicted", within(0.15)),
    AT_THE_END: Claim(488_451, "predicted", between(369_212, 639_015), must_hold=True),
    "B200, end of Q4 2024": Claim(31_000, "predicted", within(0.30)),
    "H100 equivalents, end of 2023": Claim(161_382, "fitted", between(120_060, 218_522)),
    EQUIVALENTS: Claim(606_402, "predicted", between(458_678, 794_350), must_hold=True),
    STATED: Claim(350_000, "predicted", within(0.15)),
}


def figures(scenario: Scenario, log: EventLog) -> Figures:
    """GPUs delivered by the ends of quarters, with what stood at the start."""
    found = {
        "H100 and H200, end of 2023": gpus_by(scenario, log, 0.0, HOPPER),
        "H100 equivalents, end of 2023": gpus_by(scenario, log, 0.0),
        "B200, end of Q4 2024": gpus_by(scenario, log, scenario.clock.horizon_hours, ("b200",)),
        EQUIVALENTS: gpus_by(scenario, log, scenario.clock.horizon_hours),
    }
    for quarter, after in QUARTER_ENDS.items():
        found[f"H100 and H200, end of {quarter} 2024"] = gpus_by(scenario, log, scenario.clock.hours(after), HOPPER)
    return found | {STATED: found[AT_THE_END]}


def gpus_by(scenario: Scenario, log: EventLog, hour: float, kinds: tuple[str, ...] | None = None) -> float:
    """GPUs of some kinds that stood at the start or were delivered by an hour; of all kinds, as H100 equivalents."""
    lots = log.columns(LotDelivered)
    came = np.bincount(lots["order"][lots["hour"] <= hour], lots["nodes"][lots["hour"] <= hour], len(scenario.orders))
    counted = [(row.cluster, float(scenario.nodes(row.cluster, row.gpus))) for row in scenario.installed]
    counted += [(order.cluster, float(nodes)) for order, nodes in zip(scenario.orders, came, strict=True)]
    total = 0.0
    for cluster, nodes in counted:
        server, gpu = scenario.server_of(cluster), scenario.gpu_of(cluster)
        if kinds is None or server.gpu in kinds:
            total += nodes * server.gpus * (gpu.h100_equivalents if kinds is None else 1.0)
    return total


def remark(rows: Mapping[str, Row]) -> str:
    """Where the published figures contradict one another."""
    return (
        f"The company's own statement of January 2024, {rows[STATED].published:,.0f} H100 and about 600,000 H100 "
        f"equivalents of any make by the end of the year, counts differently from Epoch AI's "
        f"{rows[AT_THE_END].published:,.0f}, which is a median with an interval of its own. Counts here are of GPUs "
        f"delivered, Nvidia only."
    )


META_FLEET = Case(
    name="meta_fleet",
    title="Meta's Nvidia fleet of 2024, from the world's supply and the share of 2023",
    scenario="meta_fleet_2024",
    parts=(Part(figures),),
    claims=CLAIMS,
    sources="Epoch AI, AI chip counts (medians and 90% intervals); the company, January 2024",
    remark=remark,
)
