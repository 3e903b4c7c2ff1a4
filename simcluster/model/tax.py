"""Income tax: how fast cost is recovered for tax (MACRS with bonus), and what becomes of a year's loss."""

from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.model.depreciation import AssetClass
from simcluster.model.kind import Fraction, Located, Value, refuse

RecoveryYears = Literal[3, 5, 7, 10, 15, 20, 39]
PERIODS: tuple[int, ...] = (3, 5, 7, 10, 15, 20)
"""Recovery periods of declining balance; 39 years are of nonresidential real property, straight line."""
BONUS_UP_TO = PERIODS[-1]
"""The longest recovery period, in years, that bonus depreciation is for (26 U.S.C. 168(k)(2)(A))."""


class Bonus(Value):
    """The share of cost written off at once of what is placed in service from a day on."""

    since: Annotated[date, Field(alias="from")]
    share: Fraction


class Recovery(Value):
    """Recovery periods by class, years.

    Servers and network are computers and their peripherals, 5-year property (asset class 00.12 of Rev. Proc. 87-56).
    That plant is 15-year property is an assumption: what a cost segregation finds to be improvements of land and
    interior (asset class 00.3, 26 U.S.C. 168(e)(3)(E)); the rest of a building is 39-year property.
    """

    servers: RecoveryYears = 5
    network: RecoveryYears = 5
    plant: RecoveryYears = 15
    buildings: RecoveryYears = 39

    def years(self, asset_class: AssetClass) -> int:
        """The recovery period of a class."""
        found: int = getattr(self, asset_class)
        return found


class Tax(Value):
    """Income tax at `finance.tax_rate`, with `bonus` by the day placed in service and `recovery` by class.

    `losses` of a year are received as negative tax at once (`used_by_parent`, as where a group files together), or
    carried forward without end against up to `loss_limit` of later taxable income (26 U.S.C. 172, losses since 2018);
    that limits nothing else.
    """

    bonus: tuple[Bonus, ...] = ()
    recovery: Recovery = Recovery()
    losses: Literal["used_by_parent", "carried_forward"] = "used_by_parent"
    loss_limit: Annotated[Fraction, Field(gt=0)] = 0.8

    @model_validator(mode="after")
    def _in_order(self) -> "Tax":
        found = [
            Located(("bonus", k + 1, "from"), "not after the bonus above it", "order bonuses by date")
            for k, (earlier, later) in enumerate(pairwise(self.bonus))
            if later.since <= earlier.since
        ]
        refuse(found)
        return self

    def bonus_in_force(self, day: date) -> int:
        """The position of the bonus in force on a day; -1 before the first."""
        return sum(row.since <= day for row in self.bonus) - 1

    def bonus_share(self, asset_class: AssetClass, bonus: int) -> float:
        """The share written off at once under a bonus by position: none at -1, and none of real property."""
        return self.bonus[bonus].share if bonus >= 0 and self.recovery.years(asset_class) <= BONUS_UP_TO else 0.0

    def taxed(self, income_cents: int, carried_cents: int, whole_limit_cents: int) -> tuple[int, int]:
        """Income to tax of a year (so far), and the losses carried on, given those carried into it; cents.

        `whole_limit_cents` is the most that they may offset.
        """
        if self.losses == "used_by_parent":
            return income_cents, 0
        if income_cents <= 0:
            return 0, carried_cents - income_cents
        used = min(carried_cents, whole_limit_cents)
        return income_cents - used, carried_cents - used


def recovered(years: int, month: int, age: int, bonus: float) -> float:
    """The share of cost recovered by the end of the `age`-th calendar year after that of placing in service (0).

    `years` is the recovery period, `month` that of placing in service (1 to 12), `bonus` the share written off at once.
    """
    return 0.0 if age < 0 else bonus + (1 - bonus) * regular(years, month, age)


def regular(years: int, month: int, age: int) -> float:
    """As `recovered`, without a bonus: by half-year convention, or mid-month for real property."""
    if years > BONUS_UP_TO:
        return min((age + (12.5 - month) / 12) / years, 1.0)
    return half_year(years)[min(age, years)]


@cache
def half_year(years: int) -> tuple[float, ...]:
    """The share recovered by the end of each year: declining balance, then straight line, half-year convention.

    200% declining balance up to 10 years and 150% above (26 U.S.C. 168(b), IRS Publication 946, Table A-1). Half a year
    counts in the first year, so that there is one more than years; the last is 1.
    """
    rate = (2.0 if years <= PERIODS[3] else 1.5) / years
    left = [1.0 - rate / 2]
    for k in range(1, years):
        left.append(left[-1] - left[-1] * max(rate, 1 / (years - k + 0.5)))
    return (*(1 - share for share in left), 1.0)
