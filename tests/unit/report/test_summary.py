"""The summary says what the outcomes say, in words."""

import math
from dataclasses import replace
from datetime import date

import pytest

from simcluster.report import format as fmt
from simcluster.report.summary import guided, summary_lines
from simcluster.study.result import Result


def test_the_summary_says_what_the_outcomes_say(result: Result) -> None:
    lines = summary_lines(result)
    text = "\n".join(lines)
    assert 8 <= len(lines) <= 12
    for said in (
        "seed 7",
        "80 GPUs at the start, 240 ordered; 320 in service",
        "pilot ready 15 May 2024 (46 days early)",
        "not ready by 31 December 2024: flagship",
        "200,000 GPU-hours for power and 0 GPU-hours for a hall, 20.0%",
        "75.0% of 1.00 M GPU-hours",
        "Failures: 41, nodes were up 98.77% of their time; training was interrupted 35 times and lost 30,000 GPU-hours",
        "Of the jobs' wall: ",
        "programme capex 10.0 M USD",
        "39.0 bn USD in 2024",
        "2024 2.40 M USD against 3.92 M USD needed (offset 0.71)",
        "NPV −1.25 M USD",
        "no IRR",
    ):
        assert said in text


def test_a_changed_outcome_changes_the_summary(result: Result) -> None:
    later = {**result.outcomes, "jobs.pilot.ready": "2024-07-03", "jobs.pilot.margin_days": -3.0, "irr": 0.061}
    text = "\n".join(summary_lines(replace(result, outcomes=later)))
    assert "pilot ready 3 July 2024 (3 days late)" in text
    assert "IRR 6.1%" in text
    owed = {"net_debt_usd": 2_000_000.0, "interest_usd": 250_000.0, "interest_capitalised_usd": 0.0}
    text = "\n".join(summary_lines(replace(result, outcomes=later | owed)))
    assert "Debt: 2.00 M USD owed at the end, interest 250,000 USD\n" in text
    text = "\n".join(summary_lines(replace(result, outcomes=later | owed | {"interest_capitalised_usd": 50_000.0})))
    assert "interest 250,000 USD of which 50,000 USD capitalised" in text
    assert "before tax" not in text
    taxed = {**later, "npv_before_tax_usd": 2.5e6}
    assert "IRR 6.1%; NPV before tax 2.50 M USD" in " ".join(summary_lines(replace(result, outcomes=taxed)))


def test_what_was_short_of_power_is_told_where_anything_was(result: Result) -> None:
    assert "Short of power" not in "\n".join(summary_lines(result))
    throttled = {"gpu_hours_throttled": 12_000.0, "throttled_usd": 34_000.0, "lowest_clock": 0.82}
    shed = {"gpu_hours_unpowered": 500.0, "unpowered_usd": 1_400.0}
    text = "\n".join(summary_lines(replace(result, outcomes={**result.outcomes, **throttled, **shed})))
    told = "Short of power: throttled 12,000 GPU-hours that cost 34,000 USD, clocks down to 82.0%; shed 500 GPU-hours"
    assert told in text
    text = "\n".join(summary_lines(replace(result, outcomes={**result.outcomes, **throttled})))
    assert "82.0%\n" in text


def test_an_empty_run_leaves_lines_out_and_shows_no_none(result: Result) -> None:
    text = "\n".join(summary_lines(replace(result, outcomes={})))
    assert "None" not in text
    assert "nan" not in text
    assert "Value" not in text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (fmt.usd(1.234e9), "1.23 bn USD"),
        (fmt.usd(-45.64e6), "−45.6 M USD"),
        (fmt.usd(999_999_999), "1.00 bn USD"),
        (fmt.usd(1.2e12), "1.20 tn USD"),
        (fmt.usd(None), "–"),
        (fmt.usd(math.nan), "–"),
        (fmt.gpus(12345), "12,345 GPUs"),
        (fmt.plain(-0.2), "0"),
        (fmt.megawatts(1234), "1.23 GW"),
        (fmt.megawatts(0), "0 MW"),
        (fmt.energy(3.21e6), "3.21 TWh"),
        (fmt.percent(0.7418), "74.2%"),
        (fmt.percent(0.031, signed=True), "+3.1%"),
        (fmt.percent(-0.031, signed=True), "−3.1%"),
        (fmt.day("2025-06-12"), "12 June 2025"),
        (fmt.day(date(2025, 6, 12)), "12 June 2025"),
        (fmt.margin(1.2), "1 day early"),
        (fmt.margin(-12), "12 days late"),
        (fmt.margin(0.3), "on the day"),
        (guided(64e9, 72e9), "64.0 to 72.0 bn USD"),
        (guided(0.9e9, 1.2e9), "900 M USD to 1.20 bn USD"),
    ],
)
def test_numbers_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected


def test_what_was_sold_is_told_where_anything_was(result: Result) -> None:
    assert "Sold" not in "\n".join(summary_lines(result))
    sold = {**result.outcomes, "gpus_sold": 64, "sale_proceeds_usd": 1.25e6}
    lost = replace(result.costs, sold_usd=result.costs.sold_usd + 10_000.0)
    text = "\n".join(summary_lines(replace(result, outcomes=sold, costs=lost)))
    assert "Sold: 64 GPUs for 1.25 M USD, 120,000 USD below book value" in text
    gained = replace(result.costs, sold_usd=result.costs.sold_usd - 1.0)
    text = "\n".join(summary_lines(replace(result, outcomes=sold, costs=gained)))
    assert "12 USD above book value" in text
