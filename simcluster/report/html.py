"""Pages from templates that share their look and the form of their tables."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def page(template: str, **values: Any) -> str:
    """A template of `templates/` filled in; texts are escaped, and a name that is missing is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, loader=FunctionLoader(_source)
    )
    return environment.get_template(template).render(**values)


def _source(name: str) -> str:
    return files("simcluster.report").joinpath("templates", name).read_text(encoding="utf-8")
