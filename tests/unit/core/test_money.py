import pytest

from simcluster.core.money import cents, split, whole


def test_cents_round_half_away_from_zero() -> None:
    assert [cents(x) for x in (0.125, 0.375, -0.125, 1.004, 270_000.07)] == [13, 38, -13, 100, 27_000_007]


@pytest.mark.parametrize(
    ("amount", "nearest"),
    [(2.5, 3), (-2.5, -3), (0.49999999999999994, 0), (2.4999999999999996, 2), (2.0**52 + 1, 2**52 + 1), (0.0, 0)],
)
def test_the_nearest_whole_number_is_exact_where_adding_a_half_is_not(amount: float, nearest: int) -> None:
    assert whole(amount) == nearest


@pytest.mark.parametrize(("total", "parts"), [(100, 3), (1, 7), (0, 4), (10**15 + 1, 36), (-10, 3), (5, 5)])
def test_a_split_loses_no_cent_and_is_even(total: int, parts: int) -> None:
    pieces = split(total, parts)
    assert len(pieces) == parts
    assert sum(pieces) == total
    assert max(pieces) - min(pieces) <= 1
