"""`simcluster validate`."""

from __future__ import annotations

import click

from simcluster.cli.arguments import set_option, there
from simcluster.cli.errors import reports_errors


@click.command()
@click.argument("scenario")
@set_option
@reports_errors
def validate(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and report every problem in it, each with its place and a hint."""
    from simcluster.model.load import load

    checked, _ = load(there(scenario), overrides)
    months = (checked.end.year - checked.start.year) * 12 + checked.end.month - checked.start.month + 1
    ordered = sum(order.gpus for order in checked.orders)
    click.echo(f"ok: {checked.name}, {months} months, {ordered:,} GPUs ordered, {len(checked.jobs)} jobs")
