"""`simcluster.sensitivity`: the study of the command line as a frame."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import simcluster
from simcluster.study.methods import SensitivityError

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
SHORT = ("end=2024-04-30",)
PRICE = "sites[campus].power[utility].price=0.05 USD/kWh:0.1 USD/kWh"
WACC = "finance.wacc=0.08:0.12"
BILL = "energy_usd_last_year"


@pytest.fixture(scope="module")
def swung() -> pd.DataFrame:
    outcomes = (BILL, "npv_usd")
    return simcluster.sensitivity(SMALL, outcomes=outcomes, vary=[WACC, PRICE], n=2, overrides=SHORT)


def test_a_tornado_is_a_row_an_outcome_and_factor(swung: pd.DataFrame) -> None:
    assert swung["outcome"].tolist() == [BILL] * 2 + ["npv_usd"] * 2
    first = swung.iloc[0]
    assert (first["low"], first["high"], first["n"], first["failed"]) == ("0.05 USD/kWh", "0.1 USD/kWh", 2, 0)
    assert first["swing"] == pytest.approx(first["at_high"] - first["at_low"])
    assert first["swing_low"] <= first["swing"] <= first["swing_high"]
    assert swung.loc[1, "swing"] == 0  # the discount rate has no part in a bill


def test_a_seed_is_a_study_of_its_own_and_the_same_again() -> None:
    one, again, other = (
        simcluster.sensitivity(SMALL, outcomes=[BILL], vary=[PRICE], n=2, seed=seed, overrides=SHORT)
        for seed in (3, 3, 4)
    )
    pd.testing.assert_frame_equal(one, again)
    assert (one["swing"] != other["swing"]).all()


@pytest.mark.parametrize(
    ("method", "asked", "said"),
    [
        ("tornado", {}, "nothing in small is uncertain"),
        ("anova", {"vary": [WACC]}, "there is no method 'anova'; there are tornado, sobol, morris, pawn"),
        ("sobol", {"vary": [WACC], "n": 4}, "-n 8 or more"),
        ("tornado", {"vary": [WACC], "outcomes": ["npv"]}, "did you mean 'npv_usd'"),
    ],
)
def test_what_cannot_be_done_is_refused(method: str, asked: dict[str, object], said: str) -> None:
    with pytest.raises(SensitivityError, match=said):
        simcluster.sensitivity(SMALL, method, overrides=SHORT, **asked)  # type: ignore[arg-type] # by name


def test_without_a_value_or_a_cost_an_outcome_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    came = SimpleNamespace(outcomes={"npv_usd": None, "failures": 3})
    monkeypatch.setattr("simcluster.study.sensitivity_run.run", lambda _: came)
    with pytest.raises(SensitivityError, match="neither npv_usd nor usd_per_gpu_hour; name an outcome"):
        simcluster.sensitivity(SMALL, vary=[WACC], overrides=SHORT)
