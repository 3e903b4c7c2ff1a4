"""The values of an input that are tried."""

from datetime import date
from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document, read_document
from simcluster.study.knob import Knob, knob_of

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture(scope="module")
def small() -> Document:
    return read_document(SMALL)


def ends(knob: Knob) -> tuple[object, object]:
    return knob.written(knob.at(0)), knob.written(knob.at(knob.steps))


@pytest.mark.parametrize(
    ("key", "low", "high", "within"),
    [
        ("jobs[flagship].checkpoint.interval", "2 hours", "8 hours", "0.006 hours"),
        ("finance.wacc", 0.05, 0.2, "0.00015"),
        ("revenue.contribution_margin", 0.4, 1.0, "0.0006"),
        ("orders.spring.gpus", 80, 320, "1"),
        ("orders[summer].placed", date(2023, 9, 3), date(2024, 8, 28), "1 days"),
        ("sites.campus.power[0].price", "0.039 USD/kWh", "0.156 USD/kWh", "0.000117 USD/kWh"),
    ],
)
def test_without_ends_it_is_looked_for_around_the_value(
    small: Document, key: str, low: object, high: object, within: str
) -> None:
    knob = knob_of(small, key)
    assert ends(knob) == (low, high)
    assert knob.within == within


def test_a_value_is_set_as_a_scenario_writes_it(small: Document) -> None:
    interval = knob_of(small, "jobs.flagship.checkpoint.interval", "30 min:4 hours", "0.5 hours")
    assert interval.override(1) == 'jobs.flagship.checkpoint.interval="60 min"'
    assert knob_of(small, "orders.spring.gpus", "80:330", "8").override(2) == "orders.spring.gpus=96"
    assert (
        knob_of(small, "orders.summer.placed", "2024-02-01:2024-03-01").override(2) == "orders.summer.placed=2024-02-03"
    )
    assert knob_of(small, "finance.wacc", "0:1", "0.25").override(1) == "finance.wacc=0.25"


def test_whole_numbers_end_at_the_last_step_and_others_divide_the_range(small: Document) -> None:
    assert ends(knob_of(small, "orders.spring.gpus", "80:330", "8")) == (80, 328)
    third = knob_of(small, "finance.wacc", "0.1:0.2", "0.03")
    assert (third.steps, third.step) == (4, pytest.approx(0.025))


@pytest.mark.parametrize(
    ("key", "between", "within", "said"),
    [
        ("finnce.wacc", None, None, "--vary finnce.wacc: finnce: there is no table 'finnce'"),
        ("orders[autumn].gpus", None, None, "no row 'autumn'"),
        ("finance.wacc.value", None, None, "finance.wacc is a value, not a table"),
        ("finance.nothing", None, None, "the scenario says no value there"),
        ("orders.summer.name", None, None, "no single value"),
        ("budgets", None, None, "no single value"),
        ("finance.wacc", "0.1", None, "--between 0.1: is not LOW:HIGH"),
        ("finance.wacc", "0.2:0.1", None, "0.2 is not below 0.1"),
        ("finance.wacc", "0.1:2 hours", None, "is not a plain number, as the others are"),
        ("finance.wacc", "0.1:0.2", "-1", "--within -1: a step of -1 does not fit between the ends"),
        ("orders.spring.gpus", "80:84", "8", "--within 8: a step of 8 does not fit"),
        ("jobs.flagship.checkpoint.interval", None, "2", "--within 2: 2 has no unit"),
        ("orders.summer.placed", None, "36 hours", "--within 36 hours: 36 hours is not a number of whole days"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    small: Document, key: str, between: str | None, within: str | None, said: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        knob_of(small, key, between, within)
    assert said in str(error.value)
