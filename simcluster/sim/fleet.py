"""The fleet: which nodes are up, who owns them, and which are free; no operation scans it."""

from __future__ import annotations

from array import array

NOBODY = -1


class Fleet:
    """Nodes of one cluster.

    Free nodes stand on a stack with lazy deletion: a node that fails while free stays listed and is skipped when
    popped; `free` counts exactly the nodes that are up and owned by nobody. Each owner's nodes stand in a list, and
    each node knows its seat in it, so that one leaves without a search.
    """

    def __init__(self, first_node: int, size: int) -> None:
        self.first_node = first_node
        self.size = size
        self.free = 0
        self.owner = [NOBODY] * size
        self._up = bytearray(size)
        self._listed = bytearray(size)
        self._stack: list[int] = []
        self._seat = array("l", bytes(8 * size))
        self._members: dict[int, list[int]] = {}

    def is_up(self, node: int) -> bool:
        """Whether a node is in service and has not failed."""
        return self._up[node - self.first_node] == 1

    def owner_of(self, node: int) -> int:
        """Who owns a node."""
        return self.owner[node - self.first_node]

    def members(self, owner: int) -> list[int]:
        """The nodes of an owner, in no particular order, by position in the fleet (node number less the first)."""
        return self._members.setdefault(owner, [])

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
        if owner == NOBODY:
            self.free -= 1
            return owner
        self.owner[k] = NOBODY
        self._unseat(k, owner)
        return owner

    def take(self, count: int, owner: int) -> list[int]:
        """Lend up to `count` free nodes to an owner."""
        taken: list[int] = []
        stack, up, listed, members, seat = self._stack, self._up, self._listed, self.members(owner), self._seat
        while len(taken) < count and stack:
            k = stack.pop()
            listed[k] = 0
            if up[k]:
                self.owner[k] = owner
                seat[k] = len(members)
                members.append(k)
                taken.append(k + self.first_node)
        self.free -= len(taken)
        return taken

    def take_one(self, owner: int) -> bool:
        """Lend a free node to an owner; whether there was one."""
        stack, up, listed = self._stack, self._up, self._listed
        while stack:
            k = stack.pop()
            listed[k] = 0
            if up[k]:
                members = self._members[owner]
                self.owner[k] = owner
                self._seat[k] = len(members)
                members.append(k)
                self.free -= 1
                return True
        return False

    def hand_over(self, count: int, giver: int, owner: int) -> list[int]:
        """Move up to `count` nodes from one owner to another."""
        given = []
        for k in self.members(giver)[-count:] if count else []:
            self._unseat(k, giver)
            self.owner[k] = owner
            self._seat[k] = len(self.members(owner))
            self.members(owner).append(k)
            given.append(k + self.first_node)
        return given

    def release(self, owner: int) -> None:
        """Free every node of an owner, in order of number."""
        for k in sorted(self._members.pop(owner, [])):
            self.owner[k] = NOBODY
            self._list(k)

    def _unseat(self, k: int, owner: int) -> None:
        members, seat = self._members[owner], self._seat[k]
        last = members.pop()
        if last != k:
            members[seat] = last
            self._seat[last] = seat

    def _list(self, k: int) -> None:
        self.free += 1
        if not self._listed[k]:
            self._listed[k] = 1
            self._stack.append(k)
