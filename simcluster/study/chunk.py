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
    from simcluster.record.parts import Part
    from simcluster.study.result import Result

_KEPT: dict[str, tuple[str, Plan]] = {}
"""The plan at hand of each crew that this process works for, with its digest."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Replicas that ran one after another in one worker, and the wall and CPU seconds they took together.

    Where the worker wrote a part of those that came out well, only the others are in `replicas`.
    """

    replicas: list[Replica]
    seconds: float
    cpu_seconds: float
    part: Part | None = None


def run_chunk(crew: str, digest: str, numbers: Sequence[int], pickled: bytes | None = None) -> Chunk | None:
    """Run replicas of a crew's plan, of which this process keeps the one it was last given; None where it lacks it.

    A plan holds a whole scenario or many, so it comes with few chunks. A replica that raises is told as failed and
    stops no other.
    """
    plan = _plan_of(crew, digest, pickled)
    if plan is None:
        return None
    began, worked = time.perf_counter(), time.process_time()
    replicas = [run_replica(plan, number) for number in numbers]
    return Chunk(replicas, time.perf_counter() - began, time.process_time() - worked)


def _plan_of(crew: str, digest: str, pickled: bytes | None) -> Plan | None:
    kept, plan = _KEPT.get(crew, ("", None))
    if kept == digest:
        return plan
    if pickled is None:
        return None
    new: Plan = pickle.loads(pickled)  # noqa: S301 # our own, from the parent
    _KEPT[crew] = digest, new
    return new


def forget_plan(crew: str) -> None:
    """Let the plan of a crew that was dismissed go."""
    _KEPT.pop(crew, None)


def run_replica(plan: Plan, number: int, how: Callable[[Scenario, int], Result] | None = None) -> Replica:
    """One replica: its outcomes, or the error it raised. `how` makes its result, `run` unless given."""
    seed, inputs = plan.seed_of(number), plan.inputs_of(number)
    try:
        result = (how or run)(plan.scenario_of(number), seed)
        return Replica(number, seed, inputs, result.outcomes, series_of(result))
    except Exception as error:
        said = " ".join(str(error).split()) or "no message"
        return Replica(number, seed, inputs, None, {}, f"{type(error).__name__}: {said}", traceback.format_exc())
