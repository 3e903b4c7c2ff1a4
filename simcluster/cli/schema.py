"""`simcluster schema`."""

from __future__ import annotations

import click

from simcluster.cli.errors import reports_errors


@click.command()
@reports_errors
def schema() -> None:
    """Print the JSON schema of a scenario, for editors that check while you type."""
    import json

    from simcluster.model.schema import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))
