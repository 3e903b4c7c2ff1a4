"""A run in about ten lines: when, how much, what was lost, what it costs, who pays."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from simcluster.record.binding import CONSTRAINTS
from simcluster.record.events import OrderPostponed
from simcluster.report import format as fmt
from simcluster.report.construction import construction_line
from simcluster.report.figures_recovery import SPENT_ON
from simcluster.report.format import number, scaled
from simcluster.report.income import income_line, owed_line, value_line
from simcluster.report.sales import sold_line
from simcluster.report.uncertainty import uncertainty_line

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.study.result import Result

WORTH_TELLING = 5e-3
"""The least share that is named."""
WAITED_FOR = {"hall": "a hall", "power": "power", "network": "their network"}


def summary_lines(result: Result, document: Document | None = None) -> list[str]:
    """The run for a terminal, from its outcomes; lines that do not apply are left out.

    What is uncertain is told where the document is given.
    """
    uncertain = "" if document is None else uncertainty_line(document)
    lines = [_frame(result), uncertain, _fleet(result), models(result), _power(result), _carbon(result)]
    lines += [
        _short_of_power(result),
        _waiting(result),
        construction_line(result),
        _bound(result),
        _useful(result),
        _unproductive(result),
        _failures(result),
        _cost(result),
        _unit_cost(result),
        sold_line(result),
        owed_line(result),
        income_line(result),
        _guidance(result),
        _budget(result),
        _payers(result),
        value_line(result),
    ]
    return [line for line in lines if line]


def summary_text(result: Result, width: int = 100, document: Document | None = None) -> str:
    """The lines folded to a terminal's width, with what goes on indented, and a newline at the end."""
    lines = summary_lines(result, document)
    folded = [textwrap.fill(line, width, subsequent_indent="  ", break_on_hyphens=False) for line in lines]
    return "\n".join(folded) + "\n"


def years(result: Result) -> list[int]:
    """The calendar years simulated, the first and last possibly in part."""
    return list(range(result.scenario.start.year, result.scenario.end.year + 1))


def _frame(result: Result) -> str:
    scenario = result.scenario
    span = f"{fmt.day(scenario.start)} to {fmt.day(scenario.end)}"
    return f"{scenario.title or scenario.name}: {span}, seed {result.seed}"


def _fleet(result: Result) -> str:
    opening = fmt.gpus(sum(row.gpus for row in result.scenario.installed))
    keys = ("gpus_ordered", "gpus_in_service_end", "h100e_in_service_end")
    ordered, end, worth = (fmt.plain(result.outcomes.get(key)) for key in keys)
    text = f"Fleet: {opening} at the start, {ordered} ordered; {end} in service at the end, worth {worth} H100"
    return text + _when(result)


def _when(result: Result) -> str:
    """When half and all that was ordered were in service, and what still waits at the end; empty without orders."""
    if not result.scenario.orders:
        return ""
    half, whole = (result.outcomes.get(f"{share}_in_service") for share in ("half", "all"))
    text = f"; half of all by {fmt.day(half)}" if half else ""
    if whole:
        return f"{text}, all by {fmt.day(whole)}"
    last = result.daily[result.daily["date"] == result.daily["date"].max()]
    waiting = {what: float(last[f"waiting_{what}"].sum()) for what in ("hall", "power", "network")}
    parts = [f"{fmt.plain(gpus)} for {WAITED_FOR[what]}" for what, gpus in waiting.items() if gpus]
    return f"{text}, not all by the end" + (f": delivered GPUs wait, {', '.join(parts)}" if parts else "")


def models(result: Result) -> str:
    """Which models are ready when, against their promise, and which are not; empty without jobs."""
    ready, late = [], []
    for job in result.scenario.jobs:
        day = result.outcomes.get(f"jobs.{job.name}.ready")
        if day is None:
            late.append(job.title or job.name)
            continue
        margin = number(result.outcomes.get(f"jobs.{job.name}.margin_days"))
        against_promise = "" if margin is None else f" ({fmt.margin(margin)})"
        ready.append((str(day), f"{job.title or job.name} ready {fmt.day(day)}{against_promise}"))
    parts = [text for _, text in sorted(ready)]
    parts += [f"not ready by {fmt.day(result.scenario.end)}: {', '.join(late)}"] if late else []
    return f"Models: {'; '.join(parts)}" if parts else ""


def _power(result: Result) -> str:
    out = result.outcomes
    cap, peak = (fmt.megawatts(out.get(key)) for key in ("energized_mw_end", "peak_drawn_mw"))
    return f"Power: {cap} energised at the end, {peak} drawn at the peak, {fmt.energy(out.get('energy_mwh'))} used"


def _short_of_power(result: Result) -> str:
    """What was throttled and shed for want of power, and what those GPU-hours cost; empty if nothing was."""
    out = result.outcomes
    throttled, shed = (number(out.get(f"gpu_hours_{key}")) or 0.0 for key in ("throttled", "unpowered"))
    parts = []
    if throttled > 0:
        lowest = fmt.percent(out.get("lowest_clock"))
        usd = fmt.usd(out.get("throttled_usd"))
        parts.append(f"throttled {fmt.gpu_hours(throttled)} that cost {usd}, clocks down to {lowest}")
    if shed > 0:
        parts.append(f"shed {fmt.gpu_hours(shed)} that cost {fmt.usd(out.get('unpowered_usd'))}")
    return f"Short of power: {'; '.join(parts)}" if parts else ""


def _carbon(result: Result) -> str:
    """What the energy emitted, and what making the delivered servers did; empty where no source says."""
    out = result.outcomes
    if out.get("carbon_operational_t") is None:
        return ""
    text = f"Carbon: {fmt.scaled(out.get('carbon_operational_t'))} t CO2e of energy"
    embodied = out.get("carbon_embodied_t")
    return text if embodied is None else f"{text}, {fmt.scaled(embodied)} t in the servers delivered"


def _waiting(result: Result) -> str:
    out = result.outcomes
    power, hall, all_hours = (
        number(out.get(f"gpu_hours_{key}")) for key in ("waiting_power", "waiting_hall", "delivered")
    )
    share = ((power or 0) + (hall or 0)) / all_hours if all_hours else None
    return (
        f"Waiting: delivered GPUs stood {fmt.gpu_hours(power)} for power and {fmt.gpu_hours(hall)} for a hall, "
        f"{fmt.percent(share)} of their time"
    )


def _bound(result: Result) -> str:
    """What bound the build on how many days, and the GPU-days held up by it; empty without orders."""
    out = result.outcomes
    found = []
    for name in CONSTRAINTS:
        days = number(out.get(f"days_bound_by_{name}"))
        if days:
            held = scaled(number(out.get(f"gpu_days_held_by_{name}")) or 0.0)
            found.append((days, f"{name} on {fmt.times(int(days), 'day')} ({held} GPU-days held up)"))
    parts = [text for _, text in sorted(found, reverse=True)]
    return f"Bound by: {', '.join(parts)}" if parts else ""


def _useful(result: Result) -> str:
    out = result.outcomes
    text = (
        f"Useful: {fmt.percent(out.get('useful_share'))} of {fmt.gpu_hours(out.get('gpu_hours_delivered'))} delivered"
    )
    share = number(out.get("training_productive_share"))
    held = fmt.gpu_hours(out.get("gpu_hours_training"))
    return text if share is None else f"{text}; of {held} that training held, {fmt.percent(share)} were productive"


def _unproductive(result: Result) -> str:
    """What took the rest of the jobs' wall, each job by its GPUs; empty where next to nothing did."""
    jobs = result.reliability.jobs
    wall = float((jobs["wall_hours"] * jobs["gpus"]).sum())
    taken = {
        label: float((jobs[f"{part}_hours"] * jobs["gpus"]).sum()) / wall
        for part, (label, _) in SPENT_ON.items()
        if part != "useful" and wall
    }
    parts = [f"{label} {fmt.percent(share)}" for label, share in taken.items() if share >= WORTH_TELLING]
    return f"Of the jobs' wall: {', '.join(parts)}" if parts else ""


def _failures(result: Result) -> str:
    out, jobs = result.outcomes, result.scenario.jobs
    struck = [number(out.get(f"jobs.{job.name}.interruptions")) for job in jobs]
    known = [count for count in struck if count is not None]
    planned = sum(number(out.get(f"jobs.{job.name}.interruptions_planned")) or 0 for job in jobs)
    text = f"Failures: {fmt.plain(out.get('failures'))}"
    if number(out.get("availability")) is not None:
        text += f", nodes were up {fmt.percent(out.get('availability'), 2)} of their time"
    if known:
        text += f"; training was interrupted {fmt.times(sum(known), 'time')}"
        text += f", {fmt.plain(planned)} of them planned," if planned else ""
        lost = number(out.get("gpu_hours_lost_work"))
        text += "" if lost is None else f" and lost {fmt.gpu_hours(lost)} of work"
    return text


def _cost(result: Result) -> str:
    out = result.outcomes
    capex = {year: number(out.get(f"capex_company_usd_{year}")) for year in years(result)}
    company = [f"{fmt.usd(usd)} in {year}" for year, usd in capex.items() if usd is not None]
    text = (
        f"Cost: programme capex {fmt.usd(out.get('capex_programme_usd'))}, "
        f"depreciation so far {fmt.usd(out.get('depreciation_programme_usd'))}"
    )
    return f"{text}; the company's capex {', '.join(company)}" if company else text


def _unit_cost(result: Result) -> str:
    """What a GPU-hour costs with the capital in it, and what went into failures, waiting and idling."""
    out = result.outcomes
    each, useful = number(out.get("usd_per_gpu_hour")), number(out.get("usd_per_useful_gpu_hour"))
    if each is None:
        return ""
    text = f"Unit cost: {fmt.ratio(each)} USD a GPU-hour in service"
    text += "" if useful is None else f", {fmt.ratio(useful)} a useful one"
    spent = (("failures and recovery", "unreliability"), ("waiting at the gate", "stranded"), ("idle GPUs", "idle"))
    usd = [(what, number(out.get(f"{name}_usd")) or 0.0) for what, name in spent]
    parts = [f"{what} {fmt.usd(value)}" for what, value in usd if value > 0]
    return f"{text}; spent on {', '.join(parts)}" if parts else text


def _budget(result: Result) -> str:
    """Orders that the budget put off, by name, since they change the build and not only its price; empty if none."""
    postponed = {fact.order for fact in result.log.rows(OrderPostponed)}
    names = ", ".join(result.scenario.orders[order].name for order in sorted(postponed))
    usd = fmt.usd(result.outcomes.get("orders_postponed_usd"))
    never = number(result.outcomes.get("orders_never_placed")) or 0
    tail = f"; {fmt.plain(never)} of them never placed" if never else ""
    return f"Budget: put off {fmt.times(len(postponed), 'order')} of {usd} ({names}){tail}" if postponed else ""


def _guidance(result: Result) -> str:
    parts = []
    for year in years(result):
        given = result.scenario.guidance_of(year)
        capex = number(result.outcomes.get(f"capex_company_usd_{year}"))
        if given is not None and capex is not None:
            parts.append(f"{year} {against(capex, given.low, given.high)} {guided(given.low, given.high)}")
    return f"Guidance: capex {', '.join(parts)}" if parts else ""


def guided(low: float, high: float) -> str:
    """64 to 72 bn USD."""
    if low == high:
        return fmt.usd(low)
    first, second = fmt.usd(low), fmt.usd(high)
    unit = second.split(" ", 1)[1]
    return f"{first.removesuffix(' ' + unit) if first.endswith(unit) else first} to {second}"


def against(capex: float, low: float, high: float) -> str:
    """Whether capex lies within a guided range."""
    return "below" if capex < low else "above" if capex > high else "within"


def _payers(result: Result) -> str:
    out = result.outcomes
    parts = []
    for year in years(result):
        needed, got = (number(out.get(f"{key}_usd_{year}")) for key in ("required_revenue", "attributed_revenue"))
        if needed is not None and got is not None:
            covered = fmt.ratio(out.get(f"offset_{year}"))
            parts.append(f"{year} {fmt.usd(got)} against {fmt.usd(needed)} needed (offset {covered})")
    return f"Paid by advertising attributed to AI: {', '.join(parts)}" if parts else ""
