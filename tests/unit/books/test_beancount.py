import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from beancount.core.realization import compute_balance, get, realize
from beancount.loader import load_file

from simcluster.books.beancount import account_name, ledger, usd
from simcluster.books.journal import ACCOUNTS, Account
from simcluster.books.keep import keep_books
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog
from simcluster.study.run import run

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def bean_check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)


def test_names_and_amounts_are_beancounts() -> None:
    assert account_name(Account.ACCUMULATED_SERVERS) == "Assets:Accumulated-Depreciation:Servers"
    assert [usd(x) for x in (0, 5, -5, -1230, 12_345)] == ["0.00", "0.05", "-0.05", "-12.30", "123.45"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """The ledger of `small`, and our balances at the end in cents by account."""
    result = run(load(SMALL)[0])
    path = tmp_path_factory.mktemp("ledger") / "journal.beancount"
    path.write_text(ledger(result.scenario, result.journal), encoding="utf-8")
    return path, {account_name(a): result.journal.balance(a) for a in ACCOUNTS}


def test_bean_check_accepts_the_ledger_of_small(small: tuple[Path, dict[str, int]]) -> None:
    checked = bean_check(small[0])
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_bean_check_refuses_a_ledger_with_a_cent_astray(small: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    """The control: a check that accepted anything would prove nothing."""
    text = small[0].read_text(encoding="utf-8")
    last = next(amount for line in reversed(text.splitlines()) if (amount := line.split()[-2]) != usd(0))
    astray = tmp_path / "astray.beancount"
    astray.write_text(text.replace(f" {last} USD", f" {usd(1)} USD", 1), encoding="utf-8")
    assert bean_check(astray).returncode != 0


def test_beancounts_own_loader_finds_our_balances(small: tuple[Path, dict[str, int]]) -> None:
    entries, errors, _ = load_file(str(small[0]))
    assert errors == []
    tree = realize(entries)
    for name, cents in small[1].items():
        found = compute_balance(get(tree, name)).get_currency_units("USD").number
        assert (found or Decimal(0)) * 100 == cents, name


def test_a_transaction_stands_on_the_last_day_of_its_month_and_the_opening_before_the_start(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy, tmp_path: Path
) -> None:
    path = tmp_path / "journal.beancount"
    named = scenario.model_copy(update={"title": 'of "books" and \\'})
    path.write_text(ledger(named, keep_books(scenario, log, gpu_hours, energy)), encoding="utf-8")
    entries, errors, options = load_file(str(path))
    assert errors == []
    assert options["title"] == 'of "books" and \\'
    dates = [str(entry.date) for entry in entries if isinstance(entry, Transaction)]
    assert dates[0] == "2023-12-31"
    assert set(dates) >= {"2024-01-31", "2024-02-29", "2024-12-31"}
    assert dates == sorted(dates)
