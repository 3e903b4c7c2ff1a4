"""Scenarios side by side: one run of each, one column a scenario, one row a quantity, at one stated precision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.study.compare_rows import QUANTITIES, Quantity, Value, gpu_types, of_type
from simcluster.study.run import run

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.hardware import Precision
    from simcluster.model.scenario import Scenario
    from simcluster.study.result import Outcomes


class NoPeakError(ValueError):
    """No scenario has GPUs with a peak at the precision asked for."""


@dataclass(frozen=True)
class Column:
    """A scenario that takes part, under a name of its own, and what came out of a run of it."""

    name: str
    scenario: Scenario
    seed: int
    outcomes: Outcomes


@dataclass(frozen=True)
class Row:
    """A quantity in every column, in its unit; None where it does not apply."""

    quantity: Quantity
    values: tuple[Value, ...]

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """Each value over the first; None where a ratio says nothing, and in the first column."""
        first = self.values[0]
        if not self.quantity.compared or not isinstance(first, int | float) or first == 0:
            return (None,) * len(self.values)
        others = (value / first if isinstance(value, int | float) else None for value in self.values[1:])
        return (None, *others)


@dataclass(frozen=True)
class Comparison:
    """Columns and rows; `lacking` names, by column, the GPUs without a peak at the precision."""

    precision: Precision
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    lacking: dict[str, tuple[str, ...]]

    @property
    def frame(self) -> pd.DataFrame:
        """A row a quantity and column: `group`, `quantity`, `unit`, `scenario`, `value`, `ratio_to_first`."""
        import pandas as pd

        table = [
            (row.quantity.group, row.quantity.name, row.quantity.unit, column.name, value, ratio)
            for row in self.rows
            for column, value, ratio in zip(self.columns, row.values, row.ratios, strict=True)
        ]
        return pd.DataFrame(table, columns=["group", "quantity", "unit", "scenario", "value", "ratio_to_first"])


def compare(
    scenarios: Sequence[Scenario],
    precision: Precision = "bf16",
    seed: int | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Run each scenario once and set the outcomes side by side, ratios to the first.

    `seed` replaces the scenarios' own. With one seed two scenarios share the luck of what has the same name in both, as
    two versions of one scenario do; else their luck is independent. `tell` hears which is about to run.

    Raises:
        NoPeakError: none has GPUs with a peak at the precision.
    """
    lacking = lacking_peaks(scenarios, precision)
    columns = []
    for position, (name, scenario) in enumerate(zip(column_names(scenarios), scenarios, strict=True)):
        tell(position)
        result = run(scenario, seed)
        columns.append(Column(name, scenario, result.seed, result.outcomes))
    return Comparison(precision, tuple(columns), rows_of(columns, precision), lacking)


def lacking_peaks(scenarios: Sequence[Scenario], precision: Precision) -> dict[str, tuple[str, ...]]:
    """By scenario, the GPUs that it buys and that have no peak at the precision; scenarios without such are left out.

    Raises:
        NoPeakError: none has GPUs with a peak.
    """
    lacks = [_without_peak(scenario, precision) for scenario in scenarios]
    if all(lacks):
        names = sorted({name for types in lacks for name in types})
        raise NoPeakError(f"no scenario has GPUs with a peak at {precision}: {', '.join(names)} say none")
    return {name: types for name, types in zip(column_names(scenarios), lacks, strict=True) if types}


def _without_peak(scenario: Scenario, precision: Precision) -> tuple[str, ...]:
    """The types of GPU that a scenario buys and that have no peak at the precision, by their catalog names."""
    used = {scenario.server_of(row.cluster).gpu for row in scenario.purchases}
    return tuple(sorted(name for name in used if scenario.catalog.gpus[name].peak_tflops(precision) is None))


def column_names(scenarios: Sequence[Scenario]) -> list[str]:
    """The scenarios' names, each one's own: the second of one name is `name (2)`."""
    seen: Counter[str] = Counter()
    names = []
    for scenario in scenarios:
        seen[scenario.name] += 1
        names.append(scenario.name if seen[scenario.name] == 1 else f"{scenario.name} ({seen[scenario.name]})")
    return names


def rows_of(columns: Sequence[Column], precision: Precision) -> tuple[Row, ...]:
    """The quantities in order, GPUs by type where their place is; rows that apply to no column are left out."""
    rows = []
    for quantity in expanded(columns):
        values = tuple(quantity.of(column.outcomes, precision) for column in columns)
        if any(value is not None for value in values):
            rows.append(Row(quantity, values))
    return tuple(rows)


def expanded(columns: Sequence[Column]) -> list[Quantity]:
    """Every quantity in order, with GPUs by the types that any column has."""
    types = list(dict.fromkeys(name for column in columns for name in gpu_types(column.outcomes)))
    out: list[Quantity] = []
    for quantity in QUANTITIES:
        out += [of_type(name) for name in types] if quantity is None else [quantity]
    return out
