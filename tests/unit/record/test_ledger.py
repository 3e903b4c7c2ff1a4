import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from simcluster.record import ledger as module
from simcluster.record.ledger import Ledger, LedgerError, OtherSweepError, Replica

ROOT = Path(__file__).parents[3]


def replica(number: int, usd: float | None = None) -> Replica:
    outcomes = {"usd": float(number) if usd is None else usd, "when": None, "name": "é"}
    return Replica(number, 10 + number, {"a.b": "3 MW"}, outcomes, {"gpus": {"2024-01-31": 0.1, "2024-02-29": None}})


def failure(number: int) -> Replica:
    return Replica(number, 10 + number, {"a.b": 1}, None, {}, "ValueError: no", "Traceback")


def test_what_is_added_is_read_back_by_number_after_closing(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite", "d1") as ledger:
        for number in (4, 0, 2):
            ledger.add(replica(number, 0.1 + 0.2 + number))
        ledger.add(failure(1))
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"], "the file is whole by itself"
    with Ledger(tmp_path / "ledger.sqlite", "d1") as ledger:
        found = list(ledger.replicas())
        assert [row.number for row in found] == [0, 2, 4]
        assert found[0].outcomes == {"usd": 0.1 + 0.2, "when": None, "name": "é"}
        assert found[0].inputs == {"a.b": "3 MW"}
        assert found[0].series == {}
        assert list(ledger.series(below=1)) == [replica(0).series]
        assert list(ledger.failures()) == [failure(1)]
        assert (ledger.done(), ledger.done(below=4), ledger.failed(), ledger.failed(below=1)) == (3, 2, 1, 0)


def test_gaps_are_what_has_no_outcome() -> None:
    with Ledger(None, "d1") as ledger:
        assert ledger.gaps(3) == [range(3)]
        for row in (replica(0), failure(1), replica(2), replica(5)):
            ledger.add(row)
        assert ledger.gaps(8) == [range(1, 2), range(3, 5), range(6, 8)]
        assert ledger.gaps(4) == [range(1, 2), range(3, 4)]
        ledger.add(replica(1))
        assert ledger.gaps(3) == []
        assert ledger.failed() == 0


def test_the_ledger_of_another_sweep_is_refused_and_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, "d1") as ledger:
        ledger.add(replica(0))
    with pytest.raises(OtherSweepError, match="belongs to another sweep"):
        Ledger(path, "d2")
    with Ledger(path, "d1") as ledger:
        assert ledger.done() == 1


def test_a_locked_ledger_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.05)
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, "d1") as ledger:
        ledger.add(replica(0))
        with pytest.raises(LedgerError, match="is locked by another process"):
            Ledger(path, "d1")
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerError, match="is locked by another process"):
        Ledger(path, "d1")
    other.close()
    Ledger(path, "d1").close()


def test_what_is_no_ledger_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(LedgerError, match="is not a ledger"):
        Ledger(path, "d1")
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(tmp_path / "nowhere" / "ledger.sqlite", "d1")


FULL = """
import json, resource, sys
from pathlib import Path
from simcluster.record.ledger import Ledger, LedgerError, Replica
ledger = Ledger(Path(sys.argv[1]), "d1")
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
number = 0
try:
    while number < 1000:
        ledger.add(Replica(number, 0, {}, {"text": "x" * 3000}))
        number += 1
except LedgerError as error:
    print(json.dumps([number, str(error)]))
"""


def test_a_full_disk_says_so_and_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ
    )
    number, said = json.loads(done.stdout)
    assert 10 < number < 200
    assert "the disk is full or fails" in said
    assert "--resume" in said
    with Ledger(path, "d1") as ledger:
        assert ledger.done() == number
