"""Sources and assumptions: every number shows what it rests on."""

from pathlib import Path

from simcluster.model.document import Document
from simcluster.model.provenance import Provenance
from simcluster.report.tables import groups, provenance_rows

VALUES = {
    "schema": 1,
    "seed": 3,
    "name": "7 MW",
    "sites": [{"name": "a", "pue_peak": 1.3, "halls": [{"name": "h", "it_power": "150 MW", "ready": "2024-01-01"}]}],
    "clusters": [{"name": "c", "site": "a", "server": "used", "failures": "f"}],
    "catalog": {
        "servers": {"used": {"gpu": "h100", "gpus": 8, "price": "270 kUSD"}, "unused": {"gpu": "a100", "gpus": 8}},
        "gpus": {"h100": {"tdp": "0.7 kW"}, "a100": {"tdp": "0.4 kW"}},
    },
}
DOCUMENT = Document(
    Path("x.toml"),
    VALUES,
    {
        ("sites", 0, "pue_peak"): Provenance(source="A report, table 3"),
        ("sites", 0, "halls", 0, "it_power"): Provenance(assumption="as its neighbour", note="see the map"),
    },
    {},
)


def test_an_unsourced_number_shows_as_an_assumption_with_its_note() -> None:
    rows = {row.key: row for row in provenance_rows(DOCUMENT)}
    assert rows["sites[a].pue_peak"].basis == "A report, table 3"
    hall = rows["sites[a].halls[h].it_power"]
    assert (hall.value, hall.basis, hall.remark) == ("150 MW", "assumption", "as its neighbour; see the map")
    assert rows["sites[a].halls[h].ready"].is_assumption  # nothing at all is said about it


def test_names_and_choices_are_no_numbers_and_unused_catalog_rows_stay_away() -> None:
    keys = {row.key for row in provenance_rows(DOCUMENT)}
    assert keys == {
        "sites[a].pue_peak",
        "sites[a].halls[h].it_power",
        "sites[a].halls[h].ready",
        "used.gpus",
        "used.price",
        "h100.tdp",
    }


def test_groups_are_top_level_tables_that_count_their_assumptions() -> None:
    counted = {group.name: (len(group.rows), group.assumptions) for group in groups(provenance_rows(DOCUMENT))}
    assert counted == {"sites": (3, 2), "catalog: servers": (2, 2), "catalog: gpus": (1, 1)}


def test_the_small_scenario_admits_that_it_is_made_up(document: Document) -> None:
    rows = provenance_rows(document)
    own = [row for row in rows if not row.group.startswith("catalog")]
    assert own
    assert all(row.is_assumption and "made up" in row.remark for row in own)
    assert any(row.key == "dgx_h100.price" and row.source for row in rows)
