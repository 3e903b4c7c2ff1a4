"""Replicas of a scenario with what is uncertain drawn: a table of the draws, and the checked scenario of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simcluster.core.rng import seed_at
from simcluster.model.inputs import active
from simcluster.model.overrides import written_value
from simcluster.model.redraw import redraw
from simcluster.study.draws import Plan, uniforms

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario

LUCK = "replica"


@dataclass(frozen=True, slots=True)
class Replica:
    """What one replica draws: its number, its seed for the luck of events, and inputs by address.

    `inputs` has values as a file would say them and labels of structures, and nothing of what stands inside an
    alternative that does not hold. `drawn` is the same for `model.redraw`.
    """

    number: int
    seed: int
    inputs: dict[str, Any]
    drawn: dict[str, Any]

    @property
    def overrides(self) -> tuple[str, ...]:
        """Texts for `--set` that give a single run the same inputs; with `seed` it is this replica again."""
        return tuple(f"{address}.value={written_value(value)}" for address, value in self.inputs.items())


def replicas(document: Document, plan: Plan, numbers: Iterable[int]) -> list[Replica]:
    """The replicas of these numbers, in this order, whatever others there are."""
    wanted = np.fromiter(numbers, dtype=np.int64)
    if not len(wanted):
        return []
    said = document.uncertainty
    at = uniforms(said, plan, wanted)
    values: dict[str, Sequence[Any]] = {row.address: row.values(at[row.address]) for row in said.inputs}
    values |= {row.address: row.indices(at[row.address]) for row in said.alternatives}
    drawn = ({address: column[k] for address, column in values.items()} for k in range(len(wanted)))
    return [
        replica_of(document, number, seed_at(plan.seed, LUCK, number), one)
        for number, one in zip(wanted.tolist(), drawn, strict=True)
    ]


def replica_of(document: Document, number: int, seed: int, drawn: dict[str, Any]) -> Replica:
    """A replica with these inputs: a value of each and the number of each choice's option, by address."""
    labels = {row.address: row.labels for row in document.uncertainty.alternatives}
    met = active(document.uncertainty.template, drawn)
    shown = {address: labels[address][drawn[address]] if address in labels else drawn[address] for address in met}
    return Replica(number, seed, shown, drawn)


def scenario_of(base: Scenario, document: Document, replica: Replica) -> Scenario:
    """The checked scenario of a replica; run it with the replica's seed.

    `base` and `document` are what `load` gave.

    Raises:
        ScenarioError: a drawn value cannot be used; each problem is located where the file says the law.
    """
    return redraw(base, document, replica.drawn)


def sampled(
    base: Scenario, document: Document, plan: Plan, numbers: Iterable[int]
) -> Iterator[tuple[Replica, Scenario]]:
    """Replicas with their scenarios, one after another.

    Raises:
        ScenarioError: a drawn value cannot be used.
    """
    for replica in replicas(document, plan, numbers):
        yield replica, scenario_of(base, document, replica)


def table(document: Document, found: Sequence[Replica]) -> pd.DataFrame:
    """A row a replica: `replica`, `seed`, and a column an input by address, in the file's order.

    Values are shown in the units as written and structures by label; what is inside an alternative that does not hold
    is None.
    """
    import pandas as pd

    said = document.uncertainty
    columns = [row.address for row in said.alternatives] + [row.address for row in said.inputs]
    rows = [
        {"replica": row.number, "seed": row.seed} | {name: row.inputs.get(name) for name in columns} for row in found
    ]
    return pd.DataFrame(rows, columns=["replica", "seed", *columns], dtype=object).astype(
        {"replica": "int64", "seed": "int64"}
    )
