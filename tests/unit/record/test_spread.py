import numpy as np
import pytest

from simcluster.record.spread import level_at, spread


def brute(since, until, weight, edges, group, groups):  # type: ignore[no-untyped-def]
    out = np.zeros((len(edges) - 1, groups))
    for a, b, w, g in zip(since, until, weight, group, strict=True):
        for k in range(len(edges) - 1):
            out[k, g] += w * max(0.0, min(b, edges[k + 1]) - max(a, edges[k]))
    return out


@pytest.mark.parametrize("seed", range(20))
def test_spread_is_the_overlap_of_every_interval_with_every_bin(seed: int) -> None:
    luck = np.random.default_rng(seed)
    edges = np.concatenate([[0.0], np.sort(luck.uniform(0, 100, 7)), [100.0]])
    since = luck.choice(np.concatenate([edges, luck.uniform(-20, 120, 30)]), 60)
    until = since + luck.choice([0.0, 0.5, 10.0, 300.0], 60)
    weight, group = luck.normal(size=60), luck.integers(0, 3, 60)
    got = spread(since, until, weight, edges, group, 3)
    assert got.shape == (8, 3)
    assert got == pytest.approx(brute(since, until, weight, edges, group, 3))


def test_an_interval_from_edge_to_edge_fills_its_bin_alone() -> None:
    edges, one = np.array([0.0, 1.0, 3.0, 6.0]), np.ones(1)
    got = spread(one, 3 * one, 5 * one, edges, np.zeros(1, dtype=np.int64), 1)
    assert got[:, 0].tolist() == [0.0, 10.0, 0.0]


def test_nothing_spreads_to_nothing() -> None:
    none = np.zeros(0)
    assert (spread(none, none, none, np.array([0.0, 1.0]), np.zeros(0, dtype=np.int64), 2) == np.zeros((1, 2))).all()


def test_a_level_holds_from_its_hour_to_the_next() -> None:
    at = np.array([0.5, 1.0, 2.9, 3.0, 9.0])
    assert level_at(np.array([1.0, 3.0]), np.array([4, 0]), at).tolist() == [0.0, 4.0, 4.0, 0.0, 0.0]
