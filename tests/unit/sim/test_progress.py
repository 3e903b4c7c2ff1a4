"""Progress in closed form: settling it on the way changes nothing, whatever it is in the middle of."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcluster.sim.progress import Progress

hours = st.floats(0.01, 40.0)


@given(cuts=st.lists(hours, min_size=2, max_size=6), blocking=st.floats(0.0, 3.0), speed=st.sampled_from((1.0, 0.5)))
def test_settling_on_the_way_changes_nothing(cuts: list[float], blocking: float, speed: float) -> None:
    whole, by_parts = Progress(2.0, blocking), Progress(2.0, blocking)
    end = sum(cuts)
    taken, hour = 0.0, 0.0
    for cut in cuts:
        hour += cut
        taken += by_parts.advance(hour, speed)
    assert taken == pytest.approx(whole.advance(end, speed), abs=1e-9)
    assert by_parts.work == pytest.approx(whole.work, abs=1e-9)
    assert by_parts.hours_to(1000.0, speed) == pytest.approx(whole.hours_to(1000.0, speed), abs=1e-6)


def test_what_is_clean_is_the_last_snapshot_and_in_memory_the_last_written_out() -> None:
    blocking, memory = Progress(2.0, 0.0, lag=3.0), Progress(2.0, 0.0, durable_every=4, in_memory=True)
    for progress in (blocking, memory):
        progress.advance(11.0, 1.0)
    assert (blocking.clean(), blocking.durable(deep=False)) == (10.0, 8.0), "the one taken at 10 is safe at 13"
    assert (memory.clean(), memory.durable(deep=False)) == (8.0, 10.0)
    assert Progress(inf, 0.0).clean() == 0.0
