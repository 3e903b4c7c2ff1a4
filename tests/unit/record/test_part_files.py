import pickle
from datetime import date
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pyarrow.parquet as pq
import pytest

from simcluster.record.part_files import PartFiles, PartsError

ROWS = [
    {"number": 10, "seed": 2**53 - 1, "input.when": date(2024, 3, 1), "usd": 0.1 + 0.2, "count": 3},
    {
        "number": 12,
        "seed": 7,
        "input.when": date(2024, 4, 1),
        "usd": None,
        "count": 4,
        "ready": "2024-06-05",
        "irr": None,
    },
]
READ = [
    {"number": 10, "seed": 2**53 - 1, "input.when": "2024-03-01", "usd": 0.1 + 0.2, "count": 3.0},
    {
        "number": 12,
        "seed": 7,
        "input.when": "2024-04-01",
        "usd": None,
        "count": 4.0,
        "ready": "2024-06-05",
        "irr": None,
    },
]


def everything(_: str) -> bool:
    return True


@pytest.fixture(params=["folder", "file", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> PartFiles:
    urls = {"folder": str(tmp_path / "a b" / "c"), "file": f"file://{tmp_path}/d", "memory": f"memory://{uuid4().hex}"}
    made = PartFiles.at(urls[request.param], "1a2b3c4d", 10)
    made.prepare()
    return made


def test_a_part_is_read_back_with_whatever_columns_are_wanted(files: PartFiles) -> None:
    written = files.write(10, ROWS)
    assert (written.rows, written.size) == (2, files.size(10))
    assert files.read(10, everything, written.sha256) == READ
    assert files.read(10, lambda name: name in ("number", "usd")) == [
        {name: row[name] for name in ("number", "usd")} for row in READ
    ]


def test_the_bytes_follow_from_the_rows_alone_and_are_written_in_place_of_others(files: PartFiles) -> None:
    first = files.write(10, ROWS)
    assert files.write(10, ROWS[:1]).sha256 != first.sha256
    assert files.read(10, everything) == READ[:1]
    assert pickle.loads(pickle.dumps(files)).write(10, ROWS) == first  # noqa: S301 # our own


def test_a_folder_holds_parts_alone_that_others_can_read(tmp_path: Path) -> None:
    files = PartFiles.at(str(tmp_path), "1a2b3c4d", 10)
    files.prepare()
    files.write(10, ROWS)
    files.write(0, [{**ROWS[1], "number": 4}])
    names = ["1a2b3c4d-000000000-000000009.parquet", "1a2b3c4d-000000010-000000019.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    frame = pd.read_parquet(tmp_path)
    assert frame["number"].tolist() == [4, 10, 12]
    assert frame["usd"].isna().tolist() == [True, False, True]
    types = {field.name: str(field.type) for field in pq.read_schema(tmp_path / names[1])}
    assert types == {
        "number": "int64",
        "seed": "int64",
        "input.when": "string",
        "usd": "double",
        "count": "double",
        "ready": "string",
        "irr": "double",
    }


def test_a_part_that_is_lost_or_another_is_an_error(files: PartFiles) -> None:
    written = files.write(10, ROWS)
    files.write(10, ROWS[:1])
    with pytest.raises(PartsError, match="is not as it was written"):
        files.read(10, everything, written.sha256)
    for look in (lambda: files.read(20, everything), lambda: files.size(20)):
        with pytest.raises(PartsError, match=r"1a2b3c4d-000000020-000000029\.parquet.*FileNotFoundError"):
            look()


def test_what_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for url in ("nope://bucket", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        with pytest.raises(PartsError, match="cannot be written"):
            PartFiles.at(url, "1a2b3c4d", 10).prepare()
    with pytest.raises(ImportError, match="s3fs"):
        PartFiles.at("s3://bucket/parts", "1a2b3c4d", 10).prepare()
    files = PartFiles.at(str(tmp_path / "parts"), "1a2b3c4d", 10)
    files.prepare()

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(PartsError, match="No space left on device"):
        files.write(10, ROWS)
    assert list((tmp_path / "parts").iterdir()) == []
