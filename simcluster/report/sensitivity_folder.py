"""The folder of a study of sensitivity: text, tables, figures and the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from simcluster.report.figures_sensitivity import sensitivity_svg
from simcluster.report.rows import BOUNDED, flat, write_rows
from simcluster.report.sensitivity import sensitivity_text, sensitivity_values
from simcluster.report.sensitivity_page import render_sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simcluster.model.scenario import Scenario
    from simcluster.report.sensitivity_page import Study
    from simcluster.study.sensitivity import Effect, Sensitivity


def write_sensitivity(folder: Path, scenario: Scenario, found: Sequence[Sensitivity], study: Study) -> None:
    """Write `sensitivity.txt`, `.csv` and `.json`, a figure of each outcome and `report.html` into an empty folder."""
    drawn = {one.outcome: sensitivity_svg(one) for one in found if one.n}
    texts = {
        "sensitivity.txt": sensitivity_text(scenario, found),
        "sensitivity.json": json.dumps(sensitivity_values(scenario, found), indent=1, ensure_ascii=False) + "\n",
        "report.html": render_sensitivity(scenario, found, study, drawn),
    }
    texts |= {f"{outcome}.svg": svg for outcome, svg in drawn.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    figures = (f"{measure}{end}" for measure in found[0].measures for end in BOUNDED)
    rows = (
        (one.outcome, row.factor, row.low, row.high, *_flat(one, row), row.n) for one in found for row in one.effects
    )
    write_rows(folder / "sensitivity.csv", ("outcome", "factor", "low", "high", *figures, "n"), rows)


def _flat(found: Sensitivity, effect: Effect) -> tuple[float | None, ...]:
    return tuple(value for measure in found.measures for value in flat(effect.figures.get(measure)))
