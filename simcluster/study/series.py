"""The few lines over time of a run that a sweep keeps, for its fans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from simcluster.record.ledger import Series
    from simcluster.study.result import Result


def series_of(result: Result) -> Series:
    """Values by name and by the last day of each month or quarter, in ISO 8601.

    `gpus_in_service` at the end of each month; `drawn_mw`, the facility's draw, in the mean of its days;
    `capex_programme_usd` spent by the end of each quarter; `offset` of each quarter, where something is to pay.
    """
    import pandas as pd

    daily = result.daily.groupby("date")[["in_service", "drawn_mw"]].sum()
    months = daily.groupby(pd.DatetimeIndex(daily.index).to_period("M"))
    quarters = result.company.columns
    found = {
        "gpus_in_service": _dated(months.groups, months["in_service"].last()),
        "drawn_mw": _dated(months.groups, months["drawn_mw"].mean()),
        "capex_programme_usd": _dated(quarters, result.company.T["programme_capex"].cumsum()),
    }
    if result.scenario.revenue.earns:
        found["offset"] = _dated(result.offset.index, result.offset["offset"])
    return found


def _dated(periods: Iterable[object], values: pd.Series[float]) -> dict[str, float | None]:
    import pandas as pd

    ends = [pd.Period(str(period)).end_time.date().isoformat() for period in periods]
    numbers = (float(value) for value in values)
    return {end: value if np.isfinite(value) else None for end, value in zip(ends, numbers, strict=True)}
