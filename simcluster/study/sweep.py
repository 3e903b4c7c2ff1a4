"""A sweep: the replicas that a ledger lacks are run in chunks by a crew and written down one by one.

What comes out does not depend on the crew, on the chunks or on the order in which they end: a replica is addressed by
its number, and whoever reads the ledger reads it by number.
"""

from __future__ import annotations

import hashlib
import math
import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from simcluster.study.chunk import Chunk, run_chunk
from simcluster.study.crew import WorkersDiedError

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Replica
    from simcluster.study.crew import Crew
    from simcluster.study.plan import Plan

Work = Callable[[str, str, Sequence[int], bytes | None], Chunk | None]
CHUNK_SECONDS = 1.0
"""A chunk is to take about so long: what it costs to hand one over is then a small part of it."""
AHEAD = 2
"""Chunks handed out for each worker, so that none waits for the parent."""
PATIENCE = 3
"""How often in a row workers may die before anything else comes of them."""


@dataclass(frozen=True)
class Sweep:
    """Replicas of a scenario by a plan; `resolved` is the scenario written out, `version` the program's."""

    scenario: Scenario
    resolved: str
    plan: Plan
    replicas: int
    version: str

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that name the sweep: scenario, plan and version, however many replicas."""
        told = f"sweep\n{self.version}\n{self.plan.identity}\n{self.resolved}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]


class Store(Protocol):
    """Where replicas are written down."""

    def gaps(self, replicas: int) -> list[range]:
        """The numbers below `replicas` of which there is no outcome, in order."""

    def add(self, replica: Replica) -> None:
        """Write one down for good."""


def fill(ledger: Store, sweep: Sweep, crew: Crew, tell: Callable[[], None] | None = None) -> float:
    """Run the replicas of which the ledger has no outcome, write each down as it comes, and return their CPU seconds.

    Those that failed before are run again. `tell` is called after each that was written.

    Raises:
        LedgerError: the ledger cannot be written.
        WorkersDiedError: workers die without finishing anything.
    """
    todo = Todo(ledger.gaps(sweep.replicas))
    with closing(run_chunks(pickle.dumps(sweep.plan), todo, crew, run_chunk)) as ran:
        for replica in _replicas(ran):
            ledger.add(replica)
            if tell:
                tell()
    return todo.cpu_seconds


def gather(plan: Plan, count: int, crew: Crew, tell: Callable[[], None] | None = None, first: int = 0) -> list[Replica]:
    """`count` replicas of a plan by number from `first`, kept in memory without their series.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    pickled, found = pickle.dumps(plan), []
    with closing(run_chunks(pickled, Todo([range(first, first + count)]), crew, run_chunk)) as ran:
        for replica in _replicas(ran):
            found.append(replace(replica, series={}))
            if tell:
                tell()
    return sorted(found, key=lambda replica: replica.number)


def _replicas(chunks: Iterable[Chunk]) -> Iterator[Replica]:
    return chain.from_iterable(chunk.replicas for chunk in chunks)


class Todo:
    """Numbers of replicas yet to run, and how many make a chunk by what the last took."""

    def __init__(self, gaps: list[range]) -> None:
        self.left = sum(map(len, gaps))
        self._numbers: Iterator[int] = chain.from_iterable(gaps)
        self._done, self._seconds, self.cpu_seconds = 0, 0.0, 0.0

    @contextmanager
    def lent(self, workers: int) -> Iterator[list[int]]:
        """The numbers of the next chunk, which come back where the block fails."""
        numbers = self._take(workers)
        try:
            yield numbers
        except BaseException:
            self.give_back(numbers)
            raise

    def _take(self, workers: int) -> list[int]:
        """So many as take `CHUNK_SECONDS`, fewer towards the end so that all workers end together."""
        wanted = math.ceil(CHUNK_SECONDS * self._done / self._seconds) if self._seconds else 1
        numbers = list(islice(self._numbers, max(1, min(wanted, self.left // (AHEAD * workers)))))
        self.left -= len(numbers)
        return numbers

    def learn(self, chunk: Chunk) -> None:
        """How long replicas take."""
        self._done += len(chunk.replicas)
        self._seconds += chunk.seconds
        self.cpu_seconds += chunk.cpu_seconds

    def give_back(self, numbers: list[int]) -> None:
        """A chunk that was lost with its worker."""
        self.left += len(numbers)
        self._numbers = chain(numbers, self._numbers)


@dataclass
class _Patience:
    """How often workers died since anything came of them."""

    deaths: int = 0

    def lose(self, error: BaseException) -> None:
        self.deaths += 1
        if self.deaths > PATIENCE:
            what = f"workers died {self.deaths} times in a row without finishing a replica ({error})"
            raise WorkersDiedError(f"{what}; is memory short? Try fewer --workers; --resume goes on") from error


def run_chunks(plan: bytes, todo: Todo, crew: Crew, work: Work) -> Generator[Chunk, None, None]:
    """Chunks as they end of all that is to do; `work` is what a worker does with the numbers of one.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    task, patience = _Task(work, crew.name, hashlib.sha256(plan).hexdigest(), plan), _Patience()
    while todo.left:
        try:
            with crew.called() as executor, closing(_chunks(task, todo, crew, executor)) as chunks:
                for chunk in chunks:
                    patience.deaths = 0
                    yield chunk
        except BrokenExecutor as error:
            patience.lose(error)


@dataclass(frozen=True)
class _Task:
    """Chunks of one plan, pickled, for a crew by its name."""

    work: Work
    crew: str
    digest: str
    plan: bytes

    def handed(self, executor: Executor, numbers: list[int], with_plan: bool) -> Future[Chunk | None]:
        return executor.submit(self.work, self.crew, self.digest, numbers, self.plan if with_plan else None)


def _chunks(task: _Task, todo: Todo, crew: Crew, executor: Executor) -> Generator[Chunk, None, None]:
    """Chunks as they end; what was handed out when the executor broke goes back to what is to do.

    The plan goes with as many chunks as there are workers, and again with one that came to a worker without it.
    """
    out: dict[Future[Chunk | None], list[int]] = {}
    handed = 0
    try:
        while todo.left or out:
            workers = crew.workers()
            while todo.left and len(out) < AHEAD * workers:
                with todo.lent(workers) as numbers:
                    out[task.handed(executor, numbers, with_plan=handed < workers)] = numbers
                handed += 1
            for future in wait(out, return_when=FIRST_COMPLETED).done:
                chunk = future.result()
                if chunk is None:
                    out[task.handed(executor, out[future], with_plan=True)] = out[future]
                del out[future]
                if chunk is not None:
                    todo.learn(chunk)
                    yield chunk
    finally:
        for future, numbers in out.items():
            future.cancel()
            todo.give_back(numbers)
