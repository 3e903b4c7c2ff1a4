"""Which data-parallel groups of a job are at work, and which wait for a node."""

from __future__ import annotations

from collections.abc import Iterable


class Replicas:
    """Groups of consecutive seats of a gang. A group that misses a node stands still; its other nodes are kept."""

    def __init__(self, count: int, nodes: Iterable[int]) -> None:
        gang = list(nodes)
        self.count = count
        self._group = {node: k * count // len(gang) for k, node in enumerate(gang)}
        self._missing: dict[int, int] = {}
        self._versions = [0] * count

    @property
    def at_work(self) -> int:
        """Groups that compute."""
        return self.count - len(self._missing)

    def works(self, node: int) -> bool:
        """Whether a node is in a group that computes."""
        return self._group[node] not in self._missing

    def lose(self, node: int) -> None:
        """A node was lost: its group drops out."""
        group = self._group.pop(node)
        self._missing[group] = self._missing.get(group, 0) + 1
        self._versions[group] += 1

    def receive(self, nodes: Iterable[int]) -> list[tuple[int, int]]:
        """Hand nodes to the groups that miss some, lowest first; returns groups now whole, with their versions."""
        whole = []
        for node in nodes:
            group = min(g for g, missing in self._missing.items() if missing)
            self._group[node] = group
            self._missing[group] -= 1
            if not self._missing[group]:
                whole.append((group, self._versions[group]))
        return whole

    def rejoin(self, group: int, version: int) -> bool:
        """A group that was whole is back, unless it has lost another node since then."""
        if self._versions[group] != version or self._missing.get(group) != 0:
            return False
        del self._missing[group]
        return True

    def rejoin_whole(self) -> None:
        """After a restart of the job every group that is whole is back."""
        self._missing = {group: missing for group, missing in self._missing.items() if missing}
