"""The fleet: which nodes are up, who owns them, and which are free; no operation scans it."""

from __future__ import annotations

from array import array

import numpy as np

NOBODY = -1
NO_SEAT = -1


class Fleet:
    """Nodes of one cluster.

    The nodes of each owner stand in a list, and each node knows its seat in it, so that one leaves without a search;
    a node that is down has none.
    `free` lists those that are up and nobody's, by position (node number less the first), in no particular order.
    """

    def __init__(self, first_node: int, size: int) -> None:
        self.first_node = first_node
        self.size = size
        self.owner = [NOBODY] * size
        self.free: list[int] = []
        self._seat = array("l", [NO_SEAT]) * size
        self._members: dict[int, list[int]] = {NOBODY: self.free}

    def is_up(self, node: int) -> bool:
        """Whether a node is in service and has not failed."""
        return self._seat[node - self.first_node] != NO_SEAT

    def owner_of(self, node: int) -> int:
        """Who owns a node."""
        return self.owner[node - self.first_node]

    def members(self, owner: int) -> list[int]:
        """The nodes of an owner, in no particular order, by position in the fleet."""
        return self._members.setdefault(owner, [])

    def enter(self, nodes: range) -> None:
        """Nodes that follow one another entered service; they are free."""
        first, free = nodes.start - self.first_node, self.free
        seats = array("l")
        seats.frombytes(np.arange(len(free), len(free) + len(nodes), dtype=seats.typecode).tobytes())
        self._seat[first : first + len(nodes)] = seats
        free.extend(range(first, first + len(nodes)))

    def put_up(self, node: int) -> None:
        """A node came back from repair; it is free."""
        k = node - self.first_node
        free = self.free
        self._seat[k] = len(free)
        free.append(k)

    def put_down(self, node: int) -> int:
        """A node failed; returns who owned it, and nobody owns it from now on."""
        k = node - self.first_node
        owner, seat = self.owner[k], self._seat
        members = self._members[owner]
        last = members.pop()
        if last != k:
            members[seat[k]] = last
            seat[last] = seat[k]
        seat[k] = NO_SEAT
        self.owner[k] = NOBODY
        return owner

    def take(self, count: int, owner: int) -> list[int]:
        """Lend up to `count` free nodes to an owner."""
        return self.hand_over(count, NOBODY, owner)

    def take_one(self, owner: int) -> bool:
        """Lend a free node to an owner; whether there was one."""
        free = self.free
        if not free:
            return False
        k, members = free.pop(), self._members[owner]
        self.owner[k] = owner
        self._seat[k] = len(members)
        members.append(k)
        return True

    def hand_over(self, count: int, giver: int, owner: int) -> list[int]:
        """Move up to `count` nodes from one owner to another."""
        giving = self.members(giver)
        cut = max(len(giving) - count, 0)
        given = giving[cut:]
        del giving[cut:]
        self._seat_all(given, owner)
        return [k + self.first_node for k in given]

    def release(self, owner: int) -> None:
        """Free every node of an owner, in order of number."""
        self._seat_all(sorted(self._members.pop(owner, [])), NOBODY)

    def _seat_all(self, nodes: list[int], owner: int) -> None:
        members, seat = self.members(owner), self._seat
        for k in nodes:
            self.owner[k] = owner
            seat[k] = len(members)
            members.append(k)
