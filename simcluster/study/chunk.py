"""What a worker does: it keeps the plan of a sweep and runs a chunk of its replicas at a time."""

from __future__ import annotations

import pickle
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.record.ledger import Replica
from simcluster.study.plan import Plan
from simcluster.study.run import run
from simcluster.study.series import series_of

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.study.result import Result

_PLANS: dict[str, Plan] = {}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Replicas that ran one after another in one worker, and the wall and CPU seconds they took together."""

    replicas: list[Replica]
    seconds: float
    cpu_seconds: float


def keep_plan(digest: str, pickled: bytes) -> None:
    """Keep the plan of a sweep in this process; done once a worker, since a plan holds a whole scenario."""
    if digest not in _PLANS:
        _PLANS[digest] = pickle.loads(pickled)  # noqa: S301 # our own, from the parent


def forget_plan(digest: str) -> None:
    """Let a finished sweep's plan go."""
    _PLANS.pop(digest, None)


def run_chunk(digest: str, numbers: Sequence[int]) -> Chunk:
    """Run replicas of a sweep whose plan this process keeps; one that raises is told as failed and stops no other."""
    plan, began, worked = _PLANS[digest], time.perf_counter(), time.process_time()
    replicas = [run_replica(plan, number) for number in numbers]
    return Chunk(replicas, time.perf_counter() - began, time.process_time() - worked)


def run_replica(plan: Plan, number: int, how: Callable[[Scenario, int], Result] | None = None) -> Replica:
    """One replica: its outcomes, or the error it raised. `how` makes its result, `run` unless given."""
    seed, inputs = plan.seed_of(number), plan.inputs_of(number)
    try:
        result = (how or run)(plan.scenario_of(number), seed)
        return Replica(number, seed, inputs, result.outcomes, series_of(result))
    except Exception as error:
        said = " ".join(str(error).split()) or "no message"
        return Replica(number, seed, inputs, None, {}, f"{type(error).__name__}: {said}", traceback.format_exc())
