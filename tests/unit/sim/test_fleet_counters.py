import random

from simcluster.sim.fleet import NOBODY, Fleet


class PlainFleet:
    """The same rules by looking at every node."""

    def __init__(self) -> None:
        self.up: set[int] = set()
        self.owner: dict[int, int] = {}

    @property
    def free(self) -> set[int]:
        return self.up - self.owner.keys()


def test_counters_agree_with_a_plain_fleet_over_random_histories() -> None:
    luck = random.Random(4)  # noqa: S311
    for _ in range(50):
        fleet, plain, size = Fleet(100, 12), PlainFleet(), 12
        for _ in range(200):
            node = 100 + luck.randrange(size)
            deed = luck.choice(["up", "down", "take", "release"])
            if deed == "up" and node not in plain.up:
                fleet.put_up(node)
                plain.up.add(node)
            elif deed == "down" and node in plain.up:
                plain.up.discard(node)
                assert fleet.put_down(node) == plain.owner.pop(node, NOBODY)
            elif deed == "take":
                owner, count = luck.randrange(3), luck.randrange(5)
                taken = fleet.take(count, owner)
                assert len(taken) == min(count, len(plain.free)) == len(set(taken))
                assert set(taken) <= plain.free
                plain.owner |= dict.fromkeys(taken, owner)
            elif deed == "release":
                owner = luck.randrange(3)
                fleet.release(owner)
                plain.owner = {n: o for n, o in plain.owner.items() if o != owner}
            assert len(fleet.free) == len(plain.free)
            assert {100 + k: o for k, o in enumerate(fleet.owner) if o != NOBODY} == plain.owner


def test_a_node_that_failed_while_free_is_not_lent() -> None:
    fleet = Fleet(0, 2)
    fleet.put_up(0)
    fleet.put_up(1)
    assert fleet.put_down(1) == NOBODY
    assert fleet.take(2, 7) == [0]
    fleet.put_up(1)
    fleet.put_down(1)
    fleet.put_up(1)
    assert fleet.take(2, 7) == [1], "listed once, though it came back twice"
    assert not fleet.free
