"""Quantities written as text, such as "150 MW" or "0.078 USD/kWh", read into floats of one canonical unit.

A month is a twelfth of a year and a year is 8,766 hours (365.25 days), so conversions never depend on the date.
Numbers are scaled in decimal arithmetic: "7%" is 0.07, not 0.07000000000000001.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

# Prefixes below one exist for seconds only, so that "150 mW" is a spelling mistake and not a tiny power.
DEFINITIONS = (
    "kilo- = 1e3 = k-",
    "mega- = 1e6 = M-",
    "giga- = 1e9 = G-",
    "tera- = 1e12 = T-",
    "peta- = 1e15 = P-",
    "exa- = 1e18 = E-",
    "zetta- = 1e21 = Z-",
    "yotta- = 1e24 = Y-",
    "kibi- = 1024 = Ki-",
    "mebi- = 1048576 = Mi-",
    "gibi- = 1073741824 = Gi-",
    "tebi- = 1099511627776 = Ti-",
    "watt = [power] = W",
    "second = [time] = s = sec",
    "millisecond = 1e-3 * second = ms",
    "microsecond = 1e-6 * second = us",
    "minute = 60 * second = min",
    "hour = 3600 * second = h = hr",
    "day = 24 * hour = d",
    "week = 168 * hour = wk",
    "month = 730.5 * hour = mo",
    "year = 8766 * hour = yr = y",
    "watt_hour = watt * hour = Wh",
    "million_btu = 293071.07017 * watt_hour = MMBtu",
    "gram = [mass] = g",
    "tonne = 1e6 * gram = t",
    "dollar = [money] = USD = usd",
    "billion_dollar = 1e9 * dollar = BUSD",
    "flop = [computation] = FLOP",
    "byte = [data] = B",
    "bit = 0.125 * byte = b",
    "bit_per_second = bit / second = bps",
    "accelerator = [accelerator] = GPU",
    "percent = 0.01 = %",
)

# What a reader calls a dimension, and how it is written: (canonical unit, name, example).
DIMENSIONS = (
    ("W", "a power", "150 MW"),
    ("Wh", "an energy", "20 MWh"),
    ("hour", "a duration", "36 weeks"),
    ("USD", "an amount of money", "270 kUSD"),
    ("FLOP", "an amount of computation", "3.8e25 FLOP"),
    ("byte", "an amount of data", "80 GB"),
    ("1", "a plain number", "0.5"),
    ("USD/kWh", "a price of energy", "0.078 USD/kWh"),
    ("USD/MW", "a price of power", "11.7 MUSD/MW"),
    ("USD/MW/year", "a yearly price of power", "0.2 MUSD/MW/year"),
    ("USD/Gbps/month", "a monthly price of bandwidth", "80 USD/Gbps/month"),
    ("USD/GPU/year", "a yearly price of a GPU", "900 USD/GPU/year"),
    ("USD/year", "an amount of money over time", "6 USD/year"),
    ("1/day", "a rate", "3.79e-3 / day"),
    ("FLOP/s", "a computing speed", "400 TFLOP/s"),
    ("FLOP/s/W", "a computing speed per power", "1.4 TFLOP/s/W"),
    ("byte/s", "a bandwidth", "2 TB/s"),
    ("W/hour", "a ramp of power", "5 MW/month"),
    ("g", "a mass", "1500 kg"),
    ("g/Wh", "a carbon intensity", "380 kg/MWh"),
)

# Units worth suggesting for a misspelt one.
COMMON_UNITS = (
    "W kW MW GW Wh kWh MWh GWh TWh s ms us min h d second minute hour day week month year seconds minutes hours days "
    "weeks months years USD kUSD MUSD GUSD BUSD FLOP GFLOP TFLOP PFLOP EFLOP ZFLOP B kB MB GB TB PB GiB TiB byte "
    "Gbit Tbit Gbps Tbps GPU percent g kg t MMBtu"
)

_NUMBER = re.compile(
    r"\s*([+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\d.])\s*(.*?)\s*", re.DOTALL | re.ASCII
)
_UNIT_TEXT = re.compile(r"(1(?=\s*/|$))?([\sA-Za-z_%/*(][A-Za-z_%/*^()\s0-9-]*)?")
_NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity)\b", re.IGNORECASE)


class UnitError(ValueError):
    """Text that is not a quantity of the dimension asked for; the message is for the reader of a scenario."""


def parse(text: str, unit: str) -> float:
    """Read a quantity such as "150 MW" and return it in `unit` ("" or "1" for a plain number).

    Raises:
        UnitError: the text has no number, an unknown unit, another dimension, or a value that is not finite.
    """
    number, written = _split(text, unit)
    factor = _factor(written, unit)
    if factor is None:
        name, example = _describe(unit)
        raise UnitError(f"expected {name} such as {example!r}, got {_describe(written)[0]} ({text.strip()})")
    value = float(Decimal(number) * factor)
    if not math.isfinite(value):
        raise UnitError(f"{text.strip()!r} is not a finite number")
    return value


def unit_of(text: str) -> str:
    """The unit of a quantity as it is written, "weeks" of "36 weeks"; "" for a plain number.

    Raises:
        UnitError: the text is not a number and a known unit.
    """
    written = _split(text, "1")[1]
    _units(written)
    return written


def _split(text: str, unit: str) -> tuple[str, str]:
    if _NOT_FINITE.match(text):
        raise UnitError(f"{text.strip()!r} is not a finite number")
    match = _NUMBER.fullmatch(text)
    if match is None:
        name, example = _describe(unit)
        raise UnitError(f"expected {name} such as {example!r}, got {text.strip()!r}, which is not a number and a unit")
    number, written = match.groups()
    if not math.isfinite(float(number)):
        raise UnitError(f"{text.strip()!r} is not a finite number")
    return number, written


@lru_cache(maxsize=1024)
def _factor(written: str, unit: str) -> Decimal | None:
    """How many `unit` one `written` unit is; None if they measure different things."""
    quantity = _registry().Quantity(Decimal(1), _units(written))
    canonical = _units(unit)
    if quantity.dimensionality != canonical.dimensionality:
        return None
    return Decimal(quantity.to(canonical).magnitude)


@lru_cache(maxsize=1024)
def _units(written: str) -> Any:
    from pint.errors import UndefinedUnitError

    if not _UNIT_TEXT.fullmatch(written):
        hint = "; write dollars as USD" if "$" in written else ""
        raise UnitError(f"cannot read the unit {written!r}{hint}")
    expression = written.replace("%", " percent ").strip()
    expression = f"1 {expression}" if expression.startswith(("/", "*")) else expression
    try:
        return _registry().parse_units(expression)
    except UndefinedUnitError as error:
        names = error.args[0]
        raise UnitError(_unknown(names if isinstance(names, str) else min(names))) from None
    except Exception:  # pint's parser raises TokenError, AssertionError and others on malformed text
        raise UnitError(f"cannot read the unit {written!r}") from None


def _unknown(name: str) -> str:
    common = COMMON_UNITS.split(" ")
    folded = {unit.casefold(): unit for unit in reversed(common)}
    close = get_close_matches(name, common, 1) or [folded[m] for m in get_close_matches(name.casefold(), folded, 1)]
    best = folded.get(name.casefold()) or next(iter(close), None)
    return f"unknown unit {name!r}" + (f", did you mean {best!r}?" if best else "")


def _describe(unit: str) -> tuple[str, str]:
    """What the dimension of a unit is called, and an example of it."""
    dimensionality = _units(unit).dimensionality
    for canonical, name, example in DIMENSIONS:
        if _units(canonical).dimensionality == dimensionality:
            return name, example
    return f"a quantity in {unit}", f"1 {unit}"


@cache
def _registry() -> UnitRegistry[Any]:
    """A registry of our own: pint's default one takes thirty times longer to set up."""
    from pint import UnitRegistry

    return UnitRegistry(DEFINITIONS, non_int_type=Decimal)
