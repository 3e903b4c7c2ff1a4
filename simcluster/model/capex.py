"""What companies call capital expenditure: one formula each, of the same cash and leases."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simcluster.model.kind import Value

Amounts = NDArray[np.int64]


@dataclass(frozen=True)
class Spending:
    """Capital spent in each month, cents, shape (months,).

    `paid` is cash for deposits, equipment and construction and `returned` what came back of it, such as deposits;
    `lease_principal` is cash, `lease_additions` what came on finance leases at the present value of its payments.
    """

    paid: Amounts
    returned: Amounts
    lease_principal: Amounts
    lease_additions: Amounts


class Purchases(Value):
    """Cash for property and equipment, net of what came back (Alphabet, Oracle)."""

    kind: Literal["purchases"] = "purchases"

    def capex(self, spent: Spending) -> Amounts:
        """Capital expenditure by month, cents: paid - returned."""
        return spent.paid - spent.returned


class PurchasesAndLeasePrincipal(Value):
    """Net purchases and the principal paid on finance leases (Meta)."""

    kind: Literal["purchases_and_lease_principal"] = "purchases_and_lease_principal"

    def capex(self, spent: Spending) -> Amounts:
        """Capital expenditure by month, cents: paid - returned + principal."""
        return spent.paid - spent.returned + spent.lease_principal


class PurchasesAndLeaseAdditions(Value):
    """Net purchases and all that came on finance leases, whenever it is paid for (Microsoft)."""

    kind: Literal["purchases_and_lease_additions"] = "purchases_and_lease_additions"

    def capex(self, spent: Spending) -> Amounts:
        """Capital expenditure by month, cents: paid - returned + additions."""
        return spent.paid - spent.returned + spent.lease_additions


class GrossProductiveAssets(Value):
    """Cash paid for productive assets, with nothing taken off for what came back (Amazon)."""

    kind: Literal["gross_productive_assets"] = "gross_productive_assets"

    def capex(self, spent: Spending) -> Amounts:
        """Capital expenditure by month, cents: paid."""
        return spent.paid


CapexDefinition = Annotated[
    Purchases | PurchasesAndLeasePrincipal | PurchasesAndLeaseAdditions | GrossProductiveAssets,
    Field(discriminator="kind"),
]
"""A definition of capex: a table with a `kind`."""
NET_WITH_LEASE_PRINCIPAL = PurchasesAndLeasePrincipal()
