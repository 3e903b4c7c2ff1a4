"""Validation errors in plain words: what is wrong at which key, and one hint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from simcluster.core.problems import KeyPath
from simcluster.model.fields import fields_at
from simcluster.model.kind import Located
from simcluster.model.source import DATE_HINT

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "date": "a date",
    "datetime": "a date and time",
    "list": "a list",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
}
HINTS = {
    "int": "write digits alone: 1024",
    "float": "write digits, without quotes: 0.8",
    "bool": "write true or false, without quotes",
    "date": DATE_HINT,
    "string": "put it in quotes",
    "list": "put it in [ ]",
    "tuple": "put it in [ ]",
}
PERCENT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(?:%|percent)\s*")
LIMITS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
SAID = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def explain(error: ErrorDetails, model: type[BaseModel], values: Mapping[str, Any]) -> Iterator[Located]:
    """One pydantic error as problems at key paths of the file."""
    kind, context = error["type"], error.get("ctx", {})
    path = document_path(error["loc"], values, keep_last=kind == "missing")
    if kind == "located":
        for found in context["problems"]:
            yield Located((*path, *found.path), found.message, found.hint)
    elif kind == "extra_forbidden":
        yield Located(path, "unknown key", _did_you_mean(path, model, values))
    elif kind == "missing":
        yield Located(path, f"{path[-1]} is missing", f"add `{path[-1]} = ...` here")
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        yield _union_tag(kind, path, context, model, values)
    elif kind in LIMITS:
        limit = LIMITS[kind]
        hint = f"it must be {SAID[limit]} {context[limit]}" + _of_percent(error["input"], context[limit])
        yield Located(path, f"{_shown(error['input'])} is out of range", hint)
    elif not _counts_only_valid_rows(error, path, values):
        yield _other(error, path)


def _of_percent(value: Any, limit: Any) -> str:
    """What to write for a fraction given in percent."""
    percent = isinstance(value, int | float) and limit == 1 and 1 < value <= 100
    return f"; {_percent_hint(value)}" if percent else ""


def _percent_hint(percent: float) -> str:
    whole = percent == int(percent)
    return f"write {percent / 100:.2f} for {percent:g}%" if whole else f"write {percent / 100:.6g} for {percent:g}%"


def document_path(loc: tuple[str | int, ...], values: Any, keep_last: bool) -> KeyPath:
    """The key path in the file: pydantic's location without union tags and validator names."""
    path: KeyPath = ()
    here = values
    for k, part in enumerate(loc):
        in_table = isinstance(here, Mapping) and part in here
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_table or in_list:
            here = here[part]
            path = (*path, part)
        elif keep_last and k == len(loc) - 1:
            path = (*path, part)
    return path


def _counts_only_valid_rows(error: ErrorDetails, path: KeyPath, values: Any) -> bool:
    """Whether a list is only too short because pydantic leaves out rows that have problems of their own."""
    if error["type"] != "too_short":
        return False
    for part in path:
        values = values[part]
    return bool(len(values) >= error["ctx"]["min_length"])


def _did_you_mean(path: KeyPath, model: type[BaseModel], values: Mapping[str, Any]) -> str | None:
    known = fields_at(model, path[:-1], values)
    if not known:
        return None
    close = get_close_matches(str(path[-1]), known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    inside = [key for key in known if path[-1] in fields_at(model, (*path[:-1], key), values)]
    if inside:
        return f"did you mean {' or '.join(repr(f'{key}.{path[-1]}') for key in inside)}?"
    return f"known keys: {', '.join(known)}"


def _union_tag(
    kind: str, path: KeyPath, context: dict[str, Any], model: type[BaseModel], values: Mapping[str, Any]
) -> Located:
    key = str(context.get("discriminator", "'kind'")).strip("'")
    if kind == "union_tag_not_found":
        kinds = fields_at(model, (*path, key), values)
        listed = f": one of {', '.join(kinds)}" if kinds else ""
        return Located((*path, key), f"{key} is missing", f"add `{key} = ...`{listed}")
    tags = [tag.strip().strip("'") for tag in str(context["expected_tags"]).split(",")]
    tag = str(context["tag"])
    close = get_close_matches(tag, tags, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return Located((*path, key), f"there is no {key} {tag!r}", f"{hint}the kinds are {', '.join(tags)}")


def _other(error: ErrorDetails, path: KeyPath) -> Located:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return Located(path, str(context.get("error", error["msg"])))
    if "hint" in context:  # raised by a validator of ours
        return Located(path, error["msg"], str(context["hint"]))
    if kind == "literal_error":
        return Located(path, f"{_shown(error['input'])} is not allowed here", f"write {context['expected']}")
    if kind == "string_pattern_mismatch":
        hint = "a name has letters, digits, '-', '_' and '.', and starts with a letter or digit"
        return Located(path, f"{_shown(error['input'])} is not well formed", hint)
    if kind in ("too_short", "too_long"):
        count, limit = context["actual_length"], context.get("min_length", context.get("max_length"))
        bound = "at least" if kind == "too_short" else "at most"
        return Located(path, f"has {count} entries", f"it must have {bound} {limit}")
    if kind == "finite_number":
        return Located(path, f"{_shown(error['input'])} is not a finite number", HINTS["float"])
    wanted = kind.partition("_")[0]
    if kind.endswith(("_type", "_parsing", "_from_float", "_inexact")) and wanted in EXPECTED:
        advice = HINTS.get(wanted)
        if wanted == "float" and (match := PERCENT.fullmatch(str(error["input"]))):
            advice = _percent_hint(float(match[1]))
        return Located(path, f"expected {EXPECTED[wanted]}, got {_shown(error['input'])}", advice)
    return Located(path, error["msg"][:1].lower() + error["msg"][1:])


def _shown(value: Any) -> str:
    """A value as the file would say it, kept short."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
