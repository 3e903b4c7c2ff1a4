"""Figures of power that runs short and of construction, on two sites under construction on a weak grid."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcluster.model.load import load
from simcluster.record.shortage import Shortage, account_shortage
from simcluster.report.captions import captions
from simcluster.report.construction import (
    HandOver,
    against_plan,
    construction_line,
    critical_path,
    hand_overs,
    over_plan_weeks,
)
from simcluster.report.figures_construction import MOST_ROWS, drawn_rows
from simcluster.report.figures_power import lanes
from simcluster.report.page import figures
from simcluster.report.summary import summary_lines
from simcluster.study.result import Result
from simcluster.study.run import run

BUILDOUT = Path(__file__).parent / "buildout.toml"


@pytest.fixture(scope="module")
def built() -> Result:
    return run(load(BUILDOUT)[0])


@pytest.fixture(scope="module")
def drawn(built: Result) -> dict[str, str]:
    return figures(built)


@pytest.fixture(scope="module")
def short(built: Result) -> Shortage:
    return account_shortage(built.scenario, built.log, 0)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def with_construction(built: Result, frame: pd.DataFrame) -> Result:
    made = replace(built)
    made.__dict__["construction"] = frame
    return made


def test_both_figures_have_the_same_bytes_each_time(built: Result, drawn: dict[str, str]) -> None:
    assert {"power", "construction"} <= drawn.keys()
    assert figures(built) == drawn


def test_the_strip_says_how_often_and_for_how_long(built: Result, drawn: dict[str, str], short: Shortage) -> None:
    out = (short.in_outage > 0).astype(float)
    assert short.integral_of(out) == pytest.approx(short.hours_of(short.in_outage))
    said = {lane.name: lane.said for lane in lanes(built, 0, short)}
    assert list(said) == ["outages", "curtailed", "battery gives", "GPUs shed"]
    assert said["curtailed"] == "1 time, 120 hours"
    for text in (*said.keys(), *said.values()):
        assert text in texts(drawn["power"])
    assert "annex" not in drawn["power"]  # whose turbines never fail
    assert f"{short.times_of(short.shed)} times" in captions(built)["power"]


def test_without_shedding_the_caption_says_so(built: Result) -> None:
    idle = built.scenario.model_copy(update={"clusters": built.scenario.clusters[1:]})
    assert "GPUs were shed" in captions(built)["power"]
    assert "no GPU was shed" in captions(replace(built, scenario=idle))["power"]


def test_every_row_with_a_bar_is_drawn_and_a_critical_one_is_bold(built: Result, drawn: dict[str, str]) -> None:
    frame = built.construction
    rows = drawn_rows(frame)
    assert set(rows["name"]) == set(frame["name"])
    labels = texts(drawn["construction"])
    assert all(name in labels for name in rows["name"])
    bold = re.findall(r'<text style="font-weight: 700;[^"]*"[^>]*>([^<]*)</text>', drawn["construction"])
    on_a_path = set(frame["name"][frame["critical_for"] != ""])
    assert set(bold) & set(frame["name"]) == on_a_path
    for label in ("abandoned", "waiting for a crew", "redesign", "hall handed over"):
        assert label in labels


def test_only_the_rows_with_least_slack_are_drawn_of_many(built: Result) -> None:
    frame = built.construction
    many = pd.concat([frame] * 5, ignore_index=True)
    many["name"] = [name if " " in name else f"{name}_{k}" for k, name in enumerate(many["name"])]
    many["slack_days"] = np.arange(len(many))[::-1].astype(float)
    rows = drawn_rows(many)
    assert len(rows) == MOST_ROWS < len(many)
    assert set(rows["slack_days"]) == set(range(MOST_ROWS))
    crowded = with_construction(built, many)
    assert f"the {MOST_ROWS} of {len(many)} rows with least slack" in captions(crowded)["construction"]
    assert "with least slack" not in captions(built)["construction"]


def test_halls_are_handed_over_after_the_test_that_they_passed(built: Result) -> None:
    frame = built.construction.set_index("name")
    b, c = hand_overs(built.construction)
    assert (b.hall, b.site, c.hall, c.site) == ("b", "campus", "c", "annex")
    assert (b.planned, b.finish) == (frame["planned_finish"]["b test 1"], frame["finish"]["b test 2"])
    assert b.late_days == pytest.approx((b.finish - b.planned) / pd.Timedelta(days=1))
    path = critical_path(built.construction, b)
    names = ["liquid_cooling", "strip_b", "liquid_b", "electrical_b", "b test 1", "b rework 1", "b test 2"]
    assert list(path["name"]) == names
    assert over_plan_weeks(path).round(6).dropna().tolist() == [0.0, 0.0]  # fixed durations, of what was planned


def test_the_summary_tells_of_the_hall_handed_over_last(built: Result, result: Result) -> None:
    (line,) = (line for line in summary_lines(built) if line.startswith("Construction"))
    assert line == construction_line(built)
    assert line.startswith(
        "Construction: 2 of 2 halls handed over, hall b at campus last on 3 October 2024, 9 weeks after plan; "
        "critical path: liquid_cooling, strip_b, liquid_b, electrical_b, "
    )
    assert not any(line.startswith("Construction") for line in summary_lines(result))


def test_the_summary_names_what_took_longer_than_planned_and_the_longest_of_many(built: Result) -> None:
    annex = built.construction[built.construction["site"] == "annex"].copy()
    late = annex["name"] == "transformer"
    annex.loc[late, "finish"] += pd.Timedelta(weeks=34)
    line = construction_line(with_construction(built, annex))
    assert line.startswith("Construction: hall c handed over 19 August 2024, 3 weeks before plan; critical path: ")
    assert "transformer (34 weeks longer)" in line
    parts = annex[late].loc[[*annex.index[late]] * 12].reset_index(drop=True)
    parts["name"] = [f"part_{k}" for k in range(12)]
    long = construction_line(with_construction(built, pd.concat([annex, parts], ignore_index=True)))
    assert " and 7 shorter" in long  # of 3 and 12 parts the longest 8 are named


def test_retrofits_are_counted_also_where_nothing_else_is_built(built: Result) -> None:
    frame = built.construction
    assert construction_line(built).endswith("; 1 of 1 retrofit finished")
    alone = pd.concat([frame[frame["kind"] == "retrofit"]] * 2, ignore_index=True)
    alone.loc[1, ["state", "finish"]] = ["under way", pd.NaT]
    only = with_construction(built, alone)
    assert construction_line(only) == "Construction: 1 of 2 retrofits finished, 1 under way"
    assert captions(only)["construction"].startswith("1 of 2 retrofits finished, 1 under way. ")
    assert "c retrofit liquid" in figures(only)["construction"]
    never = alone[1:].assign(state="waiting", start=pd.NaT, planned_start=pd.NaT, planned_finish=pd.NaT)
    assert "construction" not in figures(with_construction(built, never))  # on demand, and there was none


def test_a_hall_that_is_not_handed_over_is_not_said_to_be(built: Result) -> None:
    frame = built.construction.assign(critical_for="")
    assert all(pd.isna(hall.finish) for hall in hand_overs(frame))
    line = construction_line(with_construction(built, frame))
    assert "none of 2 halls handed over by 30 June 2025" in line
    assert "planned for 29 July 2024" in line or "planned for 12 September 2024" in line


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.2, "as planned"), (1, "1 day after plan"), (-3, "3 days before plan"), (85, "12 weeks after plan")],
)
def test_lateness_is_told_in_days_or_weeks(days: float, said: str) -> None:
    start = pd.Timestamp("2024-01-01")
    hall = HandOver("campus", "b", start, start + pd.Timedelta(days=days))
    assert against_plan(hall.late_days) == said
