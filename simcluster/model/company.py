"""The company around the programme: reported history, and the plan for the rest of it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from simcluster.model.capex import NET_WITH_LEASE_PRINCIPAL, CapexDefinition
from simcluster.model.kind import Growth, Name, Usd, Value
from simcluster.model.revenue import AdGrowth


class ReportedQuarter(Value):
    """A reported quarter, USD millions; absent where not collected."""

    period: Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$")]
    revenue_musd: float | None = None
    advertising_musd: float | None = None
    costs_musd: float | None = None
    operating_income_musd: float | None = None
    capex_musd: float | None = None
    depreciation_musd: float | None = None
    known: date | None = None


class ReportedYear(Value):
    """A reported fiscal year, USD millions."""

    year: int
    revenue_musd: float
    advertising_musd: float
    costs_musd: float
    capex_musd: float
    depreciation_musd: float
    operating_cash_flow_musd: float | None = None
    daily_people_bn: float | None = None
    impressions_growth: float | None = None
    price_growth: float | None = None
    known: date | None = None


class CompanyHistory(Value):
    """What a company has reported."""

    title: str
    quarters: tuple[ReportedQuarter, ...] = ()
    years: tuple[ReportedYear, ...] = ()

    def year(self, year: int) -> ReportedYear | None:
        """The reported year, if any."""
        return next((row for row in self.years if row.year == year), None)


UNREPORTED = CompanyHistory(title="")


class PlanYear(Value):
    """A planned year: organic growth of advertising, other revenue, and costs and capex outside the programme."""

    year: int
    advertising: AdGrowth
    other_revenue_growth: Growth
    rest_costs: Usd
    rest_capex: Usd


class Guidance(Value):
    """Capex the company has guided to for a year."""

    year: int
    low: Usd
    high: Usd
    given: date


class Company(Value):
    """The company: its catalog history by name, the first planned years, its guidance, and what it calls capex."""

    history: Name
    capex: CapexDefinition = NET_WITH_LEASE_PRINCIPAL
    plan: tuple[PlanYear, ...] = Field(min_length=1)
    guidance: tuple[Guidance, ...] = ()

    def plan_of(self, year: int) -> PlanYear:
        """The plan of a simulated year; a scenario without one is refused."""
        return next(row for row in self.plan if row.year == year)
