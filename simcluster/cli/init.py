"""`simcluster init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.errors import reports_errors

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@click.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="List the packaged scenarios.")
@reports_errors
def init(name: str | None, listed: bool) -> None:
    """Write the packaged scenario NAME to NAME.toml here, complete in one file; never overwrites."""
    from simcluster.model.packaged import packaged_scenarios

    found = packaged_scenarios()
    if listed:
        for stem, file in found.items():
            click.echo(f"{stem:<20} {_title(file)}".rstrip())
        return
    if name is None:
        raise click.UsageError("give the NAME of a scenario; --list shows them")
    if name not in found:
        from difflib import get_close_matches

        close = get_close_matches(name, found, 1)
        hint = f"did you mean {close[0]!r}?" if close else "--list shows them"
        raise click.UsageError(f"there is no packaged scenario {name!r}; {hint}")
    _write(found[name], Path(f"{name}.toml"))
    click.echo(f"wrote {name}.toml; check it with: simcluster validate {name}.toml")


def _title(file: Traversable) -> str:
    import tomllib

    return str(tomllib.loads(file.read_text(encoding="utf-8")).get("title", ""))


def _write(file: Traversable, target: Path) -> None:
    """Write the scenario as its author wrote it, or with its base inlined if it extends another."""
    import tomllib
    from importlib.resources import as_file

    text = file.read_text(encoding="utf-8")
    if "extends" in tomllib.loads(text):
        from simcluster.model.document import inlined_toml

        with as_file(file) as path:
            text = inlined_toml(path)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise click.UsageError(f"{target} is already here; remove it or go to another folder") from None
