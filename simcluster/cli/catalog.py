"""`simcluster catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simcluster.cli.errors import reports_errors

if TYPE_CHECKING:
    from simcluster.model.provenance import Provenance


@click.command()
@click.argument("table", required=False)
@reports_errors
def catalog(table: str | None) -> None:
    """List the rows of the packaged catalog and their sources; with TABLE, of that table alone."""
    from simcluster.model.document import read_packaged_catalog

    rows, provenance = read_packaged_catalog()
    if table is not None and table not in rows:
        raise click.BadParameter(f"there is no table {table!r}; the tables are {', '.join(rows)}", param_hint="TABLE")
    for name in rows if table is None else (table,):
        click.echo(f"[{name}]")
        for row in rows[name]:
            click.echo(f"  {row}")
            said = {said: path for path, said in provenance.items() if _concerns(path, name, row)}
            for line in dict.fromkeys(_line(entry) for entry in said):
                click.echo(f"      {line}")


def _concerns(path: tuple[str | int, ...], table: str, row: str) -> bool:
    """Whether an annotation stands at the row, below it or on its whole table."""
    return path[: len(("catalog", table, row))] == ("catalog", table, row) or path == ("catalog", table)


def _line(entry: Provenance) -> str:
    return "; ".join(f"{key}: {text}" for key, text in entry.as_table().items())
