"""How well a mean is to be known, and when a sweep looks."""

import math
from dataclasses import replace

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.report.until_text import until_text
from simcluster.study.intervals import Estimate
from simcluster.study.sweep_columns import Kind
from simcluster.study.sweep_summary import Spread
from simcluster.study.until import Until, enough, half_width, looks, until_of


def spread(value: float | None, low: float | None, high: float | None) -> Spread:
    return Spread("npv_usd", Kind.NUMBER, 9, 0, Estimate(value, low, high, 9, 0.95), 1.0, {}, None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("npv_usd ±2%", Until("npv_usd", 0.02, of_mean=True)),
        ("npv_usd +- 50 MUSD", Until("npv_usd", 50e6, of_mean=False)),
        ("jobs.pilot.ready±2", Until("jobs.pilot.ready", 2.0, of_mean=False)),
    ],
)
def test_widths_are_read(text: str, read: Until) -> None:
    found = until_of(text)
    assert (found.outcome, found.of_mean) == (read.outcome, read.of_mean)
    assert found.width == pytest.approx(read.width)


@pytest.mark.parametrize(
    "text", ["npv_usd 2%", "±2%", "npv_usd ±0", "npv_usd ±-3", "npv_usd ±2 apples", "npv_usd ±2024-01-01"]
)
def test_what_is_no_width_is_refused_with_its_shape(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        until_of(text)
    assert "write OUTCOME ±WIDTH" in str(caught.value.problems[0].hint)


def test_an_interval_is_narrow_enough_by_the_half() -> None:
    told = {"npv_usd": spread(-100.0, -103.0, -97.0)}
    assert half_width(told["npv_usd"]) == 3.0
    assert Until("npv_usd", 0.03, of_mean=True).met(told)
    assert not Until("npv_usd", 0.029, of_mean=True).met(told)
    assert Until("npv_usd", 3.0, of_mean=False).met(told)
    assert not Until("npv_usd", 2.9, of_mean=False).met(told)


def test_without_an_interval_nothing_is_met() -> None:
    assert not Until("npv_usd", 1.0, of_mean=True).met({"npv_usd": spread(1.0, None, None)})


def test_what_became_of_it_is_told_with_what_would_do() -> None:
    wide, ratio = spread(-100e6, -104e6, -96e6), Until("npv_usd", 0.01, of_mean=True)
    assert enough(ratio, wide) == 144
    assert until_text(ratio, wide, met=False) == (
        "mean −100 M ± 4.00 M (4.0%), n = 9; about 150 replicas would do: raise -n, and --resume goes on"
    )
    assert until_text(Until("npv_usd", 5e6, of_mean=False), wide, met=True) == "mean −100 M ± 4.00 M, n = 9"
    day = replace(spread(738_000.0, 737_998.5, 738_001.5), outcome="ready", kind=Kind.DATE)
    assert until_text(Until("ready", 2, of_mean=False), day, met=True) == "mean 2021-07-29 ± 1.5 days, n = 9"
    never = replace(spread(math.nan, -math.inf, math.inf), n=8, without=1)
    assert until_text(ratio, never, met=False) == "there is no mean with an interval, as it lacks in 1 replica"


def test_an_unknown_outcome_is_refused_with_those_like_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        Until("npv", 1.0, of_mean=True).met({"npv_usd": spread(1.0, 0.0, 2.0)})
    assert "npv_usd" in str(caught.value.problems[0].hint)


def test_looks_double_up_to_the_most() -> None:
    assert list(looks(10)) == [10]
    assert list(looks(64)) == [64]
    assert list(looks(300)) == [64, 128, 256, 300]
