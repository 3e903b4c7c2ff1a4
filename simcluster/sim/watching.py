"""Who tells the sites that read their meters that what they draw may have changed; all others pay nothing for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from simcluster.model.scenario import Scenario
from simcluster.sim.clocked import Clocked, ClockedReplicas, ClockedRun, ClockedShrinking
from simcluster.sim.clocks import Governor
from simcluster.sim.elastic import ReplicatedRun, ShrinkingRun
from simcluster.sim.fleet import Fleet
from simcluster.sim.metering import WatchedFleet
from simcluster.sim.plan import JobPlan
from simcluster.sim.serving import Serving
from simcluster.sim.training import TrainingRun
from simcluster.sim.wards import Ward

PLAIN: dict[str, type[TrainingRun]] = {"by_replica": ReplicatedRun, "shrink": ShrinkingRun}
CLOCKED: dict[str, type[TrainingRun]] = {"by_replica": ClockedReplicas, "shrink": ClockedShrinking}


def run_of(scenario: Scenario, plan: JobPlan) -> type[TrainingRun]:
    """How a job runs: by its tolerance of failures, and at its site's clock where that reads its meter."""
    if _is_metered(scenario, plan.cluster):
        return CLOCKED.get(plan.tolerance.kind, ClockedRun)
    return PLAIN.get(plan.tolerance.kind, TrainingRun)


def fleet_of(scenario: Scenario, cluster: int, first_node: int, size: int) -> Fleet:
    """The fleet of a cluster; one that tells of its free nodes where a meter's reading depends on them."""
    kind = WatchedFleet if _is_metered(scenario, cluster) or _is_shared(scenario, cluster) else Fleet
    return kind(first_node, size)


def watch(scenario: Scenario, wards: Sequence[Ward], governors: dict[int, Governor], serving: Serving) -> None:
    """Have fleets, jobs and loads tell the sites whose draw they change.

    A load fills its clusters one after another, so that a node free at one site may serve less at another.
    """
    everyone = [governor.decide for governor in governors.values()]
    serving.changed.extend(everyone)
    for ward in wards:
        own = governors.get(scenario.site_index[ward.site])
        told = everyone if _is_shared(scenario, ward.number) or own is None else [own.decide]
        if isinstance(ward.fleet, WatchedFleet):
            ward.fleet.changed = _all(told)
    for governor in governors.values():
        for run in governor.runs:
            run.changed = governor.decide
        governor.start()


def clocked(runs: Iterable[TrainingRun], wards: Sequence[Ward], site: str) -> list[Clocked]:
    """The jobs at a site that reads its meter."""
    return [run for run in runs if isinstance(run, Clocked) and wards[run.cluster].site == site]


def _all(told: list[Callable[[], None]]) -> Callable[[], None]:
    def tell() -> None:
        for decide in told:
            decide()

    return told[0] if len(told) == 1 else tell


def _is_metered(scenario: Scenario, cluster: int) -> bool:
    return scenario.sites[scenario.site_index[scenario.clusters[cluster].site]].is_metered


def _is_shared(scenario: Scenario, cluster: int) -> bool:
    """Whether loads fill this cluster, where any site reads its meter."""
    name = scenario.clusters[cluster].name
    return any(site.is_metered for site in scenario.sites) and any(name in row.clusters for row in scenario.background)
