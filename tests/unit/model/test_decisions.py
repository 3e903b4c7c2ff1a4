"""Decisions from text, and the overrides that they come to."""

import pytest

from simcluster.model.decisions import Choice, DecisionError, Span, read_decision


@pytest.mark.parametrize(
    ("text", "ends", "between"),
    [
        ("a.b=1:4", ("a.b=1", "a.b=4"), (2, "a.b=3")),
        ("a=80:250:8", ("a=80", "a=248"), (20, "a=240")),
        ("a=0.1:0.5", ("a=0.1", "a=0.5"), (0.123456789123, "a=0.123456789")),
        ("a=0:0.3:0.1", ("a=0.0", "a=0.3"), (3, "a=0.3")),
        ("a=30 min:12 hours", ("a=30 min", "a=720 min"), (47.25, "a=47.25 min")),
        ("a = 0 MW : 1 GW : 250 MW", ("a=0 MW", "a=1000 MW"), (1, "a=250 MW")),
        ("a=5%:8%:0.5%", ("a=5 %", "a=8 %"), (1, "a=5.5 %")),
        ("a=2024-01-30:2024-02-02", ("a=2024-01-30", "a=2024-02-02"), (2, "a=2024-02-01")),
        ("a=2024-01-01:2024-02-01:1 week", ("a=2024-01-01", "a=2024-01-29"), (1, "a=2024-01-08")),
    ],
)
def test_a_span_reaches_both_ends_in_the_unit_of_the_lower(
    text: str, ends: tuple[str, str], between: tuple[float, str]
) -> None:
    span = read_decision(text)
    assert isinstance(span, Span)
    assert span.ends == ends
    assert span.override(between[0]) == between[1]


def test_a_choice_has_each_option_as_it_is_written() -> None:
    choice = read_decision('orders[spring].placed = 2024-01-10 | 2024-03-01|"x"')
    assert isinstance(choice, Choice)
    assert choice.ends == tuple(f"orders[spring].placed={text}" for text in ("2024-01-10", "2024-03-01", '"x"'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "is not KEY=VALUES"),
        ("=1:2", "is not KEY=VALUES"),
        ("a[=1:2", "cannot read the key 'a['"),
        ("a=1", "'1' is no range and no choice"),
        ("a=1:2:3:4", "is not LOW:HIGH or LOW:HIGH:STEP"),
        ("a=4:1", "4 is not below 1"),
        ("a=1:4:5", "a step of 5 does not fit"),
        ("a=1:4:0", "a step of 0 does not fit"),
        ("a=1 hour:2 MW", "expected a duration"),
        ("a=1:2 hours", "'2 hours' is not a plain number, as the others are"),
        ("a=2024-01-01:2024-13-01", "'2024-13-01' is not a date, as the others are"),
        ("a=1 furlong:2 furlong", "unknown unit 'furlong'"),
        ("a=2024-01-01:2024-02-01:36 hours", "36 hours is not a number of whole days"),
        ("a=x|", "an option is empty or said twice"),
        ("a=x|x", "an option is empty or said twice"),
    ],
)
def test_what_is_no_decision_is_refused_with_a_hint(text: str, said: str) -> None:
    with pytest.raises(DecisionError, match=said.replace("[", r"\[")) as refused:
        read_decision(text)
    assert refused.value.hint
