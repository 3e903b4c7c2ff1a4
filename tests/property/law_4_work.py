from collections import Counter
from itertools import pairwise

import pytest
from drawn import Drawn

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    PLANNED,
    Held,
    JobFinished,
    JobHeld,
    JobInterrupted,
    JobStarted,
    ModelReady,
    NodeFailed,
    SegmentEnded,
)
from simcluster.record.log import EventLog


def _hours_of_work(scenario: Scenario, number: int) -> float:
    """FLOP / (GPUs x dense peak x MFU), in hours."""
    job = scenario.jobs[number]
    server = scenario.catalog.servers[scenario.clusters[scenario.cluster_index[job.cluster]].server]
    return job.work / (job.gpus * scenario.catalog.gpus[server.gpu].peak_bf16 * 1e12 * job.mfu) / 3600


def _segments(log: EventLog, number: int) -> list[SegmentEnded]:
    return [fact for fact in log.rows(SegmentEnded) if fact.job == number]


def the_wall_of_a_segment_is_useful_checkpoint_lost_and_slowed(drawn: Drawn) -> None:
    log = drawn.log
    for fact in log.rows(SegmentEnded):
        parts = (fact.useful_hours, fact.checkpoint_hours, fact.lost_hours, fact.slowed_hours)
        assert min(parts) >= -1e-9, fact
        assert sum(parts) == pytest.approx(fact.hour - fact.since_hour, rel=1e-9, abs=1e-9), fact


def a_finished_job_did_its_work_exactly_once_and_another_less(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    finished = Counter(fact.job for fact in log.rows(JobFinished))
    assert max(finished.values(), default=1) == 1
    for number in range(len(scenario.jobs)):
        gang = scenario.jobs[number].gpus // scenario.server_of(scenario.jobs[number].cluster).gpus
        useful = sum(fact.useful_hours * fact.nodes / gang for fact in _segments(log, number))
        work = _hours_of_work(scenario, number)
        if number in finished:
            assert useful == pytest.approx(work, rel=1e-9)
        else:
            assert useful < work * (1 + 1e-9)
    for fact in log.rows(JobFinished):
        assert fact.useful_hours == pytest.approx(_hours_of_work(scenario, fact.job), rel=1e-9)


def stretches_of_a_job_follow_each_other_from_its_start_to_its_end(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    started = {fact.job: fact.hour for fact in log.rows(JobStarted)}
    assert len(started) == log.count(JobStarted)
    ended = {fact.job: fact.hour for fact in log.rows(JobFinished)}
    for number in range(len(scenario.jobs)):
        held = [(fact.since_hour, fact.hour) for fact in log.rows(JobHeld) if fact.job == number]
        stretches = sorted([*held, *((fact.since_hour, fact.hour) for fact in _segments(log, number))])
        if number not in started:
            assert not stretches
            continue
        assert stretches[0][0] == started[number]
        assert all(since <= until for since, until in stretches)
        assert all(after[0] == before[1] for before, after in pairwise(stretches))
        assert stretches[-1][1] == ended.get(number, scenario.clock.horizon_hours)


def _is_synchronous(scenario: Scenario, number: int) -> bool:
    """Whether a job restarts whole, and no straggler, silent corruption or change of clocks parts its stretches."""
    job = scenario.jobs[number]
    if scenario.sites[scenario.site_index[scenario.clusters[scenario.cluster_index[job.cluster]].site]].is_metered:
        return False
    causes = scenario.failures_of(job.cluster).causes
    odd = any(cause.silent or cause.slows is not None for cause in causes)
    return job.fault_tolerance.kind == "restart_all" and not odd


def a_job_computes_with_its_whole_gang_and_never_holds_more(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    gang = [job.gpus // scenario.server_of(job.cluster).gpus for job in scenario.jobs]
    for started in log.rows(JobStarted):
        assert started.nodes == gang[started.job]
        assert scenario.clusters[started.cluster].name == scenario.jobs[started.job].cluster
    for segment in log.rows(SegmentEnded):
        assert 0 < segment.nodes <= gang[segment.job]
        if scenario.jobs[segment.job].fault_tolerance.kind == "restart_all":
            assert segment.nodes == gang[segment.job]
    for held in log.rows(JobHeld):
        assert 0 <= held.nodes <= gang[held.job]
        if held.state == Held.RESTARTING and scenario.jobs[held.job].fault_tolerance.kind == "restart_all":
            assert held.nodes == gang[held.job]


def a_job_starts_no_earlier_than_its_day_and_the_jobs_before_it(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    ended = {fact.job: fact.hour for fact in log.rows(JobFinished)}
    for fact in log.rows(JobStarted):
        job = scenario.jobs[fact.job]
        assert fact.hour >= scenario.clock.hours(job.earliest)
        for name in job.after:
            assert ended[scenario.job_index[name]] <= fact.hour
    for ready in log.rows(ModelReady):
        assert ready.hour >= ended[ready.job]


def an_interruption_loses_what_followed_the_last_checkpoint_and_no_more(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    struck = {(fact.job, fact.hour) for fact in log.rows(JobInterrupted) if fact.cause != PLANNED}
    slowed = {(fact.job, fact.since_hour) for fact in log.rows(SegmentEnded)}  # it went on, and was struck later
    for fact in log.rows(SegmentEnded):
        policy = scenario.jobs[fact.job].checkpoint
        if not _is_synchronous(scenario, fact.job):
            continue
        if fact.lost_hours > 0:
            assert (fact.job, fact.hour) in struck | slowed, fact
        if policy.kind == "fixed" and policy.mode == "blocking":
            assert fact.lost_hours <= policy.interval + 1e-9, fact
            if (fact.job, fact.hour) in struck:
                whole = fact.useful_hours / policy.interval
                assert whole == pytest.approx(round(whole), abs=1e-6), fact


def an_interruption_by_a_node_is_the_failure_of_a_node_of_that_job(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    failures = {(fact.hour, fact.node, fact.job, fact.cause) for fact in log.rows(NodeFailed)}
    for fact in log.rows(JobInterrupted):
        if fact.cause == PLANNED:
            continue
        cause = scenario.causes[fact.cause]
        if fact.node < 0:
            assert cause.scope in ("job", "storage") or cause.silent
        else:
            assert (fact.hour, fact.node, fact.job, fact.cause) in failures


LAWS = (
    the_wall_of_a_segment_is_useful_checkpoint_lost_and_slowed,
    a_finished_job_did_its_work_exactly_once_and_another_less,
    stretches_of_a_job_follow_each_other_from_its_start_to_its_end,
    a_job_computes_with_its_whole_gang_and_never_holds_more,
    a_job_starts_no_earlier_than_its_day_and_the_jobs_before_it,
    an_interruption_loses_what_followed_the_last_checkpoint_and_no_more,
    an_interruption_by_a_node_is_the_failure_of_a_node_of_that_job,
)
