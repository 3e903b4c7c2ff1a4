"""Every law of facts, held against scenarios that are drawn, and run, once for all of them."""

from importlib import import_module
from inspect import signature
from pathlib import Path

import law_1_units
import law_2_power
import law_3_gpu_hours
import law_4_work
import law_of_retrofits
import pytest
from drawn import hold
from hypothesis import given, settings
from strategies import scenarios

from simcluster.model.scenario import Scenario

LAWS = (*law_1_units.LAWS, *law_2_power.LAWS, *law_3_gpu_hours.LAWS, *law_4_work.LAWS, *law_of_retrofits.LAWS)
MODULES = ("test_law_5_money", *sorted(path.stem for path in Path(__file__).parent.glob("law_*.py")))


@settings(max_examples=100)  # few are drawn in which power is what is scarce
@given(scenarios())
def test_every_law_of_facts_holds(scenario: Scenario) -> None:
    hold(LAWS, scenario)


@pytest.mark.parametrize("name", MODULES)
def test_no_law_is_written_and_not_held(name: str) -> None:
    module, money = import_module(name), import_module("test_law_5_money")
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == name and callable(value)]
    laws = {value for value in own if "drawn" in signature(value).parameters}
    assert laws
    assert laws <= {*LAWS, *money.LAWS, *money.LAWS_OF_RESULTS}
    assert name.startswith("test_") or not [value for value in own if value.__name__.startswith("test")]
