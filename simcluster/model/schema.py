"""The JSON schema of a scenario *file*: the model's, with what the document layer takes out before the model sees it.

A file may annotate any value as `{value = ..., source = "..."}` and any table with `source`, `assumption` or `note`,
and may say `extends`. No table and no field of one is demanded, since a file may inherit them from the file it extends,
whose rows it may change in part, or from the packaged catalog.
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
    for part in definitions.values():
        part.pop("required", None)
    file = _table(schema)
    file["properties"]["extends"] = {"type": "string", "description": "a file this one changes, relative to it"}
    file["required"] = ["schema"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **file, "$defs": definitions}


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
