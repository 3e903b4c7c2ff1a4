"""What was drawn, as columns of a table: numbers with their unit in the column's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcluster.core.units import UnitError, parse, unit_of
from simcluster.record.parts import INPUT


def widen(units: dict[str, str], inputs: Mapping[str, Any]) -> None:
    """Take the inputs of one more replica into `units`: by input the unit of its first value.

    "" where values have none: plain numbers, dates and labels, or some that cannot be read in that unit.
    """
    for name, value in inputs.items():
        if name not in units:
            units[name] = _unit(value)
        elif units[name] and _number(value, units[name]) is None:
            units[name] = ""


def heading(name: str, unit: str) -> str:
    """The name of an input's column, such as "input.orders[spring].server_price [kUSD]"."""
    return f"{INPUT}{name} [{unit}]" if unit else f"{INPUT}{name}"


def cell(value: Any, unit: str) -> Any:
    """A drawn value as a number of its unit; as it is where there is none."""
    return _number(value, unit) if unit and value is not None else value


def _unit(value: Any) -> str:
    try:
        return unit_of(value).strip() if isinstance(value, str) else ""
    except UnitError:
        return ""


def _number(value: Any, unit: str) -> float | None:
    try:
        return parse(value, unit) if isinstance(value, str) else None
    except UnitError:
        return None
