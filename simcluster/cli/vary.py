"""`--vary KEY=LOW:HIGH`: a key that a study of sensitivity varies, whatever the scenario says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.tornado import Variation

VARIED = "varied on the command line"
SHAPE = "write --vary KEY=LOW:HIGH, for example --vary finance.wacc=0.08:0.12"


@dataclass(frozen=True)
class Vary:
    """A key as `--set` takes it, and its ends as written."""

    key: str
    low: str
    high: str

    @property
    def sets(self) -> tuple[str, str]:
        """The texts for `--set` of the two ends."""
        return f"{self.key}={self.low}", f"{self.key}={self.high}"

    @property
    def law(self) -> str:
        """The text for `--set` that lets it be uniform from low to high; whole where both ends are written so."""
        from simcluster.model.overrides import plain_value, written_value

        low, high = plain_value(self.low), plain_value(self.high)
        step = ", step = 1" if all(type(end) is int for end in (low, high)) else ""
        law = f'{{ kind = "uniform", low = {written_value(low)}, high = {written_value(high)} }}'
        return f"{self.key}={{ uncertain = {law}{step}, assumption = {written_value(VARIED)} }}"


def read_vary(texts: Sequence[str]) -> list[Vary]:
    """The options as given.

    Raises:
        UsageError: one is not KEY=LOW:HIGH.
    """
    found = []
    for text in texts:
        key, equals, ends = text.partition("=")
        low, colon, high = ends.partition(":")
        if not (equals and colon and key.strip() and low.strip() and high.strip()):
            raise click.UsageError(f"--vary {text!r} is not KEY=LOW:HIGH; {SHAPE}")
        found.append(Vary(key.strip(), low.strip(), high.strip()))
    return found


def variations_of(varied: Sequence[Vary], load: Callable[[Sequence[str]], Scenario]) -> list[Variation]:
    """The two ends of each for a tornado; `load` gives the scenario with further texts for `--set`.

    Raises:
        ScenarioError: an end is no scenario.
    """
    from simcluster.study.tornado import End, Variation

    found = []
    for one in varied:
        low, high = (End(load([text]), (text,)) for text in one.sets)
        found.append(Variation(one.key, one.low, one.high, (low, high)))
    return found


def varied_addresses(document: Document) -> list[str]:
    """The inputs of a document that `law` made uncertain."""
    said = document.provenance
    return [
        row.address for row in document.uncertainty.inputs if row.path in said and said[row.path].assumption == VARIED
    ]
