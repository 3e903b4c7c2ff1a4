import numpy as np
import pytest

from simcluster.core.rng import PAGE, Luck, Stream

FIRST = [0.217267533282681, 0.7321580023487159, 0.39242930343667337]


def test_a_uniform_is_the_same_however_it_is_reached() -> None:
    ahead = Stream(1, "q", "e")
    far = ahead.at(5 * PAGE + 7)
    block = Stream(1, "q", "e").block(0, 6 * PAGE)
    assert far == block[5 * PAGE + 7]
    assert [ahead.at(k) for k in (0, PAGE - 1, PAGE)] == [block[0], block[PAGE - 1], block[PAGE]]
    assert Stream(1, "q", "e").block(2, 10).tolist() == block[2 * PAGE : 2 * PAGE + 10].tolist()


def test_first_uniforms_of_a_known_address_never_change() -> None:
    """Results of an earlier version stay reproducible only while these stand."""
    assert Stream(1, "failures.life.0", "opening").block(0, 3).tolist() == FIRST


@pytest.mark.parametrize("other", [(2, "q", "e"), (1, "r", "e"), (1, "q", "f"), (1, "qe", "")])
def test_another_address_is_other_luck(other: tuple[int, str, str]) -> None:
    one, two = Stream(1, "q", "e").block(0, 4096), Stream(*other).block(0, 4096)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(4096)


def test_an_address_is_not_the_joined_text() -> None:
    assert Stream(1, "a", "bc").at(0) != Stream(1, "ab", "c").at(0)
    assert Stream(1, "1", "x").at(0) != Stream(11, "", "x").at(0)


def test_uniforms_are_uniform_and_above_zero() -> None:
    sample = Stream(3, "q", "e").block(0, 100_000)
    assert 0 < sample.min() < sample.max() < 1
    assert abs(sample.mean() - 0.5) < 4 / np.sqrt(12 * len(sample))
    assert np.bincount((sample * 10).astype(int)) == pytest.approx(10_000, abs=400)


def test_luck_keeps_its_streams() -> None:
    luck = Luck(1)
    assert luck.stream("q", "e") is luck.stream("q", "e")
    assert luck.stream("q", "e").at(3) == Stream(1, "q", "e").at(3)


def test_streams_of_other_addresses_are_uncorrelated() -> None:
    """|r| < 4.5 / sqrt(n) for every pair: about one false alarm in 10,000 for these 10 pairs."""
    size = 40_000
    addresses = [(1, "life", "a"), (1, "life", "b"), (1, "cause", "a"), (2, "life", "a"), (1, "life.1", "a")]
    draws = np.array([Stream(*address).block(0, size) for address in addresses])
    correlations = np.corrcoef(draws)[np.triu_indices(len(addresses), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(size)
