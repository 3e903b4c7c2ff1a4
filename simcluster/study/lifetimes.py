"""Observed lives from a CSV: from which age to which age each unit was watched, and whether it failed at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcluster.core.problems import Problem, ScenarioError
from simcluster.study.life_rows import COLUMNS, EXAMPLE, LifeReader, LifeRow

SHOWN = 100
"""Problems told one by one; a column wrong in every row of a long file would bury the rest."""


@dataclass(frozen=True, eq=False)
class Lives:
    """The lives of one batch: ages in hours, one element a row of the file.

    A unit mended and watched again has several rows. `causes` holds the cause of each failure, in order of rows, and is
    None if the file has no such column; `units` counts different units, or rows where units have no names.
    """

    batch: str
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    failed: NDArray[np.bool_]
    units: int
    causes: tuple[str, ...] | None = None

    @property
    def failures(self) -> int:
        """How many lives ended by failure."""
        return int(self.failed.sum())

    @property
    def exposure_hours(self) -> float:
        """Hours watched, of all lives together."""
        return float((self.end - self.start).sum())


@dataclass(frozen=True, eq=False)
class Lifetimes:
    """A file of lives by batch, in order of appearance; `unused` names the columns that say nothing here."""

    name: str
    batches: tuple[Lives, ...]
    unused: tuple[str, ...] = ()


def read_lifetimes(path: str | Path) -> Lifetimes:
    """Read a file of lives.

    Columns: `start` and `end`, the ages in hours between which the unit was watched (without `start`, from new; then
    `hours` may stand for `end`), `failed` (1 or 0, true or false, yes or no), and if wanted `batch`, `unit`, `cause`.

    Raises:
        ScenarioError: with every problem of the file, each at its line.
    """
    text = _text(Path(path), str(path))
    reader = LifeReader(str(path), text)
    rows = reader.rows()
    reader.check_failures(rows)
    if reader.problems:
        raise ScenarioError(_cut(reader.problems, str(path)))
    batches: dict[str, list[LifeRow]] = {}
    for row in rows:
        batches.setdefault(row.batch, []).append(row)
    lives = tuple(_lives(name, members, reader.has) for name, members in batches.items())
    return Lifetimes(Path(path).name, lives, tuple(name for name in reader.header if name not in COLUMNS))


def _lives(batch: str, rows: list[LifeRow], has: set[str]) -> Lives:
    return Lives(
        batch,
        np.array([row.start for row in rows]),
        np.array([row.end for row in rows]),
        np.array([row.failed for row in rows]),
        len({row.unit for row in rows}) if "unit" in has else len(rows),
        tuple(row.cause for row in rows if row.failed) if "cause" in has else None,
    )


def _text(path: Path, label: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        problem = Problem("there is no such file", file=label, hint="check the path")
    except IsADirectoryError:
        problem = Problem("is a directory, not a CSV file", file=label, hint="name a .csv file in it")
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror or error}", file=label)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            problem = Problem("is not UTF-8 text", file=label, line=line, hint="save the file as UTF-8")
        else:
            if text.strip():
                return text
            problem = Problem("the file is empty", file=label, hint=f"its first line names the columns: {EXAMPLE}")
    raise ScenarioError([problem])


def _cut(problems: list[Problem], label: str) -> list[Problem]:
    more = len(problems) - SHOWN
    if more <= 0:
        return problems
    hint = "mend these first; the rest is told when they are gone"
    return [*problems[:SHOWN], Problem(f"and {more:,} more problems", file=label, hint=hint)]
