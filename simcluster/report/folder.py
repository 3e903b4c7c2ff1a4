"""The results folder of one run: everything a reader, a spreadsheet or a later program needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simcluster.books.beancount import ledger
from simcluster.books.unit_costs import costs_frame
from simcluster.books.workbook.write import write_workbook
from simcluster.record import store
from simcluster.record.accounts import gpu_hours_frame
from simcluster.record.binding import binding_frame
from simcluster.record.carbon import energy_frame
from simcluster.report.page import figures, render
from simcluster.report.summary import summary_text

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.document import Document
    from simcluster.study.result import Result

SUMMARY = "summary.txt"
RESOLVED = "scenario.resolved.toml"


def write_results(folder: Path, result: Result, document: Document, resolved: str) -> None:
    """Write all files but the manifest into an empty folder; the same bytes for the same scenario, seed and version."""
    _write_text(folder / RESOLVED, resolved)
    store.write_events(folder, result.log)
    store.write_parquet(folder / "timeseries.parquet", result.daily)
    _write_csv(folder / "gpu_hours.csv", gpu_hours_frame(result.scenario, result.gpu_hours))
    _write_csv(folder / "energy.csv", energy_frame(result.scenario, result.log, result.energy))
    for name in ("jobs", "interruptions", "failures", "clusters"):
        _write_csv(folder / f"{name}.csv", getattr(result.reliability, name))
    _write_csv(folder / "construction.csv", result.construction)
    _write_csv(folder / "binding.csv", binding_frame(result.scenario, result.binding))
    _write_csv(folder / "costs.csv", costs_frame(result.scenario, result.gpu_hours, result.costs))
    _write_csv(folder / "yardsticks.csv", result.yardsticks)
    _write_csv(folder / "statements.csv", tidy_statements(result))
    store.write_json(folder / "outcomes.json", {"schema": store.SCHEMA, **result.outcomes})
    kept = result.scenario, result.log, result.gpu_hours, result.energy, result.journal
    write_workbook(folder / "model.xlsx", *kept)
    _write_text(folder / "journal.beancount", ledger(result.scenario, result.journal))
    _write_text(folder / SUMMARY, summary_text(result, document=document))
    write_report(folder, result, document)


def write_report(folder: Path, result: Result, document: Document) -> None:
    """Write `report.html` and `figures/*.svg`."""
    drawn = figures(result)
    (folder / "figures").mkdir(exist_ok=True)
    for name, svg in drawn.items():
        _write_text(folder / "figures" / f"{name}.svg", svg)
    _write_text(folder / "report.html", render(result, document, drawn))


def tidy_statements(result: Result) -> pd.DataFrame:
    """Programme and company by quarter as rows: entity, statement, line, quarter, value (USD; growth as fractions).

    A scenario without a company has the programme alone.
    """
    import pandas as pd

    tables = [result.statements.assign(entity="programme").set_index("entity", append=True)]
    if result.scenario.company is not None:
        company = result.company.assign(entity="company").set_index("entity", append=True)
        tables.append(pd.concat({"company": company}, names=["statement"]))
    names = ["entity", "statement", "line"]
    frames = [table.reset_index().melt(id_vars=names, var_name="quarter", value_name="value") for table in tables]
    return pd.concat(frames, ignore_index=True)[[*names, "quarter", "value"]]


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", date_format="%Y-%m-%d %H:%M")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
