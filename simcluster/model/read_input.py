"""Reading `{ uncertain = { kind = "triangular", ... }, common = ..., loading = ..., step = ..., value = ... }`."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.explain import explain
from simcluster.model.input_laws import PURE, SPREADS, ChoiceInput, LognormalInput, Uncertain
from simcluster.model.inputs import Input
from simcluster.model.scales import Dates, NotOnScaleError, Numbers, Scale, scale_of
from simcluster.model.tree import UNCERTAIN, Node, plain, problem_below

EXAMPLE = 'write uncertain = { kind = "triangular", low = ..., mode = ..., high = ... }'


def read_input(node: Node, path: KeyPath, address: str) -> tuple[Input | None, list[Problem]]:
    """The input of a node at a path; None with the problems if there are any."""
    reader = _Reader(node, path)
    law = node.value[UNCERTAIN]
    if not isinstance(law.value, dict):
        reader.refuse((UNCERTAIN,), "uncertain is not a table with a kind", EXAMPLE)
        return None, reader.problems
    scale = reader.scale()
    if scale is None:
        return None, reader.problems
    said = reader.on_scale(scale)
    if reader.problems:
        return None, reader.problems
    checked = reader.checked(said)
    if checked is None:
        return None, reader.problems
    reader.refuse_misfits(checked, scale)
    return (None if reader.problems else _input(checked, scale, plain(node), path, address)), reader.problems


def _input(checked: Uncertain, scale: Scale, said: dict[str, Any], path: KeyPath, address: str) -> Input:
    step = said.get("step") if isinstance(said.get("step"), int) else checked.step
    loading = checked.loading if checked.common else 0.0
    written = tuple(said[UNCERTAIN]["values"]) if isinstance(checked.uncertain, ChoiceInput) else ()
    given = "value" in said
    places = address, path, checked.uncertain, scale
    found = Input(*places, said.get("value"), given, step, written, checked.common, loading)
    if given:
        return found
    median = found.values(np.array([0.5]))[0]
    return Input(*places, median, given, step, written, checked.common, loading)


class _Reader:
    """One table, and the problems found in it so far."""

    def __init__(self, node: Node, path: KeyPath) -> None:
        self.node, self.path = node, path
        self.problems: list[Problem] = []

    def refuse(self, below: KeyPath, message: str, hint: str | None = None) -> None:
        """A problem at a path below the table, or at the nearest key there is."""
        self.problems.append(problem_below(self.node, self.path, below, message, hint))

    def scale(self) -> Scale | None:
        """The scale of the first value; plain numbers if there is none."""
        for key, item in self.node.value[UNCERTAIN].value.items():
            if key in (*PURE, *SPREADS):
                continue
            first = item.value[0] if isinstance(item.value, list) and item.value else item
            try:
                return scale_of(plain(first))
            except NotOnScaleError as error:
                below = (UNCERTAIN, key) if first is item else (UNCERTAIN, key, 0)
                self.refuse(below, str(error), 'for example 0.5, "36 weeks" or 2025-03-01')
                return None
        return Numbers()

    def on_scale(self, scale: Scale) -> dict[str, Any]:
        """The table with every value as a float of the scale."""
        said = {key: plain(item) for key, item in self.node.value.items() if key not in (UNCERTAIN, "value", "step")}
        law = {}
        for key, item in self.node.value[UNCERTAIN].value.items():
            read = scale.read_spread if key in SPREADS else scale.read
            law[key] = plain(item) if key in PURE else self._floats(read, item, (UNCERTAIN, key))
        said[UNCERTAIN] = law
        for key, read in (("value", scale.read), ("step", scale.read_step)):
            if key in self.node.value:
                said[key] = self._floats(read, self.node.value[key], (key,))
        return said

    def _floats(self, read: Any, item: Node, below: KeyPath) -> Any:
        if isinstance(item.value, list):
            return [self._floats(read, row, (*below, k)) for k, row in enumerate(item.value)]
        try:
            return read(plain(item))
        except NotOnScaleError as error:
            self.refuse(below, str(error), "values of one law are written alike")
            return None

    def checked(self, said: dict[str, Any]) -> Uncertain | None:
        """The table as a value; None with the problems if it does not hold together."""
        try:
            return Uncertain.model_validate(said)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                for found in explain(details, Uncertain, said):
                    self.refuse(found.path, found.message, found.hint)
            return None

    def refuse_misfits(self, checked: Uncertain, scale: Scale) -> None:
        """What the law alone does not show: dates take no ratio and no step, a choice no step."""
        if isinstance(scale, Dates) and isinstance(checked.uncertain, LognormalInput):
            self.refuse((UNCERTAIN, "kind"), "a date has no lognormal law", "use triangular or quantiles")
        if checked.step is not None and isinstance(scale, Dates):
            self.refuse(("step",), "dates are whole days and take no step", "leave step out")
        if checked.step is not None and isinstance(checked.uncertain, ChoiceInput):
            self.refuse(("step",), "a choice takes no step", "leave step out")
