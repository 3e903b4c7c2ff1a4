"""Where replicas are kept changes no number: what is read of parts is what is read of a ledger."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simcluster.record.ledger import Ledger, Replica, Value
from simcluster.record.part_files import PartFiles
from simcluster.record.parts import Part, Parts
from simcluster.record.store import file_hashes
from simcluster.study import part_sweep
from simcluster.study.chunk import Chunk
from simcluster.study.crew import Alone
from simcluster.study.fans import fans_of
from simcluster.study.part_sweep import fill_parts, rows_of
from simcluster.study.sweep_columns import columns_of, values_of

BLOCK = 3
PLAN: Any = SimpleNamespace(group=(1, 1), wholes_of=lambda _: None)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**40), 2**40)
dates = st.none() | st.dates().map(str)
outcomes = st.fixed_dictionaries(
    {}, optional={"usd": numbers, "x.ready": dates, "x.margin_days": numbers, "irr": numbers}
)
lines = st.dictionaries(st.sampled_from(["2024-01-31", "2024-02-29"]), st.none() | st.floats(-1e9, 1e9), max_size=2)
series = st.dictionaries(st.sampled_from(["gpus", "a.b"]), lines, max_size=2)
replicas = st.lists(st.none() | st.tuples(outcomes.flatmap(lambda row: st.permutations(list(row.items()))), series))


def replica(number: int, came: tuple[list[tuple[str, Value]], dict[str, dict[str, float | None]]] | None) -> Replica:
    inputs = {"price": f"{number} kUSD", "day": "2024-03-01"}
    if came is None:
        return Replica(number, number, inputs, None, {}, "ValueError: no")
    return Replica(number, number, inputs, dict(came[0]), came[1])


swept = replicas.map(lambda rows: [replica(number, came) for number, came in enumerate(rows)])


@settings(max_examples=60, deadline=None)
@given(swept, st.data())
def test_what_is_read_of_parts_is_what_is_read_of_a_ledger(rows: list[Replica], data: st.DataObject) -> None:
    below = data.draw(st.integers(0, len(rows) + 1))
    blocks = [rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK)]
    with TemporaryDirectory() as folder, Ledger(None, "d") as ledger:
        files = PartFiles.at(str(Path(folder)), "d", BLOCK)
        with Parts(None, files) as parts:
            for block in data.draw(st.permutations(blocks)):
                came = [one for one in block if one.outcomes is not None]
                written = files.write(block[0].number, rows_of(came)) if came else None
                parts.add_part(
                    Part([one.number for one in block], written), [one for one in block if one.outcomes is None]
                )
            for one in rows:
                ledger.add(one)
            assert parts.gaps(below) == ledger.gaps(below)
            assert (parts.done(below), parts.failed(below)) == (ledger.done(below), ledger.failed(below))
            assert list(parts.failures(below)) == list(ledger.failures(below))
            columns = columns_of(ledger, below)
            kept = columns_of(parts, below)
            assert kept.numbers.tolist() == columns.numbers.tolist()
            assert list(kept.outcomes.items()) == list(columns.outcomes.items())
            for (_, found), (_, wanted) in zip(
                values_of(parts, below, kept), values_of(ledger, below, columns), strict=True
            ):
                np.testing.assert_array_equal(found, wanted)
            assert repr(fans_of(parts, below, kept.numbers, PLAN)) == repr(
                fans_of(ledger, below, columns.numbers, PLAN)
            )


def fill(parts: Parts, rows: Sequence[Replica], failing: set[int]) -> None:
    """Have these replicas run, of which some fail for now."""

    def run_chunk(_: str, __: str, numbers: Sequence[int], ___: bytes | None) -> Chunk:
        ran = [replace(rows[k], outcomes=None, series={}) if k in failing else rows[k] for k in numbers]
        return Chunk(ran, 0.0, 0.0)

    with patch.object(part_sweep, "run_chunk", run_chunk):
        fill_parts(parts, SimpleNamespace(digest="d", plan=None, replicas=len(rows)), Alone())  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(swept, st.data())
def test_parts_that_grew_are_those_of_one_go(rows: list[Replica], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(rows)))
    failing = data.draw(st.sets(st.integers(0, max(first - 1, 0))))
    with TemporaryDirectory() as folder:
        for name in ("grown", "whole"):
            files = PartFiles.at(f"{folder}/{name}", "d", BLOCK)
            files.prepare()
            with Parts(None, files) as parts:
                if name == "grown":
                    fill(parts, rows[:first], failing)
                fill(parts, rows, set())
        assert file_hashes(Path(folder) / "grown") == file_hashes(Path(folder) / "whole")
