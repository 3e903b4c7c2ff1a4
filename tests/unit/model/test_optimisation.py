"""A study file and the options that say otherwise, with every problem at its place."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.optimisation import Optimisation
from simcluster.model.study_file import read_study

STUDY = """\
base = "small"
vary = ["jobs[run].checkpoint.interval=1 hour:4 hours", "clusters[train].repair.technicians=1|2|4"]
maximise = ["npv_usd@P20"]
under = ["capex_programme_usd<=12 MUSD"]
trials = 20
"""


def test_a_study_file_says_all_and_options_say_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(STUDY, encoding="utf-8")
    asked, _ = read_study(Optimisation, file, {"trials": 30, "minimise": ("failures",)})
    assert (asked.trials, asked.replicas, asked.seed) == (30, 8, None)
    assert [str(goal) for goal in asked.goals] == ["npv_usd@P20", "failures"]
    assert asked.signs == (1, -1)
    assert asked.outcomes == ("npv_usd", "failures", "capex_programme_usd")
    assert len(asked.decisions) == 2


def test_every_problem_is_told_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    wrong = STUDY.replace("=1|2|4", "=4:1").replace("npv_usd@P20", "npv usd").replace("trials", "trails")
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_study(Optimisation, file, {"under": ("failures<3",)})
    told = {problem.path: problem for problem in refused.value.problems}
    assert told["trails",].hint == "did you mean 'trials'?"
    assert (told["trails",].file, told["trails",].line) == (str(file), 5)

    file.write_text(wrong.replace("trails", "trials"), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_study(Optimisation, file, {"under": ("failures<3",)})
    places = [(problem.path, problem.file, problem.line) for problem in refused.value.problems]
    assert places == [
        (("vary", 1), str(file), 2),
        (("under", 0), "--under failures<3", None),
        (("maximise", 0), str(file), 3),
    ]
    assert all(problem.hint for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "no outcomes to maximise or minimise"),
        ({"maximise": ("a", "b"), "minimise": ("c",)}, "3 outcomes to maximise or minimise"),
        ({"maximise": ("a",), "vary": ("x=1:2", "x=3|4")}, "x is decided twice"),
        ({"maximise": ("a",), "vary": ()}, "vary"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(options: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_study(Optimisation, None, {"base": "small", "vary": ("x=1:2",)} | options)


def test_the_study_file_of_the_docs_can_be_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "optimize.md").read_text(encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "small.toml").write_text("", encoding="utf-8")
    file = tmp_path / "studies" / "study.toml"
    file.parent.mkdir()
    file.write_text(text.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    asked, _ = read_study(Optimisation, file, {})
    assert (asked.replicas, asked.trials, asked.seed, len(asked.decisions)) == (16, 60, 3, 2)
