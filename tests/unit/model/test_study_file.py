"""A study file, options that say otherwise, and the scenario it starts from."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.kind import Value
from simcluster.model.study_file import read_study


class Asked(Value):
    base: str
    set: tuple[str, ...] = ()
    replicas: int = 8


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text('base = "mine.toml"\nset = ["a=1"]\nreplicas = 4\n', encoding="utf-8")
    return path


def test_a_base_is_relative_to_the_study_or_packaged(file: Path) -> None:
    assert read_study(Asked, file, {})[0].base == str(file.parent / "mine.toml")
    file.write_text('base = "small.toml"', encoding="utf-8")
    assert read_study(Asked, file, {})[0].base == "small.toml"


def test_a_base_that_is_neither_is_told_with_all_else(file: Path) -> None:
    file.write_text('base = "smal"\nreplicas = "x"', encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_study(Asked, file, {})
    assert [(problem.path, problem.line, problem.column) for problem in refused.value.problems] == [
        (("base",), 1, 1),
        (("replicas",), 2, 1),
    ]
    assert read_study(Asked, file, {"base": "small", "replicas": 2})[0].base == "small"


def test_options_replace_keys_and_set_is_added_to(file: Path) -> None:
    asked, document = read_study(Asked, file, {"replicas": 2, "set": ("b=2", "a=3")})
    assert (asked.replicas, asked.set) == (2, ("a=1", "b=2", "a=3"))
    assert document.problem("?", ("set", 0)).line == 2
    assert document.problem("?", ("set", 2)).file == "--set a=3"


def test_a_set_that_is_no_list_stays_wrong_beside_an_option(file: Path) -> None:
    file.write_text('base = "small"\nset = "a=1"', encoding="utf-8")
    with pytest.raises(ScenarioError, match="expected a list"):
        read_study(Asked, file, {"set": ("b=2",)})
