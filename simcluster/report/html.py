"""Pages from templates that share their look and the form of their tables."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

_DOT = re.compile(r"(?<=[^\d]\.)(?=\w)")


def page(template: str, **values: Any) -> str:
    """A template of `templates/` filled in; texts are escaped, and a name that is missing is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, loader=FunctionLoader(_source)
    )
    environment.filters["breakable"] = _breakable
    return environment.get_template(template).render(**values)


def _breakable(text: str) -> str:
    """A key that may break after its dots, where a column is narrow."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in _DOT.split(text))


def _source(name: str) -> str:
    return files("simcluster.report").joinpath("templates", name).read_text(encoding="utf-8")
