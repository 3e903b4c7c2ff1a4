"""Draws of inputs: their laws, ties, shares in a design, and the scenarios they give."""

from pathlib import Path
from time import process_time

import numpy as np
import pytest
from scipy.stats import kstest, qmc, spearmanr

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.study.design import INDEPENDENT, NESTED, Design
from simcluster.study.draws import SAMPLERS, Plan, Sampler, uniforms
from simcluster.study.intervals import mean, of_wholes
from simcluster.study.sample import replicas, sampled, scenario_of, table

ROOT = Path(__file__).parents[3]
LIFT = "revenue.lift"
CEILING = "revenue.lift.one_of[some].value.ceiling"
N = 4000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of docs/uncertainty.md."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "small.toml").write_text((ROOT / "scenarios" / "small.toml").read_text(encoding="utf-8"))
    guide = (ROOT / "docs" / "uncertainty.md").read_text(encoding="utf-8")
    (folder / "unsure.toml").write_text(guide.split("```toml\n", 1)[1].split("```", 1)[0])
    return folder / "unsure.toml"


@pytest.fixture(scope="module")
def unsure(file: Path) -> tuple[Scenario, Document]:
    return load(file)


@pytest.fixture(scope="module", params=SAMPLERS)
def drawn(request: pytest.FixtureRequest, unsure: tuple[Scenario, Document]) -> dict[str, np.ndarray]:
    """Probabilities of 4,000 replicas."""
    return uniforms(unsure[1].uncertainty, Plan(5, request.param), np.arange(N))


def test_every_input_keeps_its_law(drawn: dict[str, np.ndarray]) -> None:
    # 9 columns: none with a p-value below 0.001, which one in 100 seeds would have; evener than chance is no fault
    assert {address: kstest(p, "uniform").pvalue > 1e-3 for address, p in drawn.items()} == dict.fromkeys(drawn, True)


def test_values_follow_the_stated_law(unsure: tuple[Scenario, Document]) -> None:
    found = table(unsure[1], replicas(unsure[1], Plan(5), range(N)))
    prices = np.array([float(text.split()[0]) for text in found["sites[campus].operations"]])
    sigma = np.log(0.5 / 0.2) / (2 * 1.6448536269514722)
    assert kstest((np.log(prices) - np.log(0.1) / 2) / sigma, "norm").pvalue > 1e-3
    shares = found[LIFT].value_counts(normalize=True)
    assert abs(shares["none"] - 0.3) < 4 * np.sqrt(0.21 / N)
    chosen = found["jobs[flagship].mfu"].value_counts(normalize=True)
    assert abs(chosen[0.35] - 0.25) < 4 * np.sqrt(0.1875 / N)
    assert set(found["orders[summer].gpus"]) == set(range(80, 161, 8))


def test_ties_reach_their_rank_correlation(drawn: dict[str, np.ndarray]) -> None:
    def rank(first: str, second: str) -> float:
        return float(np.arctanh(spearmanr(drawn[first], drawn[second]).statistic) * np.sqrt((N - 3) / 1.06))

    def stated(spearman: float) -> float:
        return float(np.arctanh(spearman) * np.sqrt((N - 3) / 1.06))

    assert abs(rank("finance.wacc", "sites[campus].operations") - stated(0.5)) < 4
    shared = 6 / np.pi * np.arcsin(0.8 * 0.8 / 2)  # loadings of 0.8 on one factor
    assert abs(rank("jobs[pilot].mfu", "jobs[flagship].mfu") - stated(shared)) < 4
    assert abs(rank("finance.wacc", "jobs[pilot].mfu")) < 4
    assert abs(rank("orders[spring].placed", "orders[summer].gpus")) < 4


def test_a_negative_loading_reverses_and_a_full_one_ties_wholly(file: Path) -> None:
    document = load(file, ["jobs.pilot.mfu.loading=-1", "jobs.flagship.mfu.loading=1"])[1]
    at = uniforms(document.uncertainty, Plan(1), np.arange(200))
    assert at["jobs[pilot].mfu"] == pytest.approx(1 - at["jobs[flagship].mfu"], abs=1e-12)


def test_a_rank_holds_with_the_factor_counted_in(file: Path) -> None:
    row = '{ between = ["jobs.pilot.mfu", "jobs.flagship.mfu"], rank = 0.9 }'
    document = load(file, [f"correlations=[{row}]"])[1]
    at = uniforms(document.uncertainty, Plan(2), np.arange(N))
    found = spearmanr(at["jobs[pilot].mfu"], at["jobs[flagship].mfu"]).statistic
    assert abs(np.arctanh(found) - np.arctanh(0.9)) < 4 * np.sqrt(1.06 / (N - 3))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("design", [INDEPENDENT, NESTED, Design(inputs=3, lucks=2)])
def test_a_replica_is_the_same_however_many_there_are(
    unsure: tuple[Scenario, Document], sampler: Sampler, design: Design
) -> None:
    plan = Plan(3, sampler, design)
    many = replicas(unsure[1], plan, range(700))
    assert replicas(unsure[1], plan, range(10)) == many[:10]
    assert replicas(unsure[1], plan, [699, 3, 300]) == [many[699], many[3], many[300]]
    assert len({row.seed for row in many}) == 700


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_nested_design_shares_inputs_and_structure_and_never_luck(
    unsure: tuple[Scenario, Document], sampler: Sampler
) -> None:
    found = replicas(unsure[1], Plan(3, sampler, NESTED), range(400))
    inputs = [tuple(row.drawn[address] for address in row.drawn if address != LIFT) for row in found]
    structure = [row.drawn[LIFT] for row in found]
    assert all(inputs[k] == inputs[k + 1] for k in range(0, 400, 2))
    assert all(inputs[k] != inputs[k + 2] for k in range(0, 398, 2))
    assert all(len(set(structure[k : k + 4])) == 1 for k in range(0, 400, 4))
    assert 0.2 < np.mean(structure[::4]) < 0.95
    assert len({row.seed for row in found}) == 400


def test_a_random_sample_without_nesting_is_that_of_the_numbers(unsure: tuple[Scenario, Document]) -> None:
    nested = replicas(unsure[1], Plan(3, design=NESTED), range(8))
    plain = replicas(unsure[1], Plan(3), range(4))
    assert [row.drawn["finance.wacc"] for row in nested[::2]] == [row.drawn["finance.wacc"] for row in plain]


def test_a_replica_s_scenario_is_that_of_the_overrides(file: Path, unsure: tuple[Scenario, Document]) -> None:
    labels = set()
    for replica, scenario in sampled(*unsure, Plan(8), range(6)):
        labels.add(replica.inputs[LIFT])
        assert (CEILING in replica.inputs) == (replica.inputs[LIFT] == "some")
        assert load(file, replica.overrides)[0] == scenario
    assert labels == {"none", "some"}


def test_an_uncertain_catalog_row_is_checked_again(file: Path) -> None:
    power = '{ uncertain = { kind = "uniform", low = "8 kW", high = "10 kW" } }'
    base, document = load(file, [f"catalog.servers.dgx_h100.server_power={power}"])
    replica, scenario = next(sampled(base, document, Plan(1), [5]))
    drawn = float(replica.inputs["catalog.servers.dgx_h100.server_power"].split()[0])
    assert scenario.catalog.servers["dgx_h100"].server_power == pytest.approx(drawn)
    assert scenario.catalog.gpus == base.catalog.gpus


def test_the_table_shows_what_was_drawn(unsure: tuple[Scenario, Document]) -> None:
    found = table(unsure[1], replicas(unsure[1], Plan(8), range(6)))
    inputs = [row.address for row in unsure[1].uncertainty.inputs]
    assert list(found.columns) == ["replica", "seed", LIFT, *inputs]
    assert found["replica"].tolist() == list(range(6))
    assert ((found[LIFT] == "none") == found[CEILING].isna()).all()
    assert found["sites[campus].operations"].str.endswith(" MUSD/MW/year").all()
    assert table(unsure[1], []).empty


def test_a_drawn_value_that_cannot_be_used_is_told_where_the_law_stands(file: Path) -> None:
    law = '{ uncertain = { kind = "uniform", low = 80, high = 160 }, step = 3, value = 120 }'
    base, document = load(file, [f"orders.summer.gpus={law}"])
    with pytest.raises(ScenarioError) as caught:
        list(sampled(base, document, Plan(1), range(20)))
    (problem,) = caught.value.problems
    assert problem.path == ("orders", 1, "gpus")
    assert "GPUs are not whole nodes of 8" in problem.message
    assert (problem.file or "").startswith("--set orders.summer.gpus")


def test_a_certain_scenario_has_replicas_that_differ_in_luck_alone(file: Path) -> None:
    base, document = load(file.with_name("small.toml"))
    found = replicas(document, Plan(1), range(3))
    assert [row.inputs for row in found] == [{}, {}, {}]
    assert scenario_of(base, document, found[0]) is base
    assert list(table(document, found).columns) == ["replica", "seed"]


def test_a_plan_without_an_honest_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="8 randomisations"):
        Plan(1, "sobol", randomisations=7)
    with pytest.raises(ValueError, match="no sampler 'latin'"):
        Plan(1, "latin")  # type: ignore[arg-type]


def test_a_thousand_replicas_are_made_without_reading_files_again(unsure: tuple[Scenario, Document]) -> None:
    began = process_time()
    assert sum(1 for _ in sampled(*unsure, Plan(1), range(1000))) == 1000
    assert process_time() - began < 20.0  # 20 ms each; it takes some 2


def test_the_program_of_the_guide_runs(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(file.parent)
    guide = (ROOT / "docs" / "uncertainty.md").read_text(encoding="utf-8")
    exec(compile(guide.split("```python\n", 1)[1].split("```", 1)[0], "guide", "exec"), {})  # noqa: S102
    assert "finance.wacc.value=" in capsys.readouterr().out


# --- Even samples ----------------------------------------------------------------------------------------------------

TRUTH = 0.5 + 0.75 / 3 + 0.25


def smooth(plan: Plan, n: int) -> np.ndarray:
    """What an outcome may owe to three inputs, n replicas: additive for the most part, with an interaction."""
    places = plan.places(np.arange(n))
    a, b, c = (plan.column("input", name, places, places.inputs) for name in "abc")
    found: np.ndarray = a + 0.75 * b * b + 0.5 * c + (a - 0.5) * (b - 0.5)
    return found


def test_an_even_sample_beats_a_random_one() -> None:
    tried = 60
    random, sobol = (
        np.array([smooth(Plan(seed, sampler), 512).mean() for seed in range(tried)]) for sampler in SAMPLERS
    )
    for means in (random, sobol):
        assert abs(means.mean() - TRUTH) < 4 * means.std(ddof=1) / np.sqrt(tried)
    # the interaction, 4% of the variance, is no better than at random: the spread cannot fall much below a fifth
    assert sobol.std() < random.std() / 3


def test_the_interval_over_randomisations_covers() -> None:
    tried, n = 150, 256
    whole = Plan(1, "sobol").wholes(np.arange(n))
    assert np.bincount(whole).tolist() == [n // 8] * 8
    found = [of_wholes(smooth(Plan(seed, "sobol"), n), whole, lambda part: float(part.mean())) for seed in range(tried)]
    covered = sum(row.low <= TRUTH <= row.high for row in found)
    assert covered >= 0.88 * tried  # 4 standard errors about 0.95: 0.07
    naive = [mean(smooth(Plan(seed, "sobol"), n)) for seed in range(tried)]
    assert np.median([row.half_width for row in found]) < np.median([row.half_width for row in naive]) / 2


def test_columns_are_as_even_as_those_of_a_library() -> None:
    """Each column by itself: the error of a mean is that of scipy's scrambled Sobol points."""
    tried, n = 200, 64
    first = np.arange(0, 8 * n, 8)  # the replicas of one randomisation
    ours = []
    for seed in range(tried):
        plan = Plan(seed, "sobol")
        places = plan.places(first)
        ours.append(np.exp(plan.column("input", "a", places, places.inputs)).mean())
    theirs = [np.exp(qmc.Sobol(1, rng=np.random.default_rng(seed)).random(n)).mean() for seed in range(tried)]
    assert 0.6 < np.std(ours) / np.std(theirs) < 1.7
