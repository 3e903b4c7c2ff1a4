"""The flat row of a run: what a sweep collects and a summary reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.cash import sale_proceeds
from simcluster.books.company import company_by_year
from simcluster.books.journal import Account
from simcluster.books.measures import COST, depreciation_by_month
from simcluster.books.tax import tax_paid_by_month
from simcluster.books.valuation import valuation
from simcluster.record.binding import CONSTRAINTS
from simcluster.record.carbon import account_carbon
from simcluster.record.events import (
    ClocksChanged,
    JobFinished,
    JobInterrupted,
    JobStarted,
    ModelReady,
    NodeFailed,
    NodesSold,
    OrderCancelled,
    OrderPlaced,
    OrderPostponed,
)
from simcluster.record.states import USEFUL, GpuState
from simcluster.study.financing import financing_outcomes
from simcluster.study.income import income_outcomes
from simcluster.study.machine import machine_of
from simcluster.study.unit_costs import unit_cost_outcomes, yardstick_outcomes

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.books.unit_costs import Costs
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.binding import Binding
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog
    from simcluster.record.reliability import Reliability
    from simcluster.study.result import Outcomes, Result

OF_A_JOB = (
    "wall_hours",
    "useful_hours",
    "lost_hours",
    "waiting_hours",
    "restarting_hours",
    "goodput",
    "effective_mfu",
    "mtbi_hours",
    "interruptions_planned",
    "replica_losses",
    "failed_restarts",
    "standbys_used",
)
"""Columns of `Reliability.jobs` that are outcomes of the job, under their names."""
OF_THE_COMPANY = {
    "capex_company_usd": "capex",
    "capex_growth": "capex_growth",
    "revenue_growth": "revenue_growth",
    "costs_growth": "costs_growth",
}
"""Lines of the company that are outcomes of each year."""


def outcomes_of(result: Result) -> Outcomes:
    """Outcomes of a result by name, units in the names; None where a thing did not happen."""
    scenario, log, gpu_hours, energy = result.scenario, result.log, result.gpu_hours, result.energy
    daily, journal = result.daily, result.journal
    company = company_by_year(scenario, journal, gpu_hours)
    rows: Outcomes = {
        **_fleet(log, gpu_hours, energy, daily),
        **machine_of(scenario, log, energy, daily, journal),
        **_carbon(scenario, log, energy),
        **_swings(scenario, energy),
        **_shortages(scenario, log, gpu_hours, result.costs),
        **_orders(scenario, log),
        **(_binding(result.binding) if scenario.orders else {}),
        **(_sales(scenario, log, journal) if scenario.sales else {}),
        **_availability(gpu_hours, result.reliability),
        **_training(scenario, log, result.reliability),
        **_money(company, scenario.company is not None),
        **(offset_outcomes(result.offset) if scenario.revenue.earns else {}),
        "depreciation_programme_usd": float(depreciation_by_month(journal).sum()) / 100,
        "disposals_usd": float(journal.moved(Account.DISPOSALS).sum()) / 100,
        **income_outcomes(result.statements, journal),
        **financing_outcomes(scenario, log, journal),
        **unit_cost_outcomes(scenario, log, gpu_hours, result.costs),
        **yardstick_outcomes(result.yardsticks),
        **(valuation(scenario, journal) if scenario.revenue.earns else {}),
        **(_tax(journal) if scenario.finance.tax is not None else {}),
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


def _carbon(scenario: Scenario, log: EventLog, energy: Energy) -> Outcomes:
    """Tonnes of CO2 equivalents, where sources and servers say what they emit."""
    carbon = account_carbon(scenario, log, energy)
    told = {"carbon_operational_t": carbon.operational, "carbon_embodied_t": carbon.embodied}
    return {name: tonnes for name, tonnes in told.items() if tonnes is not None}


def _swings(scenario: Scenario, energy: Energy) -> Outcomes:
    """The largest swing of each site's draw, and what its battery leaves of it."""
    out: Outcomes = {}
    for site, swing in zip(scenario.sites, energy.swing_mw, strict=True):
        out[f"sites.{site.name}.largest_swing_mw"] = swing
        if site.battery is not None:
            out[f"sites.{site.name}.largest_swing_left_mw"] = max(swing - site.battery.power, 0.0)
    return out


def _shortages(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, costs: Costs) -> Outcomes:
    """GPU-hours shed and throttled where that may be, at what an hour in service cost; and the lowest clock."""
    if not scenario.may_run_short:
        return {}
    lost = {"unpowered": GpuState.UNPOWERED}
    out: Outcomes = {}
    if any(site.is_metered for site in scenario.sites):
        lost["throttled"] = GpuState.THROTTLED
        out["lowest_clock"] = min((fact.clock for fact in log.rows(ClocksChanged)), default=1.0)
    for name, state in lost.items():
        out[f"gpu_hours_{name}"] = gpu_hours.of(state)
        out[f"{name}_usd"] = costs.of(state)
    return out


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
        "gpus_cancelled": sum(fact.nodes * size[fact.order] for fact in log.rows(OrderCancelled)),
        "orders_postponed": len(postponed),
        "orders_postponed_usd": sum(postponed.values()),
        "orders_never_placed": len(postponed.keys() - placed.keys()),
    }


def _sales(scenario: Scenario, log: EventLog, journal: Journal) -> Outcomes:
    """What was sold or decommissioned, and the cash of it."""
    facts = log.rows(NodesSold)
    return {
        "gpus_sold": sum(fact.nodes * scenario.server_of(fact.cluster).gpus for fact in facts),
        "sale_proceeds_usd": float(sale_proceeds(journal).sum()) / 100,
    }


def _binding(binding: Binding) -> Outcomes:
    """Days on which each constraint bound the build, all sites together, and what it held up."""
    held, tied = binding.gpu_days.sum(axis=(0, 1)), binding.usd_days.sum(axis=(0, 1))
    out: Outcomes = {}
    for k, name in enumerate(CONSTRAINTS):
        out[f"days_bound_by_{name}"] = int((binding.of_all == k).sum())
        out[f"gpu_days_held_by_{name}"] = float(held[k])
        out[f"usd_days_held_by_{name}"] = float(tied[k])
    return out


def _availability(gpu_hours: GpuHours, reliability: Reliability) -> Outcomes:
    """How often nodes failed and how much of their time they were up: together, and each cluster's."""
    clusters = reliability.clusters
    days, up, failures = (float(clusters[name].sum()) for name in ("node_days", "node_days_up", "failures"))
    out: Outcomes = {
        "availability": up / days if days else None,
        "failures_per_1000_node_days": 1000.0 * failures / up if up else None,
        "gpu_hours_lost_work": gpu_hours.of(GpuState.LOST_WORK),
        "nodes_retired": int(clusters["nodes_retired"].sum()),
    }
    for row in clusters.to_dict("records"):
        for name in ("availability", "failures_per_1000_node_days", "mean_wait_hours"):
            out[f"clusters.{row['cluster']}.{name}"] = row[name]
    return out


def _training(scenario: Scenario, log: EventLog, reliability: Reliability) -> Outcomes:
    """The jobs together, and each job."""
    held, productive = (float(reliability.jobs[f"gpu_hours_{name}"].sum()) for name in ("held", "useful"))
    together: Outcomes = {
        "gpu_hours_training": held,
        "training_productive_share": productive / held if held else None,
    }
    return together | _jobs(scenario, log, reliability)


def _jobs(scenario: Scenario, log: EventLog, reliability: Reliability) -> Outcomes:
    started = {row.job: row.hour for row in log.rows(JobStarted)}
    done = {row.job: row.hour for row in log.rows(JobFinished)}
    ready = {row.job: row.hour for row in log.rows(ModelReady)}
    out: Outcomes = {}
    for number, ran in enumerate(reliability.jobs.to_dict("records")):
        job = scenario.jobs[number]
        days = {
            name: _day(scenario, at.get(number))
            for name, at in (("started", started), ("done", done), ("ready", ready))
        }
        late = None
        if job.promised is not None and number in ready:
            late = (job.promised - scenario.clock.date(ready[number])).days
        values: Outcomes = {
            **days,
            "gpu_hours": ran["gpu_hours_held"],
            "ettr": ran["ettr"],
            "interruptions": ran["interruptions"],
            "margin_days": late,
            **{name: ran[name] for name in OF_A_JOB},
        }
        out |= {f"jobs.{job.name}.{name}": value for name, value in values.items()}
    return out


def _day(scenario: Scenario, hour: float | None) -> str | None:
    return None if hour is None else scenario.clock.date(hour).isoformat()


def _money(company: pd.DataFrame, around: bool) -> Outcomes:
    """Capital of the programme, and where there is a company `around` it, that of the company and how it grows."""
    out: Outcomes = {"capex_programme_usd": float(company.loc["programme_capex"].to_numpy(dtype=float).sum())}
    names = {"capex_programme_usd": "programme_capex"} | (OF_THE_COMPANY if around else {})
    for name, line in names.items():
        values = company.loc[line].to_numpy(dtype=float)
        out |= {f"{name}_{year}": float(value) for year, value in zip(company.columns, values, strict=True)}
    return out


def _tax(journal: Journal) -> Outcomes:
    """Income tax paid, and deferred tax owed in the end (a claim where negative)."""
    return {
        "tax_paid_usd": float(tax_paid_by_month(journal).sum()) / 100,
        "deferred_tax_usd": -journal.balance(Account.DEFERRED_TAX) / 100,
    }


def offset_outcomes(offsets: pd.DataFrame) -> Outcomes:
    """How much of its cost advertising covers, by year and in the last quarter (see `books.measures.offset`)."""
    out: Outcomes = {"offset_last_quarter": float(offsets["offset"].iloc[-1])}
    for year, row in offsets.groupby(offsets.index.str[:4]).sum().iterrows():
        cost = sum(row[name] for name in COST if name in row)
        out[f"offset_{year}"] = row["contribution"] / cost if cost else None
        out[f"required_revenue_usd_{year}"] = row["required_revenue"]
        out[f"attributed_revenue_usd_{year}"] = row["attributed_advertising"]
    return out
