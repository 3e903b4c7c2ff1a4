"""The page of a study: what was asked, key figures, sections of figures and tables, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING

from simcluster import __version__
from simcluster.report import format as fmt
from simcluster.report.cards import Table
from simcluster.report.html import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simcluster.model.scenario import Scenario
    from simcluster.report.cards import Card

MOST_ERRORS = 50
"""Failures shown on a page."""
SOFT, TAG = "soft", "tag"
"""How the second line of a cell shows: as what it is less sure of, or as a mark."""
SOURCES = "sources"
"""The kind of a table of long texts, which fold."""
INTERVALS = "Intervals cover the true figure with 95%."
"""What every page says of its intervals."""
Foot = tuple[tuple[str, str], ...]
"""Labels and texts at the end of a page."""


@dataclass(frozen=True)
class Section:
    """A part of the page, from top to bottom; what is empty is left out.

    `sentence` says in words what `svg` shows, for those too who do not see it. `caption` names the table, the second
    lines of whose cells show as `second`; `kind` is its class in the style sheet.
    """

    name: str
    heading: str
    sentence: str = ""
    svg: str = ""
    table: Table | None = None
    caption: str = ""
    notes: tuple[str, ...] = ()
    second: str = SOFT
    kind: str = ""


@dataclass(frozen=True)
class Origin:
    """What a study was asked of: scenarios as named on the command line, and the texts of `--set` that changed them."""

    scenarios: tuple[str, ...]
    overrides: tuple[str, ...] = ()

    def foot(self, seed: int | str, *more: tuple[str, str]) -> Foot:
        """Files, changes, seed, whatever else there is to say, and the version."""
        named = ("Scenario" if len(self.scenarios) == 1 else "Scenarios", ", ".join(self.scenarios))
        changed = [("Changed", ", ".join(self.overrides))] if self.overrides else []
        return (named, *changed, ("Seed", str(seed)), *more, ("Version", f"simcluster {__version__}"))


@dataclass(frozen=True)
class Page:
    """All that a page of a study holds: what came of it (`lead`) and of what it is, above key figures and sections."""

    kind: str
    heading: str
    lead: str
    below: str
    sections: Sequence[Section]
    cards: Sequence[Card] = ()
    foot: Foot = ()

    def render(self) -> str:
        """The page as HTML."""
        return page("study.html.j2", **{field.name: getattr(self, field.name) for field in fields(self)})


def titled(scenario: Scenario) -> str:
    """What a scenario is called on a page."""
    return scenario.title or scenario.name


def span(scenario: Scenario) -> str:
    """`Scenario small, 2024-01-01 to 2024-12-31`."""
    return f"Scenario {scenario.name}, {scenario.start} to {scenario.end}"


def failures_section(failed: int, of: int, noun: str, rows: Iterable[tuple[str, ...]], rest: str = "") -> list[Section]:
    """What raised an error, as label, error and the command that repeats it, the first few; nothing if none did.

    `rest` says where the others are, if anywhere.
    """
    if not failed:
        return []
    shown = tuple(islice(rows, MOST_ERRORS))
    told = f"{fmt.plain(failed)} of {fmt.times(of, noun)} raised an error. They are in no figure or table here"
    told += ", which therefore say what comes of a run that does not fail."
    if failed > len(shown):
        told += f" The first {len(shown)} are shown{f'; {rest}' if rest else ''}."
    table = Table((noun.capitalize(), "Error", "Repeat it with"), shown)
    return [Section("errors", "Failures", told, table=table, caption=f"Each {noun} that failed, and how to repeat it")]
