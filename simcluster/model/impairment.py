"""Impairment: property that is written down, since what it brings in will not cover its book value."""

from datetime import date
from typing import Annotated

from pydantic import Field

from simcluster.model.depreciation import AssetClass
from simcluster.model.kind import Name, Value


class Impairment(Value):
    """On a day the book value of what is in service of a class loses a share, for a reason (ASC 360-10-35).

    With `purchases` only what these opening rows, orders or kits brought. The rest is a new cost basis: it is spread
    over what is left of the life, and never written up again.
    """

    date: date
    asset_class: AssetClass
    share: Annotated[float, Field(gt=0, le=1)]
    reason: Annotated[str, Field(min_length=1)]
    purchases: tuple[Name, ...] = ()

    def strikes(self, asset_class: AssetClass, purchase: str | None) -> bool:
        """Whether it strikes what is of a class and came with a purchase, if with any."""
        return asset_class == self.asset_class and (not self.purchases or purchase in self.purchases)
