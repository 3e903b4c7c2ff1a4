"""Where a function of whole numbers changes sign."""

from collections.abc import Callable
from math import ceil, exp, inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcluster.study.crossing import crossing

LAST = 1000


def called(of: Callable[[int], float]) -> tuple[Callable[[int], float], list[int]]:
    """The function, and the places at which it has been called, each once."""
    known: dict[int, float] = {}
    asked: list[int] = []

    def counted(k: int) -> float:
        if k not in known:
            known[k] = of(k)
            asked.append(k)
        return known[k]

    return counted, asked


@pytest.mark.parametrize("root", [0.5, 1.0, 333.3, 998.2, 999.5])
@pytest.mark.parametrize(
    "shape",
    [
        lambda x: x,
        lambda x: -x,
        lambda x: exp(x / 50) - 1,
        lambda x: x**3,
        lambda x: 1.0 if x >= 0 else -1.0,
        lambda x: inf if x >= 0 else -1.0,
        lambda x: x if x >= 0 else -inf,
    ],
    ids=["line", "falling", "steep", "cubic", "step", "never after", "never before"],
)
def test_the_neighbours_have_the_root_between_them(shape: Callable[[float], float], root: float) -> None:
    of, asked = called(lambda k: shape(k - root))
    found = crossing(of, 0, LAST)
    assert found is not None
    low, high = found
    assert high == low + 1
    assert low <= root <= high
    assert len(asked) <= 2 + 5 * ceil(log2(LAST))


def test_a_smooth_function_takes_few_calls() -> None:
    of, asked = called(lambda k: exp(k / 500) - 2)
    assert crossing(of, 0, LAST) == (346, 347)
    assert len(asked) <= 8, "bisection takes 12"


def test_ends_on_one_side_have_no_crossing() -> None:
    of, asked = called(lambda k: (k - 500.0) ** 2 + 1)
    assert crossing(of, 0, LAST) is None
    assert asked == [0, LAST]


def test_an_end_that_is_zero_itself_is_found() -> None:
    for of in (lambda k: k, lambda k: -k, lambda k: k * k):
        assert crossing(of, 0, LAST) == (0, 1)
    for of in (lambda k: k - LAST, lambda k: LAST - k):
        assert crossing(of, 0, LAST) == (LAST - 1, LAST)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=200))
def test_any_function_with_ends_apart_changes_sign_where_it_is_said_to(values: list[float]) -> None:
    found = crossing(values.__getitem__, 0, len(values) - 1)
    if (values[0] < 0) == (values[-1] < 0):
        assert (found is None) == (values[0] != 0 != values[-1])
    else:
        assert found is not None
        low, high = found
        assert high == low + 1
        assert (values[low] < 0) != (values[high] < 0)
        assert (values[low] < 0) == (values[0] < 0)
