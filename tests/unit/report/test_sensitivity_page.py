"""The page of a study of sensitivity: figures, words with intervals and n, and what each input rests on."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from pages import figure_labels, section, table_rows

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.report.figures_sensitivity import sensitivity_svg
from simcluster.report.sensitivity_page import Study, render_sensitivity
from simcluster.report.study_page import Origin
from simcluster.report.varied import Varied, varied_table
from simcluster.study.intervals import Estimate
from simcluster.study.sensitivity import Effect, Failure, Sensitivity

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
WACC, MFU, MARGIN = "finance.wacc", "jobs[pilot].mfu", "revenue.contribution_margin"
LABELLED = ('{ label = "plain", value = 0.8, weight = 3 }', '{ label = "thin", value = 0.6, weight = 1 }')
UNSURE = (
    'finance.wacc={ uncertain = { kind = "uniform", low = 0.08, high = 0.13 }, value = 0.1, source = "a table" }',
    'jobs[pilot].mfu={ uncertain = { kind = "normal", mean = 0.4, sd = 0.02 }, assumption = "as others", note = "b" }',
    f"{MARGIN}={{ one_of = [{', '.join(LABELLED)}] }}",
)


@pytest.fixture(scope="module")
def small() -> tuple[Scenario, Document]:
    return load(SMALL, UNSURE)


def about(value: float, half: float, n: int = 8) -> Estimate:
    return Estimate(value, value - half, value + half, n, 0.95)


def effects(measures: Sequence[str], told: dict[str, Sequence[Estimate]], ends: bool = False) -> tuple[Effect, ...]:
    low, high = ("0.0812345", "0.12") if ends else ("", "")
    return tuple(Effect(name, dict(zip(measures, row, strict=False)), low, high) for name, row in told.items())


def found(
    method: str, measures: tuple[str, ...], told: dict[str, Sequence[Estimate]], failed: int = 0, is_date: bool = False
) -> Sensitivity:
    by = {"tornado": "swing", "sobol": "total", "morris": "mu_star", "pawn": "median"}[method]
    failures = tuple(Failure(k, (), "ValueError: <no>") for k in range(failed))
    base = about(float(date(2024, 8, 10).toordinal()) if is_date else 7e6, 1.0) if method == "tornado" else None
    rows = effects(measures, told, method == "tornado")
    return Sensitivity(method, "npv_usd", by, measures, rows, 8, 1, 400, failures, is_date, base)


def rendered(one: Sensitivity, small: tuple[Scenario, Document]) -> str:
    scenario, document = small
    study = Study(Origin(("<small>",), ("a=1",)), Varied(document, document), lambda row: f"run --seed {row.seed}")
    return render_sensitivity(scenario, [one], study, {one.outcome: sensitivity_svg(one)})


TORNADO = {WACC: (about(2e6, 1e5), about(-1e6, 1e5), about(-3e6, 1e5)), MFU: (about(1, 2), about(2, 3), about(1, 9))}


def test_a_tornado_says_its_ends_and_what_its_inputs_rest_on(small: tuple[Scenario, Document]) -> None:
    page = rendered(found("tornado", ("at_low", "at_high", "swing"), TORNADO), small)
    (label,) = figure_labels(page)
    assert label.startswith(
        "npv_usd: finance.wacc moves npv_usd most: from 7.00 M at central values to 9.00 M at 0.08123 and to 6.00 M at "
        "0.12, a swing of −3.00 M (95% interval −3.10 M to −2.90 M), n = 8. The swing's interval leaves out 0 for 1 of "
        "2 factors."
    )
    assert "1 more seeds lack the outcome" in section(page, "npv_usd")
    head, wacc, _ = table_rows(page, "npv_usd")
    assert head == ["Factor", "From low to high", "at low", "at high", "swing", "n"]
    assert wacc[:3] == [WACC, "0.08123 to 0.12", "+2.00 M / +1.90 M to +2.10 M"]
    assert wacc[-1] == "8"
    assert table_rows(page, "inputs")[1:] == [
        [WACC, "0.1", "0.08123 to 0.12", "a table"],
        [MFU, "0.4", "0.08123 to 0.12", "as others; b / assumption"],
    ]
    assert "1 of them is an assumption" in section(page, "inputs")
    foot = page[page.index("<footer>") :]
    assert all(f"<dd>{text}</dd>" in foot for text in ("&lt;small&gt;", "a=1", "1", "simcluster 0.1.0"))


def test_differences_of_dates_are_days(small: tuple[Scenario, Document]) -> None:
    told = {WACC: (about(2, 1), about(-3, 1), about(-5, 1))}
    page = rendered(found("tornado", ("at_low", "at_high", "swing"), told, is_date=True), small)
    assert "from 2024-08-10 at central values to 2024-08-12 at 0.08123 and to 2024-08-07 at 0.12" in page
    assert "a swing of −5.00 d (95% interval −6.00 d to −4.00 d)" in page
    assert table_rows(page, "npv_usd")[1][2] == "+2.00 d / +1.00 d to +3.00 d"


def test_sobol_tells_shares_and_luck_and_from_where_inputs_were_drawn(small: tuple[Scenario, Document]) -> None:
    told = {
        f"{WACC} + {MFU}": (about(0.5, 0.1), about(0.6, 0.1)),
        MARGIN: (about(0.2, 0.1), about(0.3, 0.1)),
        "luck": (about(0.1, 0.1), about(0.2, 0.1)),
    }
    page = rendered(found("sobol", ("first", "total"), told), small)
    (label,) = figure_labels(page)
    assert "gives 50.0% (95% interval 40.0% to 60.0%) of the variance of npv_usd alone and 60.0%" in label
    assert "add up to 80.0%" in label
    assert "Luck has a total of 20.0% (95% interval 10.0% to 30.0%)" in label
    assert [row[:3] for row in table_rows(page, "inputs")[1:]] == [
        [WACC, "0.1", "0.08 to 0.13"],
        [MFU, "0.4", "0.3671 to 0.4329, P5 to P95"],
        [MARGIN, "plain", "one of plain, thin"],
    ]


def test_morris_is_a_plane_with_the_points_above_its_line(small: tuple[Scenario, Document]) -> None:
    told = {WACC: (about(3, 1), about(-3, 1), about(1, 0.5)), MFU: (about(1, 1), about(0, 1), about(2, 0.5))}
    one = found("morris", ("mu_star", "mu", "sigma"), told)
    (label,) = figure_labels(rendered(one, small))
    assert "mu* 3.00 (95% interval 2.00 to 4.00), with sigma 1.00 (95% interval 0.500 to 1.50), n = 8 traj" in label
    assert "stands 1 of 2 factors" in label
    assert "sigma (up) against mu* (right), n = 8" in sensitivity_svg(one)
    assert "0.0825 to 0.1275, P5 to P95" in rendered(one, small)


def test_pawn_stands_against_the_dummy_and_failures_are_told(small: tuple[Scenario, Document]) -> None:
    told = {name: (about(x, 0.1), about(x, 0.1)) for name, x in ((WACC, 0.6), (MFU, 0.3), ("dummy", 0.2))}
    one = found("pawn", ("median", "maximum"), told, failed=60)
    page = rendered(one, small)
    (label,) = figure_labels(page)
    assert "against 0.200 (95% interval 0.100 to 0.300) of the dummy, which no run knows. 1 of 2 factors lies" in label
    assert "median of dummy" in sensitivity_svg(one)
    assert len(table_rows(page, "inputs")) == 3
    assert "60 of 400 runs raised an error" in section(page, "errors")
    assert "The first 50 are shown." in section(page, "errors")
    assert table_rows(page, "errors")[1] == ["seed 0", "ValueError: &lt;no&gt;", "run --seed 0"]


def test_an_outcome_that_no_run_has_is_said_to_be_unknown(small: tuple[Scenario, Document]) -> None:
    nothing = found("tornado", ("at_low", "at_high", "swing"), {WACC: ()})
    scenario, document = small
    study = Study(Origin(("small",)), Varied(document, document), str)
    page = render_sensitivity(scenario, [nothing], study, {})
    assert figure_labels(page) == []
    assert "nothing can be said of what moves it" in page
    assert table_rows(page, "npv_usd")[1] == [WACC, "0.08123 to 0.12", "–", "–", "–", "0"]


def test_inputs_that_went_together_stand_apart_in_the_table_of_inputs(small: tuple[Scenario, Document]) -> None:
    told = {"swing": about(1.0, 0.1)}
    tied = Effect(f"{WACC} + {MFU}", told, "0.09 + 0.38", "0.12 + 0.42")
    labelled = Effect(MARGIN, told, "plain", "thin + thinner")
    rows = (tied, labelled)
    one = Sensitivity("tornado", "npv_usd", "swing", ("swing",), rows, 8, 0, 40, (), False, about(7e6, 1.0))
    table = varied_table(one, Varied(small[1], small[1])).rows
    assert [row[0] for row in table] == [WACC, MFU, MARGIN]
    assert [row[2] for row in table] == ["0.09 to 0.12", "0.38 to 0.42", "plain to thin + thinner"]
