"""Where the replicas of a sweep are to be, as asked on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from simcluster.cli.errors import RefusedError

if TYPE_CHECKING:
    from simcluster.record.part_files import PartFiles

C = TypeVar("C", bound=Callable[..., object])


def part_options(command: C) -> C:
    """Options `--parts` and `--part-size`."""
    size = click.option("--part-size", type=click.IntRange(min=1), help="Replicas in a part; 1,000 unless given.")
    url = click.option("--parts", metavar="URL", help="Keep the replicas in Parquet parts, at any URL of fsspec.")
    return url(size(command))


def part_files(url: str | None, size: int | None, digest: str) -> PartFiles | None:
    """Where the replicas are to be, if not in the ledger.

    Raises:
        UsageError: there are no parts to be of a size.
    """
    if url is None:
        if size is not None:
            raise click.UsageError("--part-size is for --parts")
        return None
    from simcluster.record.part_files import BLOCK, PartFiles

    return PartFiles.at(url, digest, size or BLOCK)


def prepare(files: PartFiles) -> None:
    """See that parts can be written.

    Raises:
        RefusedError: they cannot, or a library is missing.
    """
    from simcluster.record.part_files import PartsError

    try:
        files.prepare()
    except PartsError as error:
        raise RefusedError(str(error)) from None
    except ImportError as error:
        is_ours = (error.name or "").startswith("fsspec")
        how = "pip install 'simcluster[cluster]'" if is_ours else "with pip, where simcluster is"
        raise RefusedError(f"--parts {files.url} needs more ({error}): {how}") from None
