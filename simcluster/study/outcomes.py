"""The flat row of a run: what a sweep collects and a summary reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.company import company_by_year
from simcluster.books.measures import valuation
from simcluster.record.events import (
    JobFinished,
    JobInterrupted,
    JobStarted,
    ModelReady,
    NodeFailed,
    OrderPlaced,
    OrderPostponed,
)
from simcluster.record.jobs import JobHours, job_hours
from simcluster.record.states import USEFUL, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog
    from simcluster.study.result import Outcomes


def outcomes_of(
    scenario: Scenario,
    log: EventLog,
    gpu_hours: GpuHours,
    energy: Energy,
    daily: pd.DataFrame,
    journal: Journal,
    offsets: pd.DataFrame,
) -> Outcomes:
    """Outcomes by name, units in the names; None where a thing did not happen."""
    company = company_by_year(scenario, journal, gpu_hours)
    rows: Outcomes = {
        **_fleet(log, gpu_hours, energy, daily),
        **_orders(scenario, log),
        **_training(scenario, log),
        **_money(company, offsets),
        "depreciation_programme_usd": float(journal.moved("expenses:depreciation").sum()) / 100,
        "offset_last_quarter": float(offsets["offset"].iloc[-1]),
        **valuation(scenario, journal),
    }
    return {name: _plain(value) for name, value in rows.items()}


def _plain(value: object) -> float | int | str | None:
    """A JSON value: NaN and infinity become None, numpy numbers Python's."""
    if value is None or isinstance(value, str | int):
        return value
    number = float(value)  # type: ignore[arg-type] # what is left is a float or a numpy number
    return number if np.isfinite(number) else None


def _fleet(log: EventLog, gpu_hours: GpuHours, energy: Energy, daily: pd.DataFrame) -> Outcomes:
    last = daily[daily["date"] == daily["date"].max()]
    total = float(gpu_hours.hours.sum())
    useful = sum(gpu_hours.of(state) for state in USEFUL)
    return {
        "gpus_in_service_end": int(last["in_service"].sum()),
        "h100e_in_service_end": float(last["h100e_in_service"].sum()),
        **_year_ends(daily),
        "gpu_hours_delivered": total,
        "gpu_hours_waiting_power": gpu_hours.of(GpuState.WAITING_POWER),
        "gpu_hours_waiting_hall": gpu_hours.of(GpuState.WAITING_HALL),
        "useful_share": useful / total if total else None,
        "failures": log.count(NodeFailed),
        "interruptions": log.count(JobInterrupted),
        "energy_mwh": float(sum(table.sum() for table in energy.source_mwh)),
        "energized_mw_end": float(last["energized_mw"].sum()),
        "peak_drawn_mw": energy.peak_mw,
    }


def _year_ends(daily: pd.DataFrame) -> Outcomes:
    """GPUs and H100 equivalents in service, and GPUs delivered, at each calendar year's last simulated day."""
    ends = daily[daily["date"].isin(daily.groupby(daily["date"].dt.year)["date"].max())]
    sums = ends.groupby(ends["date"].dt.year)[["in_service", "h100e_in_service", "delivered"]].sum()
    out: Outcomes = {}
    for year, row in sums.iterrows():
        out[f"gpus_in_service_{year}"] = float(row["in_service"])
        out[f"h100e_in_service_{year}"] = float(row["h100e_in_service"])
        out[f"gpus_delivered_{year}"] = float(row["delivered"])
    return out


def _orders(scenario: Scenario, log: EventLog) -> Outcomes:
    """What was ordered, and which orders the budget put off or kept out altogether."""
    size = [scenario.server_of(order.cluster).gpus for order in scenario.orders]
    placed = {fact.order: fact.nodes * size[fact.order] for fact in log.rows(OrderPlaced)}
    postponed = {fact.order: fact.cost_usd for fact in log.rows(OrderPostponed)}
    return {
        "gpus_ordered": sum(placed.values()),
        "orders_postponed": len(postponed),
        "orders_postponed_usd": sum(postponed.values()),
        "orders_never_placed": len(postponed.keys() - placed.keys()),
    }


def _training(scenario: Scenario, log: EventLog) -> Outcomes:
    """Each job, and the jobs together."""
    hours = job_hours(scenario, log)
    held = sum(job.held_gpu_hours for job in hours)
    productive = sum(job.useful_gpu_hours for job in hours)
    together: Outcomes = {
        "gpu_hours_training": held,
        "training_productive_share": productive / held if held else None,
    }
    return together | _jobs(scenario, log, hours)


def _jobs(scenario: Scenario, log: EventLog, hours: list[JobHours]) -> Outcomes:
    started = {row.job: row.hour for row in log.rows(JobStarted)}
    done = {row.job: row.hour for row in log.rows(JobFinished)}
    ready = {row.job: row.hour for row in log.rows(ModelReady)}
    struck = np.bincount(log.columns(JobInterrupted)["job"], minlength=len(scenario.jobs))
    out: Outcomes = {}
    for number, job in enumerate(scenario.jobs):
        days = {
            name: _day(scenario, at.get(number))
            for name, at in (("started", started), ("done", done), ("ready", ready))
        }
        late = None
        if job.promised is not None and number in ready:
            late = (job.promised - scenario.clock.date(ready[number])).days
        ran = hours[number]
        values: Outcomes = {
            **days,
            "gpu_hours": ran.held_gpu_hours,
            "ettr": ran.ettr,
            "interruptions": int(struck[number]),
            "margin_days": late,
        }
        out |= {f"jobs.{job.name}.{name}": value for name, value in values.items()}
    return out


def _day(scenario: Scenario, hour: float | None) -> str | None:
    return None if hour is None else scenario.clock.date(hour).isoformat()


def _money(company: pd.DataFrame, offsets: pd.DataFrame) -> Outcomes:
    out: Outcomes = {"capex_programme_usd": float(company.loc["programme_capex"].to_numpy(dtype=float).sum())}
    names = {
        "capex_programme_usd": "programme_capex",
        "capex_company_usd": "capex",
        "capex_growth": "capex_growth",
        "revenue_growth": "revenue_growth",
        "costs_growth": "costs_growth",
    }
    for name, line in names.items():
        values = company.loc[line].to_numpy(dtype=float)
        out |= {f"{name}_{year}": float(value) for year, value in zip(company.columns, values, strict=True)}
    for year, row in offsets.groupby(offsets.index.str[:4]).sum().iterrows():
        cost = row["depreciation"] + row["opex"] + row["capital_charge"]
        out[f"offset_{year}"] = row["contribution"] / cost if cost else None
        out[f"required_revenue_usd_{year}"] = row["required_revenue"]
        out[f"attributed_revenue_usd_{year}"] = row["attributed_advertising"]
    return out
