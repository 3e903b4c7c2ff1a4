"""Where every number of a scenario comes from: a source, or an assumption that shows as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from simcluster.core.problems import KeyPath
from simcluster.report.uncertainty import written_value

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.provenance import Provenance

QUANTITY = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*([A-Za-z%/][\w%/*^() ]*)?")
TEXT_KEYS = frozenset(
    {
        *("name", "title", "description", "kind", "scope", "cluster", "clusters", "site", "server", "gpu", "failures"),
        "purchase",
        *("after", "history", "period", "year", "known"),
    }
)
"""Keys that name or date a row; a number in them claims nothing about the world."""
FRAME = frozenset({"schema", "seed", "start", "end", "known_on"})
"""Top-level keys that choose what to simulate."""
ROW_NAMES = ("name", "period", "year", "start", "date", "given")


@dataclass(frozen=True)
class Row:
    """One number or date of a scenario: its key, its value as written, and what it rests on."""

    group: str
    key: str
    value: str
    source: str | None
    remark: str

    @property
    def is_assumption(self) -> bool:
        """Whether nothing can be cited for it."""
        return self.source is None

    @property
    def basis(self) -> str:
        """The source, or the word assumption."""
        return "assumption" if self.source is None else self.source


@dataclass(frozen=True)
class Group:
    """The rows of one top-level table."""

    name: str
    rows: tuple[Row, ...]

    @property
    def assumptions(self) -> int:
        """How many of the rows are assumptions."""
        return sum(row.is_assumption for row in self.rows)


def provenance_rows(document: Document) -> list[Row]:
    """Every number and date of a scenario in its order, catalog rows only where they are used."""
    used = _used_catalog(document.values)
    return [
        _row(document, path, value)
        for path, value in _leaves(document.values, ())
        if path[0] not in FRAME and (path[0] != "catalog" or path[1:3] in used)
    ]


def groups(rows: list[Row]) -> list[Group]:
    """Rows by top-level table, in their order, the catalog's last."""
    found = [Group(name, tuple(members)) for name, members in groupby(rows, key=lambda row: row.group)]
    return sorted(found, key=lambda group: group.name.startswith("catalog"))


def _row(document: Document, path: KeyPath, value: Any) -> Row:
    source, remark = basis_of(document.provenance_of(path))
    nested = path[0] == "catalog"
    group = f"catalog: {path[1]}" if nested else str(path[0])
    return Row(
        group, _key(document.values, path, 2 if nested else 0), written_value(document, path, value), source, remark
    )


def basis_of(said: Provenance | None) -> tuple[str | None, str]:
    """The source of a value, None if it is an assumption, and what is said beside it."""
    source, assumption, note = (said.source, said.assumption, said.note) if said else (None, None, None)
    return source, "; ".join(text.rstrip(".") for text in (assumption, note) if text)


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in TEXT_KEYS or isinstance(item, dict | list):
                yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _leaves(item, (*path, k))
    elif _is_number(value):
        yield path, value


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return QUANTITY.fullmatch(value.strip()) is not None or _is_day(value)
    return isinstance(value, int | float | date) and not isinstance(value, bool)


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _key(values: dict[str, Any], path: KeyPath, skip: int) -> str:
    """A key path with the names of rows in place of their positions: orders[a].gpus."""
    text, here = "", values
    for depth, part in enumerate(path):
        inner: Any = here[part]  # type: ignore[index]
        if depth >= skip:
            text += f"[{_row_name(inner, part)}]" if isinstance(part, int) else f".{part}" if text else str(part)
        here = inner
    return text


def _row_name(row: Any, position: int) -> str:
    if isinstance(row, dict):
        for key in ROW_NAMES:
            if key in row:
                return str(row[key])
    return str(position + 1)


def _used_catalog(values: dict[str, Any]) -> set[KeyPath]:
    catalog = values.get("catalog", {})
    clusters = [row for row in values.get("clusters", ()) if isinstance(row, dict)]
    servers = {str(row.get("server")) for row in clusters}
    gpus = {str(catalog.get("servers", {}).get(name, {}).get("gpu")) for name in servers}
    failures = {str(row.get("failures")) for row in clusters}
    companies = {str(values.get("company", {}).get("history"))}
    tables = {"servers": servers, "gpus": gpus, "failures": failures, "companies": companies}
    return {(table, name) for table, names in tables.items() for name in names}
