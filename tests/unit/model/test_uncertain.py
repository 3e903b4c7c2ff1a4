"""What is uncertain is read, resolved to a central value, kept, and refused with its place."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document
from simcluster.model.inputs import Input, active, resolve
from simcluster.model.load import load, resolved_toml
from simcluster.model.scenario import Scenario

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "uncertainty.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.split("```toml\n", 1)[1].split("```", 1)[0]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uncertain")
    (folder / "small.toml").write_text((ROOT / "scenarios" / "small.toml").read_text(encoding="utf-8"))
    (folder / "unsure.toml").write_text(EXAMPLE)
    return folder / "unsure.toml"


@pytest.fixture(scope="module")
def loaded(file: Path) -> tuple[Scenario, Document]:
    return load(file)


def by_address(document: Document) -> dict[str, Input]:
    return {found.address: found for found in document.uncertainty.inputs}


def problems_of(file: Path, *overrides: str) -> list[tuple[str, str | None]]:
    with pytest.raises(ScenarioError) as caught:
        load(file, overrides)
    return [(problem.message, problem.hint) for problem in caught.value.problems]


def test_the_example_of_the_guide_is_read(loaded: tuple[Scenario, Document]) -> None:
    assert list(by_address(loaded[1])) == [
        "sites[campus].operations",
        "orders[spring].placed",
        "orders[spring].lead_time.mean",
        "orders[summer].gpus",
        "jobs[pilot].mfu",
        "jobs[flagship].mfu",
        "revenue.lift.one_of[some].value.ceiling",
        "finance.wacc",
    ]
    (lift,) = loaded[1].uncertainty.alternatives
    assert (lift.address, lift.labels, lift.weights, lift.central) == ("revenue.lift", ("none", "some"), (0.3, 0.7), 1)


def test_a_run_without_sampling_takes_central_values(loaded: tuple[Scenario, Document]) -> None:
    scenario = loaded[0]
    assert scenario.finance.wacc == pytest.approx(0.13 - (0.5 * 0.05 * 0.03) ** 0.5, rel=1e-8)  # the median
    assert scenario.sites[0].operations == pytest.approx(0.1**0.5 * 1e6, rel=1e-8)  # sqrt(p5 p95)
    assert scenario.orders[0].placed == date(2024, 1, 20) or scenario.orders[0].placed == date(2024, 1, 21)
    assert scenario.orders[1].gpus == 120
    assert [job.mfu for job in scenario.jobs] == [0.4, 0.4]
    assert scenario.revenue.lift.model_dump() == {"kind": "saturating", "ceiling": 0.0002, "scale_h100e": 200.0}


def test_values_are_drawn_in_the_units_as_written(loaded: tuple[Scenario, Document]) -> None:
    inputs, p = by_address(loaded[1]), np.array([0.05, 0.95])
    assert inputs["sites[campus].operations"].values(p) == ["0.2 MUSD/MW/year", "0.5 MUSD/MW/year"]
    assert inputs["orders[spring].placed"].band == (date(2024, 1, 7), date(2024, 2, 3))
    assert inputs["orders[summer].gpus"].values(np.linspace(0.0, 1.0, 11)) == list(range(80, 161, 8))
    assert inputs["jobs[flagship].mfu"].values(np.array([0.2, 0.3])) == [0.35, 0.4]
    assert (inputs["jobs[pilot].mfu"].common, inputs["jobs[pilot].mfu"].loading) == ("skill", 0.8)


def test_values_of_other_units_are_read_in_the_first(file: Path) -> None:
    law = '{ uncertain = { kind = "uniform", low = "8 weeks", high = "70 days" } }'
    document = load(file, [f"orders.summer.lead_time={law}"])[1]
    assert by_address(document)["orders[summer].lead_time"].values(np.array([0.0, 1.0])) == ["8 weeks", "10 weeks"]


def test_a_template_gives_the_values_of_a_draw(loaded: tuple[Scenario, Document]) -> None:
    said = loaded[1].uncertainty
    drawn: dict[str, Any] = {found.address: found.central for found in said.inputs} | {"revenue.lift": 1}
    assert resolve(said.template, drawn) == loaded[1].values
    other = resolve(said.template, {**drawn, "revenue.lift": 0, "finance.wacc": 0.11})
    assert (other["revenue"]["lift"], other["finance"]["wacc"]) == ({"kind": "none"}, 0.11)
    assert other["catalog"] is resolve(said.template, drawn)["catalog"]  # nothing uncertain there: not copied
    ceiling = "revenue.lift.one_of[some].value.ceiling"
    assert ceiling in active(said.template, drawn)
    assert ceiling not in active(said.template, {**drawn, "revenue.lift": 0})


def test_an_alternative_is_made_to_hold_by_its_label(loaded: tuple[Scenario, Document], file: Path) -> None:
    certain, document = load(file, ["revenue.lift=none"])
    assert "revenue.lift" not in {found.address for found in document.uncertainty.alternatives}
    assert document.values["revenue"]["lift"] == {"kind": "none"}
    assert certain.revenue is not None
    assert certain.revenue.lift.kind == "none"
    some = load(file, ["revenue.lift=some", "revenue.lift.scale_h100e=300"])[1]
    assert "revenue.lift.ceiling" in by_address(some)
    assert some.values["revenue"]["lift"]["scale_h100e"] == 300
    cited = 'revenue.lift={ one_of = [{ value = { kind = "none" }, label = "a", assumption = "likely" }, "b"] }'
    said = load(file, [cited, "revenue.lift=a"])[1].provenance_of(("revenue", "lift", "kind"))
    assert said is not None
    assert said.assumption == "likely"
    with pytest.raises(ScenarioError, match="expected a table, got 'nobody'"):
        load(file, ["revenue.lift=nobody"])


def test_the_resolved_scenario_stays_uncertain_and_loads_again(
    loaded: tuple[Scenario, Document], tmp_path: Path
) -> None:
    scenario, document = loaded
    text = resolved_toml(document)
    (tmp_path / "again.toml").write_text(text)
    again, read = load(tmp_path / "again.toml")
    assert again == scenario
    assert resolved_toml(read) == text
    assert [found.address for found in read.uncertainty.inputs] == [*by_address(document)]
    assert read.uncertainty.ties == document.uncertainty.ties != ()


def test_provenance_is_kept_of_an_uncertain_value_and_inside_an_alternative(file: Path) -> None:
    law = 'ceiling = { uncertain = { kind = "uniform", low = 0.1, high = 0.2 }, source = "a paper" }'
    row = f'{{ kind = "saturating", scale_h100e = 200, {law} }}'
    lift = f'revenue.lift={{ one_of = [{{ value = {row}, assumption = "likely" }}, {{ kind = "none" }}], note = "x" }}'
    document = load(file, [lift])[1]
    assert document.provenance_of(("revenue", "lift", "ceiling")).source == "a paper"  # type: ignore[union-attr]
    assert document.provenance_of(("revenue", "lift", "kind")).assumption == "likely"  # type: ignore[union-attr]
    document = load(file, [lift, "revenue.lift.value=none"])[1]
    assert document.provenance_of(("revenue", "lift", "kind")).note == "x"  # type: ignore[union-attr]
    said = document.provenance_of(("finance", "wacc"))
    assert said is not None
    assert said.assumption == "range of analysts"


def test_set_makes_a_value_certain_or_moves_its_centre_or_its_law(file: Path) -> None:
    scenario, document = load(file, ["finance.wacc=0.1"])
    assert scenario.finance.wacc == 0.1
    assert "finance.wacc" not in by_address(document)
    assert document.uncertainty.ties == ()
    scenario, document = load(file, ["finance.wacc.value=0.12", "revenue.lift.value=none"])
    assert (scenario.finance.wacc, scenario.revenue.lift.kind) == (0.12, "none")
    assert by_address(document)["finance.wacc"].is_given
    assert document.provenance_of(("finance", "wacc")).assumption == "range of analysts"  # type: ignore[union-attr]
    scenario, document = load(file, ["finance.wacc.uncertain.high=0.2"])
    assert by_address(document)["finance.wacc"].values(np.array([1.0])) == [0.2]
    scenario, document = load(file, ["revenue.lift.one_of[none].weight=5"])
    assert scenario.revenue.lift.kind == "none"


def test_a_child_makes_a_value_certain_again_and_replaces_a_law_whole(file: Path) -> None:
    child = file.with_name("child.toml")
    law = '{ uncertain = { kind = "uniform", low = 0.35, high = 0.4 } }'
    rows = f'[[jobs]]\nname = "pilot"\nmfu = 0.41\n[[jobs]]\nname = "flagship"\nmfu = {law}\n'
    lift = '[revenue]\nlift = { kind = "saturating", ceiling = 0.1, scale_h100e = 5 }\n'
    child.write_text(f'schema = 1\nextends = "unsure.toml"\n{rows}{lift}')
    scenario, document = load(child)
    assert [job.mfu for job in scenario.jobs] == [0.41, 0.375]
    assert by_address(document)["jobs[flagship].mfu"].common is None
    assert document.uncertainty.alternatives == ()


def test_a_scenario_without_uncertainty_has_none(file: Path) -> None:
    document = load(file.with_name("small.toml"))[1]
    assert not document.uncertainty
    assert document.written is None


@pytest.mark.parametrize(
    ("override", "message", "hint"),
    [
        ("jobs.pilot.mfu.uncertain.vlaues=[1]", "unknown key", "did you mean 'values'?"),
        ("finance.wacc.uncertain.high=0.01", "low, mode and high are not in order", "low <= mode <= high"),
        ('finance.wacc.uncertain.high="7 weeks"', "'7 weeks' is not a plain number, as the others are", "alike"),
        ('sites.campus.operations.uncertain.p5="3 weeks"', "expected a duration", "alike"),
        ("orders.spring.placed.uncertain.high=3", "3 is not a date, as the others are", "alike"),
        ("finance.wacc={ uncertain = 3 }", "uncertain is not a table with a kind", "kind"),
        ('finance.wacc={ uncertain = { kind = "uni" } }', "there is no kind 'uni'", "the kinds are uniform,"),
        ('finance.wacc={ uncertain = { kind = "uniform", low = 0.1 } }', "high is missing", "high = ..."),
        ("finance.wacc.loading=0.5", "loading of no factor", "common"),
        ("jobs.pilot.mfu.loading=1.5", "1.5 is out of range", "at most 1"),
        ("orders.spring.placed.step=3", "3 has no unit", "alike"),
        ('orders.spring.placed.step="2 days"', "take no step", "leave"),
        ("jobs.flagship.mfu.step=0.1", "a choice takes no step", "leave"),
        ('orders.spring.placed.uncertain={ kind = "lognormal", p5 = 2024-01-01, p95 = 2024-02-01 }', "no logn", "use"),
        ('name={ one_of = ["a", "b"] }', "name says what is simulated and cannot be uncertain", "write one"),
        ('jobs.pilot.name={ one_of = ["a", "b"] }', "name says what its table is", "write one"),
        ("finance.wacc={ one_of = [0.1] }", "one_of is not a list of two or more", "one_of = ["),
        ("revenue.lift.one_of.0.weight=0", "0 is not a weight", "above 0"),
        ("revenue.lift.one_of.0.wieght=1", "unknown key", "known keys: value, weight, label"),
        ('revenue.lift.one_of.0.label="some"', "the alternative 'some' stands there twice", "of its own"),
        ("revenue.lift.value=som", "there is no alternative 'som'", "did you mean 'some'?"),
        ("revenue.lift.common=skill", "'common' means nothing beside one_of", "by itself"),
        ("correlations.0.rank=1.5", "1.5 is out of range", "below 1"),
        ('correlations.0.between=["finance.wacc"]', "has 1 entries", "at least 2"),
        (
            'correlations.0.between=["finance.wac", "jobs.pilot.mfu"]',
            "there is no key 'finance.wac'",
            "'finance.wacc'?",
        ),
        ('correlations.0.between=["finance.wacc", "finance.wacc"]', "tied to itself", "two inputs"),
        ("correlations=3", "correlations is not a list of tables", "[[correlations]]"),
    ],
)
def test_what_cannot_be_used_is_told_once_with_a_hint(file: Path, override: str, message: str, hint: str) -> None:
    ((found, said),) = problems_of(file, override)
    assert message in found
    assert hint in (said or "")


def test_problems_stand_where_the_file_says_it(file: Path) -> None:
    bad = file.with_name("bad.toml")
    bad.write_text(EXAMPLE.replace("high = 0.13", "high = 0.09").replace("rank = 0.5", "rank = 2"))
    with pytest.raises(ScenarioError) as caught:
        load(bad)
    lines = bad.read_text().splitlines()
    shown = [
        (problem.path, lines[(problem.line or 0) - 1][(problem.column or 0) - 1 :]) for problem in caught.value.problems
    ]
    assert [path for path, _ in shown] == [("finance", "wacc", "uncertain", "mode"), ("correlations", 0, "rank")]
    assert shown[0][1].startswith("mode = 0.1")
    assert shown[1][1].startswith("rank = 2")


def test_a_value_the_model_refuses_is_told_where_the_law_stands(file: Path) -> None:
    ((message, _),) = problems_of(file, 'finance.wacc={ uncertain = { kind = "uniform", low = -3, high = -2 } }')
    assert "-2.5 is out of range" in message


PAIRS = ("finance.wacc", "sites.campus.operations", "orders.spring.placed")


def correlations(*ranks: tuple[int, int, float], names: tuple[str, ...] = PAIRS) -> str:
    rows = [f'{{ between = ["{names[j]}", "{names[k]}"], rank = {rank} }}' for j, k, rank in ranks]
    return f"correlations=[{', '.join(rows)}]"


def test_correlations_that_cannot_all_hold_are_refused(file: Path) -> None:
    # Spearman 0.8 is Pearson 0.813: with 0 between the ends, det = 1 - 2 x 0.813^2 < 0; with 0.65 it is 0.124
    ((message, hint),) = problems_of(file, correlations((0, 1, 0.8), (1, 2, 0.8)))
    assert "cannot all hold" in message
    assert "pairs left out" in (hint or "")
    assert len(load(file, [correlations((0, 1, 0.8), (1, 2, 0.8), (0, 2, 0.65))])[1].uncertainty.ties) == 3


def test_a_correlation_that_the_factors_leave_no_room_for_is_refused(file: Path) -> None:
    both = ("jobs.pilot.mfu", "jobs.flagship.mfu")
    # loadings of 0.8 give 0.64; what is left for residuals of variance 0.36 reaches from 0.28 to 1
    assert load(file, [correlations((0, 1, 0.9), names=both)])
    ((message, hint),) = problems_of(file, correlations((0, 1, 0.1), names=both))
    assert "they load too much on factors" in message
    assert hint == "lower the rank or the loadings"


def test_a_correlation_ties_nothing_where_a_value_is_certain(file: Path) -> None:
    inside = "revenue.lift.one_of[some].value.ceiling"
    ties = correlations((0, 1, 0.5), (1, 2, 0.5), (0, 2, 0.2), names=("finance.wacc", inside, "jobs.pilot.mfu"))
    assert len(load(file, [ties])[1].uncertainty.ties) == 3
    assert len(load(file, [ties, 'revenue.lift={ kind = "none" }'])[1].uncertainty.ties) == 1
    assert load(file, ["finance.wacc=0.1"])[1].uncertainty.ties == ()


def test_a_pair_is_correlated_once(file: Path) -> None:
    ((message, _),) = problems_of(file, correlations((0, 1, 0.5), (1, 0, 0.5)))
    assert message == "the two are correlated above already"
