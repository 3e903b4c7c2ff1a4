"""A sweep on the workers of a dask cluster, wherever they are.

Source: dask.distributed, "API", https://distributed.dask.org/en/stable/api.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress

from distributed import Client, LocalCluster
from distributed.scheduler import KilledWorker

from simcluster.study.chunk import forget_plan
from simcluster.study.crew import Crew, WorkersDiedError

JOINING_SECONDS = 30
"""How long to wait for the scheduler."""
QUIET = {"distributed.worker.profile.enabled": False, "distributed.admin.large-graph-warning-threshold": "1 TiB"}
"""No profile of the workers, which costs more than the rest; and no advice on plans that are large, each sent once."""


class Dask(Crew):
    """The workers of a scheduler, or `count` processes of this machine where no address is given.

    What a worker that dies had in hand is done by another; the scheduler sees to that.
    """

    def __init__(self, scheduler: str | None, count: int) -> None:
        """Nobody is asked yet."""
        super().__init__()
        self._scheduler, self._count = scheduler, count
        self._client: Client | None = None

    @contextmanager
    def called(self) -> Iterator[Executor]:
        """The executor over the workers there are and those that join.

        Raises:
            OSError: the scheduler does not answer.
            WorkersDiedError: what was run kills every worker that tries it.
        """
        try:
            with super().called() as executor:
                yield executor
        except KilledWorker as error:
            raise WorkersDiedError(f"{error}; --resume goes on") from error

    @contextmanager
    def _begun(self) -> Iterator[Executor]:
        import dask

        with dask.config.set(QUIET), self._joined() as client, client.get_executor(pure=False) as executor:
            self._client = client
            try:
                yield executor
            finally:
                self._client = None
                with suppress(OSError):  # who is gone has forgotten
                    client.run(forget_plan, self.name, on_error="ignore")

    def workers(self) -> int:
        """As many as the cluster has threads now."""
        return max(1, sum(self._client.nthreads().values())) if self._client else 1

    @contextmanager
    def _joined(self) -> Iterator[Client]:
        if self._scheduler is not None:
            with Client(self._scheduler, timeout=JOINING_SECONDS) as client:
                yield client
            return
        with (
            LocalCluster(n_workers=self._count, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client
