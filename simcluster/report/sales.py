"""What was sold or decommissioned, as a line of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.format import number

if TYPE_CHECKING:
    from simcluster.study.result import Result


def sold_line(result: Result) -> str:
    """GPUs sold, what they fetched, and how far from book value; empty where nothing was sold."""
    gpus, usd = (number(result.outcomes.get(key)) for key in ("gpus_sold", "sale_proceeds_usd"))
    if not gpus:
        return ""
    lost = float(result.costs.sold_usd.sum())
    against = f", {fmt.usd(abs(lost))} {'below' if lost > 0 else 'above'} book value" if round(lost) else ""
    return f"Sold: {fmt.gpus(gpus)} for {fmt.usd(usd)}{against}"
