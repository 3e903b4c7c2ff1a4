"""What the analyst assumes: cost of capital, lives, tax, and how far to look."""

from typing import Annotated

from pydantic import Field

from simcluster.model.debt import Debt
from simcluster.model.depreciation import Lives
from simcluster.model.kind import Fraction, Positive, Value


class Finance(Value):
    """Assumptions of valuation, and what the programme borrows.

    `evaluation_years` counts from the scenario's start and covers the run-off. With `capitalise_interest` the
    interest on construction in progress becomes part of its cost (ASC 835-20).
    """

    wacc: Annotated[Fraction, Field(gt=0)]
    tax_rate: Annotated[Fraction, Field(lt=1)]
    evaluation_years: Positive
    lives: Lives
    debt: tuple[Debt, ...] = ()
    capitalise_interest: bool = False
