"""Critical path and slack of a network of tasks whose starts and finishes are known, planned or as built.

Source: J. Kelley and M. Walker, "Critical-path planning and scheduling", Proc. Eastern Joint Computer Conference 1959.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """A task from `start` to `finish`, hours (infinite while under way), after those named.

    `ready` is when all of them were finished; from then to the start it waited for a team of its crew.
    """

    name: str
    start: float
    finish: float
    after: tuple[str, ...] = ()
    ready: float | None = None
    crew: str | None = None

    @property
    def waited_hours(self) -> float:
        """Hours for which it waited for a team."""
        return 0.0 if self.ready is None else self.start - self.ready


@dataclass(frozen=True)
class Network:
    """Spans by name, and those that end it: the last test of each hall, by hall.

    Whoever handed a team to a task that waited for one counts among what the task was after: links of resources.
    """

    spans: Mapping[str, Span]
    ends: Mapping[str, str]

    def binding(self, name: str) -> Span | None:
        """What a task waited for last: whoever handed it a team if it waited for one, else the last it was after."""
        span = self.spans[name]
        before = self._handed_over(span) or [self.spans[other] for other in span.after]
        return max(before, key=lambda other: other.finish, default=None)

    def critical_path(self, end: str) -> list[Span]:
        """From the first task without a predecessor to `end`, each starting in the hour in which the last one ended."""
        path, last = [self.spans[end]], self.binding(end)
        while last is not None:
            path.append(last)
            last = self.binding(last.name)
        return path[::-1]

    @cached_property
    def slack_hours(self) -> dict[str, float]:
        """How much later each could have finished with no hall handed over later; only of those on the way to a hall.

        slack = min over successors of (start of the successor - finish + slack of the successor), with every other
        duration, and every handing over of a team, as it was; 0 on a critical path.
        """
        found = dict.fromkeys(self.ends.values(), 0.0)
        for span in self._late_to_early:
            if span.name in found:
                for before in (*self._handed_over(span), *(self.spans[name] for name in span.after)):
                    slack = span.start - before.finish + found[span.name]
                    found[before.name] = min(slack, found.get(before.name, slack))
        return found

    @property
    def _late_to_early(self) -> list[Span]:
        """Each before all that it was after."""
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name not in order:
                span = self.spans[name]
                for before in (*(other.name for other in self._handed_over(span)), *span.after):
                    visit(before)
                order[name] = None

        for name in self.spans:
            visit(name)
        return [self.spans[name] for name in reversed(order)]

    def _handed_over(self, span: Span) -> list[Span]:
        """Who let go of a team of the crew in the hour in which a span that waited for one began.

        A team that was missed was held for some time: what began and ended in that hour held it up for nobody.
        """
        if span.crew is None or not span.waited_hours:
            return []
        return [other for other in self._by_release.get((span.crew, span.start), ()) if other.start < span.start]

    @cached_property
    def _by_release(self) -> dict[tuple[str, float], list[Span]]:
        found: dict[tuple[str, float], list[Span]] = {}
        for span in self.spans.values():
            if span.crew is not None:
                found.setdefault((span.crew, span.finish), []).append(span)
        return found
