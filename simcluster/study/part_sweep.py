"""A sweep whose replicas stay with the workers: each block is run by one of them, who writes its part."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from simcluster.record.part_files import NUMBER, SEED
from simcluster.record.parts import SERIES, Part
from simcluster.study.chunk import run_chunk
from simcluster.study.input_columns import cell, heading, widen
from simcluster.study.sweep import Todo, run_chunks

if TYPE_CHECKING:
    from simcluster.record.ledger import Replica
    from simcluster.record.part_files import PartFiles
    from simcluster.record.parts import Parts
    from simcluster.study.chunk import Chunk
    from simcluster.study.crew import Crew
    from simcluster.study.sweep import Sweep


def fill_parts(parts: Parts, sweep: Sweep, crew: Crew, tell: Callable[[], None] | None = None) -> float:
    """Have the replicas run and written that the parts lack, and return their CPU seconds; as `sweep.fill`.

    `tell` is called for each replica once its part is written.

    Raises:
        LedgerError: the ledger cannot be written.
        PartsError: a part cannot be written, or is not to be found from here.
        WorkersDiedError: workers die without finishing anything.
    """
    parts.forget_changed()
    todo = _Blocks(parts.gaps(sweep.replicas), parts.files)
    begun = {first: sha256 for first, sha256 in parts.written().items() if first in todo.ends}
    work = partial(run_block, parts.files, begun)
    with closing(run_chunks(pickle.dumps(sweep.plan), todo, crew, work)) as ran:
        for chunk in ran:
            assert chunk.part is not None, "a block gives a part"
            parts.add_part(chunk.part, chunk.replicas)
            if tell:
                for _ in chunk.part.numbers:
                    tell()
    return todo.cpu_seconds


class _Blocks(Todo):
    """Replicas yet to run, a block at a time, so that parts depend on no worker.

    `ends` are the blocks in which gaps end: of what lies between them nothing was run.
    """

    def __init__(self, gaps: list[range], files: PartFiles) -> None:
        super().__init__(gaps)
        self.ends = {files.first(number) for gap in gaps for number in (gap.start, gap.stop - 1)}
        self._blocks: Iterable[list[int]] = (list(block) for _, block in groupby(self._numbers, files.first))

    def _take(self, workers: int) -> list[int]:
        numbers = next(iter(self._blocks))
        self.left -= len(numbers)
        return numbers

    def give_back(self, numbers: list[int]) -> None:
        """A block that was lost with its worker."""
        self.left += len(numbers)
        self._blocks = chain([numbers], self._blocks)


def run_block(
    files: PartFiles, begun: Mapping[int, str], crew: str, digest: str, numbers: Sequence[int], pickled: bytes | None
) -> Chunk | None:
    """Run replicas of one block and write its part anew: with them, and with those that it held.

    `begun` has of blocks that have a part its SHA-256.
    """
    chunk = run_chunk(crew, digest, numbers, pickled)
    if chunk is None:
        return None
    came = [replica for replica in chunk.replicas if replica.outcomes is not None]
    first, rows = files.first(numbers[0]), rows_of(came)
    if first in begun:
        held = files.read(first, lambda _: True, begun[first])
        rows = sorted([*held, *rows], key=lambda row: int(row[NUMBER]))
    written = files.write(first, rows) if rows else None
    failures = [replica for replica in chunk.replicas if replica.outcomes is None]
    return replace(chunk, replicas=failures, part=Part(numbers, written))


def rows_of(replicas: Sequence[Replica]) -> list[dict[str, Any]]:
    """Replicas as rows of a part: what a row of `replicas.csv` holds, and their series."""
    units: dict[str, str] = {}
    for replica in replicas:
        widen(units, replica.inputs)
    return [
        {
            NUMBER: replica.number,
            SEED: replica.seed,
            **{heading(name, units[name]): cell(value, units[name]) for name, value in replica.inputs.items()},
            **(replica.outcomes or {}),
            **{f"{SERIES}{name}.{day}": value for name, line in replica.series.items() for day, value in line.items()},
        }
        for replica in replicas
    ]
