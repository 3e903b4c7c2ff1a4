"""An experiment's file: points of a grid, of a list, of both, and every problem at its place."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.experiment import Experiment, Point
from simcluster.model.factor import MOST_POINTS
from simcluster.model.overrides import plain_value, written_value
from simcluster.model.study_file import read_study

HEAD = 'schema = 1\nbase = "small"\noutcomes = ["npv_usd"]\n'
ROOT = Path(__file__).parents[3]


def read(folder: Path, text: str, **options: Any) -> Experiment:
    file = folder / "study.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return read_study(Experiment, file, options)[0]


def problems(folder: Path, text: str, **options: Any) -> list[tuple[int | None, int | None, str, str | None]]:
    with pytest.raises(ScenarioError) as refused:
        read(folder, text, **options)
    return [(one.line, one.column, one.message, one.hint) for one in refused.value.problems]


def test_a_grid_has_every_combination_the_last_factor_fastest(tmp_path: Path) -> None:
    asked = read(tmp_path, '[factors]\n"a.b" = ["1 h", "2 h"]\n"rows[x y].c" = [1, 2, 3]\n')
    assert [list(point.settings.values()) for point in asked.points] == [
        [hours, count] for hours in ("1 h", "2 h") for count in (1, 2, 3)
    ]
    assert asked.points[4].overrides == ('a.b="2 h"', "rows[x y].c=2")
    assert str(asked.points[4]) == "a.b = 2 h, rows[x y].c = 2"
    assert [point.number for point in asked.points] == list(range(6))


def test_a_list_has_each_point_and_with_factors_each_times_the_grid(tmp_path: Path) -> None:
    rows = '[[points]]\nname = "as planned"\n[[points]]\nname = "late"\nset = { "x.date" = 2025-01-01 }\n'
    listed = read(tmp_path, rows)
    assert listed.points == (Point(0, "as planned", {}), Point(1, "late", {"x.date": date(2025, 1, 1)}))
    assert listed.points[1].overrides == ("x.date=2025-01-01",)
    both = read(tmp_path, f'{rows}[factors]\n"y" = [1, 2]\n')
    assert [(point.name, point.settings["y"]) for point in both.points] == [
        ("as planned", 1),
        ("as planned", 2),
        ("late", 1),
        ("late", 2),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('from = "1 h", to = "8 h", steps = 8', [f"{hours} h" for hours in range(1, 9)]),
        (
            'from = "30 min", to = "8 h", steps = 5, scale = "log"',
            ["30 min", "60 min", "120 min", "240 min", "480 min"],
        ),
        ("from = 1, to = 16, steps = 5, scale = 'log'", [1, 2, 4, 8, 16]),
        ("from = 4, to = 1, steps = 4", [4, 3, 2, 1]),
        ("from = 0.1, to = 0.2, steps = 3", [0.1, 0.15, 0.2]),
        ("from = 1.0, to = 2, steps = 3", [1.0, 1.5, 2.0]),
        ("from = 2024-01-01, to = 2024-01-31, steps = 3", [date(2024, 1, 1), date(2024, 1, 16), date(2024, 1, 31)]),
    ],
)
def test_a_range_is_divided_evenly_or_by_one_ratio(tmp_path: Path, text: str, values: list[Any]) -> None:
    asked = read(tmp_path, f'[factors]\n"a" = {{ {text} }}\n')
    assert list(asked.levels["a"]) == values
    assert [type(value) for value in asked.levels["a"]] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from = 1, to = 4, steps = 3", "3 values from 1 to 4 are not all whole"),
        ("from = 0, to = 4, steps = 3, scale = 'log'", "lead from one number above 0 to another"),
        ("from = 2024-01-01, to = 2025-01-01, steps = 3, scale = 'log'", "lead from one number above 0 to another"),
        ("from = '1 h', to = 4, steps = 3", "4 has no unit"),
        ("from = '1 h', to = '4 MW', steps = 3", "expected a duration"),
        ("from = true, to = 4, steps = 3", "True is not a number"),
        ("from = 1, to = 4, steps = 1", "1 is out of range"),
        ("from = 1, steps = 3", "to is missing"),
        ("from = 2, to = 2, steps = 3", "says 2 more than once"),
        ("from = 1, to = 2, steps = 8, scale = 'log'", "says 1 more than once"),
        ("from = 1, to = 4, steps = 4, scale = 'cubic'", "'cubic' is not allowed here"),
        ("from = 1, to = 4, step = 4", "did you mean 'steps'?"),
    ],
)
def test_a_range_that_cannot_be_divided_is_refused_in_its_line(tmp_path: Path, text: str, said: str) -> None:
    told = problems(tmp_path, f'[factors]\n"a" = {{ {text} }}\n')
    assert {line for line, *_ in told} == {5}
    assert any(said in f"{message} {hint}" for _, _, message, hint in told), told


def test_every_problem_is_told_where_it_stands(tmp_path: Path) -> None:
    text = """\
set = ["b.c=3", "other=1"]
[factors]
"a[" = [1]
"b.c" = [1, 2, 2]
"b[c]" = [4, 5]
"seed" = [1, 2]
"d" = []
[[points]]
name = "x"
set = { "b.c" = 3 }
[[points]]
name = "x"
set = { "e..f" = 1 }
"""
    told = [(line, message) for line, _, message, _ in problems(tmp_path, text)]
    assert told == [
        (6, "cannot read the key 'a['"),
        (8, "b[c] is a factor already"),
        (9, "a seed is no factor: replicas have seeds of their own, the same at every point"),
        (13, "b.c is a factor already"),
        (16, "cannot read the key 'e..f'"),
        (4, "what is set here is a factor"),
        (7, "says 2 more than once"),
        (10, "has no values"),
        (15, "there is a point 'x' already"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing varies"),
        ("[factors]\na.b = [1, 2]\n", "is neither a list of values nor a range"),
        ("[factors]\na = 3\n", "is neither a list of values nor a range"),
        (f"[factors]\na = {list(range(MOST_POINTS + 1))}\n", "1,001 points are more than 1,000"),
        ("replicas = 0\n[factors]\na = [1]\n", "0 is out of range"),
        ("replica = 1\n[factors]\na = [1]\n", "did you mean 'replicas'?"),
        ("[[points]]\nset = {a = 1}\n", "name is missing"),
    ],
)
def test_what_is_no_experiment_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in f"{message} {hint}" for _, _, message, hint in problems(tmp_path, text))


def test_an_option_that_sets_a_factor_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"--set a=3: set\[0\]: what is set here is a factor"):
        read(tmp_path, "[factors]\na = [1, 2]\n", set=("a=3",))


@pytest.mark.parametrize(
    "value",
    [
        "8 h",
        'a "b"',
        3,
        0.5,
        True,
        date(2024, 1, 2),
        [1, "x"],
        {"kind": "young", "cost": "5 min", "a b": [{"c": False}]},
    ],
)
def test_a_written_value_is_read_again(value: Any) -> None:
    assert plain_value(written_value(value)) == value


def test_the_study_file_of_the_docs_is_the_one_shipped(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    file = tmp_path / "study.toml"
    file.write_text(text, encoding="utf-8")
    told = read_study(Experiment, file, {"base": "llama3_405b"})[0]
    shipped = read_study(Experiment, ROOT / "studies" / "checkpoint_grid.toml", {"base": "llama3_405b"})[0]
    assert told.points == shipped.points
    assert (told.set, told.replicas) == (shipped.set, shipped.replicas)
