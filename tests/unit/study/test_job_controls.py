"""The efficiency of a job in closed form as a control of its goodput, in a sweep and by itself."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from simcluster.model.document import Document
from simcluster.model.efficiency import efficiency
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import Ledger, Replica, Value
from simcluster.sim.plan import JobPlan
from simcluster.study.crew import Alone
from simcluster.study.design import INDEPENDENT, NESTED, Design
from simcluster.study.draws import Plan as Draws
from simcluster.study.draws import Sampler
from simcluster.study.job_controls import (
    HELPS,
    MOST,
    MOST_DRAWS,
    controlled_goodput,
    controls_of,
    efficiencies,
    job_efficiency,
)
from simcluster.study.sampled import Sampled
from simcluster.study.sweep import Sweep
from simcluster.study.variants import Trials

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
N = 40
JOB = """
[[jobs]]
name = "pilot"
checkpoint.kind = "fixed"
checkpoint.cost = "5 min"
checkpoint.interval = { uncertain = { kind = "uniform", low = "1 hour", high = "6 hours" } }
restart = { uncertain = { kind = "uniform", low = "5 min", high = "60 min" } }
"""
GOODPUT = "jobs.pilot.goodput"
Loaded = tuple[Scenario, Document]


@pytest.fixture(scope="module")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    path = tmp_path_factory.mktemp("unsure") / "unsure.toml"
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\nend = 2024-06-30\n{JOB}', encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def outcomes(unsure: Loaded) -> list[dict[str, Value]]:
    """Goodput is 0.9 times the efficiency and noise, ETTR noise alone, and the flagship has the same goodput always."""
    control = efficiencies(Sampled(*unsure, Draws(unsure[0].seed)), range(N), ["pilot"])["pilot"]
    noise = np.random.default_rng(1).normal(0, control.std() / 3, (2, N))
    return [
        {GOODPUT: float(x), "jobs.pilot.ettr": float(y), "jobs.flagship.goodput": 0.9}
        for x, y in zip(0.9 * control + noise[0], noise[1], strict=True)
    ]


def swept(
    unsure: Loaded, came: Sequence[dict[str, Value] | None], sampler: Sampler = "random", design: Design = INDEPENDENT
) -> tuple[Ledger, Sweep]:
    """A ledger in which these outcomes stand, and its sweep."""
    sweep = Sweep(unsure[0], "", Sampled(*unsure, Draws(unsure[0].seed, sampler, design)), len(came), "1")
    ledger = Ledger(None, sweep.digest)
    for number, one in enumerate(came):
        ledger.add(Replica(number, sweep.plan.seed_of(number), {}, one, {}, None if one else "ValueError: no"))
    return ledger, sweep


def test_the_control_of_goodput_is_the_closed_form_of_the_job() -> None:
    """The flagship writes for 5 minutes every 4 hours and restarts in 15."""
    scenario, _ = load(SMALL)
    mtbf = JobPlan.of(scenario, 1).mtbf_hours
    assert job_efficiency(scenario, 1) == pytest.approx(efficiency(4, 5 / 60, 0.25, 0, mtbf))


def test_efficiencies_are_those_of_the_replicas_in_whatever_blocks(
    unsure: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Sampled(*unsure, Draws(7))
    whole = efficiencies(plan, range(2, 7), ["flagship", "none", "pilot"])
    monkeypatch.setattr("simcluster.study.job_controls.BLOCK", 2)
    parts = efficiencies(plan, range(2, 7), ["flagship", "none", "pilot"])
    for name in ("flagship", "pilot"):
        assert parts[name].tolist() == whole[name].tolist()
    assert whole["pilot"].tolist() == [job_efficiency(plan.scenario_of(k), 0) for k in range(2, 7)]
    assert np.isnan(whole["none"]).all()


def test_a_sweep_tells_the_means_that_a_control_narrows(unsure: Loaded, outcomes: list[dict[str, Value]]) -> None:
    """Noise of a third of the control's spread, at 0.9 of it: 1 / (1 - r^2) is 8.3, of which an expectation from ten
    draws a replica leaves 1 / (1 / 8.3 + 0.88 / 10), 4.8."""
    ledger, sweep = swept(unsure, outcomes)
    with ledger:
        found = controls_of(ledger, sweep)
    assert list(found) == [GOODPUT]
    one = found[GOODPUT]
    assert one.slope == pytest.approx(0.9, abs=0.2)
    assert one.gain == pytest.approx(4.8, rel=0.3)
    further = efficiencies(Sampled(*unsure, Draws(unsure[0].seed)), range(N, 11 * N), ["pilot"])["pilot"].mean()
    own = efficiencies(Sampled(*unsure, Draws(unsure[0].seed)), range(N), ["pilot"])["pilot"].mean()
    assert one.controlled.value == pytest.approx(one.plain.value - one.slope * (own - further))


def unfair(outcomes: list[dict[str, Value]]) -> Iterator[tuple[list[dict[str, Value] | None], Sampler, Design]]:
    yield [*outcomes], "sobol", INDEPENDENT
    yield [*outcomes], "random", NESTED
    yield [*outcomes[:-1], None], "random", INDEPENDENT  # one failed
    yield [*outcomes[:-1], {GOODPUT: None}], "random", INDEPENDENT
    yield [*outcomes[:16]], "random", INDEPENDENT


def test_where_replicas_are_no_independent_sample_of_the_inputs_no_mean_is_controlled(
    unsure: Loaded, outcomes: list[dict[str, Value]]
) -> None:
    for came, sampler, design in unfair(outcomes):
        ledger, sweep = swept(unsure, came, sampler, design)
        with ledger:
            assert controls_of(ledger, sweep) == {}


def test_beyond_what_the_further_draws_can_narrow_no_replica_is_drawn_again(
    unsure: Loaded, outcomes: list[dict[str, Value]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At r = 1 the gain is the further draws over the replicas, and less below."""
    assert MOST_DRAWS / MOST >= HELPS > MOST_DRAWS / (MOST + 1)
    monkeypatch.setattr("simcluster.study.job_controls.MOST", N - 1)
    monkeypatch.setattr("simcluster.study.job_controls.efficiencies", None)
    ledger, sweep = swept(unsure, [*outcomes])
    with ledger:
        assert controls_of(ledger, sweep) == {}


def test_goodput_is_told_more_narrowly(unsure: Loaded) -> None:
    found = controlled_goodput(*unsure, "pilot", 16, Alone(), draws=100)
    assert found.gain > 2
    assert found.controlled.half_width < found.plain.half_width
    assert found.plain.low < found.controlled.value < found.plain.high
    assert found.slope == pytest.approx(1, abs=0.3)


def test_what_no_control_can_narrow_is_refused(
    unsure: Loaded, outcomes: list[dict[str, Value]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="bears on the efficiency of flagship"):
        controlled_goodput(*unsure, "flagship", 4, Alone(), draws=4)
    ran = tuple(Replica(k, k, {}, one) for k, one in enumerate([*outcomes[:4], {GOODPUT: None}]))
    monkeypatch.setattr("simcluster.study.job_controls.trials", lambda *_: [Trials(ran)])
    with pytest.raises(ValueError, match="1 of 5 replicas have no goodput of pilot"):
        controlled_goodput(*unsure, "pilot", 5, Alone(), draws=4)
