"""Every number of the catalog says where it comes from."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CATALOG = Path(__file__).parents[2] / "simcluster" / "catalog"
FILES = sorted(CATALOG.rglob("*.toml"))
QUANTITY = re.compile(r"[+-]?\d[\d_]*(\.\d+)?([eE][+-]?\d+)?\s*(%|/?\s*[A-Za-z].*)")
PROSE = {"title", "source", "assumption", "name", "period", "known", "year"}


def is_number(value: Any) -> bool:
    """A number, or a text such as "10.2 kW"; never a flag or a date."""
    if isinstance(value, str):
        return QUANTITY.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def uncited(node: Any, path: str, cited: bool = False) -> Iterator[str]:
    """Paths of the numbers below a node that neither they nor an enclosing table give a source or an assumption."""
    if isinstance(node, dict):
        cited = cited or any(isinstance(node.get(key), str) and node[key].strip() for key in ("source", "assumption"))
        for key, child in node.items():
            if key not in PROSE:
                yield from uncited(child, f"{path}.{key}", cited)
    elif isinstance(node, list):
        for k, child in enumerate(node):
            yield from uncited(child, f"{path}[{k}]", cited)
    elif is_number(node) and not cited:
        yield path


def test_the_catalog_is_there() -> None:
    assert {"gpus.toml", "servers.toml", "failures.toml", "meta.toml"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_is_cited(path: Path) -> None:
    assert list(uncited(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[a]\nx = "10.2 kW"', ["t.a.x"]),
        ("[a]\nx = 3", ["t.a.x"]),
        ('[a]\nx = "3e-3 / day"\nsource = ""', ["t.a.x"]),
        ('[a]\nsource = "s"\n[a.b]\nx = 3', []),
        ("[a]\nx = { value = 3, assumption = 'why' }\ny = 4", ["t.a.y"]),
        ("[[a]]\nx = 3\nsource = 's'\n[[a]]\nx = 4", ["t.a[1].x"]),
    ],
)
def test_the_check_finds_what_it_should(text: str, expected: list[str]) -> None:
    assert list(uncited(tomllib.loads(text), "t")) == expected
