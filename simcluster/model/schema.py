"""The JSON schema of a scenario *file*: the model's, with what the document layer takes out before the model sees it.

A file may annotate any value as `{value = ..., source = "..."}` and any table with `source`, `assumption` or `note`,
may write any value as `{uncertain = {...}}` or `{one_of = [...]}` and correlate them, and may say `extends`. No table
and no field of one is demanded, since a file may inherit them from the file it extends, whose rows it may change in
part, or from the packaged catalog.
"""

from __future__ import annotations

from typing import Any

from simcluster.model.input_laws import PURE, Uncertain
from simcluster.model.scenario import Scenario
from simcluster.model.ties import Correlation
from simcluster.model.tree import ANNOTATIONS, ONE_OF

Schema = dict[str, Any]
ANNOTATION: Schema = {name: {"type": "string"} for name in ANNOTATIONS}
SCALARS = ("string", "number", "integer", "boolean")
VALUE: Schema = {"type": ["number", "string"]}
UNCERTAIN_VALUE: Schema = {"$ref": "#/$defs/Uncertain"}
ALTERNATIVES: Schema = {"$ref": "#/$defs/Alternatives"}


def scenario_schema() -> Schema:
    """The schema, draft 2020-12, as a tree of plain values."""
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = {name: _table(part) for name, part in schema.pop("$defs").items()}
    for part in definitions.values():
        part.pop("required", None)
    file = _table(schema)
    file["properties"]["extends"] = {"type": "string", "description": "a file this one changes, relative to it"}
    file["properties"]["correlations"] = {"type": "array", "items": _table(Correlation.model_json_schema())}
    file["required"] = ["schema"]
    definitions |= _uncertain()
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
    kept: Schema = {key: schema[key] for key in ("title", "default") if key in schema}
    if not _has_scalar(plain):
        return {**kept, "anyOf": [plain, ALTERNATIVES]}
    annotated = {
        "type": "object",
        "properties": {"value": plain, **ANNOTATION},
        "required": ["value"],
        "additionalProperties": False,
    }
    return {**kept, "anyOf": [plain, annotated, UNCERTAIN_VALUE, ALTERNATIVES]}


def _uncertain() -> dict[str, Schema]:
    """What stands for an uncertain value and for alternatives; values are numbers, text with a unit, or dates."""
    schema = Uncertain.model_json_schema()
    definitions = {name: _on_any_scale(part) for name, part in schema.pop("$defs").items()}
    band = {"p5": VALUE, "p95": VALUE}
    definitions["LognormalInput"]["properties"] |= band
    definitions["LognormalInput"]["required"] = ["kind"]
    schema["properties"] |= {"value": VALUE, "step": VALUE, **ANNOTATION}
    row = {"value": {}, "weight": {"type": "number", "exclusiveMinimum": 0}, "label": {"type": "string"}, **ANNOTATION}
    options = {"type": "array", "minItems": 2, "items": {"anyOf": [{"properties": row}, {"not": {"type": "object"}}]}}
    alternatives = {
        "type": "object",
        "properties": {ONE_OF: options, "value": {"type": "string"}, **ANNOTATION},
        "required": [ONE_OF],
        "additionalProperties": False,
    }
    return {**definitions, "Uncertain": schema, "Alternatives": alternatives}


def _on_any_scale(law: Schema) -> Schema:
    """A law whose parameters, floats of a scale inside, are values as a file writes them."""
    properties = {
        name: part if name in PURE else {"anyOf": [VALUE, {"type": "array", "items": VALUE}]}
        for name, part in law["properties"].items()
    }
    return {**law, "properties": properties | ANNOTATION}


def _has_scalar(schema: Schema) -> bool:
    return schema.get("type") in SCALARS or any(_has_scalar(part) for part in schema.get("anyOf", ()))
