"""What `run` and `validate` share: the scenario to read and the values to change in it."""

from __future__ import annotations

from pathlib import Path

import click

SET_HELP = (
    "Change one value; may be repeated. A row of a list goes by its name, its year or its number from 0: "
    '--set "sites[campus].power[utility].phases[2].date=2025-03-15", '
    "or with dots: sites.campus.power.utility.phases.2.date=2025-03-15."
)


set_option = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=SET_HELP)


def there(scenario: str) -> str:
    """The scenario's path as given.

    Raises:
        ScenarioError: it is the name of a packaged scenario and there is no such file.
    """
    path = Path(scenario)
    name = scenario.removesuffix(".toml")
    if not path.exists() and path.name == scenario:
        from simcluster.model.packaged import packaged_scenarios

        if name in packaged_scenarios():
            from simcluster.core.problems import Problem, ScenarioError

            hint = f"run `simcluster init {name}` first, or name a file"
            raise ScenarioError([Problem("there is no such file", file=scenario, hint=hint)])
    return scenario
