"""A search finds a known optimum, keeps to its limits, and goes on as if it had never stopped."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.model.efficiency import efficiency, optimal_hours
from simcluster.model.load import load
from simcluster.model.optimisation import Optimisation
from simcluster.model.resolved import resolved_toml
from simcluster.model.study_file import read_study
from simcluster.record.store import FolderInTheWayError
from simcluster.report.optimize import front_rows, trial_rows
from simcluster.study.crew import Alone, Processes
from simcluster.study.goal_values import Values
from simcluster.study.optimize import OtherTrialsError, Search, Trial, check_again, seek
from simcluster.study.pareto import dominates
from simcluster.study.proposals import excesses_told
from simcluster.study.trial_store import opened_store

SCENARIO = Path(__file__).with_name("checkpoints.toml")
MTBF, COST, DOWNTIME = 24 / (3 * 4), 36 / 3600, 4 / 60
"""Hours: three failures a node and day on four nodes; 36 s a checkpoint; a minute to detect and three to restart."""
INTERVAL = "jobs[run].checkpoint.interval=3 min:60 min"


class Unwritten:
    """Keeps nothing."""

    def known(self) -> list[Trial]:
        return []

    def add(self, trial: Trial, proposal: object) -> None:
        """Let go."""


def search_of(days: int = 366, **options: Any) -> Search:
    asked, _ = read_study(Optimisation, None, {"base": str(SCENARIO), "vary": (INTERVAL,), **options})
    sets = () if days == 366 else (f"end=2024-01-{days:02}",)
    scenario, document = load(SCENARIO, sets, asked.seed)
    return Search(
        asked, scenario, resolved_toml(document), lambda chosen: load(SCENARIO, (*sets, *chosen), asked.seed), "test"
    )


def small_search(**options: Any) -> Search:
    return search_of(15, **({"maximise": ("jobs.run.goodput",), "replicas": 1, "trials": 12, "seed": 3} | options))


def minutes_of(trial: Trial) -> float:
    return float(trial.overrides[0].partition("=")[2].removesuffix(" min"))


def exact(minutes: float) -> float:
    return efficiency(minutes / 60, COST, 0.0, DOWNTIME, MTBF)


def loss_of_the_best(replicas: int, seed: int) -> float:
    """By how much of the optimum's the exact efficiency at the chosen interval falls short."""
    search = search_of(maximise=("jobs.run.goodput",), replicas=replicas, trials=20, seed=seed)
    found = seek(search, Unwritten(), Alone())
    assert min(map(exact, map(minutes_of, found))) < 0.95 * exact(60 * optimal_hours(COST, MTBF)), "not all are good"
    (best,) = search.front(found)
    return 1 - exact(minutes_of(best)) / exact(60 * optimal_hours(COST, MTBF))


def test_the_chosen_interval_is_as_good_as_the_known_optimum() -> None:
    assert 0 <= loss_of_the_best(replicas=2, seed=1) < 0.001


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_the_chosen_interval_is_as_good_whatever_the_seed(seed: int) -> None:
    assert 0 <= loss_of_the_best(replicas=4, seed=seed) < 0.001


def test_trials_share_their_luck() -> None:
    """The job's own causes strike while it computes, so the same failures come whatever the interval."""
    search = small_search(maximise=("jobs.run.interruptions",), trials=3, under=("jobs.run.goodput>=0",))
    found = seek(search, Unwritten(), Alone())
    assert len({trial.overrides for trial in found}) == 3
    assert len({tuple(trial.values.of["jobs.run.interruptions"]) for trial in found}) == 1
    assert len({tuple(trial.values.of["jobs.run.goodput"]) for trial in found}) == 3


def stopping_after(count: int) -> Callable[[], None]:
    """What stops the search from the keyboard at its so many-th trial."""
    told = iter(range(1, 10**6))

    def tell() -> None:
        if next(told) == count:
            raise KeyboardInterrupt

    return tell


def test_a_search_that_goes_on_makes_the_trials_of_one_never_stopped(tmp_path: Path) -> None:
    search = small_search(under=("jobs.run.lost_hours<=20",), trials=11)
    with opened_store(tmp_path / "whole", search, resume=False) as store:
        whole = trial_rows(search, seek(search, store, Alone()))
    for count in (2, 10):
        with pytest.raises(KeyboardInterrupt), opened_store(tmp_path / "broken", search, resume=True) as store:
            seek(search, store, Alone(), stopping_after(count))
        with opened_store(tmp_path / "broken", search, resume=True) as store:
            assert len(store.known()) == count
    with opened_store(tmp_path / "broken", search, resume=True) as store:
        assert trial_rows(search, seek(search, store, Alone())) == whole
    assert whole == trial_rows(search, seek(search, Unwritten(), Processes(2))), "whoever runs them"


def test_a_store_is_of_one_search_and_of_trials_it_would_make(tmp_path: Path) -> None:
    search, other = small_search(trials=2), small_search(trials=2, replicas=2)
    with opened_store(tmp_path, search, resume=False) as store:
        found = seek(search, store, Alone())
    with pytest.raises(FolderInTheWayError, match="holds 2 trials"), opened_store(tmp_path, search, resume=False):
        pass
    with pytest.raises(FolderInTheWayError, match="another search"), opened_store(tmp_path, other, resume=True):
        pass

    class Strange(Unwritten):
        def known(self) -> list[Trial]:
            return found[::-1]

    with pytest.raises(OtherTrialsError, match="begin anew"):
        seek(search, Strange(), Alone())


def test_limits_hold_for_the_choice() -> None:
    """A failure takes half an interval of work on average, so a limit on lost work forces a short interval."""
    search = small_search(under=("jobs.run.lost_hours@P80<=9",))
    found = seek(search, Unwritten(), Alone())
    (best,) = search.front(found)
    lost = [float(np.quantile(trial.values.of["jobs.run.lost_hours"], 0.8)) for trial in found]
    feasible = [trial for trial, hours in zip(found, lost, strict=True) if hours <= 9]
    assert [trial for trial in found if search.is_feasible(trial)] == feasible
    assert 0 < len(feasible) < len(found)
    goodput = {trial.number: float(np.mean(trial.values.of["jobs.run.goodput"])) for trial in found}
    assert goodput[best.number] == max(goodput[trial.number] for trial in feasible) < max(goodput.values())


def test_of_trials_that_break_a_limit_the_search_hears_which_is_nearer() -> None:
    """Also where the limit is 0, so that the excess is in dollars; a limit without a value is broken the most."""
    search = small_search(under=("npv_usd>=0", "jobs.run.goodput>=0.9", "jobs.run.ready@P80<=2024-03-01"))
    ready, never = float(date(2024, 4, 1).toordinal()), np.inf

    def heard(npv: float, goodput: float, day: float) -> list[float]:
        of = {"npv_usd": npv, "jobs.run.goodput": goodput, "jobs.run.ready": day}
        values = Values({name: np.array([value]) for name, value in of.items()}, frozenset({"jobs.run.ready"}))
        return list(excesses_told(search, Trial(0, (), values)).values())

    far, near, nearer = (sum(heard(npv, 0.8, ready)) for npv in (-5e8, -5e6, -1e3))
    assert far > near > nearer
    assert heard(1.0, 0.8, never)[2] > far, "a date that never comes"
    money, share, late = heard(-5e6, 0.8, ready)
    assert money < 1000 * share
    assert money < 1000 * late
    assert max(heard(0.0, 0.9, ready - 31)) == 0


def test_a_front_of_two_goals_holds_no_trial_that_another_beats() -> None:
    search = small_search(minimise=("jobs.run.lost_hours",))
    found = seek(search, Unwritten(), Alone())
    points = {trial.number: search.objectives(trial) or () for trial in found}
    front = {trial.number for trial in search.front(found)}
    assert 1 < len(front) < len(found)
    for number, point in points.items():
        assert (number in front) is not any(dominates(other, point) for other in points.values())
    head, rows = front_rows(search, check_again(search, search.front(found), Alone()))
    assert {len(row) for row in rows} == {len(head)}
    assert [row[0] for row in rows] == [trial.number for trial in search.front(found)]


def test_the_choice_is_checked_on_replicas_that_had_no_part_in_it() -> None:
    search = small_search(trials=2, replicas=2)
    (best,) = search.front(seek(search, Unwritten(), Alone()))
    (checked,) = check_again(search, [best], Alone())
    chosen, again = (values.of["jobs.run.goodput"] for values in (best.values, checked.values))
    assert not set(chosen) & set(again)
    pair = checked.against("jobs.run.goodput")
    assert pair is not None
    assert pair.difference.value == pytest.approx(np.mean(again - checked.as_it_is.of["jobs.run.goodput"]))


def test_decisions_that_make_no_scenario_are_told_and_stop_nothing() -> None:
    """A write in the background must end before the next begins, which one decision alone does not break."""
    choices = ("mode=blocking|asynchronous", "cost=36 s|10 min", "interval=5 min|30 min")
    vary = tuple(f"jobs[run].checkpoint.{choice}" for choice in choices)
    search = small_search(vary=vary, trials=20, replicas=1)
    found = seek(search, Unwritten(), Alone())
    refused = [trial for trial in found if trial.values.note]
    assert 0 < len(refused) < len(found)
    assert all("no scenario: " in trial.values.note for trial in refused)
    assert not any(search.is_feasible(trial) for trial in refused)
