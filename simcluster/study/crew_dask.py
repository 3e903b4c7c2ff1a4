"""A sweep on the workers of a dask cluster, wherever they are.

Source: dask.distributed, "API", https://distributed.dask.org/en/stable/api.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from distributed import Client, LocalCluster, WorkerPlugin
from distributed.scheduler import KilledWorker

from simcluster.study.chunk import forget_plan, keep_plan
from simcluster.study.crew import WorkersDiedError

if TYPE_CHECKING:
    from distributed import Worker

JOINING_SECONDS = 30
"""How long to wait for the scheduler."""


class PlanKept(WorkerPlugin):
    """Keeps the plan of a sweep in each worker, also in those that join later or are started again."""

    def __init__(self, digest: str, plan: bytes) -> None:
        self.name = f"simcluster-{digest}"
        self._digest, self._plan = digest, plan

    def setup(self, worker: Worker) -> None:
        """Called in a worker before it is given anything to do."""
        keep_plan(self._digest, self._plan)

    def teardown(self, worker: Worker) -> None:
        """Called in a worker when the sweep has ended."""
        forget_plan(self._digest)


class Dask:
    """The workers of a scheduler, or `count` processes of this machine where no address is given.

    What a worker that dies had in hand is done by another; the scheduler sees to that.
    """

    def __init__(self, scheduler: str | None, count: int) -> None:
        self._scheduler, self._count = scheduler, count
        self._client: Client | None = None

    @contextmanager
    def called(self, digest: str, plan: bytes) -> Iterator[Executor]:
        """An executor over the workers there are and those that join.

        Raises:
            OSError: the scheduler does not answer.
            WorkersDiedError: what was run kills every worker that tries it.
        """
        with self._joined() as client:
            kept = PlanKept(digest, plan)
            client.register_plugin(kept)
            self._client = client
            try:
                yield client.get_executor(pure=False)
            except KilledWorker as error:
                raise WorkersDiedError(f"{error}; --resume goes on") from error
            finally:
                self._client = None
                client.unregister_worker_plugin(kept.name)

    def workers(self) -> int:
        """As many as the cluster has threads now."""
        return max(1, sum(self._client.nthreads().values())) if self._client else 1

    @contextmanager
    def _joined(self) -> Iterator[Client]:
        if self._scheduler is not None:
            with Client(self._scheduler, timeout=JOINING_SECONDS) as client:
                yield client
            return
        import dask

        quiet = {"distributed.worker.profile.enabled": False}
        with (
            dask.config.set(quiet),
            LocalCluster(n_workers=self._count, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client
