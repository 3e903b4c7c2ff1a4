"""The folder of what must be true: text, values, trials, the figure and the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from simcluster.report.rows import BOUNDED, flat, write_rows
from simcluster.report.solve import plain, solution_text, solution_values, written
from simcluster.report.solve_page import render_solution, solution_svg

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.report.study_page import Origin
    from simcluster.study.solve import Solution


SOLUTION_TEXT, SOLUTION_JSON = "solution.txt", "solution.json"


def write_solution(folder: Path, found: Solution, origin: Origin) -> None:
    """`solution.txt`, `.json` and `.svg`, `report.html`, and `trials.csv`: a row a value tried, with its interval."""
    drawn = solution_svg(found)
    texts = {
        SOLUTION_TEXT: solution_text(found),
        SOLUTION_JSON: json.dumps(solution_values(found), indent=2, ensure_ascii=False) + "\n",
        "solution.svg": drawn,
        "report.html": render_solution(found, origin, drawn),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    head = ("value", *(f"outcome{ending}" for ending in BOUNDED), "n", "without")
    rows = [
        (
            written(found.knob, trial.x),
            *(plain(found.target, value) for value in flat(trial.estimate)),
            trial.estimate.n,
            trial.without,
        )
        for trial in found.trials
    ]
    write_rows(folder / "trials.csv", head, rows)
