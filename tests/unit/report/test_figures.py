"""Figures: the same bytes for the same run, small, and drawn from its numbers."""

import re
from dataclasses import replace

import matplotlib
import numpy as np
import pytest

from simcluster.record.accounts import GpuHours
from simcluster.record.events import JobInterrupted
from simcluster.record.log import EventLog
from simcluster.record.states import STATES
from simcluster.report.figures_hours import LOSSES, NOT_ALWAYS, USEFUL, gpu_hours, losses
from simcluster.report.figures_jobs import BINS, lanes
from simcluster.report.page import FIGURES, figures
from simcluster.report.style import to_svg
from simcluster.study.result import Result

SOMETIMES = ("power", "construction")
"""Figures of scenarios whose power may fall short, and of those with construction; the small one has neither."""


@pytest.fixture(scope="module")
def drawn(result: Result) -> dict[str, str]:
    return figures(result)


def test_a_figure_has_the_same_bytes_each_time(result: Result, drawn: dict[str, str]) -> None:
    assert figures(result) == drawn
    assert list(drawn) == [name for name in FIGURES if name not in SOMETIMES]


def test_drawing_leaves_global_settings_alone(result: Result) -> None:
    before = dict(matplotlib.rcParams)
    figures(result)
    assert dict(matplotlib.rcParams) == before


def test_an_svg_stands_alone(drawn: dict[str, str]) -> None:
    for svg in drawn.values():
        assert svg.startswith("<svg")
        assert "<metadata" not in svg
        assert "<image" not in svg
        named = set(re.findall(r' id="([^"]*)"', svg))
        assert set(re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', svg)) <= {(n, "") for n in named} | {
            ("", n) for n in named
        }


def test_the_buildout_names_the_waiting_and_the_cap(drawn: dict[str, str]) -> None:
    assert "waiting for a hall or power" in drawn["buildout"]
    assert "What bound the build" in drawn["buildout"]
    assert "energised 0.55 MW" in drawn["buildout"]


def test_losses_and_useful_hours_sum_to_the_wall(result: Result) -> None:
    useful = sum(result.gpu_hours.of(state) for state in USEFUL)
    assert useful + sum(hours for _, hours, _ in losses(result)) == pytest.approx(result.gpu_hours.hours.sum())


def test_every_state_has_a_name_and_those_that_not_every_scenario_knows_appear_when_they_hold_hours(
    result: Result,
) -> None:
    assert {state for state, _, _ in LOSSES} | set(USEFUL) == set(STATES)
    labels = [label for label, _, _ in losses(result)]
    assert "waiting for a hall" in labels
    assert "warm standbys" not in labels
    hours = result.gpu_hours.hours.copy()
    for state in NOT_ALWAYS:
        hours[0, 0, STATES.index(state)] = 1.0
    used = replace(result, gpu_hours=GpuHours(hours))
    added = {"warm standbys", "planned maintenance", "given up for good", "slowed, or short of nodes"}
    added |= {"waiting for network", "waiting for a crew or a bench", "back at the vendor"}
    added |= {"shed for want of power", "throttled for want of power", "burn-in without power"}
    assert {label for label, _, _ in losses(used)} - set(labels) == added
    svg = to_svg(gpu_hours(used))
    assert all(label in svg for label in added)


def test_lanes_hold_what_the_log_says(result: Result) -> None:
    pilot, flagship = lanes(result)
    assert (pilot.interruptions.sum(), flagship.interruptions.sum()) == (10, 25)
    assert pilot.ready is not None
    assert pilot.promised is not None
    assert pilot.ready < pilot.promised
    assert flagship.ready is None
    assert flagship.asked == pilot.done  # it comes after the pilot, whose end is later than `earliest`
    assert not pilot.stalled.any()
    assert flagship.stalled.sum() == pytest.approx(31 / 366 * BINS, abs=1)


def test_twenty_thousand_interruptions_stay_one_strip(result: Result) -> None:
    log = EventLog()
    write = log.writer(JobInterrupted)
    for hour in np.linspace(100.0, 8000.0, 20_000):
        write((hour, 0, 0, 0))
    for event in (e for e in result.log._packed if e is not JobInterrupted):
        log._packed[event].extend(result.log._packed[event])
    svg = figures(replace(result, log=log))["jobs"]
    assert "20,000 interruptions" in svg
    assert len(svg) < 60_000
