"""Inputs of tax: bonus by the day placed in service, recovery periods, and what losses may offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.model.depreciation import CLASSES
from simcluster.model.tax import BONUS_UP_TO, PERIODS

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.tax import Tax

RECOVERY_UNIT = f"years: {', '.join(map(str, PERIODS))}; above {BONUS_UP_TO}, straight line"


def tax_inputs(inputs: Inputs, tax: Tax) -> None:
    """Write them."""
    for k, row in enumerate(tax.bonus):
        inputs.value(("bonus", k), f"bonus from {row.since}", row.share, "fraction of cost")
    for name in CLASSES:
        inputs.value(("recovery", name), f"recovery of {name}", tax.recovery.years(name), RECOVERY_UNIT)
    if tax.losses == "carried_forward":
        inputs.value(("loss_limit",), "loss limit", tax.loss_limit, "fraction of income to tax")
