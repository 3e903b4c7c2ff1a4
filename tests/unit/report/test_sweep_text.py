"""The lines of a sweep: one figure where all agree, an interval and a span where they do not."""

import numpy as np
import pytest

from simcluster.report import format as fmt
from simcluster.report.sweep_text import Headline, spanned, told
from simcluster.study.intervals import Estimate
from simcluster.study.sweep_columns import Columns, Kind
from simcluster.study.sweep_summary import Spread, Summary


def spread(low: float, middle: float, high: float, half: float) -> Spread:
    """Percentiles 5, 50 and 95 whose own intervals are half as wide on each side."""
    estimates = {
        percent: Estimate(value, value - half, value + half, 9, 0.95)
        for percent, value in ((5, low), (50, middle), (95, high))
    }
    return Spread("x", Kind.NUMBER, 9, 0, estimates[50], high - low, estimates, None)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (spread(7, 7, 7, 0), "7"),
        (spread(6.8, 7, 7.2, 0.1), "7"),
        (spread(6, 7, 9, 0.1), "7 (7 to 7) [6 to 9]"),
        (spread(6.8, 7, 7.2, 2), "7 (5 to 9) [7 to 7]"),
    ],
)
def test_one_figure_only_where_interval_and_span_read_the_same(found: Spread, text: str) -> None:
    assert spanned(found, fmt.plain) == text


def test_what_is_nothing_in_all_replicas_is_no_headline() -> None:
    columns = Columns(np.arange(9), {}, {})
    headline = Headline("Cost", "x", fmt.usd)
    for found, is_told in ((spread(0, 0, 0, 0), False), (spread(5, 5, 5, 0), True), (spread(-1, 0, 1, 0), True)):
        assert (told(Summary(columns, 0, {"x": found}, {}, {}), headline) is not None) is is_told
    assert told(Summary(columns, 0, {}, {}, {}), headline) is None
