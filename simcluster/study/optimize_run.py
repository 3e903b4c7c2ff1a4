"""A whole search in Python: from a scenario and what may be decided to what is chosen, kept in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster import __version__
from simcluster.model.load import load
from simcluster.model.optimisation import Optimisation
from simcluster.model.resolved import resolved_toml
from simcluster.model.study_file import read_study
from simcluster.study.crew import Alone, Crew, Processes
from simcluster.study.optimize import Checked, Search, Trial, check_again, seek
from simcluster.study.optimize_checks import refuse_nonsense

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from simcluster.study.proposals import Proposal


@dataclass(frozen=True)
class Chosen:
    """A search with its trials, and those chosen on further replicas: one of one goal, none where none is feasible."""

    search: Search
    trials: tuple[Trial, ...]
    front: tuple[Checked, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """A row a trial.

        `number`, each decision by its key as a file writes it, each goal and limited statistic by its text in the
        outcome's unit (dates are ordinal days), `feasible` and `on_front`.
        """
        import pandas as pd

        return pd.DataFrame([self._row(trial) for trial in self.trials])

    def _row(self, trial: Trial) -> dict[str, object]:
        asked = self.search.asked
        decided = (text.partition("=") for text in trial.overrides)
        goals = dict.fromkeys((*asked.goals, *(limit.goal for limit in asked.limits)))
        found = {str(goal): trial.values.estimate(goal) for goal in goals}
        return {
            "number": trial.number,
            **{key: value for key, _, value in decided},
            **{goal: None if one is None else one.value for goal, one in found.items()},
            "feasible": self.search.is_feasible(trial),
            "on_front": any(trial.number == checked.trial.number for checked in self.front),
        }


class _Unwritten:
    """Keeps no trial beyond the search."""

    def known(self) -> list[Trial]:
        return []

    def add(self, trial: Trial, proposal: Proposal) -> None:
        """Let go."""


def optimize(
    scenario: str | Path,
    vary: Iterable[str],
    *,
    maximise: Iterable[str] = (),
    minimise: Iterable[str] = (),
    under: Iterable[str] = (),
    replicas: int = 8,
    trials: int = 50,
    seed: int | None = None,
    overrides: Iterable[str] = (),
    workers: int = 1,
) -> Chosen:
    """The inputs `vary` of a scenario that make an outcome great or small while the limits `under` hold.

    Texts are those of the command line (docs/optimize.md), and so are the trials; nothing is written.

    Raises:
        ScenarioError: the scenario or a text is wrong, with every problem.
        WorkersDiedError: workers die without finishing anything.
        ImportError: Optuna is not installed.
    """
    said = {"vary": vary, "maximise": maximise, "minimise": minimise, "under": under, "set": overrides}
    options = {name: tuple(texts) for name, texts in said.items()}
    numbers = {"base": str(scenario), "replicas": replicas, "trials": trials, "seed": seed}
    given = {name: value for name, value in (options | numbers).items() if value not in (None, ())}
    asked, document = read_study(Optimisation, None, given)
    base, its_document = load(scenario, asked.set, seed)
    search = Search(
        asked,
        base,
        resolved_toml(its_document),
        lambda more: load(scenario, (*asked.set, *more), seed),
        __version__,
    )
    refuse_nonsense(search, document)
    crew: Crew = Alone() if workers == 1 else Processes(workers)
    with crew.hired():
        found = seek(search, _Unwritten(), crew)
        chosen = search.front(found)
        return Chosen(search, tuple(found), tuple(check_again(search, chosen, crew) if chosen else ()))
