"""The journal as a beancount ledger, which `bean-check` accepts and any tool for plain-text accounting reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from simcluster.books.journal import ACCOUNTS, OPENING

if TYPE_CHECKING:
    from simcluster.books.journal import Account, Entry, Journal
    from simcluster.model.scenario import Scenario

CURRENCY = "USD"


def ledger(scenario: Scenario, journal: Journal) -> str:
    """The whole ledger as text.

    Accounts are opened the day before the start. A transaction an entry: the opening balance on that day, all others on
    the last simulated day of their month. At the end stand balances of every account, which `bean-check` checks.
    """
    before = scenario.start - timedelta(days=1)
    dates = {OPENING: before} | {
        k: scenario.clock.date(edge) - timedelta(days=1) for k, edge in enumerate(scenario.clock.month_edges[1:])
    }
    entries = sorted(journal.entries, key=lambda entry: entry.month)
    lines = [
        f'option "title" {_quoted(scenario.title or scenario.name)}',
        f'option "operating_currency" "{CURRENCY}"',
        "",
        *(f"{before} open {account_name(account)} {CURRENCY}" for account in ACCOUNTS),
        *(line for entry in entries for line in _transaction(dates[entry.month], entry)),
        "",
        *_balances(journal, scenario.end + timedelta(days=1)),
    ]
    return "\n".join(lines) + "\n"


def account_name(account: Account) -> str:
    """An account as beancount names it: `assets:cip:servers` is `Assets:Cip:Servers`."""
    return ":".join(part.replace("_", "-").title() for part in account.split(":"))


def usd(cents: int) -> str:
    """Whole cents as an exact decimal of dollars, such as -12.30."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def _transaction(day: date, entry: Entry) -> Iterator[str]:
    yield ""
    yield f"{day} * {_quoted(entry.text)}"
    for posting in entry.postings:
        yield f"  {account_name(posting.account)}  {usd(posting.cents)} {CURRENCY}"


def _balances(journal: Journal, day: date) -> Iterator[str]:
    """What each account holds at the beginning of a day, as an assertion."""
    for k, account in enumerate(ACCOUNTS):
        yield f"{day} balance {account_name(account)}  {usd(int(journal.balances[-1, k]))} {CURRENCY}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
