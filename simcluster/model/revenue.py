"""How AI compute becomes advertising: lift laws and the assistant's users, as pure methods."""

import math
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from simcluster.model.kind import Fraction, Growth, Positive, UsdPerYear, Value


class NoLift(Value):
    """AI adds nothing to advertising."""

    kind: Literal["none"] = "none"

    def lift(self, serving_h100e: float) -> float:
        """Fraction by which advertising exceeds what it would be without AI compute."""
        return 0.0


class SaturatingLift(Value):
    """Lift rises with background H100 equivalents in use and saturates: ceiling (1 - exp(-x / scale)).

    The form is an assumption; the ceiling is anchored on stated effects on time spent and conversions.
    """

    kind: Literal["saturating"] = "saturating"
    ceiling: Annotated[Fraction, Field(lt=1)]
    scale_h100e: Positive

    def lift(self, serving_h100e: float) -> float:
        """Fraction by which advertising exceeds what it would be without AI compute."""
        return self.ceiling * (1 - math.exp(-serving_h100e / self.scale_h100e))


Lift = Annotated[NoLift | SaturatingLift, Field(discriminator="kind")]


class Assistant(Value):
    """Monthly users of the AI assistant by a logistic curve, and what advertising earns on each a year.

    Users: ceiling / (1 + exp(-r (t - t0))), r = `growth_per_year`, t0 = `midpoint`. No revenue before `monetised`.
    """

    ceiling_musers: Positive
    growth_per_year: Positive
    midpoint: date
    revenue_per_user: UsdPerYear
    monetised: date

    def users_millions(self, day: date) -> float:
        """Monthly users on a day, millions."""
        years = (day - self.midpoint).days / 365.25
        return self.ceiling_musers / (1 + math.exp(-self.growth_per_year * years))

    def revenue_usd(self, day: date, days: int) -> float:
        """Advertising on the assistant over `days` from a day on, USD."""
        if day < self.monetised:
            return 0.0
        return self.users_millions(day) * 1e6 * self.revenue_per_user * days / 365.25


class Revenue(Value):
    """Advertising attributed to AI: a lift on the feed's advertising, and the assistant."""

    lift: Lift
    assistant: Assistant | None = None
    contribution_margin: Annotated[Fraction, Field(gt=0)]
    """Margin on advertising before the programme's own costs."""

    @property
    def earns(self) -> bool:
        """Whether anything is attributed to AI at all."""
        return self.assistant is not None or not isinstance(self.lift, NoLift)


NO_REVENUE = Revenue(lift=NoLift(), contribution_margin=1.0)


class AdGrowth(Value):
    """Growth of advertising without AI lift in a year: 1 + g = (1 + impressions) (1 + price)."""

    impressions: Growth
    price: Growth

    @property
    def total(self) -> float:
        """Growth of advertising revenue over the year before."""
        return (1 + self.impressions) * (1 + self.price) - 1
