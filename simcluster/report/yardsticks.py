"""The table of what a GPU-hour costs by our books and by others' formulas, with the assumptions of each formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.yardsticks import TRAINING_SHARE, VALUE_DECAY_PER_YEAR
from simcluster.report import format as fmt
from simcluster.report.cards import Table

if TYPE_CHECKING:
    from simcluster.study.result import Result

NAMES = {"booked": "books", "rental": "rental", "amortised": "amortised"}
COLUMNS = (
    ("USD an hour", "usd_per_gpu_hour", 2),
    ("Capital", "capital_usd", 2),
    ("Running", "running_usd", 2),
    ("USD a GPU", "price_usd_per_gpu", 0),
    ("Life", "life_years", 1),
    ("Age", "age_years", 2),
    ("Rate", "rate_per_year", None),
    ("kW", "kw_per_gpu", 2),
    ("PUE", "pue", 2),
    ("USD a kWh", "usd_per_kwh", 3),
)
"""Heading, column of `Result.yardsticks`, and digits; none for a share."""


def yardsticks_table(result: Result) -> Table:
    """A row a cluster and formula; what a formula does not ask for is left open."""
    rows = []
    for row in result.yardsticks.to_dict("records"):
        cells = (
            fmt.percent(row[name]) if digits is None else fmt.plain(row[name], digits) for _, name, digits in COLUMNS
        )
        rows.append((str(row["cluster"]), NAMES[row["yardstick"]], *cells))
    return Table(("Cluster", "By", *(heading for heading, _, _ in COLUMNS)), tuple(rows))


def formula_assumptions() -> dict[str, str]:
    """Numbers that are the formulas' own and not the scenario's, as text."""
    return {"lost": fmt.percent(1 - 10**-VALUE_DECAY_PER_YEAR), "drawn": fmt.percent(TRAINING_SHARE, 0)}
