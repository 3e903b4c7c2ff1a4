"""What is uncertain is tried near its ends before a study is run."""

from pathlib import Path

import pytest

from simcluster.core.problems import Problem
from simcluster.model.extremes import problems_at_extremes
from simcluster.model.load import load

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


def problems_of(*overrides: str) -> list[Problem]:
    return problems_at_extremes(*load(SMALL, overrides))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            'finance.wacc={ uncertain = { kind = "normal", mean = 0.1, sd = 0.2 } }',
            "at -0.518046461, which 0.1% of draws pass",
        ),
        (
            'jobs.pilot.mfu={ uncertain = { kind = "uniform", low = 0.5, high = 1.1 } }',
            "at 1.0994, which 0.1% of draws pass",
        ),
        ("orders.summer.gpus={ one_of = [80, 81] }", "with 81: 81 GPUs are not whole nodes of 8"),
        ('clusters.train.server={ one_of = ["dgx_h100", "dgx_h1000"] }', "with dgx_h1000: "),
    ],
)
def test_what_cannot_be_is_told_with_the_value_and_the_place(override: str, message: str) -> None:
    problems = problems_of(override)
    assert [problem.message.startswith(message) for problem in problems] == [True]
    assert (problems[0].file or "").startswith("--set")


def test_an_input_inside_an_alternative_is_tried_where_that_holds() -> None:
    ceiling = '{ uncertain = { kind = "uniform", low = 0.5, high = 1.5 }, value = 0.9 }'
    lift = f'{{ one_of = [{{ kind = "none" }}, {{ kind = "saturating", scale_h100e = 200, ceiling = {ceiling} }}] }}'
    (problem,) = problems_of(f"revenue.lift={lift}")
    assert problem.message.startswith("at 1.499")


def test_a_sound_scenario_has_none() -> None:
    law = '{ uncertain = { kind = "uniform", low = 0.08, high = 0.12 } }'
    assert problems_of(f"finance.wacc={law}", "finance.tax_rate={ one_of = [0.15, 0.21] }") == []
    assert problems_of() == []
