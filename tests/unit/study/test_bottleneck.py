"""What a week less of each constraint is worth: differences of paired runs."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from simcluster.cli.main import main
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario, packaged_scenarios
from simcluster.model.relief import relieved
from simcluster.record.binding import CONSTRAINTS
from simcluster.record.events import NodesInService
from simcluster.report.bottleneck import bottleneck_text
from simcluster.study.bottleneck import Bottleneck, bottleneck
from simcluster.study.result import Result
from simcluster.study.run import run


@pytest.fixture(scope="module")
def found() -> Bottleneck:
    with packaged_scenario("small") as path:
        return bottleneck(load(path)[0])


def served(result: Result) -> float:
    """GPU-days in service, by a plain sum over what entered."""
    end = result.scenario.clock.horizon_hours
    return sum(fact.nodes * 8 * (end - fact.hour) / 24 for fact in result.log.rows(NodesInService))


def test_each_gain_is_the_difference_of_two_runs(found: Bottleneck) -> None:
    base = found.result
    assert [row.constraint for row in found.marginals] == list(CONSTRAINTS)
    power = found.marginals[CONSTRAINTS.index("power")]
    eased = run(relieved(base.scenario, "power", 7), 1)
    assert power.gpu_days == pytest.approx(served(eased) - served(base))
    assert power.worth_usd == pytest.approx(power.gpu_days * 24 * base.outcomes["usd_per_gpu_hour"])
    assert power.held_usd == pytest.approx(power.usd_days_held * 0.1 / 0.79 / 365.25)
    assert power.npv_usd == pytest.approx(eased.outcomes["npv_usd"] - base.outcomes["npv_usd"])
    assert power.last_days == {"campus": pytest.approx(7.0)}
    assert power.ready_days["flagship"] > 5
    assert power.ready_days["pilot"] == pytest.approx(0)
    assert power.days_bound == base.outcomes["days_bound_by_power"]
    assert power.gpu_days_held == pytest.approx(base.outcomes["gpu_days_held_by_power"])


def test_what_holds_up_nothing_gains_nothing(found: Bottleneck) -> None:
    network = found.marginals[CONSTRAINTS.index("network")]
    assert (network.gpu_days, network.gpu_days_held, network.npv_usd, network.worth_usd) == (0, 0, 0, 0)


def test_workers_change_nothing(found: Bottleneck) -> None:
    with ThreadPoolExecutor(2) as pool:
        other = bottleneck(found.result.scenario, executor=pool)
    assert other.marginals == found.marginals
    assert other.paths == found.paths


def test_the_text_names_constraints_models_and_path(found: Bottleneck) -> None:
    text = bottleneck_text(found)
    power = next(line for line in text.splitlines() if line.startswith("power"))
    assert f"+{found.marginals[CONSTRAINTS.index('power')].gpu_days:,.0f}" in power
    assert "  power: campus 7.0 days" in text
    assert "a week less of each" in text
    assert "power: flagship" in text
    assert "Critical path of campus" in text
    assert max(map(len, text.splitlines())) <= 110


def test_the_command_prints_json_alone_and_refuses_what_is_not_there() -> None:
    small = str(packaged_scenarios()["small"])
    done = CliRunner().invoke(main, ["bottleneck", small, "--json", "--days", "14"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["days"] == 14
    assert {row["constraint"] for row in said["constraints"]} == set(CONSTRAINTS)
    assert said["critical_path"]["campus"][0]["constraint"] == "power"
    assert CliRunner().invoke(main, ["bottleneck", "nowhere.toml"]).exit_code == 2


def test_nothing_ordered_is_said() -> None:
    with packaged_scenario("llama3_405b") as path:
        scenario, _ = load(path, ["end=2024-01-02"])
    assert "no build to hold back" in bottleneck_text(bottleneck(scenario))
