"""A scenario with what is uncertain drawn: checked as a file is, without reading or checking again what is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from simcluster.model.document import Document
from simcluster.model.inputs import Alternatives, Input, Rows, Table, resolve
from simcluster.model.load import check
from simcluster.model.scenario import Scenario


def redraw(base: Scenario, document: Document, drawn: Mapping[str, Any]) -> Scenario:
    """The scenario of one draw: `drawn` has a value of each input and the number of each choice's option, by address.

    Tables of `base`, the scenario at central values, in which nothing is uncertain are used as they are; what goes
    across tables is checked again.

    Raises:
        ScenarioError: with every problem of what was drawn, each located where the file says the law.
    """
    template = document.uncertainty.template
    if not isinstance(template, Table):
        return base
    names = {field.alias or name: name for name, field in Scenario.model_fields.items()}
    values = {
        key: resolve(item, drawn) if _is_uncertain(item) else getattr(base, names[key])
        for key, item in template.items.items()
    }
    try:
        return Scenario.model_validate(values)
    except ValidationError:
        return check(Scenario, replace(document, values=resolve(template, drawn)))


def _is_uncertain(template: Any) -> bool:
    return isinstance(template, Input | Alternatives | Rows | Table)
