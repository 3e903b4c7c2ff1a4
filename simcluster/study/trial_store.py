"""Trials in a file of Optuna's own (SQLite), a transaction each, so that a search that was killed goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
from optuna.storages import RDBStorage
from optuna.trial import TrialState, create_trial

from simcluster.record.store import FolderInTheWayError
from simcluster.study.goal_values import Values
from simcluster.study.optimize import OtherTrialsError, Trial
from simcluster.study.proposals import directions_of, excesses_told, values_told

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.study.optimize import Search
    from simcluster.study.proposals import Proposal

STUDY = "study.sqlite"


class TrialStore:
    """The trials of one search; each has its overrides, its values by replica and its note as attributes."""

    def __init__(self, study: optuna.Study, search: Search) -> None:
        """Wrap a study of Optuna's."""
        self._study, self._search = study, search

    def known(self) -> list[Trial]:
        """Those written down, by number."""
        return [
            Trial(one.number, tuple(one.user_attrs["overrides"]), _values(one.user_attrs))
            for one in self._study.get_trials(deepcopy=False)
        ]

    def add(self, trial: Trial, proposal: Proposal) -> None:
        """Write one down, in its place.

        Raises:
            OtherTrialsError: another search writes here too.
        """
        if len(self._study.get_trials(deepcopy=False)) != trial.number:
            raise OtherTrialsError(
                f"another search wrote trial {trial.number} into the same folder; choose another --out"
            )
        values = values_told(self._search, trial)
        written = create_trial(
            state=TrialState.FAIL if values is None else TrialState.COMPLETE,
            values=values,
            params=proposal.params,
            distributions=proposal.distributions,
            user_attrs={"overrides": list(trial.overrides), **_attributes(trial.values)},
            constraints=excesses_told(self._search, trial),
        )
        self._study.add_trial(written)


@contextmanager
def opened_store(folder: Path, search: Search, resume: bool) -> Iterator[TrialStore]:
    """The store of a search in a folder, begun if there is none.

    Raises:
        FolderInTheWayError: it has trials already and `resume` is not given, or is another search's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    storage = RDBStorage(f"sqlite:///{folder / STUDY}")
    try:
        if {study.study_name for study in storage.get_all_studies()} - {search.digest}:
            raise FolderInTheWayError(f"{folder} holds another search; choose another --out")
        study = optuna.create_study(
            storage=storage, study_name=search.digest, directions=directions_of(search), load_if_exists=True
        )
        done = len(study.get_trials(deepcopy=False))
        if done and not resume:
            what = f"{folder} holds {done} trials of this search"
            raise FolderInTheWayError(f"{what}; --resume goes on with it, or choose another --out")
        yield TrialStore(study, search)
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _attributes(values: Values) -> dict[str, Any]:
    told = {name: [float(x) if np.isfinite(x) else None for x in column] for name, column in values.of.items()}
    return {"outcomes": told, "dates": sorted(values.dates), "note": values.note}


def _values(told: dict[str, Any]) -> Values:
    columns = {name: np.array(column, dtype=np.float64) for name, column in told["outcomes"].items()}
    return Values(columns, frozenset(told["dates"]), told["note"])
