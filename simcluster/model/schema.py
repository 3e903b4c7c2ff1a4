"""The JSON schema of a scenario *file*: the model's, with what the document layer takes out before the model sees it.

A file may annotate any value as `{value = ..., source = "..."}` and any table with `source`, `assumption` or `note`,
and may say `extends`. No top-level table is demanded, since a file may inherit it, and no field of a catalog row, since
rows come with the package and a file may change a part of one.
"""

from __future__ import annotations

from typing import Any

from simcluster.model.scenario import Scenario
from simcluster.model.tree import ANNOTATIONS

Schema = dict[str, Any]
ANNOTATION: Schema = {name: {"type": "string"} for name in ANNOTATIONS}
SCALARS = ("string", "number", "integer", "boolean")


def scenario_schema() -> Schema:
    """The schema, draft 2020-12, as a tree of plain values."""
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = {name: _table(part) for name, part in schema.pop("$defs").items()}
    for name in _rows_of_the_catalog(definitions):
        definitions[name].pop("required", None)
    file = _table(schema)
    file["properties"]["extends"] = {"type": "string", "description": "a file this one changes, relative to it"}
    file["required"] = ["schema"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **file, "$defs": definitions}


def _rows_of_the_catalog(definitions: dict[str, Schema]) -> set[str]:
    """The tables of the catalog and what they list, but not the kinds of law that a field may hold."""
    found: set[str] = set()
    frontier = _references(definitions["Catalog"])
    while frontier:
        name = frontier.pop()
        if name not in found and "kind" not in definitions[name].get("properties", {}):
            found.add(name)
            frontier |= _references(definitions[name])
    return found


def _references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        here = {schema["$ref"].rsplit("/", 1)[-1]} if isinstance(schema.get("$ref"), str) else set()
        return here.union(*(_references(part) for part in schema.values()))
    return set().union(*(_references(part) for part in schema)) if isinstance(schema, list) else set()


def _table(schema: Schema) -> Schema:
    """A table whose values may be annotated, one by one or all together."""
    if "properties" not in schema:
        return schema
    properties = {name: part if "const" in part else _value(part) for name, part in schema["properties"].items()}
    return {**schema, "properties": {**properties, **ANNOTATION, **_own(schema)}}


def _own(schema: Schema) -> Schema:
    """Fields of the model that happen to be called as an annotation."""
    return {name: part for name, part in schema["properties"].items() if name in ANNOTATIONS}


def _value(schema: Schema) -> Schema:
    """A value as it is, or as a table that annotates it."""
    plain = {key: part for key, part in schema.items() if key not in {"title", "default"}}
    if not _has_scalar(plain):
        return schema
    annotated = {
        "type": "object",
        "properties": {"value": plain, **ANNOTATION},
        "required": ["value"],
        "additionalProperties": False,
    }
    kept: Schema = {key: schema[key] for key in ("title", "default") if key in schema}
    return {**kept, "anyOf": [plain, annotated]}


def _has_scalar(schema: Schema) -> bool:
    return schema.get("type") in SCALARS or any(_has_scalar(part) for part in schema.get("anyOf", ()))
