from collections.abc import Iterator
from pathlib import Path

import pytest

from simcluster.record.ledger import Ledger, LedgerError, OtherSweepError, Replica
from simcluster.record.part_files import PartFiles, PartsError, Written
from simcluster.record.parts import Part, Parts


def row(number: int) -> dict[str, object]:
    return {"number": number, "seed": number + 10, "input.a.b [MW]": 3.0, "usd": 1.5, "series.gpus.x.2024-01-31": 0.5}


def failure(number: int) -> Replica:
    return Replica(number, number + 10, {"a.b": "3 MW"}, None, {}, "ValueError: no", "Traceback")


@pytest.fixture
def files(tmp_path: Path) -> PartFiles:
    made = PartFiles.at(str(tmp_path / "parts"), "d1", 4)
    made.prepare()
    return made


@pytest.fixture
def parts(files: PartFiles) -> Iterator[Parts]:
    """Of blocks of four: two of the first, three of the second of which number 5 failed, all of the fourth failed."""
    with Parts(None, files) as made:
        made.add_part(Part([0, 1], files.write(0, [row(0), row(1)])), [])
        made.add_part(Part([4, 5, 6], files.write(4, [row(4), row(6)])), [failure(5)])
        made.add_part(Part([12, 13, 14, 15], None), [failure(number) for number in range(12, 16)])
        yield made


def test_parts_read_as_a_ledger_does(parts: Parts) -> None:
    assert (parts.done(), parts.done(6), parts.done(1), parts.failed(), parts.failed(13)) == (4, 3, 1, 5, 2)
    found = list(parts.replicas())
    assert [replica.number for replica in found] == [0, 1, 4, 6]
    assert found[2] == Replica(4, 14, {"a.b [MW]": 3.0}, {"usd": 1.5})
    assert [replica.number for replica in parts.replicas(below=5)] == [0, 1, 4]
    assert list(parts.series(below=5)) == [{"gpus.x": {"2024-01-31": 0.5}}] * 3
    assert list(parts.failures(below=6)) == [failure(5)]


def test_gaps_are_what_has_no_outcome(parts: Parts) -> None:
    assert parts.gaps(18) == [range(2, 4), range(5, 6), range(7, 18)]
    assert parts.gaps(6) == [range(2, 4), range(5, 6)]
    assert (list(parts.written()), parts.tried()) == ([0, 4], parts.tried() | {0: 2, 4: 3})


def test_what_failed_can_come_out_well_later(parts: Parts, files: PartFiles) -> None:
    parts.add_part(Part([5, 7], files.write(4, [row(4), row(5), row(6)])), [failure(7)])
    assert [replica.number for replica in parts.replicas()] == [0, 1, 4, 5, 6]
    assert parts.gaps(8) == [range(2, 4), range(7, 8)]
    assert [one.number for one in parts.failures(8)] == [7]


def test_a_part_that_is_not_what_it_must_be_is_not_written_down(parts: Parts, files: PartFiles) -> None:
    with pytest.raises(PartsError, match="must reach the same place"):
        parts.add_part(Part([8], Written(1, 100, "0")), [])
    written = files.write(8, [row(8)])
    with pytest.raises(LedgerError, match="is another here"):
        parts.add_part(Part([8], Written(1, written.size + 1, written.sha256)), [])
    with pytest.raises(LedgerError, match="holds 1 replicas, not those that were run"):
        parts.add_part(Part([8, 9, 10], written), [failure(10)])
    assert parts.gaps(12) == [range(2, 4), range(5, 6), range(7, 12)]
    assert parts.failed(12) == 1
    parts.add_part(Part([8], written), [])
    files.write(8, [row(8), row(9)])
    with pytest.raises(PartsError, match="is not as it was written"):
        list(parts.replicas())


def test_the_ledger_says_where_the_replicas_are(files: PartFiles, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Parts(path, files) as ledger:
        ledger.add_part(Part([0], files.write(0, [row(0)])), [])
    with pytest.raises(OtherSweepError, match=r"in parts of 4 at .*parts; go on so"):
        Ledger(path, "d1")
    for other in (PartFiles.at("elsewhere", "d1", 4), PartFiles(files.url, "d1", 5), PartFiles(files.url, "d2", 4)):
        with pytest.raises(OtherSweepError):
            Parts(path, other)
    with Parts(path, files) as ledger:
        assert [replica.number for replica in ledger.replicas()] == [0]
    with Ledger(tmp_path / "rows.sqlite", "d1"):
        pass
    with pytest.raises(OtherSweepError, match="in rows of its own"):
        Parts(tmp_path / "rows.sqlite", files)
