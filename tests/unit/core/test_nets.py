"""Columns of scrambled Sobol sequences: even by themselves, unbiased, and each from its address alone."""

import numpy as np
import pytest

from simcluster.core.nets import Net


def points(size: int, *entities: str, seed: int = 1) -> np.ndarray:
    return np.column_stack([Net(seed, "test", entity).span(np.arange(size)) for entity in entities])


@pytest.mark.parametrize("m", [0, 1, 5, 10])
@pytest.mark.parametrize("first", [0, 3])
def test_each_aligned_run_of_a_power_of_two_has_one_point_in_each_cell(m: int, first: int) -> None:
    for k in range(20):
        column = Net(7, "test", f"x{k}").span(np.arange(first << m, (first + 1) << m))
        assert np.sort((column * 2**m).astype(int)).tolist() == list(range(2**m))


def test_a_point_is_the_same_however_it_is_reached() -> None:
    net = Net(3, "test", "a")
    assert net.span(np.array([70_000, 5])).tolist() == net.span(np.arange(70_001))[[70_000, 5]].tolist()


def test_seeds_quantities_and_entities_have_columns_of_their_own() -> None:
    columns = {
        tuple(Net(*at).span(np.arange(8))) for at in [(1, "q", "a"), (2, "q", "a"), (1, "r", "a"), (1, "q", "b")]
    }
    assert len(columns) == 4


def test_points_are_uniform_and_independent_over_randomisations() -> None:
    # 2,000 randomisations: means and correlations of points 0 and 1 of two columns, each a z-score below 4
    n = 2000
    first = np.array([points(2, "a", "b", seed=seed).ravel() for seed in range(n)])
    assert (np.abs(first.mean(axis=0) - 0.5) < 4 / np.sqrt(12 * n)).all()
    assert (np.abs((first**2).mean(axis=0) - 1 / 3) < 4 * np.sqrt(4 / 45 / n)).all()
    assert abs(np.corrcoef(first[:, 0], first[:, 1])[0, 1]) < 4 / np.sqrt(n)  # two columns at one index


def test_the_error_of_an_additive_function_falls_as_a_net_s_does() -> None:
    def error(m: int) -> float:
        sums = [np.exp(points(2**m, "a", "b", "c", seed=seed)).sum(axis=1).mean() for seed in range(200)]
        assert abs(np.mean(sums) - 3 * (np.e - 1)) < 4 * np.std(sums) / np.sqrt(200)
        return float(np.std(sums))

    # n^-3/2 over a factor of 64 is 512, and most linear scrambles do better; independent points would give 8
    assert error(3) / error(9) > 512 / 1.5
