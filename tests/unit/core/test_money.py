import pytest

from simcluster.core.money import cents, split


def test_cents_round_half_to_even() -> None:
    assert [cents(x) for x in (0.125, 0.375, -0.125, 1.004, 270_000.07)] == [12, 38, -12, 100, 27_000_007]


@pytest.mark.parametrize(("total", "parts"), [(100, 3), (1, 7), (0, 4), (10**15 + 1, 36), (-10, 3), (5, 5)])
def test_a_split_loses_no_cent_and_is_even(total: int, parts: int) -> None:
    pieces = split(total, parts)
    assert len(pieces) == parts
    assert sum(pieces) == total
    assert max(pieces) - min(pieces) <= 1
