"""The folder of a comparison: text, tables, figures and the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.compare import comparison_text, comparison_values
from simcluster.report.compare_page import ratios_svg, render_comparison
from simcluster.report.compare_paired import ESTIMATES, paired_text, paired_values
from simcluster.report.compare_paired_page import differences_svg, render_paired
from simcluster.report.rows import BOUNDED, flat, write_rows
from simcluster.report.waterfall import waterfall_rows, waterfall_svg
from simcluster.study.input_columns import cell, heading, widen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simcluster.report.study_page import Origin
    from simcluster.study.compare import Comparison
    from simcluster.study.compare_paired import PairedComparison
    from simcluster.study.pairs import Pair
    from simcluster.study.waterfall import Waterfall


def write_comparison(folder: Path, comparison: Comparison, origin: Origin) -> None:
    """Write `comparison.txt`, `.csv` and `.json`, and `report.html` with `ratios.svg` into an empty folder."""
    drawn = ratios_svg(comparison)
    texts = {
        "comparison.txt": comparison_text(comparison),
        "comparison.csv": comparison.frame.to_csv(index=False, lineterminator="\n"),
        "comparison.json": _json(comparison_values(comparison)),
        "ratios.svg": drawn,
        "report.html": render_comparison(comparison, origin, drawn),
    }
    _write_texts(folder, texts)


def write_paired(folder: Path, found: PairedComparison, explained: Waterfall | None, origin: Origin) -> None:
    """Write `comparison.txt`, `.csv` and `.json`, `outcomes.csv`, `replicas.csv`, the figures and `report.html`.

    `waterfall.csv` and `.svg` are of two scenarios; `differences.svg` is of each against the first, numbered from the
    second on.
    """
    drawn, waterfall = differences_svg(found), "" if explained is None else waterfall_svg(explained)
    if explained is not None:
        write_rows(folder / "waterfall.csv", *waterfall_rows(explained))
    texts = {
        "comparison.txt": paired_text(found, explained),
        "comparison.json": _json(paired_values(found, explained)),
        "waterfall.svg": waterfall,
        "report.html": render_paired(found, explained, origin, drawn, waterfall),
    }
    _write_texts(folder, texts | {f"differences{f'_{k}' if k else ''}.svg": svg for k, svg in enumerate(drawn)})
    others, figures = found.names[1:], [f"{name}{end}" for name in ESTIMATES for end in BOUNDED]
    rows = (
        (row.quantity.group, row.quantity.name, row.quantity.unit, other, *_flat(pair))
        for row in found.rows
        for other, pair in zip(others, row.pairs, strict=True)
    )
    tail = ("scenario", *figures, "n", "without", "gain")
    write_rows(folder / "comparison.csv", ("group", "quantity", "unit", *tail), rows)
    told = (
        (name, other, *_flat(pair))
        for name, row in found.outcomes.items()
        for other, pair in zip(others, row, strict=True)
    )
    write_rows(folder / "outcomes.csv", ("outcome", *tail), told)
    _write_replicas(folder / "replicas.csv", found)


def _write_replicas(path: Path, found: PairedComparison) -> None:
    """A row a replica of each; drawn quantities are numbers of one unit in all, as in a sweep's."""
    units: dict[str, str] = {}
    for ran in found.ran:
        for replica in ran.replicas:
            widen(units, replica.inputs)
    names = list(dict.fromkeys(name for ran in found.ran for one in ran.replicas for name in one.outcomes or {}))
    rows = (
        (
            *(name, one.number, one.seed, one.error),
            *(cell(one.inputs.get(key), unit) for key, unit in units.items()),
            *map((one.outcomes or {}).get, names),
        )
        for name, ran in zip(found.names, found.ran, strict=True)
        for one in ran.replicas
    )
    head = ("scenario", "number", "seed", "error", *(heading(key, unit) for key, unit in units.items()), *names)
    write_rows(path, head, rows)


def _flat(pair: Pair | None) -> tuple[float | None, ...]:
    if pair is None:
        return ()
    estimates = (flat(getattr(pair, name)) for name in ESTIMATES)
    return (*(value for estimate in estimates for value in estimate), pair.n, pair.without, fmt.number(pair.gain))


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Those that are not empty."""
    for name, text in texts.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
