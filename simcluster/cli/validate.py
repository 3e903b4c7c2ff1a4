"""`simcluster validate`."""

from __future__ import annotations

import click

from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.errors import reports_errors


@click.command()
@click.argument("scenario")
@set_option
@reports_errors
def validate(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and report every problem in it, each with its place and a hint.

    What is uncertain is also tried near the ends of its law, and in every alternative.
    """
    from simcluster.core.problems import ScenarioError
    from simcluster.model.extremes import problems_at_extremes
    from simcluster.report.format import times

    checked, document = loaded(scenario, overrides)
    problems = problems_at_extremes(checked, document)
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    months = (checked.end.year - checked.start.year) * 12 + checked.end.month - checked.start.month + 1
    ordered = sum(order.gpus for order in checked.orders)
    jobs = times(len(checked.jobs), "job")
    click.echo(f"ok: {checked.name}, {times(months, 'month')}, {ordered:,} GPUs ordered, {jobs}")
