"""Which keys a model knows at a key path, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from simcluster.core.problems import KeyPath


def fields_at(model: type[BaseModel], path: KeyPath, values: Any) -> list[str]:
    """The keys a table at the path may have (or the words a literal there may be), given the values of the file."""
    annotations: list[Any] = [model]
    here = values
    for part in path:
        annotations = [inner for annotation in annotations for inner in _step(annotation, part, here)]
        here = _item(here, part)
    models = [found for annotation in annotations for found in _models(annotation, here)]
    known = [name for found in models for name in _keys(found)] or [
        word for annotation in annotations for word in _literals(annotation)
    ]
    return list(dict.fromkeys(known))


def _item(here: Any, part: str | int) -> Any:
    if isinstance(here, Mapping):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return here[part]
    return None


def _step(annotation: Any, part: str | int, here: Any) -> Iterator[Any]:
    for plain in _members(annotation):
        origin = get_origin(plain)
        if origin in (dict, Mapping) and isinstance(part, str):
            yield get_args(plain)[1]
        elif origin in (list, tuple) and isinstance(part, int):
            yield get_args(plain)[0]
    for model in _models(annotation, here):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                yield field.annotation


def _members(annotation: Any) -> Iterator[Any]:
    """An annotation without `Annotated`, one by one if it is a union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _models(annotation: Any, here: Any) -> list[type[BaseModel]]:
    """The models of an annotation; of a union of kinds, the one the table names."""
    models = [member for member in _members(annotation) if isinstance(member, type) and issubclass(member, BaseModel)]
    named = here.get("kind") if isinstance(here, Mapping) else None
    return [model for model in models if named in _kinds(model)] or models


def _kinds(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("kind")
    return tuple(_literals(field.annotation)) if field else ()


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _literals(annotation: Any) -> Iterator[str]:
    for member in _members(annotation):
        if get_origin(member) is Literal:
            yield from (str(word) for word in get_args(member))
