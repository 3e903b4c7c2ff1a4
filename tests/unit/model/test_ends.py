"""Two ends as an option writes them."""

from datetime import date

import pytest

from simcluster.model.ends import EndsError, read_ends


@pytest.mark.parametrize(
    ("text", "written", "low", "high", "step", "is_whole"),
    [
        ("1:8", (1, 8), 1, 8, None, True),
        (" 80 : 240 : 8 ", (80, 240), 80, 240, 8, True),
        ("80:240:8.0", (80, 240), 80, 240, 8, False),
        ("0.05:1", (0.05, 1), 0.05, 1, None, False),
        ("30 min:12 hours", ("30 min", "12 hours"), 30, 720, None, False),
        ("5%:8%:0.5%", ("5%", "8%"), 5, 8, 0.5, False),
        ("'1 GW':'2000 MW'", ("1 GW", "2000 MW"), 1, 2, None, False),
        ("2024-01-01:2024-02-01:1 week", (date(2024, 1, 1), date(2024, 2, 1)), 738886, 738917, 7, False),
        ("2024-01-01:2024-02-01:7", (date(2024, 1, 1), date(2024, 2, 1)), 738886, 738917, 7, False),
    ],
)
def test_ends_are_read_on_the_scale_of_the_lower(
    text: str, written: tuple[object, object], low: float, high: float, step: float | None, is_whole: bool
) -> None:
    ends = read_ends(text, stepped=True)
    assert (ends.written, ends.low, ends.high, ends.step, ends.is_whole) == (written, low, high, step, is_whole)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1", "is not LOW:HIGH"),
        ("1:", "is not LOW:HIGH"),
        ("1:2:1", "is not LOW:HIGH"),
        ("2:1", "2 is not below 1"),
        ("1 h:60 min", "1 h is not below 60 min"),
        ("1 h:2", "2 has no unit, and the others do, for example '1 h'"),
        ("young:daly", "'young'"),
        ("true:2", "True is not a number, a quantity or a date"),
        ("2024-01-01:5", "5 is not a date, as the others are"),
    ],
)
def test_what_is_no_two_ends_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(EndsError) as refused:
        read_ends(text)
    assert said in str(refused.value)
    assert refused.value.hint
