"""Law 6 for what is uncertain: an input's draw hangs on seed, key and number, and on nothing else."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import Document as Values
from strategies import documents, validated

from simcluster.core.units import UnitError, unit_of
from simcluster.model.document import Document
from simcluster.model.redraw import redraw
from simcluster.model.source import Source
from simcluster.model.tree import grow, plain
from simcluster.model.uncertain import Uncertainties
from simcluster.study.design import INDEPENDENT, NESTED, Design
from simcluster.study.draws import SAMPLERS, Plan
from simcluster.study.sample import Replica, replicas

HELD = ("schema", "name", "title", "description", "start", "end", "seed", "known_on", "kind")


def document_of(values: Values) -> Document:
    """A document as it is read, from plain values without a file."""
    found = Uncertainties()
    central, said = found.take(grow(values, Source("test", "")))
    assert found.problems == []
    return Document(Path("test"), plain(central), {}, {}, said)


@st.composite
def unsure(draw: st.DrawFn) -> Values:
    """A tree of rows with uncertain values, some on factors, some in alternatives, and ranks of pairs."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=6, unique=True))
    rows = [{"name": name, "x": draw(inputs()), "y": 3} for name in names]
    for row in draw(st.lists(st.sampled_from(rows), max_size=2)):
        row["y"] = {"one_of": [1, {"label": "deep", "value": {"z": draw(inputs())}, "weight": 2}]}
    pairs = draw(st.lists(st.integers(0, len(names) - 2), unique=True, max_size=3))
    rank = st.floats(-0.4, 0.4)
    ties = [{"between": [f"rows[{names[k]}].x", f"rows[{names[k + 1]}].x"], "rank": draw(rank)} for k in pairs]
    return {"rows": rows, "correlations": ties}


@st.composite
def inputs(draw: st.DrawFn) -> Values:
    law = draw(
        st.sampled_from(
            [
                {"kind": "uniform", "low": 1, "high": 2},
                {"kind": "lognormal", "p5": "2 USD", "p95": "7 USD"},
                {"kind": "triangular", "low": date(2024, 1, 1), "mode": date(2024, 2, 1), "high": date(2024, 6, 1)},
                {"kind": "choice", "values": [1, 5, 2]},
            ]
        )
    )
    factor = draw(st.sampled_from([None, None, "grid", "demand"]))
    shared = {} if factor is None else {"common": factor, "loading": draw(st.sampled_from([-0.5, 0.3, 0.6]))}
    return {"uncertain": law, **shared}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    design = draw(st.sampled_from([INDEPENDENT, NESTED, Design(inputs=3, lucks=1)]))
    return Plan(draw(st.integers(0, 9)), draw(st.sampled_from(SAMPLERS)), design)


def shown(values: Values, plan: Plan, n: int = 24) -> list[dict[str, Any]]:
    return [row.inputs for row in replicas(document_of(values), plan, range(n))]


@given(unsure(), plans(), st.integers(1, 30), st.integers(0, 400))
def test_further_replicas_change_no_earlier_one(values: Values, plan: Plan, n: int, more: int) -> None:
    document = document_of(values)
    found: list[Replica] = replicas(document, plan, range(n + more))
    assert replicas(document, plan, range(n)) == found[:n]
    assert replicas(document, plan, [n + more - 1]) == found[-1:]


@given(unsure(), inputs(), plans(), st.sampled_from(["first", "last", "row"]))
def test_an_unrelated_input_changes_no_other_draw(values: Values, other: Values, plan: Plan, where: str) -> None:
    wider = deepcopy(values)
    if where == "row":
        wider["rows"].insert(0, {"name": "z", "x": other})
    else:
        wider = {"a": other, **wider} if where == "first" else {**wider, "z": other}
    for before, after in zip(shown(values, plan), shown(wider, plan), strict=True):
        assert before.items() <= after.items()


@given(unsure(), plans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing_to_their_luck(values: Values, plan: Plan, random: Any) -> None:
    shuffled = deepcopy(values)
    for rows in shuffled.values():
        random.shuffle(rows)
    assert shown(values, plan) == shown(shuffled, plan)


@given(unsure(), plans())
def test_another_seed_gives_other_draws(values: Values, plan: Plan) -> None:
    other = Plan(plan.seed + 1, plan.sampler, plan.design)
    assert shown(values, plan) != shown(values, other)


@given(documents())
def test_a_value_uncertain_without_spread_is_that_value(values: Values) -> None:
    document = document_of({key: item if key in HELD else _certain(item) for key, item in values.items()})
    assert len(document.uncertainty.inputs) > 10
    base = validated(values)
    assert validated(document.values) == base
    assert redraw(base, document, {row.address: row.central for row in document.uncertainty.inputs}) == base
    for row in document.uncertainty.inputs:  # to nine digits
        (found,) = map(row.scale.read, row.values(np.array([0.3])))
        assert abs(found - row.scale.read(row.central)) <= 1e-8 * abs(found)


def _certain(value: Any) -> Any:
    """Every number, quantity and date below a value as a law with nothing between its ends; names stay as they are."""
    if isinstance(value, dict):
        return {key: item if key in HELD else _certain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_certain(item) if isinstance(item, dict | list) else item for item in value]
    if isinstance(value, bool) or (isinstance(value, str) and not _is_quantity(value)):
        return value
    return {"uncertain": {"kind": "uniform", "low": value, "high": value}, "value": value}


def _is_quantity(text: str) -> bool:
    try:
        return unit_of(text) != ""
    except UnitError:
        return False
