"""Income by calendar year, against the statements it is summed from."""

import pandas as pd
import pytest

from simcluster.books.journal import Account, Journal
from simcluster.study.income import income_outcomes


class Books:
    """A journal in which an impairment of 12.34 USD was posted, or none."""

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def uses(self, prefix: str) -> bool:
        assert prefix == Account.IMPAIRMENT
        return bool(self.cents)

    def moved(self, prefix: str) -> pd.Series:
        assert prefix == Account.IMPAIRMENT
        return pd.Series([self.cents, 0])


def statements(**lines: list[float]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([("income_statement", name) for name in lines], names=["statement", "line"])
    return pd.DataFrame(list(lines.values()), index=index, columns=["2024Q3", "2024Q4", "2025Q1"])


@pytest.mark.parametrize("cents", [0, 1234])
def test_quarters_add_up_to_their_year_in_whole_cents(cents: int) -> None:
    frame = statements(operating_income=[0.1, 0.2, -3.0], net_income=[1.0, 2.0, 4.5])
    journal: Journal = Books(cents)  # type: ignore[assignment] # all that is asked of one
    assert income_outcomes(frame, journal) == {
        "operating_income_usd_2024": 0.3,
        "operating_income_usd_2025": -3.0,
        "net_income_usd_2024": 3.0,
        "net_income_usd_2025": 4.5,
        **({"impairment_usd": 12.34} if cents else {}),
    }


def test_without_interest_or_tax_there_is_operating_income_alone() -> None:
    frame = statements(operating_income=[1.0, 1.0, 1.0])
    assert list(income_outcomes(frame, Books(0))) == [  # type: ignore[arg-type] # all that is asked of one
        "operating_income_usd_2024",
        "operating_income_usd_2025",
    ]
