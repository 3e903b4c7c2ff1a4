from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, model_validator

from simcluster.core.problems import Problem, ScenarioError
from simcluster.model.document import read_document
from simcluster.model.kind import Located, Megawatts, Value, refuse
from simcluster.model.load import check, load, resolved_toml, write_toml


class Fixed(Value):
    kind: Literal["fixed"] = "fixed"
    days: int


class Range(Value):
    kind: Literal["range"] = "range"
    low: int
    high: int

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        refuse([Located(("high",), "high is below low")] if self.high < self.low else [])
        return self


class Order(Value):
    name: str
    gpus: Annotated[int, Field(ge=1)]
    delay: Annotated[Fixed | Range, Field(discriminator="kind")] = Fixed(days=0)


class Small(Value):
    schema_version: Literal[1] = Field(alias="schema")
    catalog: dict[str, object]
    start: date
    power: Megawatts
    orders: Annotated[tuple[Order, ...], Field(min_length=1)]


A_DURATION = "expected a power such as '150 MW', got a duration (3 weeks)"
GOOD = """\
schema = 1
start = 2024-01-01
power = {value = "150 MW", source = "a filing", note = "peak"}
[[orders]]
name = "a"
gpus = 8
assumption = "a round number"
delay = {kind = "range", low = 1, high = 2}
"""


def problems(tmp_path: Path, text: str, *overrides: str) -> list[Problem]:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        check(Small, read_document(path, overrides))
    return list(caught.value.problems)


def one(tmp_path: Path, old: str, new: str) -> Problem:
    (problem,) = problems(tmp_path, GOOD.replace(old, new))
    return problem


def test_a_good_document_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(GOOD)
    checked = check(Small, read_document(path))
    assert checked.power == 150.0
    assert checked.orders[0].delay == Range(low=1, high=2)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("gpus = 8", "gpus = 8\nlotts = 3\nlots = 2", None, None, None),
        ("gpus = 8", "gpus = 0", 6, "0 is out of range", "it must be at least 1"),
        ("gpus = 8", "gpus = 1.5", 6, "expected a whole number, got 1.5", "write digits alone: 1024"),
        ("gpus = 8\n", "", 4, "gpus is missing", "add `gpus = ...` here"),
        ('"150 MW"', '"3 weeks"', 3, A_DURATION, "for example '150 MW'"),
        ('"150 MW"', "150", 3, "150 has no unit", "write the unit, for example '150 MW'"),
        ('"range"', '"rang"', 8, "there is no kind 'rang'", "did you mean 'range'? the kinds are fixed, range"),
        ('kind = "range", ', "", 8, "kind is missing", "add `kind = ...`: one of fixed, range"),
        ("high = 2", "high = 0", 8, "high is below low", None),
        ("high = 2", "hihg = 2", None, None, None),
        ("2024-01-01", "'soon'", 2, "expected a date, got 'soon'", "write YYYY-MM-DD without quotes: 2024-10-30"),
    ],
)
def test_errors_are_plain_and_located(
    tmp_path: Path, old: str, new: str, line: int | None, message: str | None, hint: str | None
) -> None:
    if line is None:
        assert len(problems(tmp_path, GOOD.replace(old, new))) == 2
        return
    problem = one(tmp_path, old, new)
    assert (problem.line, problem.message, problem.hint) == (line, message, hint)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("gpus = 8", "gpus = 8\nnmae = 2", "did you mean 'name'?"),
        ("high = 2", "high = 2, hihg = 3", "did you mean 'high'?"),
        ("gpus = 8", "gpus = 8\nlow = 2", "did you mean 'delay.low'?"),
        ("schema = 1", "schema = 1\nzzz = 2", "known keys: schema, catalog, start, power, orders"),
    ],
)
def test_unknown_keys_suggest_those_of_their_own_table(tmp_path: Path, old: str, new: str, hint: str) -> None:
    problem = one(tmp_path, old, new)
    assert (problem.message, problem.hint) == ("unknown key", hint)


def test_a_list_too_short_is_told_unless_its_rows_are_at_fault(tmp_path: Path) -> None:
    head = GOOD.partition("[[orders]]")[0]
    (problem,) = problems(tmp_path, head + "orders = []\n")
    assert (problem.message, problem.hint) == ("has 0 entries", "it must have at least 1")


def test_an_override_that_does_not_fit_is_told_as_such(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD, "orders.a.gpus=many")
    assert (problem.file, problem.line) == ("--set orders.a.gpus=many", None)


def test_the_resolved_text_loads_again_to_the_same(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(GOOD)
    document = read_document(path, ["orders.a.gpus=16"])
    write_toml(document, tmp_path / "resolved.toml")
    again = read_document(tmp_path / "resolved.toml")
    assert check(Small, again) == check(Small, document)
    assert again.provenance == document.provenance
    assert resolved_toml(again) == resolved_toml(document)


def test_problems_of_the_file_and_of_its_values_come_together(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("name = 'x'\nnmae = 1\n")
    with pytest.raises(ScenarioError) as caught:
        load(path, ["nowhere.x=1"], seed=3)
    messages = [problem.message for problem in caught.value.problems]
    assert messages[:2] == ["schema is missing", "there is no table 'nowhere'"]
    assert "unknown key" in messages
    assert messages.count("schema is missing") == 1
