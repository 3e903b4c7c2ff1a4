import json
from pathlib import Path

import pytest

from simcluster.record.events import EVENTS, JobInterrupted, NodeFailed
from simcluster.record.log import EventLog
from simcluster.record.store import (
    MANIFEST,
    FolderInTheWayError,
    digest8,
    file_hashes,
    is_result,
    read_events,
    whole_folder,
    write_events,
    write_json,
)


def test_events_come_back_to_the_bit(tmp_path: Path, small_log: EventLog) -> None:
    write_events(tmp_path, small_log)
    assert len(list((tmp_path / "events").iterdir())) == len(EVENTS)
    again = read_events(tmp_path)
    assert again.count(NodeFailed) > 100
    assert again.same_as(small_log)


def test_an_empty_log_comes_back_empty(tmp_path: Path) -> None:
    write_events(tmp_path, EventLog())
    assert read_events(tmp_path).total == 0


def test_a_missing_table_is_told(tmp_path: Path, small_log: EventLog) -> None:
    write_events(tmp_path, small_log)
    (tmp_path / "events" / f"{JobInterrupted.__name__}.parquet").unlink()
    with pytest.raises(OSError, match="JobInterrupted"):
        read_events(tmp_path)


def finished(folder: Path, digest: str = "12345678") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "old.txt").write_text("old", encoding="utf-8")
    write_json(folder / MANIFEST, {"hash8": digest})


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with whole_folder(out) as draft:
        (draft / "a.txt").write_text("a", encoding="utf-8")
        assert not out.exists()
    assert [p.name for p in out.parent.iterdir()] == ["out"]
    assert (out / "a.txt").read_text(encoding="utf-8") == "a"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "out") as draft:
            (draft / "a.txt").write_text("a", encoding="utf-8")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_earlier_result(tmp_path: Path) -> None:
    finished(tmp_path / "out")
    with pytest.raises(RuntimeError, match="half way"), whole_folder(tmp_path / "out"):
        raise RuntimeError("half way")
    assert (tmp_path / "out" / "old.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_earlier_result_or_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    finished(tmp_path / "out")
    (tmp_path / "empty").mkdir()
    for name in ("out", "empty"):
        with whole_folder(tmp_path / name) as draft:
            (draft / "new.txt").write_text("new", encoding="utf-8")
        assert [p.name for p in (tmp_path / name).iterdir()] == ["new.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "out"]


@pytest.mark.parametrize("manifest", [None, "{}", "[1]", "not json"])
def test_a_foreign_folder_is_refused(tmp_path: Path, manifest: str | None) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work", encoding="utf-8")
    if manifest is not None:
        (out / MANIFEST).write_text(manifest, encoding="utf-8")
    before = file_hashes(tmp_path)
    with pytest.raises(FolderInTheWayError, match="choose another --out"), whole_folder(out):
        pytest.fail("the block ran")
    assert file_hashes(tmp_path) == before


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInTheWayError), whole_folder(tmp_path / "out"):
        pytest.fail("the block ran")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_the_digest_names_scenario_seed_and_version() -> None:
    names = {digest8(text, seed, version) for text in ("a", "b") for seed in (1, 11) for version in ("1", "11")}
    assert len(names) == 8
    assert digest8("a", 1, "0.1.0") == "8995e0ed"


def test_a_result_is_known_by_its_manifest(tmp_path: Path) -> None:
    assert not is_result(tmp_path)
    finished(tmp_path, "12345678")
    assert is_result(tmp_path)
    assert is_result(tmp_path, "12345678")
    assert not is_result(tmp_path, "87654321")


def test_json_refuses_what_json_cannot_say(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "Zürich"})
    assert (tmp_path / "a.json").read_bytes() == '{\n "name": "Zürich"\n}\n'.encode()
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"name": "Zürich"}
    with pytest.raises(ValueError, match="nan"):
        write_json(tmp_path / "b.json", float("nan"))


def test_hashes_are_of_the_files_below(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_bytes(b"")
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hashes(tmp_path) == {
        "a": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "b/x": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
