"""The scenario of 2024 against bounds that others have published: inputs as given, results as simulated."""

from pathlib import Path
from typing import NamedTuple

import pytest

from simcluster import __version__
from simcluster.model.load import load
from simcluster.model.resolved import resolved_toml
from simcluster.model.scenario import Scenario
from simcluster.record.store import digest8
from simcluster.report.compare import comparison_text
from simcluster.report.summary import summary_text
from simcluster.study.compare import compare
from simcluster.study.result import Result
from simcluster.study.run import run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
META = SCENARIOS / "meta_2024.toml"
README = SCENARIOS.with_name("README.md")


class Bound(NamedTuple):
    """A quantity, the range it must lie in, who says so, and whether the scenario was given it or found it."""

    name: str
    low: float
    high: float
    source: str
    kind: str


EPOCH = "Epoch AI, AI Chip Owners: Meta, end of 2024, 5% to 95% of all units as H100 equivalents"
SEMIANALYSIS = "SemiAnalysis 2024-06: about 150 MW critical IT; 140 MW by arithmetic"
LLAMA3 = "Llama 3 (arXiv 2407.21783): more than 90% effective training time"
CARD = "Llama 3.1 model card: 30.84 million H100-hours"
REPORT = "Meta, results of 2024"

BOUNDS = [
    Bound("h100e_in_service_2024", 458_678, 794_350, EPOCH, "input"),
    Bound("campus_it_mw_per_100k_h100", 138, 150, SEMIANALYSIS, "input"),
    Bound("ettr_405b", 0.90, 1.0, LLAMA3, "result"),
    Bound("gpu_hours_405b", 25e6, 36e6, CARD, "result"),
    Bound("capex_programme_2024_bn", 12, 20, "derived: about 320,000 H100 and 31,000 B200 with their halls", "result"),
    Bound("capex_company_2024_bn", 38, 40, f"{REPORT}: 39.2; guide of 2024-10-30 38-40", "input"),
    Bound("revenue_growth_2024", 0.20, 0.24, f"{REPORT}: +21.9% in the year, +22.5% in nine months", "input"),
]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(META)[0]


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    return run(scenario)


@pytest.fixture(scope="module")
def found(scenario: Scenario, result: Result) -> dict[str, float]:
    outcomes = {name: value for name, value in result.outcomes.items() if isinstance(value, int | float)}
    server = scenario.server_of("campus_100k")
    return {
        "h100e_in_service_2024": outcomes["h100e_in_service_2024"],
        "campus_it_mw_per_100k_h100": server.nameplate_kw / server.gpus * 100_000 / 1000,
        "ettr_405b": outcomes["jobs.llama3_405b.ettr"],
        "gpu_hours_405b": outcomes["jobs.llama3_405b.gpu_hours"],
        "capex_programme_2024_bn": outcomes["capex_programme_usd_2024"] / 1e9,
        "capex_company_2024_bn": outcomes["capex_company_usd_2024"] / 1e9,
        "revenue_growth_2024": outcomes["revenue_growth_2024"],
    }


@pytest.mark.parametrize("bound", BOUNDS, ids=[f"{row.kind}: {row.name}" for row in BOUNDS])
def test_within_the_sourced_bound(found: dict[str, float], bound: Bound) -> None:
    assert bound.low <= found[bound.name] <= bound.high, bound.source


def test_the_campus_is_of_the_size_the_company_named(scenario: Scenario) -> None:
    """Input: bigger than 100,000 H100 (Q3 2024 call), in halls of about 150 MW of critical IT (SemiAnalysis)."""
    ordered = sum(order.gpus for order in scenario.orders if order.cluster == "campus_100k")
    site = scenario.sites[scenario.site_index["campus"]]
    assert 100_000 < ordered <= 110_000
    assert sum(hall.it_power for hall in site.halls) == pytest.approx(150)


def test_smaller_llama4_models_come_before_the_large_one(result: Result) -> None:
    """Result: smaller models first (Q3 2024 call, 2024-10-30)."""
    ready = {size: str(result.outcomes[f"jobs.llama4_{size}.ready"]) for size in ("small", "medium", "large")}
    assert max(ready["small"], ready["medium"]) < ready["large"]


def test_the_first_llama4_is_ready_in_the_first_quarter_of_2025(result: Result) -> None:
    """Result: the smaller models early in 2025 (Q3 2024 call, 2024-10-30)."""
    first = min(str(result.outcomes[f"jobs.llama4_{size}.ready"]) for size in ("small", "medium", "large"))
    assert "2025-01-01" <= first <= "2025-03-31"


def test_the_readme_shows_what_the_command_prints(result: Result) -> None:
    assert summary_text(result) in README.read_text(encoding="utf-8")


def test_the_readme_names_the_folder_that_is_written() -> None:
    scenario, document = load(META)
    digest = digest8(resolved_toml(document), scenario.seed, __version__)
    assert f"runs/{scenario.name}-{digest}/" in README.read_text(encoding="utf-8")


def test_the_readme_shows_what_compare_prints() -> None:
    readme = README.read_text(encoding="utf-8")
    found = compare([load(SCENARIOS / f"{name}.toml")[0] for name in ("xai_colossus_2024", "el_capitan")])
    assert f"```text\n{comparison_text(found)}```" in readme
    (colossus, it), (el_capitan, its) = (
        (column.outcomes["peak_fp64_eflops_end"], column.outcomes["it_nameplate_mw_end"]) for column in found.columns
    )
    assert f"{el_capitan:.2f} EFLOP/s stand against {colossus:.2f}" in readme
    assert f"{el_capitan / its / (colossus / it):.1f} times as much for each MW of IT" in readme
    assert its / it == pytest.approx(0.25, abs=0.01)
