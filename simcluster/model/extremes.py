"""Whether what is uncertain stays within what a scenario can be: each input near its ends, and each alternative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from simcluster.core.problems import KeyPath, Problem, ScenarioError
from simcluster.model.document import Document
from simcluster.model.inputs import Uncertainty
from simcluster.model.redraw import redraw
from simcluster.model.scenario import Scenario
from simcluster.model.tree import ONE_OF

ENDS = (0.001, 0.999)
"""The probabilities at which an input is tried."""


def problems_at_extremes(base: Scenario, document: Document) -> list[Problem]:
    """What is wrong with the scenario at central values when one input lies near an end, or another structure holds.

    A law whose ends pass may still be refused between them, as a whole number of nodes may.
    """
    problems = []
    for told, drawn in _extremes(document.uncertainty):
        try:
            redraw(base, document, drawn)
        except ScenarioError as error:
            problems += [replace(problem, message=f"{told}: {problem.message}") for problem in error.problems]
    return problems


def _extremes(said: Uncertainty) -> Iterator[tuple[str, dict[str, Any]]]:
    central = {row.address: row.central for row in said.inputs} | {
        row.address: row.central for row in said.alternatives
    }
    for row in said.alternatives:
        held = central | _around(said, row.path)
        yield from ((f"with {label}", held | {row.address: k}) for k, label in enumerate(row.labels))
    for found in said.inputs:
        held = central | _around(said, found.path)
        for p, value in zip(ENDS, found.values(np.array(ENDS)), strict=True):
            yield f"at {value}, which {min(p, 1 - p):.1%} of draws pass", held | {found.address: value}


def _around(said: Uncertainty, path: KeyPath) -> dict[str, int]:
    """The alternatives inside which a path lies, and the number of the option that it lies in."""
    found = {}
    for row in said.alternatives:
        depth = len(row.path)
        if path[:depth] == row.path and path[depth : depth + 1] == (ONE_OF,):
            found[row.address] = int(path[depth + 1])
    return found
