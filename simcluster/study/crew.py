"""Where replicas run: in this process, in processes beside it, or wherever an executor reaches.

A crew is hired once for a command and called for one plan after another.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from simcluster.study.chunk import forget_plan

if TYPE_CHECKING:
    from collections.abc import Callable

LOADED = ["simcluster.study.chunk", "pandas", "scipy.special", "pyxirr"]
"""What a run needs, for the server to load before it forks."""
P = ParamSpec("P")
T = TypeVar("T")


class WorkersDiedError(Exception):
    """Workers die again and again without finishing anything."""


class Crew(ABC):
    """Workers who are hired once, called for one plan after another, and replaced when some of them died."""

    def __init__(self) -> None:
        """Nobody works yet; `name` is by what workers know whose plan they keep."""
        self.name = secrets.token_hex(8)
        self._hirings = 0
        self._working = ExitStack()
        self._executor: Executor | None = None

    @contextmanager
    def hired(self) -> Iterator[None]:
        """Who is called in the block stays to its end; a block within another changes nothing."""
        self._hirings += 1
        try:
            with ExitStack() if self._hirings > 1 else self._working:
                yield
        finally:
            self._hirings -= 1
            if not self._hirings:
                self._executor = None

    @contextmanager
    def called(self) -> Iterator[Executor]:
        """The executor over those who work: new ones where nobody does, or some of the last died.

        Raises:
            OSError: they do not answer.
            WorkersDiedError: what was run kills every worker that tries it.
        """
        with self.hired():
            if self._executor is None:
                self._executor = self._working.enter_context(self._begun())
            try:
                yield self._executor
            except BrokenExecutor:
                self._executor = None
                raise

    @abstractmethod
    def _begun(self) -> AbstractContextManager[Executor]:
        """An executor over new workers, who go with it."""

    @abstractmethod
    def workers(self) -> int:
        """How many work at once."""


class _AtOnce(Executor):
    """Does what is submitted before it returns."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The future, already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


class Alone(Crew):
    """This process does everything itself."""

    @contextmanager
    def _begun(self) -> Iterator[Executor]:
        try:
            yield _AtOnce()
        finally:
            forget_plan(self.name)

    def workers(self) -> int:
        """One."""
        return 1


class Processes(Crew):
    """Processes on this machine, forked from a server that has loaded the simulation once."""

    def __init__(self, count: int) -> None:
        """So many."""
        super().__init__()
        self._count = count

    def _begun(self) -> AbstractContextManager[Executor]:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(LOADED)
        return ProcessPoolExecutor(self._count, context, _begin_work)

    def workers(self) -> int:
        """As many as there are processes."""
        return self._count


def _begin_work() -> None:
    """An interrupt from the keyboard is the parent's to handle, and nobody works on for a parent that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
