"""`simcluster catalog`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from simcluster.cli.errors import reports_errors

if TYPE_CHECKING:
    from simcluster.core.problems import KeyPath
    from simcluster.model.provenance import Provenance


@click.command()
@click.argument("table", required=False)
@reports_errors
def catalog(table: str | None) -> None:
    """List every value of the packaged catalog with its source or assumption; with TABLE, of that table alone.

    What stands before the = is the path that --set takes: --set "catalog.servers.b200_8gpu.price=450 kUSD".
    """
    from simcluster.core.problems import dotted
    from simcluster.model.document import read_packaged_catalog

    rows, provenance = read_packaged_catalog()
    if table is not None and table not in rows:
        raise click.BadParameter(f"there is no table {table!r}; the tables are {', '.join(rows)}", param_hint="TABLE")
    for name in rows if table is None else (table,):
        for path, shown, value in _leaves(rows[name], ("catalog", name), ("catalog", name)):
            said = _nearest(provenance, path)
            click.echo(f"{dotted(shown)} = {_text(value)}" + (f"   {_line(said)}" if said else ""))


def _leaves(value: Any, path: KeyPath, shown: KeyPath) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
    """Every value with its path and the path to show, in which a row goes by its name or year if it has one."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key), (*shown, key))
    elif isinstance(value, list) and any(isinstance(row, dict) for row in value):
        for k, row in enumerate(value):
            yield from _leaves(row, (*path, k), (*shown, row.get("name", str(row.get("year", k)))))
    else:
        yield path, shown, value


def _nearest(provenance: dict[KeyPath, Provenance], path: KeyPath) -> Provenance | None:
    """The annotation of a value, or of what encloses it within the catalog."""
    return next((provenance[path[:k]] for k in range(len(path), 1, -1) if path[:k] in provenance), None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(_text(item) for item in value)}]" if isinstance(value, list) else str(value)


def _line(entry: Provenance) -> str:
    return "; ".join(f"{key}: {text}" for key, text in entry.as_table().items())
