"""The critical path of each campus as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.campus_path import campus_path
from simcluster.report import format as fmt
from simcluster.report.cards import Table

if TYPE_CHECKING:
    from simcluster.study.result import Result


def paths_table(result: Result) -> Table:
    """What the last node of each site to enter service had waited for, leg by leg; no rows if none was ordered.

    Legs of less than half a day are left out. The constraint of the last one is a crew only where a step has `lines`.
    """
    scenario, date = result.scenario, result.scenario.clock.date
    rows = []
    for k, site in enumerate(scenario.sites):
        crewed = any(step.lines is not None for step in (*site.install, site.burn_in))
        for leg in campus_path(scenario, result.log, k):
            if round(leg.days) < 1:
                continue
            since, until = date(leg.since).isoformat(), date(leg.until).isoformat()
            constraint = "installation" if leg.constraint == "crew" and not crewed else leg.constraint
            rows.append((site.name, since, until, fmt.plain(leg.days), constraint, leg.what))
    return Table(("Site", "From", "To", "Days", "Constraint", "What it took"), tuple(rows))
