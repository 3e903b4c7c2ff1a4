import pytest

from simcluster.books.journal import Account, Entry, Journal, Posting, UnbalancedEntryError, entry
from simcluster.core.calendar import Month

MONTHS = (Month(2024, 1), Month(2024, 2))


def test_an_unbalanced_entry_cannot_be_built() -> None:
    with pytest.raises(UnbalancedEntryError, match="out of balance by 1 "):
        Entry(0, "wrong", (Posting(Account.CASH, 100), Posting(Account.CONTRIBUTED, -99)))
    with pytest.raises(UnbalancedEntryError):
        Entry(0, "empty", ())


def test_amounts_of_zero_make_no_entry() -> None:
    assert not list(entry(0, "nothing", (Account.CASH, 0), (Account.ENERGY, 0)))


def test_balances_sum_below_a_prefix_up_to_a_month() -> None:
    opening = entry(-1, "opening", (Account.PPE_SERVERS, 500), (Account.OPENING_EQUITY, -500))
    bought = entry(1, "bought", (Account.PPE_NETWORK, 30), (Account.CASH, -30))
    journal = Journal(MONTHS, (*opening, *bought))
    assert journal.balance("assets:ppe", -1) == 500
    assert journal.balance("assets:ppe", 0) == 500
    assert journal.balance("assets:ppe") == 530
    assert journal.balance("assets") == 500
    assert journal.moved("assets:ppe").tolist() == [0, 30]
    frame = journal.monthly()
    assert list(frame.index) == ["opening", "2024-01", "2024-02"]
    assert frame.loc["2024-02", "assets:cash"] == -30


def test_a_prefix_ends_at_a_colon_and_must_exist() -> None:
    with pytest.raises(KeyError):
        Journal(MONTHS, ()).balance("assets:pp")
