"""What became of `--until`: how well the mean is known, and about how many replicas would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.sweep_text import day_of
from simcluster.study.sweep_columns import Kind
from simcluster.study.until import enough, half_width

if TYPE_CHECKING:
    from simcluster.study.sweep_summary import Spread
    from simcluster.study.until import Until


def until_text(until: Until, spread: Spread, met: bool) -> str:
    """`mean 43.0 M ± 831,204 (1.9%), n = 128`, and where the width asked is not met what would help."""
    if met:
        return _mean(until, spread)
    if half_width(spread) is None:
        few = f"it lacks in {fmt.times(spread.without, 'replica')}" if spread.without else "n is 1"
        return f"there is no mean with an interval, as {few}"
    needed = enough(until, spread)
    some = f"; about {fmt.plain(_rounded_up(needed))} replicas would do" if needed else ""
    return f"{_mean(until, spread)}{some}: raise -n, and --resume goes on"


def _mean(until: Until, spread: Spread) -> str:
    value, half = spread.mean.value, spread.mean.half_width
    if spread.kind is Kind.DATE:
        told = f"{day_of(value)} ± {fmt.significant(half, 2)} days"
    else:
        told = f"{_number(value)} ± {_number(half)}"
    share = f" ({fmt.percent(half / abs(value))})" if until.of_mean and value else ""
    return f"mean {told}{share}, n = {spread.n:,}"


def _number(value: float) -> str:
    return fmt.scaled(value) if abs(value) >= 1e6 else fmt.significant(value)


def _rounded_up(n: int) -> int:
    """To two figures."""
    step = int(10 ** max(len(str(n)) - 2, 0))
    return -(-n // step) * step
