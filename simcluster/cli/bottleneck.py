"""`simcluster bottleneck`."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.errors import reports_errors

if TYPE_CHECKING:
    from simcluster.study.bottleneck import Bottleneck


@click.command()
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the luck, instead of the scenario's.")
@set_option
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="By how much each is eased.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to run in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@reports_errors
def bottleneck(
    scenario: str, seed: int | None, overrides: tuple[str, ...], days: int, workers: int, as_json: bool
) -> None:
    """Say what holds SCENARIO's build back, and what a week less of each constraint is worth.

    Runs it once as it is and once more for each constraint that holds anything up, eased by so many days with all luck
    the same: supply and network by shorter lead times, halls and power by earlier dates, crews by shorter installation,
    a budget by the days' share of its money. Then follows the last node of each site back to where its path began.
    Writes nothing.
    """
    from simcluster.study.bottleneck import bottleneck as find

    plan, _ = loaded(scenario, overrides, seed)
    if workers == 1:
        found = find(plan, plan.seed, days)
    else:
        with ProcessPoolExecutor(workers) as pool:
            found = find(plan, plan.seed, days, pool)
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False))
        return
    from simcluster.report.bottleneck import bottleneck_text

    click.echo(bottleneck_text(found), nl=False)


def _plain(found: Bottleneck) -> dict[str, object]:
    clock = found.result.scenario.clock
    return {
        "scenario": found.result.scenario.name,
        "seed": found.result.seed,
        "days": found.days,
        "constraints": [asdict(row) for row in found.marginals],
        "critical_path": {
            site: [
                {"what": leg.what, "constraint": leg.constraint, "since": clock.date(leg.since).isoformat(),
                 "until": clock.date(leg.until).isoformat(), "days": leg.days}
                for leg in path
            ]
            for site, path in found.paths.items()
        },
    }  # fmt: skip
