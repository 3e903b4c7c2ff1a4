"""Sweeps in which what is uncertain is drawn: who runs a replica changes nothing, and intervals fit the sample."""

import json
import pickle
import shlex
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simcluster
from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import Ledger, Replica
from simcluster.report.sweep_folder import write_sweep
from simcluster.study.crew import Alone, Processes
from simcluster.study.design import NESTED
from simcluster.study.draws import Plan as Draws
from simcluster.study.draws import Sampler
from simcluster.study.intervals import mean, of_wholes, percentile
from simcluster.study.reproduce import reproduction
from simcluster.study.run import run
from simcluster.study.sampled import Sampled
from simcluster.study.sweep import Sweep, fill
from simcluster.study.sweep_frame import plan_of
from simcluster.study.sweep_summary import summarise

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
UNSURE = f"""
schema = 1
extends = "{SMALL}"
name = "unsure"

[finance]
wacc = {{ uncertain = {{ kind = "triangular", low = 0.08, mode = 0.1, high = 0.13 }}, assumption = "a range" }}

[[orders]]
name = "spring"
placed = {{ uncertain = {{ kind = "uniform", low = 2024-01-05, high = 2024-02-05 }}, assumption = "a range" }}

[revenue]
contribution_margin = 0.8
lift = {{ one_of = [
  {{ label = "none", weight = 0.3, value = {{ kind = "none" }} }},
  {{ label = "some", value = {{ kind = "saturating", scale_h100e = 200, ceiling = {{ uncertain = {{ kind = "uniform", low = 1e-4, high = 3e-4 }} }} }} }},
] }}
"""  # noqa: E501
N = 16


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("unsure") / "unsure.toml"
    path.write_text(UNSURE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def unsure(file: Path) -> tuple[Scenario, Document]:
    return load(file)


def swept(unsure: tuple[Scenario, Document], sampler: Sampler, replicas: int = N) -> Sweep:
    scenario, document = unsure
    return Sweep(scenario, "resolved", Sampled(scenario, document, Draws(scenario.seed, sampler)), replicas, "1")


@pytest.fixture(scope="module", params=["random", "sobol"])
def alone(request: pytest.FixtureRequest, unsure: tuple[Scenario, Document]) -> tuple[Sweep, list[Replica]]:
    """A sweep by each sampler, run by this process."""
    sweep = swept(unsure, request.param)
    return sweep, ran(sweep)


def ran(sweep: Sweep, processes: int = 0) -> list[Replica]:
    with Ledger(None, sweep.digest) as ledger:
        fill(ledger, sweep, Processes(processes) if processes else Alone())
        return list(ledger.replicas())


def test_a_plan_pickles_small(alone: tuple[Sweep, list[Replica]]) -> None:
    assert len(pickle.dumps(alone[0].plan)) < 1_000_000


def test_other_processes_and_fewer_replicas_draw_the_same(alone: tuple[Sweep, list[Replica]]) -> None:
    sweep, rows = alone
    fewer = Sweep(sweep.scenario, "resolved", sweep.plan, 5, "1")
    assert ran(fewer, 2) == rows[:5]


def test_a_replica_is_the_run_that_its_command_repeats(alone: tuple[Sweep, list[Replica]], file: Path) -> None:
    sweep, rows = alone
    met = {row.inputs["revenue.lift"] for row in rows}
    assert met == {"none", "some"}
    for row in rows[:3]:
        command = shlex.split(reproduction(str(file), (), sweep.plan)(row))
        sets = [text for flag, text in pairwise(command) if flag == "--set"]
        again, _ = load(file, sets)
        assert run(again, int(command[command.index("--seed") + 1])).outcomes == row.outcomes


def test_intervals_of_a_random_sample_are_of_replicas_and_of_sobols_of_randomisations(
    alone: tuple[Sweep, list[Replica]], tmp_path: Path
) -> None:
    sweep, rows = alone
    cost = np.array([(row.outcomes or {})["usd_per_gpu_hour"] for row in rows], dtype=float)
    npv = [(row.outcomes or {}).get("npv_usd") for row in rows]
    is_sobol = "sobol" in sweep.plan.identity
    wholes = np.arange(N) % 8
    expected = of_wholes(cost, wholes, lambda part: float(part.mean())) if is_sobol else mean(cost)
    with Ledger(None, sweep.digest) as ledger:
        for row in rows:
            ledger.add(row)
        found = summarise(ledger, sweep)
        write_sweep(tmp_path, ledger, sweep, reproduction("unsure.toml", (), sweep.plan))
    assert found.spreads["usd_per_gpu_hour"].mean == expected
    median = found.spreads["usd_per_gpu_hour"].percentiles[50]
    assert median.low < median.value < median.high
    assert found.spreads["npv_usd"].n == sum(value is not None for value in npv) < N
    ready = found.spreads["jobs.flagship.ready"]
    assert ready.percentiles[50].low <= ready.percentiles[50].value
    chance = found.chances["npv_usd"]
    assert (chance.hits, chance.n) == (sum(value is not None and value > 0 for value in npv), N)
    assert 0 <= chance.share.low <= chance.share.value == pytest.approx(chance.hits / N)
    table = pd.read_csv(tmp_path / "replicas.csv")
    drawn = [name for name in table.columns if name.startswith("input.")]
    assert {"input.finance.wacc", "input.orders[spring].placed", "input.revenue.lift"} <= set(drawn)
    assert table["input.finance.wacc"].between(0.08, 0.13).all()
    assert table["input.finance.wacc"].nunique() == N


def test_the_python_face_gives_the_same_replicas(
    alone: tuple[Sweep, list[Replica]], unsure: tuple[Scenario, Document]
) -> None:
    sampler: Sampler = "sobol" if "sobol" in alone[0].plan.identity else "random"
    frame = simcluster.sweep(*unsure, 3, sampler)
    assert frame["seed"].tolist() == [row.seed for row in alone[1][:3]]
    assert frame["input.finance.wacc"].tolist() == [row.inputs["finance.wacc"] for row in alone[1][:3]]
    assert frame["failures"].tolist() == [(row.outcomes or {})["failures"] for row in alone[1][:3]]
    assert "error" not in frame


def test_the_sampler_is_part_of_what_a_sweep_is(unsure: tuple[Scenario, Document]) -> None:
    assert swept(unsure, "random").digest != swept(unsure, "sobol").digest


def test_groups_split_the_variance_and_one_of_each_gives_percentiles(
    unsure: tuple[Scenario, Document], tmp_path: Path
) -> None:
    """NPV is made up: what structure, inputs and luck add to it has the variances 100, 4 and 1/4."""
    scenario, document = unsure
    sweep = Sweep(scenario, "resolved", plan_of(scenario, document, "random", NESTED), 4 * 400, "1")
    assert sweep.plan.identity != swept(unsure, "random").plan.identity
    assert len({sweep.plan.seed_of(k) for k in range(8)}) == 8
    lucky = np.random.default_rng(1)
    structure, inputs = lucky.normal(0, 10, 400), lucky.normal(0, 2, 800)
    npv = [structure[k // 4] + inputs[k // 2] + lucky.normal(0, 0.5) for k in range(1600)]
    with Ledger(None, sweep.digest) as ledger:
        for k in range(1600):
            if k != 7:  # one that failed: its group is left out
                ledger.add(Replica(k, k, {}, {"npv_usd": npv[k], "irr": None if k % 400 else 0.1}))
        found = summarise(ledger, sweep)
        write_sweep(tmp_path, ledger, sweep, reproduction("unsure.toml", (), sweep.plan))
    split = found.splits["npv_usd"]
    assert (split.groups, split.n) == (399, 1596)
    assert "irr" not in found.splits
    for part, variance in (("structure", 100.0), ("inputs", 4.0), ("luck", 0.25)):
        assert split.parts[part].variance == pytest.approx(variance, abs=3.5 * split.parts[part].standard_error)
        assert split.parts[part].standard_error < 0.2 * variance
    groups = [np.mean([npv[k] for k in range(4 * g, 4 * g + 4) if k != 7]) for g in range(400)]
    told_mean = found.spreads["npv_usd"].mean
    assert (told_mean.low, told_mean.high) == pytest.approx((mean(np.array(groups)).low, mean(np.array(groups)).high))
    firsts = np.array(npv)[::4]
    assert found.spreads["npv_usd"].percentiles[95] == percentile(firsts, 0.95)
    assert (found.chances["npv_usd"].hits, found.chances["npv_usd"].n) == ((firsts > 0).sum(), 400)
    row = pd.read_csv(tmp_path / "variance.csv").set_index("outcome").loc["npv_usd"]
    share = split.shares["structure"]
    told = [row[f"structure_share{end}"] for end in ("", "_low", "_high")]
    assert told == pytest.approx([share.value, share.low, share.high])
    table = pd.read_csv(tmp_path / "summary.csv").set_index("outcome").loc["npv_usd"]
    assert (table["n"], table["n_percentiles"]) == (1599, 400)
    text = (tmp_path / "summary.txt").read_text(encoding="utf-8")
    assert "n = 400, the first of each group" in " ".join(text.split())
    assert "Variance of NPV: luck 0% (0% to 0%), inputs 5% (4% to 6%), " in text
    shares = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["variance_shares"]["npv_usd"]
    assert (shares["groups"], shares["structure"]["value"]) == (399, pytest.approx(share.value))
    assert '<section id="variance">' in (tmp_path / "report.html").read_text(encoding="utf-8")
