"""Waterfalls of known functions, and the steps between scenarios whose parts need each other."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from simcluster.model.load import load
from simcluster.model.mixture import mixture
from simcluster.study.waterfall import Chosen, route, waterfall

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
LUCK = np.array([1.0, -2.0, 0.5, 3.0])


def outcome(chosen: Chosen) -> np.ndarray:
    """luck + 2 a + 3 b + 5 c + 4 a b + luck c: the parts a and b interact, c with luck alone."""
    a, b, c = (k in chosen for k in range(3))
    return LUCK + 2 * a + 3 * b + 5 * c + 4 * (a and b) + LUCK * c


VALUES = {frozenset(some): outcome(frozenset(some)) for size in range(4) for some in combinations(range(3), size)}


def test_each_way_by_hand() -> None:
    """Forward a = 2 and b = 3 + 4, in reverse b = 3 and a = 2 + 4; Shapley halves what interacts: 4 and 5."""
    found = waterfall("y", ("a", "b", "c"), VALUES)
    assert found is not None
    a, b, c = found.steps
    assert [step.forward.value for step in (a, b)] == [2.0, 7.0]
    assert [step.reverse.value for step in (a, b)] == [6.0, 3.0]
    assert [step.shapley.value for step in (a, b) if step.shapley] == pytest.approx([4.0, 5.0])
    assert a.forward.half_width == 0.0
    assert c.forward.value == c.reverse.value == pytest.approx(5 + LUCK.mean())
    assert c.forward.half_width == pytest.approx(3.182446 * LUCK.std(ddof=1) / 2, rel=1e-6)


@pytest.mark.parametrize("way", ["forward", "reverse", "shapley"])
def test_each_way_adds_up(way: str) -> None:
    found = waterfall("y", ("a", "b", "c"), VALUES)
    assert found is not None
    total = sum(getattr(step, way).value for step in found.steps)
    assert total == pytest.approx(found.difference.value) == pytest.approx(14 + LUCK.mean())


def test_replicas_that_lack_it_anywhere_are_left_out_of_all() -> None:
    lacking = VALUES | {frozenset({1}): np.array([1.0, np.nan, 1.0, 1.0])}
    found = waterfall("y", ("a", "b", "c"), lacking)
    assert found is not None
    assert (found.n, found.without) == (3, 1)
    assert waterfall("y", ("a", "b", "c"), VALUES | {frozenset(): np.full(4, np.nan)}) is None


def test_many_steps_are_gone_forward_and_in_reverse_alone() -> None:
    changes = ["finance.wacc=0.12", "orders.spring.gpus=240", "jobs.pilot.mfu=0.3", "sites.campus.pue_peak=1.4"]
    found = route(mixture(load(SMALL), load(SMALL, [*changes, "revenue.contribution_margin=0.7"])))
    assert len(found.steps) == 5
    assert len(found.stops) == 2 * 5
    values = {chosen: np.array([float(len(chosen))]) for chosen in found.stops}
    told = waterfall("y", found.steps, values)
    assert told is not None
    assert [step.shapley for step in told.steps] == [None] * 5
    assert [step.forward.value for step in told.steps] == [step.reverse.value for step in told.steps] == [1.0] * 5


def test_parts_that_need_each_other_are_one_step(tmp_path: Path) -> None:
    """A cluster of another name and what stands on it, beside a WACC that needs nothing."""
    text = SMALL.read_text(encoding="utf-8").replace('"train"', '"farm"').replace("wacc = 0.1", "wacc = 0.12")
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    found = route(mixture(load(SMALL), load(tmp_path / "other.toml")))
    assert len(found.steps) == 2
    assert found.steps[1] == "finance.wacc"
    sections = {key.split(".")[0] for key in found.steps[0].split(", ")}
    assert sections == {"clusters", "installed", "orders", "jobs", "background"}
