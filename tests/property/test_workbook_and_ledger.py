"""The workbook and the ledger of generated scenarios, read by programs that are not ours."""

from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.realization import compute_balance, get, realize
from beancount.loader import load_string
from hypothesis import given, settings
from recalculation import changed, differences, needs_office, read, recalculated, write
from strategies import scenarios

from simcluster.books.beancount import account_name, ledger
from simcluster.books.journal import ACCOUNTS
from simcluster.books.workbook.monthly import OTHER
from simcluster.model.scenario import Scenario
from simcluster.study.run import run


@given(scenarios())
def test_beancount_accepts_the_ledger_and_finds_our_balances(scenario: Scenario) -> None:
    journal = run(scenario).journal
    entries, errors, _ = load_string(ledger(scenario, journal))
    assert errors == []
    tree = realize(entries)
    for account in ACCOUNTS:
        found = compute_balance(get(tree, account_name(account))).get_currency_units("USD").number
        assert (found or Decimal(0)) * 100 == journal.balance(account)


@needs_office
@pytest.mark.slow
def test_libreoffice_finds_every_value_that_was_written(tmp_path: Path) -> None:
    """All in one call, since the program takes longer to start than to calculate."""
    written: list[Path] = []

    @settings(max_examples=20)
    @given(scenarios())
    def collect(scenario: Scenario) -> None:
        result = run(scenario)
        written.append(write(tmp_path / f"{len(written)}.xlsx", result))

    collect()
    copies = [changed(path, tmp_path / f"again{k}.xlsx", {}) for k, path in enumerate(written)]
    for path, again in zip(written, recalculated(copies), strict=True):
        assert differences(read(path), again) == []
        assert again["Assumptions"][2][1] is True
        assert again[OTHER][3:] == [], "everything is priced by an assumption"
