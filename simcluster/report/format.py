"""Numbers as a person reads them; nothing (None or not a number) is a dash."""

from __future__ import annotations

import math
from datetime import date

Number = float | int | str | None
NOTHING = "–"
MINUS = "−"
_STEPS = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))


def is_number(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(value: Number) -> float | None:
    """A finite number, or None."""
    return float(value) if value is not None and is_number(value) else None


def plain(value: Number, digits: int = 0) -> str:
    """12,345 with a true minus sign."""
    x = number(value)
    if x is None:
        return NOTHING
    text = f"{abs(x):,.{digits}f}"
    return MINUS + text if x < 0 and text.strip("0.,") else text


def scaled(value: Number) -> str:
    """1.23 bn, 45.6 M, 12,345: three significant figures above a million."""
    x = number(value)
    if x is None:
        return NOTHING
    for step, unit in _STEPS:
        if abs(x) >= 0.9995 * step:
            return f"{plain(x / step, _digits(x / step))} {unit}"
    return plain(x)


def significant(value: Number, figures: int = 3) -> str:
    """12,345, 45.6, 0.00789: so many significant figures, but no digit before the point rounded away."""
    x = number(value)
    if x is None:
        return NOTHING
    rounded = float(f"{x:.{figures - 1}e}")
    magnitude = math.floor(math.log10(abs(rounded))) if rounded else 0
    return plain(x, max(figures - 1 - magnitude, 0) if rounded else 0)


def usd(value: Number) -> str:
    """1.23 bn USD."""
    return NOTHING if number(value) is None else f"{scaled(value)} USD"


def gpus(value: Number) -> str:
    """12,345 GPUs."""
    return NOTHING if number(value) is None else f"{plain(value)} GPUs"


def gpu_hours(value: Number) -> str:
    """1.23 bn GPU-hours."""
    return NOTHING if number(value) is None else f"{scaled(value)} GPU-hours"


def megawatts(value: Number) -> str:
    """412 MW, or 1.23 GW from a gigawatt up."""
    x = number(value)
    if x is None:
        return NOTHING
    return f"{plain(x / 1000, 2)} GW" if abs(x) >= 1000 else f"{plain(x, _digits(x) if x else 0)} MW"


def energy(mwh: Number) -> str:
    """3.21 TWh, 456 GWh or 78 MWh."""
    x = number(mwh)
    if x is None:
        return NOTHING
    for step, unit in ((1e6, "TWh"), (1e3, "GWh")):
        if abs(x) >= step:
            return f"{plain(x / step, _digits(x / step))} {unit}"
    return f"{plain(x)} MWh"


def percent(value: Number, digits: int = 1, signed: bool = False) -> str:
    """74.2%; with `signed` +3.1%."""
    x = number(value)
    if x is None:
        return NOTHING
    text = f"{plain(x * 100, digits)}%"
    return f"+{text}" if signed and not text.startswith(MINUS) else text


def ratio(value: Number) -> str:
    """0.87."""
    return plain(value, 2)


def day(value: object) -> str:
    """An ISO date as 12 June 2025."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return str(value)
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else NOTHING


def days(value: Number) -> str:
    """3 days, 1 day."""
    x = number(value)
    if x is None:
        return NOTHING
    whole = round(abs(x))
    return f"{whole:,} day" if whole == 1 else f"{whole:,} days"


def margin(value: Number) -> str:
    """Days to a promise, positive early: 3 days early, 12 days late, on the day."""
    x = number(value)
    if x is None:
        return NOTHING
    if round(x) == 0:
        return "on the day"
    return f"{days(x)} {'early' if x > 0 else 'late'}"


def times(value: Number, noun: str) -> str:
    """1 failure, 2 failures."""
    x = number(value)
    return NOTHING if x is None else f"{plain(x)} {noun}{'' if round(x) == 1 else 's'}"


def _digits(x: float) -> int:
    magnitude = abs(x)
    return 2 if magnitude < 9.995 else 1 if magnitude < 99.95 else 0
