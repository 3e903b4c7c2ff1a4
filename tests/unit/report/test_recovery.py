"""Failures and recovery on the page: shares of walls, rates beside published ones, tables without empty columns."""

from dataclasses import replace

import pytest

from simcluster.record.reliability_jobs import PARTS
from simcluster.report.captions import captions
from simcluster.report.figures_failures import MOST_CAUSES, Strikes, strikes
from simcluster.report.figures_recovery import SPENT_ON, ran, shares
from simcluster.report.page import figures
from simcluster.report.recovery import clusters_table, hours, jobs_table
from simcluster.study.result import Result


def test_every_part_of_a_wall_has_a_label_and_a_colour() -> None:
    assert tuple(SPENT_ON) == PARTS
    assert len(set(SPENT_ON.values())) == len(PARTS)


def test_the_shares_of_a_wall_are_whole(result: Result) -> None:
    jobs = ran(result)
    assert jobs["job"].tolist() == ["pilot", "flagship"]
    spent = shares(jobs)
    assert spent.sum(axis=1).tolist() == pytest.approx([1.0, 1.0])
    assert spent["useful"].iloc[0] == 2000 / 2160
    assert spent["waiting"].iloc[1] == 1.0


def test_causes_stand_with_the_rates_that_were_published(result: Result) -> None:
    rows = {row.label: row for row in strikes(result)}
    node_days = (10 * 366 * 24 - 3 * 4) / 24
    faulty, software = rows["Faulty GPU"], rows["Software bug"]
    assert (faulty.count, faulty.of_jobs) == (2, False)
    assert faulty.node_days == pytest.approx(node_days)
    assert faulty.rate == pytest.approx(2000 / node_days)
    assert faulty.reference == pytest.approx(1000 * 148 / (54 * 2048), rel=1e-5)
    assert software.of_jobs
    assert software.node_days == pytest.approx((8 * 2160 + 24 * 744) / 24)
    assert software.reference == pytest.approx(1000 * 54 / (54 * 2048), rel=1e-5)
    assert [row.rate for row in strikes(result)] == sorted((row.rate for row in strikes(result)), reverse=True)


def test_a_cause_of_its_own_has_no_published_rate(result: Result) -> None:
    names = result.reliability.failures["cause"].replace("faulty_gpu", "gremlin")
    failures = result.reliability.failures.assign(cause=names, title="")
    own = replace(result, reliability=replace(result.reliability, failures=failures))
    assert strikes(own)[0] == Strikes("gremlin", False, 2, strikes(result)[0].node_days, None)


def test_many_causes_do_not_make_an_endless_figure(result: Result) -> None:
    rows = result.reliability.failures
    many = rows.loc[rows.index.repeat(4)].reset_index(drop=True)
    many["cause"] = [f"cause_{k}" for k in many.index]
    many["title"] = ""
    svg = figures(replace(result, reliability=replace(result.reliability, failures=many)))["failures"]
    assert svg.count("cause") == MOST_CAUSES


def test_figures_name_what_they_show(result: Result) -> None:
    drawn = figures(result)
    assert "92.6%" in drawn["job_hours"]
    assert "work lost and redone" in drawn["job_hours"]
    assert "regrouping replicas" not in drawn["job_hours"]
    assert "Llama 3 405B, as published" in drawn["failures"]
    assert "Faulty GPU" in drawn["failures"]


def test_captions_read_out_the_figures(result: Result) -> None:
    said = captions(result)
    assert "68.9% of the 121 days that jobs ran was useful" in said["job_hours"]  # 2,000 of 2,160 + 744 hours
    assert "“waiting for nodes or storage” (25.6%)" in said["job_hours"]
    assert "Nodes failed 3 times in 3,660 node-days in service and up, 0.82 per 1,000 node-days" in said["failures"]


def test_tables_leave_out_what_never_happened(result: Result) -> None:
    jobs, clusters = jobs_table(result), clusters_table(result)
    assert [row[0] for row in jobs.rows] == ["pilot", "flagship"]
    assert "Standbys used" not in jobs.head
    assert "Spares: mean" not in clusters.head
    used = result.reliability.jobs.assign(standbys_used=[3, 0])
    table = jobs_table(replace(result, reliability=replace(result.reliability, jobs=used)))
    assert [row[table.head.index("Standbys used")] for row in table.rows] == ["3", "0"]
    (row,) = clusters.rows
    assert row[clusters.head.index("Available")] == "99.99%"
    assert row[clusters.head.index("Mean out, h")] == "4.00"
    assert row[clusters.head.index("Mean wait, h")] == "1.00"


def test_hours_have_three_figures() -> None:
    assert [hours(value) for value in (0.0, 1.234, 12.34, 1234.5)] == ["0", "1.23", "12.3", "1,234"]
    assert hours(float("nan")) == "–"
