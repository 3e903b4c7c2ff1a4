"""Lines of statements by name, whatever the levels of their index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

QUARTER = re.compile(r"^\d{4}Q[1-4]$")


def quarters(frame: pd.DataFrame) -> list[str]:
    """Columns that are quarters, such as 2024Q1, in order of time."""
    return sorted(str(column) for column in frame.columns if QUARTER.match(str(column)))


def line(frame: pd.DataFrame, *names: str) -> list[float] | None:
    """The first line of one of the names, by quarter; None if the frame has none of them."""
    columns = quarters(frame)
    for name in names:
        for key, row in zip(frame.index, frame[columns].to_numpy(dtype=float), strict=True):
            if name in (key if isinstance(key, tuple) else (key,)):
                return [float(value) for value in row]
    return None


def by_quarter(frame: pd.DataFrame, name: str) -> dict[str, float]:
    """A column of a frame with a row a quarter."""
    if name not in frame.columns:
        return {}
    at = [str(key) for key in (frame["quarter"] if "quarter" in frame.columns else frame.index)]
    return {key: float(value) for key, value in zip(at, frame[name].to_numpy(dtype=float), strict=True)}
