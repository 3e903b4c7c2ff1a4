"""What the analyst assumes: cost of capital, lives, tax, and how far to look."""

from typing import Annotated

from pydantic import Field

from simcluster.model.debt import Debt
from simcluster.model.depreciation import Lives
from simcluster.model.impairment import Impairment
from simcluster.model.kind import Fraction, Positive, Value, Years
from simcluster.model.leases import Lease
from simcluster.model.tax import Tax


class Finance(Value):
    """Assumptions of valuation, what the programme borrows, and how it is taxed.

    `evaluation_years` counts from the scenario's start and covers the run-off. With `capitalise_interest` the
    interest on construction in progress becomes part of its cost (ASC 835-20). Without `tax` the rate only grosses up
    the charge on capital, and flows are before tax. For `economic_life` from their entry into service servers earn in
    the run-off; without it as long as their book life.
    """

    wacc: Annotated[Fraction, Field(gt=0)]
    tax_rate: Annotated[Fraction, Field(lt=1)]
    evaluation_years: Positive
    economic_life: Annotated[Years, Field(gt=0)] | None = None
    lives: Lives
    impairments: tuple[Impairment, ...] = ()
    debt: tuple[Debt, ...] = ()
    capitalise_interest: bool = False
    leases: tuple[Lease, ...] = ()
    tax: Tax | None = None
