"""What is wrong with a file, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` and `column` count from 1; `file` may also name a command-line option."""

    message: str
    path: KeyPath = ()
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source_line: str | None = None


class ScenarioError(Exception):
    """A scenario that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems; the text of the error is their rendering."""
        self.problems = tuple(problems)
        super().__init__(render(self.problems))


def dotted(path: KeyPath) -> str:
    """A key path as a reader writes it: `orders[0].gpus`, `catalog."my row"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            quoted = part if _BARE_KEY.fullmatch(part) else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
            text += f".{quoted}" if text else quoted
    return text


def render(problems: Iterable[Problem]) -> str:
    """Every problem as text: place, message, the source line with a caret, and the hint."""
    return "\n".join(_render_one(problem) for problem in problems)


def _render_one(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    lines = [": ".join(part for part in (place, dotted(problem.path), problem.message) if part)]
    if problem.source_line is not None:
        lines.append(f"    {problem.source_line}")
        if problem.column is not None:
            lines.append(f"    {_margin(problem.source_line, problem.column)}^")
    if problem.hint:
        lines.append(f"    hint: {problem.hint}")
    return "\n".join(lines)


def _margin(source_line: str, column: int) -> str:
    """Blank space up to a column, keeping tabs so that the caret stays below its character."""
    before = source_line[: column - 1].ljust(column - 1)
    return "".join("\t" if character == "\t" else " " for character in before)
