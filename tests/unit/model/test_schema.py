"""The schema accepts the files the loader accepts, and refuses what it refuses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from jsonschema.protocols import Validator

from simcluster.model.schema import scenario_schema

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.toml"))


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Made once, as the schema is large."""
    return jsonschema.Draft202012Validator(scenario_schema())


def as_json(path: Path) -> Any:
    return json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_packaged_scenarios_are_valid(path: Path, validator: Validator) -> None:
    validator.validate(as_json(path))


@pytest.mark.parametrize(("key", "value"), [("colour", "red"), ("seed", "many"), ("sites", [])])
def test_what_the_loader_refuses_is_refused(key: str, value: object, validator: Validator) -> None:
    file = as_json(SCENARIOS[-1]) | {key: value}
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(file)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())


def test_an_annotation_must_hold_a_value(validator: Validator) -> None:
    file = as_json(SCENARIOS[-1]) | {"seed": {"source": "nowhere"}}
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(file)


def guided(change: dict[str, Any]) -> Any:
    guide = (Path(__file__).parents[3] / "docs" / "uncertainty.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n", 1)[1].split("```", 1)[0]
    return json.loads(json.dumps(tomllib.loads(text), default=str)) | change


def test_uncertain_values_and_alternatives_are_valid(validator: Validator) -> None:
    validator.validate(guided({}))


@pytest.mark.parametrize(
    "change",
    [
        {"finance": {"wacc": {"uncertain": {"kind": "uniform", "low": 0.1}}}},
        {"finance": {"wacc": {"uncertain": {"kind": "uniform", "low": 0.1, "high": True}}}},
        {"finance": {"wacc": {"uncertain": {"kind": "uniform", "low": 0.1, "high": 0.2}, "colour": "red"}}},
        {"finance": {"wacc": {"one_of": [0.1]}}},
        {"correlations": [{"between": ["finance.wacc"], "rank": 0.5}]},
    ],
)
def test_uncertainty_that_the_loader_refuses_is_refused(validator: Validator, change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(guided(change))
