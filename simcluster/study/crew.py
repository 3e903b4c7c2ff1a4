"""Where the replicas of a sweep run: in this process, in processes beside it, or wherever an executor reaches."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from simcluster.study.chunk import forget_plan, keep_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

LOADED = ["simcluster.study.chunk", "pandas", "scipy.special", "pyxirr"]
"""What a run needs, for the server to load before it forks."""
P = ParamSpec("P")
T = TypeVar("T")


class WorkersDiedError(Exception):
    """Workers die again and again without finishing anything."""


class Crew(Protocol):
    """Workers who can be called together, and again after some of them died."""

    def called(self, digest: str, plan: bytes) -> AbstractContextManager[Executor]:
        """An executor whose workers keep the (pickled) plan under its digest."""

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


class Alone:
    """This process does everything itself."""

    @contextmanager
    def called(self, digest: str, plan: bytes) -> Iterator[Executor]:
        """An executor that does what it is given at once."""
        keep_plan(digest, plan)
        try:
            yield _AtOnce()
        finally:
            forget_plan(digest)

    def workers(self) -> int:
        """One."""
        return 1


@dataclass(frozen=True)
class Processes:
    """Processes on this machine, forked from a server that has loaded the simulation once."""

    count: int

    @contextmanager
    def called(self, digest: str, plan: bytes) -> Iterator[Executor]:
        """A new pool of them."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(LOADED)
        with ProcessPoolExecutor(self.count, context, _begin_work, (digest, plan)) as pool:
            yield pool

    def workers(self) -> int:
        """As many as there are processes."""
        return self.count


def _begin_work(digest: str, plan: bytes) -> None:
    """An interrupt from the keyboard is the parent's to handle, and nobody works on for a parent that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_plan(digest, plan)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
