"""The fleet: which nodes are up, who owns them, and which are free; no operation scans it."""

from __future__ import annotations

NOBODY = -1


class Fleet:
    """Nodes of one cluster.

    Free nodes stand on a stack with lazy deletion: a node that fails while free stays listed and is skipped when
    popped; `free` counts exactly the nodes that are up and owned by nobody.
    """

    def __init__(self, first_node: int, size: int) -> None:
        self.first_node = first_node
        self.free = 0
        self.owner = [NOBODY] * size
        self._up = bytearray(size)
        self._listed = bytearray(size)
        self._stack: list[int] = []

    def put_up(self, node: int) -> None:
        """A node entered service or came back from repair; it is free."""
        k = node - self.first_node
        self._up[k] = 1
        self._list(k)

    def put_down(self, node: int) -> int:
        """A node failed; returns who owned it, and nobody owns it from now on."""
        k = node - self.first_node
        self._up[k] = 0
        owner = self.owner[k]
        self.owner[k] = NOBODY
        if owner == NOBODY:
            self.free -= 1
        return owner

    def take(self, count: int, owner: int) -> list[int]:
        """Lend up to `count` free nodes to an owner."""
        taken: list[int] = []
        stack, up, listed = self._stack, self._up, self._listed
        while len(taken) < count and stack:
            k = stack.pop()
            listed[k] = 0
            if up[k]:
                self.owner[k] = owner
                taken.append(k + self.first_node)
        self.free -= len(taken)
        return taken

    def release(self, owner: int) -> None:
        """Free every node of an owner (once a job's life, so a walk over the cluster is cheap enough)."""
        for k, held_by in enumerate(self.owner):
            if held_by == owner:
                self.owner[k] = NOBODY
                self._list(k)

    def _list(self, k: int) -> None:
        self.free += 1
        if not self._listed[k]:
            self._listed[k] = 1
            self._stack.append(k)
