"""One sentence under each figure that reads out its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.states import GpuState
from simcluster.report import format as fmt
from simcluster.report.captions_buildout import construction_sentence, power_sentence
from simcluster.report.figures_buildout import here_by_day
from simcluster.report.figures_failures import strikes
from simcluster.report.figures_hours import losses
from simcluster.report.figures_money import depreciation
from simcluster.report.figures_recovery import SPENT_ON, ran
from simcluster.report.format import number
from simcluster.report.lines import by_quarter
from simcluster.report.summary import models

if TYPE_CHECKING:
    from simcluster.study.result import Result


def captions(result: Result) -> dict[str, str]:
    """Sentences by name of figure."""
    return {
        "buildout": _buildout(result),
        "power": power_sentence(result),
        "construction": construction_sentence(result),
        "gpu_hours": _gpu_hours(result),
        "jobs": _jobs(result),
        "job_hours": _job_hours(result),
        "failures": _failures(result),
        "capex": _capex(result),
        "offset": _offset(result),
    }


def _buildout(result: Result) -> str:
    out = result.outcomes
    waiting = here_by_day(result.daily)
    behind = waiting["delivered"] - waiting["admitted"]
    opening = fmt.gpus(sum(row.gpus for row in result.scenario.installed))
    ordered, end = fmt.plain(out.get("gpus_ordered")), fmt.plain(out.get("gpus_in_service_end"))
    text = f"{opening} stood at the start and {ordered} were ordered; {end} are in service at the end"
    if behind.empty or behind.max() <= 0:
        return f"{text}; no delivered GPU waited for a hall or power for as long as a day."
    most, when = fmt.plain(float(behind.max())), fmt.day(behind.idxmax())
    return f"{text}; on {when} {most} delivered GPUs stood without a hall or power."


def _gpu_hours(result: Result) -> str:
    useful = fmt.percent(result.outcomes.get("useful_share"))
    label, hours, _ = max(losses(result), key=lambda row: row[1])
    total = float(result.gpu_hours.hours.sum())
    if total <= 0:
        return "No GPU was delivered."
    lost = result.gpu_hours.of(GpuState.LOST_WORK)
    return (
        f"{useful} of the delivered GPU-hours did useful work; the largest part of the rest went to “{label}” "
        f"({fmt.percent(hours / total)}), and {fmt.gpu_hours(lost)} were computed and lost to interruptions."
    )


def _jobs(result: Result) -> str:
    text = models(result).removeprefix("Models: ")
    return f"{text}." if text else "The scenario has no training jobs."


def _job_hours(result: Result) -> str:
    jobs = ran(result)
    wall, useful = float(jobs["wall_hours"].sum()), float(jobs["useful_hours"].sum())
    if not wall:
        return "No training job started."
    spent = {part: float(jobs[f"{part}_hours"].sum()) for part in SPENT_ON if part != "useful"}
    most = max(spent, key=lambda part: spent[part])
    text = f"{fmt.percent(useful / wall)} of the {fmt.days(wall / 24)} that jobs ran was useful"
    if wall - useful <= 0:
        return f"{text}."
    return f"{text}; the largest part of the rest went to “{SPENT_ON[most][0]}” ({fmt.percent(spent[most] / wall)})."


def _failures(result: Result) -> str:
    clusters, rows = result.reliability.clusters, strikes(result)
    failures, up = int(clusters["failures"].sum()), float(clusters["node_days_up"].sum())
    if not up:
        return "No node entered service."
    text = (
        f"Nodes failed {fmt.times(failures, 'time')} in {fmt.scaled(up)} node-days in service and up, "
        f"{fmt.ratio(1000 * failures / up)} per 1,000 node-days"
    )
    if any(row.of_jobs and row.count for row in rows):
        text += "; causes of the jobs themselves strike only while they compute"
    if any(row.reference for row in rows):
        text += "; Llama 3's rates are the unexpected interruptions of its job per node-day (arXiv 2407.21783)"
    return f"{text}."


def _capex(result: Result) -> str:
    out = result.outcomes
    last = list(depreciation(result).items())[-1:]
    tail = "".join(f"; depreciation is {fmt.usd(value)} in {quarter} alone" for quarter, value in last)
    return f"The programme takes {fmt.usd(out.get('capex_programme_usd'))} of capital{tail}."


def _offset(result: Result) -> str:
    covered = number(result.outcomes.get("offset_last_quarter"))
    required = list(by_quarter(result.offset, "required_revenue").items())[-1:]
    if covered is None or not required:
        return "No quarter carries costs of the programme to offset."
    quarter, needed = required[0]
    paid = "pays for" if covered >= 1 else "covers only part of"
    return (
        f"In {quarter} advertising attributed to AI {paid} the programme's costs: offset {fmt.ratio(covered)}, "
        f"with {fmt.usd(needed)} of such revenue required in the quarter."
    )
