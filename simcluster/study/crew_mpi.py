"""A sweep on the processes of an MPI job, started by `mpiexec -n K python -m mpi4py.futures -m simcluster sweep ...`.

One of them is the parent and the others run replicas.

Source: mpi4py, "mpi4py.futures", https://mpi4py.readthedocs.io/en/stable/mpi4py.futures.html.
"""

from __future__ import annotations

import sys
from concurrent.futures import Executor
from contextlib import AbstractContextManager

from simcluster.study.crew import Crew

HOW = "mpiexec -n 3 python -m mpi4py.futures -m simcluster sweep ... --executor mpi"


class NotStartedByMpiError(Exception):
    """There is no MPI job to run in, or nobody in it who waits for work."""


class Mpi(Crew):
    """The other processes of the MPI job. One that dies ends the job; the ledger keeps what was done."""

    def __init__(self) -> None:
        """Look for them.

        Raises:
            NotStartedByMpiError: there are none.
        """
        super().__init__()
        core = sys.modules.get("mpi4py.futures._core")  # not imported, as that would start MPI
        if getattr(core, "SharedPool", None) is None:
            raise NotStartedByMpiError(f"start a sweep on MPI as {HOW}, with one process more than workers")
        from mpi4py import MPI

        self._count = MPI.COMM_WORLD.Get_size() - 1
        if self._count < 1:
            raise NotStartedByMpiError(f"there is no process beside the parent: {HOW}")

    def _begun(self) -> AbstractContextManager[Executor]:
        from mpi4py.futures import MPIPoolExecutor

        pool: AbstractContextManager[Executor] = MPIPoolExecutor(main=False)
        return pool

    def workers(self) -> int:
        """All but the parent."""
        return self._count
