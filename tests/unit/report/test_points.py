"""Tables and figures of points, drawn of values made by hand."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.model.experiment import Experiment
from simcluster.model.load import load
from simcluster.model.study_file import read_study
from simcluster.report.figures_points import response_svg
from simcluster.report.point_axes import axes_of, short_names
from simcluster.report.point_rows import leader_lines, point_head, point_rows
from simcluster.report.point_text import point_text
from simcluster.report.precision import precision_of
from simcluster.study.intervals import Estimate
from simcluster.study.point_checks import checked_plans
from simcluster.study.point_summary import AtPoints, PointSummary
from simcluster.study.point_sweep import PointSweep
from simcluster.study.sweep_columns import Columns, Kind

ROOT = Path(__file__).parents[3]
REPLICAS = 4
HOURS = [f"{hours} h" for hours in (1, 2, 4, 8, 16)]
COUNTS = [1, 2, 3, 4, 5]


def asked(**says: Any) -> Experiment:
    return Experiment.model_validate({"schema": 1, "base": "small", "outcomes": ["x"]} | says)


def found(experiment: Experiment, kind: Kind = Kind.NUMBER, start: float = 0.0) -> AtPoints:
    """Point v has the values v, v + 1, v + 2 and v + 3 from `start` on, in another order in each replica."""
    shape = (len(experiment.points), REPLICAS)
    values = start + np.arange(shape[0])[:, None] + np.arange(REPLICAS)
    return AtPoints("x", kind, values.astype(float), np.ones(shape, dtype=bool))


def texts(svg: str | None) -> list[str]:
    assert svg is not None
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


@pytest.mark.parametrize(
    ("says", "wanted"),
    [
        ({"factors": {"a.interval": HOURS}}, ["1", "2", "4", "8", "16", "a interval, h"]),
        ({"factors": {"a": HOURS, "b.count": [1, 2]}}, ["16", "a, h", "b count 1", "b count 2"]),
        ({"factors": {"a": [1, 2], "b.hours": HOURS}}, ["1", "16", "b hours, h", "a 1", "a 2"]),
        ({"factors": {"a": HOURS, "b": COUNTS}}, ["1 h", "16 h", "a", "b", "25.5", "x: 1.5 (pale) to 25.5 (dark)"]),
        ({"factors": {"a": ["x", "y"], "b": [{"kind": "young"}, {"kind": "daly"}]}}, ["x", "y"]),
        ({"factors": {"a": HOURS, "b": [1, 2], "c": ["on", "off"]}}, ["a, h", "b", "c", "on", "off"]),
        ({"points": [{"name": "as planned"}, {"name": "late"}]}, ["as planned", "late", "from the first"]),
        (
            {"points": [{"name": "as planned"}, {"name": "late"}], "factors": {"a": HOURS}},
            ["as planned", "late", "a, h"],
        ),
        ({"factors": {"a": ["2024-01-01"], "b": COUNTS}}, ["1", "5", "b"]),
    ],
)
def test_each_shape_of_an_experiment_has_its_figure(says: dict[str, Any], wanted: list[str]) -> None:
    experiment = asked(**says)
    svg = response_svg(experiment, found(experiment))
    drawn = texts(svg)
    assert set(wanted) <= set(drawn), drawn
    assert svg == response_svg(experiment, found(experiment))


def test_dates_are_drawn_as_days() -> None:
    experiment = asked(factors={"a": HOURS})
    drawn = texts(response_svg(experiment, found(experiment, Kind.DATE, 739000.0)))
    assert any(re.fullmatch(r"20\d\d-\d\d-\d\d", text) for text in drawn)


def test_where_nothing_varies_or_nothing_came_there_is_no_figure() -> None:
    alone = asked(points=[{"name": "as planned"}])
    assert response_svg(alone, found(alone)) is None
    several = asked(factors={"a": COUNTS})
    nothing = found(several)
    assert response_svg(several, AtPoints("x", Kind.NUMBER, nothing.values * np.nan, nothing.ran)) is None


def test_rows_have_the_point_its_spread_and_the_difference_from_the_first() -> None:
    experiment = asked(points=[{"name": "as planned"}, {"name": "late"}], factors={"a.b.c": ["1 h", "2 h"]})
    assert point_head(experiment)[:3] == ("point", "b c", "mean")
    rows = point_rows(experiment, found(experiment))
    assert rows[0] == ("as planned", "1 h", "1.5", "2.1", "0.2 to 2.8", "–", "–", "4")
    assert rows[3][:5] == ("late", "2 h", "4.5", "2.1", "3.1 to 5.8")
    assert rows[3][5:7] == ("+3.00", "0.00")


def test_dates_that_did_not_come_have_no_mean_and_are_left_out_of_the_lead() -> None:
    experiment = asked(points=[{"name": "a"}, {"name": "b"}, {"name": "c"}])
    table = found(experiment, Kind.DATE, 739000.5)
    table.values[2, 1:3] = np.nan
    rows = point_rows(experiment, table)
    assert rows[2][1] == "not by the end in 2"
    assert rows[1][1:3] == ("2024-04-27", "2.1")
    assert leader_lines(experiment, table) == [
        'Latest: "b" at 2024-04-27 ± 2.1 days, told apart from every other point; 1 point without a mean left out',
        'Earliest: "a" at 2024-04-26 ± 2.1 days, told apart from every other point; 1 point without a mean left out',
    ]


def test_a_difference_has_the_decimals_that_its_own_pairs_allow() -> None:
    experiment = asked(factors={"a": [1, 2, 3]})
    table = found(experiment)
    table.values[1] = table.values[0] + np.array([0.01, 0.011, 0.009, 0.01])
    rows = point_rows(experiment, table)
    assert rows[1][4:6] == ("+0.0100", "0.0013")
    assert rows[2][4:6] == ("+2.00", "0.00")


def test_a_terminal_shows_sixty_points_and_says_how_many_more_there_are() -> None:
    experiment = asked(factors={"finance.wacc": {"from": 0.05, "to": 0.15, "steps": 63}}, title="Rates")
    table = found(experiment)
    summary = PointSummary(Columns(np.arange(252), {}, {"x": Kind.NUMBER}), 2, (table,))
    text = point_text(PointSweep(experiment, load(ROOT / "scenarios" / "small.toml")[0], "", (), "1"), summary)
    assert text.startswith(
        "Rates: 1 January 2024 to 31 December 2024, 63 points of 8 replicas, seed 1\nFailed: 2 replicas"
    )
    assert "\nand 3 more in points.csv\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_lead_that_is_luck_is_not_told_as_one() -> None:
    experiment = asked(factors={"a": COUNTS})
    table = found(experiment)
    table.values[:] = [[1, 5, 2, 8], [8, 2, 5, 1.4], [5, 8, 1, 2.8], [2, 1, 8, 5.4], [1, 8, 2, 6]]
    assert leader_lines(experiment, table) == [
        "Highest: a 5 at 4.2 ± 5.3, which cannot be told from any other point",
        "Lowest: a 1 at 4.0 ± 5.0, which cannot be told from any other point",
    ]


def test_short_names_stay_apart() -> None:
    keys = ["jobs[run].checkpoint.interval", "clusters[a b].repair.technicians", "jobs[x].mfu", "finance.wacc"]
    assert list(short_names(keys).values()) == [
        "checkpoint interval",
        "repair technicians",
        "jobs[x] mfu",
        "finance wacc",
    ]
    twice = ["jobs[a].checkpoint.cost", "jobs[b].checkpoint.cost", 'sites["x.y"].pue']
    assert list(short_names(twice).values()) == [*twice[:2], 'sites["x.y"] pue']


def test_levels_have_places_where_they_are_of_one_kind() -> None:
    axes = axes_of(asked(factors={"a": ["30 min", "1 h", "2 h"], "b": ["1 h", "fast"], "c": [1, 2, 3]}))
    assert [axis.places for axis in axes] == [(30.0, 60.0, 120.0), None, (1.0, 2.0, 3.0)]
    assert [(axis.titled, axis.is_by_ratio) for axis in axes] == [("a, min", True), ("b", False), ("c", False)]


@pytest.mark.parametrize(
    ("value", "half", "written", "width"),
    [
        (0.912345, 0.00345, "0.9123", "0.0034"),
        (7.4123e6, 0.0512e6, "7.412", "0.051"),
        (34.26e9, 0.18e9, "34.26", "0.18"),
        (12345.0, 12.3, "12,345", "12"),
        (0.5, 0.0, "0.500", "0.000"),
        (8.0, math.inf, "8.00", "–"),
    ],
)
def test_decimals_follow_the_interval(value: float, half: float, written: str, width: str) -> None:
    precision = precision_of([Estimate(value, value - half, value + half, 4, 0.95)])
    assert (precision.level(value), precision.width(half)) == (written, width)


def test_shipped_studies_are_read_and_every_point_is_a_scenario() -> None:
    files = sorted((ROOT / "studies").glob("*.toml"))
    assert len(files) >= 2
    for file in files:
        experiment, document = read_study(Experiment, file, {})
        plans = checked_plans(
            experiment,
            document,
            lambda overrides, said=experiment: load(said.base, (*said.set, *overrides), said.seed),  # type: ignore[misc]
        )
        assert len(plans) == len(experiment.points) > 1
