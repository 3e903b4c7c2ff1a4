"""The critical path of each campus as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.campus_path import campus_path
from simcluster.report import format as fmt
from simcluster.report.cards import Table

if TYPE_CHECKING:
    from simcluster.study.result import Result


def paths_table(result: Result) -> Table:
    """What the last node of each site to enter service had waited for, leg by leg; no rows if none was ordered."""
    scenario, date = result.scenario, result.scenario.clock.date
    rows = []
    for k, site in enumerate(scenario.sites):
        for leg in campus_path(scenario, result.log, k):
            since, until = date(leg.since).isoformat(), date(leg.until).isoformat()
            rows.append((site.name, since, until, fmt.plain(leg.days), leg.constraint, leg.what))
    return Table(("Site", "From", "To", "Days", "Constraint", "What it took"), tuple(rows))
