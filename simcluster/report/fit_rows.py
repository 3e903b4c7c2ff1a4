"""Fitted laws of life as catalog rows that a scenario can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.fit import UNIT
from simcluster.study.reference import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.study.fit import BatchFit, FittedLaw

LONGEST_NAME = 56
DIGITS = 6


def fitted_toml(fits: Iterable[BatchFit], file: str, unit: str) -> str:
    """The rows of `fitted_rows` as TOML, to be pasted in a scenario."""
    import tomli_w

    return tomli_w.dumps(fitted_rows(fits, file, unit))


def fitted_rows(fits: Iterable[BatchFit], file: str, unit: str) -> dict[str, Any]:
    """A failure profile `catalog.failures.fitted_<batch>` for each batch, with one cause: all its failures.

    The life is that of the unit of the log: a node, or a GPU, which takes its node with it. `file` is the log's name.
    """
    rows: dict[str, Any] = {}
    for fit in fits:
        lives = fit.lives
        days = f"{fmt.plain(lives.exposure_hours / 24)} {UNIT[unit]}-days"
        title = f"{file}, batch {lives.batch}: {fmt.times(lives.failures, 'failure')} in {days}"
        rows[_free_name(lives.batch, rows)] = {"title": title, "causes": [_cause(fit, file, unit, days)]}
    return {"catalog": {"failures": rows}}


def _free_name(batch: str, taken: dict[str, Any]) -> str:
    """A row's name for a batch, made of letters, digits and underscores; numbered if another batch has it."""
    name = f"fitted_{words_of(batch) or 'batch'}"[:LONGEST_NAME].rstrip("_")
    numbered = (f"{name}_{k}" for k in range(2, len(taken) + 2))
    return next(free for free in (name, *numbered) if free not in taken)


def _cause(fit: BatchFit, file: str, unit: str, days: str) -> dict[str, Any]:
    lives, law = fit.lives, fit.chosen
    tested = "" if law.p_value is None else f", goodness of fit p = {law.p_value:.2g}"
    counts = f"{fmt.times(lives.failures, 'failure')} of {fmt.times(lives.units, UNIT[unit])} in {days}"
    taken = "GPU, and the GPU its node," if unit == "gpu" else "node"
    return {
        "name": "all_causes",
        "title": f"Every failure in the log ({counts})",
        "scope": unit,
        "source": f"Maximum likelihood on {file}: {counts}; {law.name} by the lowest AIC{tested}",
        "assumption": f"Every failure in the log takes its {taken} out of service",
        "life": life_table(law),
        "repair": {
            "value": "6 hours",
            "assumption": "Not in the log; about LANL's mean of 355 min, of CPU nodes: give your own",
        },
        "parts_cost": {
            "value": "3000 USD",
            "assumption": "Not in the log; the packaged catalog's order of magnitude for a GPU: give your own",
        },
    }


def life_table(law: FittedLaw) -> dict[str, Any]:
    """A fitted law as the table that `simcluster.model.distributions` reads."""
    values = {name: estimate.value for name, estimate in law.parameters.items()}
    if law.name == "exponential":
        return {"kind": law.name, "mean": _hours(values["mean_hours"])}
    if law.name == "weibull":
        shape = float(f"{values['shape']:.{DIGITS}g}")
        return {"kind": law.name, "shape": shape, "scale": _hours(values["scale_hours"])}
    return {"kind": law.name, "median": _hours(values["median_hours"]), "mean": _hours(law.mean_life_hours.value)}


def _hours(value: float) -> str:
    digits = f"{value:.{DIGITS}g}"
    plain = f"{float(digits):f}".rstrip("0").rstrip(".") if 1e-3 <= value < 1e9 else digits
    return f"{plain} hours"
