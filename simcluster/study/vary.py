"""`--vary KEY=LOW:HIGH`: a key that a study of sensitivity varies, whatever the scenario says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.ends import Ends
    from simcluster.model.scenario import Scenario
    from simcluster.study.tornado import Variation

VARIED = "varied on the command line"
SHAPE = "write --vary KEY=LOW:HIGH, for example --vary finance.wacc=0.08:0.12"


@dataclass(frozen=True)
class Vary:
    """A key as `--set` takes it, and its ends."""

    key: str
    ends: Ends

    @property
    def sets(self) -> tuple[str, str]:
        """The texts for `--set` of the two ends."""
        from simcluster.model.overrides import written_value

        low, high = map(written_value, self.ends.written)
        return f"{self.key}={low}", f"{self.key}={high}"

    @property
    def law(self) -> str:
        """The text for `--set` that lets it be uniform from low to high; whole where both ends are written so."""
        from simcluster.model.overrides import written_value

        low, high = map(written_value, self.ends.written)
        step = ", step = 1" if self.ends.is_whole else ""
        law = f'{{ kind = "uniform", low = {low}, high = {high} }}'
        return f"{self.key}={{ uncertain = {law}{step}, assumption = {written_value(VARIED)} }}"


def read_vary(texts: Sequence[str]) -> list[Vary]:
    """The options as given.

    Raises:
        ScenarioError: with every one that is not KEY=LOW:HIGH.
    """
    from simcluster.core.problems import Problem, ScenarioError
    from simcluster.model.ends import EndsError, read_ends

    found, problems = [], []
    for text in texts:
        key, equals, ends = text.partition("=")
        if not equals or not key.strip():
            problems.append(Problem("is not KEY=LOW:HIGH", hint=SHAPE, file=f"--vary {text}"))
            continue
        try:
            found.append(Vary(key.strip(), read_ends(ends)))
        except EndsError as error:
            problems.append(Problem(str(error), hint=error.hint, file=f"--vary {text}"))
    if problems:
        raise ScenarioError(problems)
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
        first, last = map(str, one.ends.written)
        found.append(Variation(one.key, first, last, (low, high)))
    return found


def varied_addresses(document: Document) -> list[str]:
    """The inputs of a document that `law` made uncertain."""
    said = document.provenance
    return [
        row.address for row in document.uncertainty.inputs if row.path in said and said[row.path].assumption == VARIED
    ]
