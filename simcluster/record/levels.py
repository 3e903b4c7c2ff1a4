"""How many nodes of each cluster are free, busy or idling at every instant: step functions cumulated from the facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import (
    BackgroundChanged,
    BatteryChanged,
    BurnInStarted,
    ClocksChanged,
    Held,
    JobHeld,
    Mended,
    NodesInService,
    NodesReturned,
    NodesShed,
    NodesSold,
    PowerEnergized,
    RepairEnded,
    SegmentEnded,
    StandbysChanged,
    SupplyChanged,
)
from simcluster.record.log import EventLog
from simcluster.record.spread import level_at

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Numbers = NDArray[np.number[Any]]


@dataclass(frozen=True)
class Change:
    """Changes of one level: at `hours`, in `clusters`, by `nodes` (for a mean, fractions of them); equal lengths."""

    hours: Floats
    clusters: Ints
    nodes: Numbers


def _between(since: Floats, until: Floats, clusters: Ints, nodes: Numbers) -> list[Change]:
    return [Change(since, clusters, nodes), Change(until, clusters, -nodes)]


class Levels:
    """Levels of nodes by cluster at `hours`, the sorted distinct instants at which anything changes.

    A level holds from its instant to the next. Month and day edges are among the instants, so that integrals over them
    are sums; the last instant is the horizon.
    """

    def __init__(self, scenario: Scenario, log: EventLog) -> None:
        self._scenario = scenario
        self.log = log
        self._cache: dict[tuple[str, int], Ints] = {}
        self._job_cluster = np.array([scenario.cluster_index[job.cluster] for job in scenario.jobs], dtype=np.int64)
        horizon = scenario.clock.horizon_hours
        days = np.arange(0.0, horizon + 1.0, 24.0)
        self._changes = {
            "free": self._free_changes(),
            "busy": self._busy_changes(),
            "idling": self._idling_changes(),
            "standbys": self._standby_changes(),
        }
        self._later: dict[str, Callable[[], list[Change]]] = {
            "checkpointing": self._checkpointing_changes,
            "restarting": lambda: self._held_changes([Held.RESTARTING]),
            "powered": self._powered_changes,
            "burning": self._burning_changes,
        }
        own = [change.hours for changes in self._changes.values() for change in changes]
        wanted, powered = log.columns(BackgroundChanged)["hour"], log.columns(PowerEnergized)["hour"]
        short = [log.columns(event)["hour"] for event in (SupplyChanged, BatteryChanged, NodesShed, ClocksChanged)]
        instants = np.unique(
            np.concatenate([*own, wanted, powered, *short, np.array(scenario.clock.month_edges), days])
        )
        self.hours: Floats = instants[instants <= horizon]

    def free(self, cluster: int) -> Ints:
        """Nodes in service that no job holds, not as standbys either, and no failure has taken: idle or serving."""
        return self._level("free", cluster)

    def busy(self, cluster: int) -> Ints:
        """Nodes in burn-in, computing for a job, or restarting."""
        return self._level("busy", cluster)

    def idling(self, cluster: int) -> Ints:
        """Nodes that are powered and wait: in jobs that do not compute, as standbys, or in failures not yet noticed."""
        return self._level("idling", cluster)

    def standbys(self, cluster: int) -> Ints:
        """Warm standbys that jobs hold."""
        return self._level("standbys", cluster)

    def restarting(self, cluster: int) -> Ints:
        """Busy nodes whose job restarts."""
        return self._level("restarting", cluster)

    def checkpointing(self, cluster: int) -> Floats:
        """Busy nodes that save their job's state, as a mean over each stretch of computing."""
        level: Floats = self._cumulated("checkpointing", cluster, np.float64)
        return level

    def burning(self, cluster: int) -> Ints:
        """Nodes in burn-in under power."""
        return self._level("burning", cluster)

    def powered(self, cluster: int) -> Ints:
        """Nodes under power, whatever they do: in burn-in or in service until they are sold, also failed or retired."""
        return self._level("powered", cluster)

    @cached_property
    def serving_gpus(self) -> list[Floats]:
        """GPUs of each cluster that serve background loads; a load fills its clusters in order from what is free."""
        scenario = self._scenario
        serving = [np.zeros(len(self.hours)) for _ in scenario.clusters]
        for number, load in enumerate(scenario.background):
            wanted = self._wanted(number)
            for name in load.clusters:
                cluster = scenario.cluster_index[name]
                spare = self.free(cluster) * float(scenario.server_of(cluster).gpus) - serving[cluster]
                given = np.minimum(np.maximum(spare, 0.0), wanted)
                serving[cluster] += given
                wanted = wanted - given
        return serving

    def integral(self, level: Floats, edges: Floats) -> Floats:
        """Integral of a level between consecutive edges (which must be instants); shape (len(edges) - 1,)."""
        cumulated = np.concatenate([[0.0], np.cumsum(level[:-1] * np.diff(self.hours))])
        return np.diff(cumulated[np.searchsorted(self.hours, edges)])

    def highest(self, level: Floats, edges: Floats) -> Floats:
        """The highest value of a level between consecutive edges (which must be instants); shape (len(edges) - 1,)."""
        at = np.searchsorted(self.hours, edges)
        out: Floats = np.maximum.reduceat(level[: at[-1]], at[:-1])
        return out

    def _wanted(self, number: int) -> Floats:
        facts = self.log.columns(BackgroundChanged)
        mine = facts["background"] == number
        return level_at(facts["hour"][mine], facts["gpus"][mine], self.hours)

    def _level(self, name: str, cluster: int) -> Ints:
        if (name, cluster) not in self._cache:
            self._cache[name, cluster] = self._cumulated(name, cluster, np.int32)
        return self._cache[name, cluster]

    def _cumulated(self, name: str, cluster: int, kind: type[np.number[Any]]) -> Any:
        if name not in self._changes:
            self._changes[name] = self._later[name]()
        change = np.zeros(len(self.hours) + 1, dtype=kind)
        for part in self._changes[name]:
            mine = part.clusters == cluster
            at = np.searchsorted(self.hours, part.hours[mine])
            change += np.bincount(at, weights=part.nodes[mine], minlength=len(change)).astype(kind)
        return np.cumsum(change[:-1], dtype=kind)

    def _free_changes(self) -> list[Change]:
        entered, out = self.log.columns(NodesInService), self.log.columns(RepairEnded)
        one = np.ones(len(out["hour"]), dtype=np.int64)
        back = out["outcome"] != Mended.RETIRED
        changes = [Change(entered["hour"], entered["cluster"], entered["nodes"])]
        changes += [Change(out["failed_hour"], out["cluster"], -one)]
        changes += [Change(out["hour"][back], out["cluster"][back], one[back])]
        changes += [*self._sold_changes(), *(Change(s.hours, s.clusters, -s.nodes) for s in self._standby_changes())]
        for facts in (self.log.columns(SegmentEnded), self.log.columns(JobHeld)):
            changes += _between(facts["since_hour"], facts["hour"], self._job_cluster[facts["job"]], -facts["nodes"])
        return changes

    def _busy_changes(self) -> list[Change]:
        segments = self.log.columns(SegmentEnded)
        clusters = self._job_cluster[segments["job"]]
        changes = _between(segments["since_hour"], segments["hour"], clusters, segments["nodes"])
        return self._burning_changes() + changes + self._held_changes([Held.RESTARTING])

    def _burning_changes(self) -> list[Change]:
        burning, entered = self.log.columns(BurnInStarted), self.log.columns(NodesInService)
        ordered = entered["order"] >= 0
        changes = [Change(burning["hour"], burning["cluster"], burning["nodes"])]
        changes += [Change(entered["hour"][ordered], entered["cluster"][ordered], -entered["nodes"][ordered])]
        return changes + self._rejected_changes() + self._shed_changes("burning")

    def _rejected_changes(self) -> list[Change]:
        """What burn-in finds bad leaves it."""
        rejected = self.log.columns(NodesReturned)
        mine = rejected["installed"] == 1
        return [Change(rejected["hour"][mine], rejected["cluster"][mine], -rejected["nodes"][mine])]

    def _sold_changes(self) -> list[Change]:
        """What is sold was free and under power."""
        sold = self.log.columns(NodesSold)
        return [Change(sold["hour"], sold["cluster"], -sold["nodes"])]

    def _checkpointing_changes(self) -> list[Change]:
        facts = self.log.columns(SegmentEnded)
        wall = np.maximum(facts["hour"] - facts["since_hour"], np.finfo(float).tiny)
        nodes = facts["nodes"] * facts["checkpoint_hours"] / wall
        return _between(facts["since_hour"], facts["hour"], self._job_cluster[facts["job"]], nodes)

    def _powered_changes(self) -> list[Change]:
        burning, entered = self.log.columns(BurnInStarted), self.log.columns(NodesInService)
        opening = entered["order"] < 0
        return [
            Change(burning["hour"], burning["cluster"], burning["nodes"]),
            Change(entered["hour"][opening], entered["cluster"][opening], entered["nodes"][opening]),
            *self._rejected_changes(),
            *self._sold_changes(),
            *self._shed_changes("nodes"),
            *self._shed_changes("burning"),
        ]

    def _shed_changes(self, name: str) -> list[Change]:
        """What a level of nodes without power takes from those under it."""
        facts = self.log.columns(NodesShed)
        changes = []
        for cluster in np.unique(facts["cluster"]):
            mine = facts["cluster"] == cluster
            changes.append(Change(facts["hour"][mine], facts["cluster"][mine], -np.diff(facts[name][mine], prepend=0)))
        return changes

    def _undetected_in_the_dark(self) -> list[Change]:
        """Failures not yet noticed draw nothing once their nodes are without power."""
        facts, out = self.log.columns(NodesShed), self.log.columns(RepairEnded)
        changes = []
        for cluster in np.unique(facts["cluster"]):
            mine = facts["cluster"] == cluster
            hours, firsts = facts["hour"][mine], facts["first_node"][mine]
            for k, since in enumerate(hours):
                until = hours[k + 1] if k + 1 < len(hours) else np.inf
                dark = (out["cluster"] == cluster) & (out["node"] >= firsts[k])
                begins, ends = (np.clip(out[name][dark], since, until) for name in ("failed_hour", "detected_hour"))
                both = begins < ends
                changes += _between(begins[both], ends[both], out["cluster"][dark][both], -np.ones(int(both.sum())))
        return changes

    def _standby_changes(self) -> list[Change]:
        """Changes of a level that each job notes on its own."""
        facts = self.log.columns(StandbysChanged)
        changes = []
        for job in np.unique(facts["job"]):
            mine = facts["job"] == job
            steps = np.diff(facts["nodes"][mine], prepend=0)
            changes.append(Change(facts["hour"][mine], self._job_cluster[facts["job"][mine]], steps))
        return changes

    def _idling_changes(self) -> list[Change]:
        out = self.log.columns(RepairEnded)
        one = np.ones(len(out["hour"]), dtype=np.int64)
        changes = _between(out["failed_hour"], out["detected_hour"], out["cluster"], one) + self._standby_changes()
        changes += self._undetected_in_the_dark()
        return changes + self._held_changes([state for state in Held if state is not Held.RESTARTING])

    def _held_changes(self, states: list[Held]) -> list[Change]:
        held = self.log.columns(JobHeld)
        mine = np.isin(held["state"], states)
        clusters = self._job_cluster[held["job"][mine]]
        return _between(held["since_hour"][mine], held["hour"][mine], clusters, held["nodes"][mine])
