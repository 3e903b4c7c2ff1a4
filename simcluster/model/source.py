"""One TOML text and where it came from: a file, a packaged catalog row or a `--set` option."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.positions import Place, locate, positions

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE_QUANTITY = re.compile(r"=\s*(\"?)[+-]?[\d._]+(?:[eE][+-]?\d+)?\s*[A-Za-z%$/][^\"#]*$")
_BARE_DATE = re.compile(r"=\s*\d{1,4}[-/.]\d{1,2}[-/.]\d")
DATE_HINT = "write YYYY-MM-DD without quotes: 2024-10-30"


@dataclass(frozen=True, eq=False)
class Source:
    """A label to show and the text behind it; options have no text."""

    label: str
    text: str | None = None

    @cached_property
    def _places(self) -> dict[KeyPath, Place]:
        return positions(self.text or "")

    def problem(self, message: str, path: KeyPath, hint: str | None = None, at: KeyPath | None = None) -> Problem:
        """A problem at a key path; `at` is where the path stands in this text, if that differs."""
        if self.text is None:
            return Problem(message, path, hint, self.label)
        line, column = locate(self._places, path if at is None else at)
        return self.problem_at(message, line, column, hint, path)

    def problem_at(self, message: str, line: int, column: int, hint: str | None = None, path: KeyPath = ()) -> Problem:
        """A problem at a line and column, both from 1."""
        lines = (self.text or "").split("\n")
        shown = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
        return Problem(message, path, hint, self.label, line, column, shown)


def read_source(path: Path | Traversable, label: str) -> tuple[Source, dict[str, Any]] | Problem:
    """Read and parse a TOML file; a file that cannot be used is one located problem."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        hint = "check the path; `simcluster init --list` names the packaged scenarios"
        return Problem("there is no such file", file=label, hint=hint)
    except IsADirectoryError:
        return Problem("is a directory, not a scenario file", file=label, hint="name a .toml file in it")
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror or error}", file=label)
    try:
        source = Source(label, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line, column = data[: error.start].count(b"\n") + 1, error.start - data.rfind(b"\n", 0, error.start)
        return Problem("is not UTF-8 text", hint="save the file as UTF-8", file=label, line=line, column=column)
    if not (source.text or "").strip():
        return Problem("the file is empty", file=label, hint="`simcluster init NAME` writes a scenario to start from")
    return _parse(source)


def _parse(source: Source) -> tuple[Source, dict[str, Any]] | Problem:
    text = source.text or ""
    try:
        return source, tomllib.loads(text)
    except RecursionError:
        return source.problem_at("is nested too deeply", 1, 1)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = _AT.search(message)
        lines = text.split("\n")
        line, column = len(lines), len(lines[-1]) + 1
        if match and match[1]:
            line, column = int(match[1]), int(match[2])
        plain = _AT.sub("", message)
        shown = lines[line - 1] if line <= len(lines) else ""
        hint = _syntax_hint(plain, shown)
        return source.problem_at(f"not valid TOML: {plain[:1].lower()}{plain[1:]}", line, column, hint)


def _syntax_hint(message: str, line: str) -> str | None:
    if _BARE_QUANTITY.search(line.rstrip()):
        return 'a number with a unit is text: write it in quotes, for example "150 MW"'
    if _BARE_DATE.search(line):
        return DATE_HINT
    if "overwrite" in message or "twice" in message or "Cannot declare" in message:
        return "this key or table is already given above; keep one of them"
    if "Invalid value" in message:
        return "text goes in quotes"
    return None
