"""Who runs the replicas of a sweep, as asked on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from simcluster.cli.errors import RefusedError

if TYPE_CHECKING:
    from simcluster.study.crew import Crew

C = TypeVar("C", bound=Callable[..., object])
EXECUTORS = ("processes", "dask", "mpi")


def crew_options(command: C) -> C:
    """Options `--workers`, `--executor` and `--scheduler`."""
    for option in (
        click.option("--scheduler", metavar="ADDRESS", help="Of a dask cluster; one on this machine unless given."),
        click.option(
            "--executor", type=click.Choice(EXECUTORS), default="processes", show_default=True, help="What runs them."
        ),
        click.option(
            "--workers", type=click.IntRange(min=1), help="Processes to run in; one a processor unless given."
        ),
    ):
        command = option(command)
    return command


def crew_of(executor: str, workers: int | None, scheduler: str | None, replicas: int) -> Crew:
    """Those asked for, no more than there are replicas.

    Raises:
        UsageError: the options contradict each other.
        RefusedError: a library is missing, or no MPI job was started.
    """
    if scheduler is not None and executor != "dask":
        raise click.UsageError("--scheduler is for --executor dask")
    if workers is not None and (executor == "mpi" or scheduler is not None):
        raise click.UsageError(
            "--workers is not for a cluster that runs already, nor for mpi, where mpiexec -n says it"
        )
    from simcluster.study.crew import Alone, Processes, processors

    count = min(workers or processors(), replicas)
    if executor == "processes":
        return Alone() if count == 1 else Processes(count)
    try:
        return _mpi() if executor == "mpi" else _dask(scheduler, count)
    except ImportError as error:
        raise RefusedError(f"--executor {executor} needs more ({error}): pip install 'simcluster[cluster]'") from None


def _dask(scheduler: str | None, count: int) -> Crew:
    from simcluster.study.crew_dask import Dask

    return Dask(scheduler, count)


def _mpi() -> Crew:
    from simcluster.study.crew_mpi import Mpi, NotStartedByMpiError

    try:
        return Mpi()
    except NotStartedByMpiError as error:
        raise RefusedError(str(error)) from None
