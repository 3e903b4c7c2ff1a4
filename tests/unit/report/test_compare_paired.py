"""The page of a comparison over many replicas: differences and the waterfall in words, failures, inputs as numbers."""

import csv
from pathlib import Path

import pytest
from pages import figure_labels, section, table_rows

from simcluster.model.load import load
from simcluster.report.compare_folder import write_paired
from simcluster.report.study_page import Origin
from simcluster.study.compare_paired import NPV, PairedComparison, compare_paired, explain
from simcluster.study.crew import Alone

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
PRICE = (
    'catalog.servers.dgx_h100.price={ uncertain = { kind = "uniform", low = "200 kUSD", high = "0.3 MUSD" }, '
    'value = "250 kUSD", assumption = "x" }'
)
MFU = 'jobs[pilot].mfu={ uncertain = { kind = "choice", values = [0.4, 1.4] }, value = 0.4, assumption = "x" }'
SHORT = "end=2024-04-30"
N = 4


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PairedComparison]:
    """The small scenario with an uncertain price, the same at another WACC, and one of which some replicas fail."""
    folder = tmp_path_factory.mktemp("three")
    others = ([PRICE, "name=dear", "finance.wacc=0.12"], [PRICE, "name=risky", MFU])
    loaded = [load(SMALL, [SHORT, *changes]) for changes in ([PRICE], *others)]
    found = compare_paired(loaded, N, Alone())
    write_paired(folder, found, None, Origin(("small", "<dear>", "risky"), (SHORT,)))
    two = compare_paired(loaded[:2], N, Alone())
    explained = explain(loaded[:2], two, NPV, Alone())
    (folder / "two").mkdir()
    write_paired(folder / "two", two, explained, Origin(("small", "<dear>")))
    return folder, found


def page_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_each_is_set_against_the_first_with_its_interval_and_n(written: tuple[Path, PairedComparison]) -> None:
    page = page_of(written[0])
    labels = figure_labels(page)
    assert [label.partition(":")[0] for label in labels] == ["dear less small"]
    assert "Of the quantities that differ (1), Revenue needed has the largest relative difference of dear" in labels[0]
    assert ", n = 4; the intervals of 1 leave out 0." in labels[0]
    assert "No quantity that can be set in relation differs" in section(page, "differences-2")
    head, *rows = table_rows(page, "differences-1")
    assert head == ["", "small", "dear", "Difference", "n", "Gain"]
    (needed,) = [row for row in rows if row[0] == "Revenue needed, M USD"]
    pair = next(row for row in written[1].rows if row.quantity.name == "revenue_needed").pairs[0]
    assert pair is not None
    assert needed[3].startswith(f"+{pair.difference.value:#.3g} / +")
    assert needed[4] == "4"
    assert 'class="card"' not in page


def test_replicas_that_failed_stand_with_the_command_that_repeats_them(written: tuple[Path, PairedComparison]) -> None:
    folder, found = written
    failed = found.failed["risky"]
    assert 0 < len(failed) < N
    page = page_of(folder)
    assert f"{len(failed)} of 12 replicas raised an error" in section(page, "errors")
    first = table_rows(page, "errors")[1]
    assert first[0] == f"risky, {failed[0].number}"
    assert first[2].startswith(f"simcluster run risky --seed {failed[0].seed} --set {SHORT} --set ")


def test_two_have_cards_and_a_waterfall(written: tuple[Path, PairedComparison]) -> None:
    page = page_of(written[0] / "two")
    assert page.count('class="card"') == 4
    _, label = figure_labels(page)
    assert label.startswith("Where the difference of npv_usd comes from: From A, small, to B, dear, npv_usd goes from ")
    assert "n = 4 pairs. finance.wacc gives most: −" in label
    head, first, step, last, whole = table_rows(page, "waterfall")
    assert head == ["", "Forward", "Reverse", "All orders"]
    assert [row[0] for row in (first, step, last, whole)] == ["A", "finance.wacc", "B", "B − A"]
    assert step[1] == step[2] == step[3] == whole[1]
    assert "&lt;dear&gt;" in page[page.index("<footer>") :]


def test_drawn_inputs_are_numbers_with_their_unit_in_the_heading(written: tuple[Path, PairedComparison]) -> None:
    rows = list(csv.DictReader((written[0] / "replicas.csv").read_text(encoding="utf-8").splitlines()))
    prices = [float(row["input.catalog.servers.dgx_h100.price [kUSD]"]) for row in rows]
    assert len(rows) == 3 * N
    assert prices[:N] == prices[N : 2 * N]
    assert all(200 <= price <= 300 for price in prices)
    assert {row["input.jobs[pilot].mfu"] for row in rows[: 2 * N]} == {""}
