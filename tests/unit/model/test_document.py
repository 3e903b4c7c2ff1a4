from datetime import date
from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document, read_document
from simcluster.model.provenance import Provenance

BASE = """\
schema = 1
name = "base"
delay = {kind = "lognormal", median = "1 week", mean = "2 weeks"}
power = {value = "150 MW", source = "a filing"}
[site]
source = "a permit"
cost = 3
land = 4
[[orders]]
name = "first"
gpus = 8
placed = 2024-01-01
[[orders]]
name = "second"
gpus = 16
"""
CHILD = """\
extends = "base.toml"
name = "child"
delay = {kind = "fixed", duration = "3 weeks"}
[site]
cost = 5
[[orders]]
name = "second"
gpus = 32
[[orders]]
name = "third"
gpus = 64
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "catalog" / "companies").mkdir(parents=True)
    (tmp_path / "catalog" / "gpus.toml").write_text('[H100]\nsource = "a datasheet"\nwatts = 700\nmemory = 80\n')
    (tmp_path / "catalog" / "companies" / "acme.toml").write_text('sales = {value = 3, source = "10-K"}\n')
    (tmp_path / "base.toml").write_text(BASE)
    (tmp_path / "child.toml").write_text(CHILD)
    return tmp_path


def read(folder: Path, name: str = "child.toml", *overrides: str) -> Document:
    return read_document(folder / name, overrides, catalog=folder / "catalog")


def problems_of(folder: Path, text: str | bytes, *overrides: str) -> list[str]:
    (folder / "bad.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as caught:
        read(folder, "bad.toml", *overrides)
    return [f"{Path(p.file or '').name}:{p.line}:{p.column} {p.message}" for p in caught.value.problems]


def test_a_child_is_laid_over_its_base(folder: Path) -> None:
    values = read(folder).values
    assert values["name"] == "child"
    assert values["site"] == {"cost": 5, "land": 4}
    assert values["orders"] == [
        {"name": "first", "gpus": 8, "placed": date(2024, 1, 1)},
        {"name": "second", "gpus": 32},
        {"name": "third", "gpus": 64},
    ]
    assert "extends" not in values


def test_rows_without_a_name_are_laid_over_those_of_their_year(folder: Path) -> None:
    base = "plan = [{year = 2024, cost = 1, more = 2}, {year = 2025, cost = 3}]\nsteps = [{at = 1}, {at = 2}]\n"
    child = 'plan = [{year = {value = 2026, source = "s"}}, {year = 2024, cost = 9}]\nsteps = [{at = 3}]\n'
    (folder / "years.toml").write_text(f"schema = 1\n{base}")
    (folder / "other.toml").write_text(f'extends = "years.toml"\n{child}')
    values = read(folder, "other.toml").values
    assert values["plan"] == [{"year": 2024, "cost": 9, "more": 2}, {"year": 2025, "cost": 3}, {"year": 2026}]
    assert values["steps"] == [{"at": 3}]


def test_a_table_of_another_kind_replaces_the_old_one(folder: Path) -> None:
    assert read(folder).values["delay"] == {"kind": "fixed", "duration": "3 weeks"}


def test_the_catalog_lies_below_the_scenario(folder: Path) -> None:
    (folder / "mine.toml").write_text("schema = 1\n[catalog.gpus.H100]\nwatts = 650\n[catalog.gpus.Own]\nwatts = 1\n")
    document = read(folder, "mine.toml")
    assert document.values["catalog"]["gpus"] == {"H100": {"watts": 650, "memory": 80}, "Own": {"watts": 1}}
    assert document.values["catalog"]["companies"] == {"acme": {"sales": 3}}
    row = document.problem("wrong", ("catalog", "gpus", "H100", "memory"))
    assert (row.file, row.line) == ("simcluster/catalog/gpus.toml", 4)


def test_annotations_leave_the_values_and_are_kept_beside_them(folder: Path) -> None:
    document = read(folder, "base.toml")
    assert document.values["power"] == "150 MW"
    assert document.provenance_of(("power",)) == Provenance(source="a filing")
    assert document.provenance_of(("site", "land")) == Provenance(source="a permit")
    assert document.provenance_of(("name",)) is None


def test_an_overridden_number_does_not_keep_the_source_of_the_old_one(folder: Path) -> None:
    document = read(folder, "child.toml", "power=100 MW")
    assert document.provenance_of(("site", "cost")) is None
    assert document.provenance_of(("site", "land")) == Provenance(source="a permit")
    assert document.values["power"] == "100 MW"
    assert document.provenance_of(("power",)) == Provenance(assumption="set on the command line")


def test_an_annotation_of_the_whole_file_does_not_concern_the_catalog(folder: Path) -> None:
    (folder / "made_up.toml").write_text('schema = 1\nassumption = "made up"\ncost = 3\n')
    document = read(folder, "made_up.toml")
    assert document.provenance_of(("cost",)) == Provenance(assumption="made up")
    assert document.provenance_of(("catalog", "gpus", "H100", "watts")) == Provenance(source="a datasheet")
    assert document.provenance_of(("catalog", "companies", "acme")) is None
    changed = read(folder, "made_up.toml", "cost=4")
    assert changed.provenance_of(("cost",)) == Provenance(assumption="set on the command line")
    assert changed.values["schema"] == 1
    assert ("schema",) not in changed.provenance


def test_problems_are_located_in_the_file_that_says_it(folder: Path) -> None:
    document = read(folder, "child.toml", "orders.third.gpus=8")
    places = {
        ("orders", 0, "gpus"): ("base.toml", 11),
        ("orders", 1, "gpus"): ("child.toml", 8),
        ("site", "land"): ("base.toml", 8),
        ("power",): ("base.toml", 4),
        ("orders", 2, "gpus"): ("--set orders.third.gpus=8", None),
    }
    for path, (file, line) in places.items():
        problem = document.problem("wrong", path)
        assert (Path(problem.file or "").name, problem.line) == (file, line)


def test_set_reads_values_as_toml_and_else_as_text(folder: Path) -> None:
    overrides = ["orders.first.gpus=1024", "orders.1.placed=2025-02-03", "power=90 MW", 'site."a b"=[1, 2]']
    values = read(folder, "base.toml", *overrides).values
    assert values["orders"][0]["gpus"] == 1024
    assert values["orders"][1]["placed"] == date(2025, 2, 3)
    assert values["power"] == "90 MW"
    assert values["site"]["a b"] == [1, 2]


def test_set_addresses_rows_by_name_year_or_number_in_brackets_or_after_a_dot(folder: Path) -> None:
    text = (
        BASE
        + """\
[[budgets]]
year = 2024
amount = 1
[[budgets]]
year = {value = 2025, source = "a plan"}
amount = 2
[phases]
value = [3, 4]
source = "a filing"
"""
    )
    (folder / "rows.toml").write_text(text)
    overrides = ["orders[second].gpus=1", 'orders["first"].gpus=2', "budgets.2024.amount=5", "budgets[2025].amount=6"]
    document = read(folder, "rows.toml", *overrides, "orders[0].placed=2025-02-03", "phases[1]=9")
    assert [row["gpus"] for row in document.values["orders"]] == [2, 1]
    assert [row["amount"] for row in document.values["budgets"]] == [5, 6]
    assert document.values["orders"][0]["placed"] == date(2025, 2, 3)
    assert document.values["phases"] == [3, 9]
    assert document.provenance_of(("phases", 0)) == Provenance(source="a filing")
    assert document.provenance_of(("phases", 1)) == Provenance(assumption="set on the command line")


def test_a_value_that_is_set_with_its_source_keeps_it(folder: Path) -> None:
    document = read(folder, "base.toml", "power={value='1 MW', source='a memo'}", "orders.first.name=other", "seed=2")
    assert document.provenance_of(("power",)) == Provenance(source="a memo")
    assert document.provenance_of(("orders", 0, "name")) is None
    assert document.provenance_of(("seed",)) is None


@pytest.mark.parametrize("key", ["[0].gpus", "orders[", "orders[].gpus", "orders..gpus", ".name", "a b"])
def test_a_key_that_cannot_be_read_is_not_called_something_else(folder: Path, key: str) -> None:
    (found,) = problems_of(folder, BASE, f"{key}=1")
    assert found.endswith(f"cannot read the key {key!r}")


def test_set_on_unknown_tables_and_rows_is_told_all_at_once(folder: Path) -> None:
    found = problems_of(folder, BASE, "sit.cost=1", "orders.frist.gpus=1", "orders.7.gpus=1", "name.x=1", "nothing")
    assert [problem.partition("None:None ")[2] for problem in found] == [
        "there is no table 'sit'",
        "orders has no row 'frist'",
        "orders has no row '7'",
        "name is a value, not a table",
        "is not KEY=VALUE",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "bad.toml:None:None the file is empty"),
        (b"a = 1\nb = '\xff'\n", "bad.toml:2:6 is not UTF-8 text"),
        ("schema = 1\npower = 150 MW\n", "bad.toml:2:13 not valid TOML"),
        ("name = 'x'\n", "bad.toml:1:1 schema is missing"),
        ("schema = 0\n", "bad.toml:1:1 schema 0 is older"),
        ("schema = 2\n", "bad.toml:1:1 schema 2 is newer"),
        ("schema = true\n", "bad.toml:1:1 schema is a whole number"),
        ("schema = 1\nextends = 'bad.toml'\n", "bad.toml:2:1 extends goes round in a circle"),
        ("schema = 1\nextends = 'no.toml'\n", "bad.toml:2:1 there is no file 'no.toml' to extend"),
        ("schema = 1\nextends = 3\n", "bad.toml:2:1 extends is not a file name"),
        ("schema = 1\n[site]\nsource = 3\n", "bad.toml:3:1 source is not text"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_problem(folder: Path, text: str | bytes, problem: str) -> None:
    (found,) = problems_of(folder, text)
    assert found.startswith(problem)


def test_a_missing_file_and_a_directory_are_problems(folder: Path) -> None:
    for name, message in (("nowhere.toml", "there is no such file"), ("catalog", "is a directory")):
        with pytest.raises(ScenarioError, match=message):
            read(folder, name)
