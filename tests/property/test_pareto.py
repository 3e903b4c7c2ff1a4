"""A front holds no point that another beats, and every other point is beaten or there already."""

from hypothesis import given
from hypothesis import strategies as st

from simcluster.study.pareto import dominates, front_of

FEW = st.integers(-4, 4).map(float)
POINTS = st.one_of(st.lists(st.tuples(FEW), max_size=12), st.lists(st.tuples(FEW, FEW), max_size=30))


@given(POINTS)
def test_a_front_is_what_none_beats(points: list[tuple[float, ...]]) -> None:
    front = [points[k] for k in front_of(points)]
    assert not any(dominates(one, other) for one in front for other in front)
    assert all(point in front or any(dominates(one, point) for one in front) for point in points)
    assert len(set(front)) == len(front)
    assert [point[0] for point in front] == sorted((point[0] for point in front), reverse=True)
