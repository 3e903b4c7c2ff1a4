"""A sweep in Python: a frame of replicas, kept in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcluster import __version__
from simcluster.record.ledger import Ledger, Replica
from simcluster.study.crew import Alone, Crew, Processes
from simcluster.study.design import INDEPENDENT, Design
from simcluster.study.draws import Plan as Draws
from simcluster.study.draws import Sampler
from simcluster.study.input_columns import cell, heading, widen
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.sampled import Sampled
from simcluster.study.sweep import Sweep, fill

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario


def plan_of(scenario: Scenario, document: Document, sampler: Sampler = "random", design: Design = INDEPENDENT) -> Plan:
    """What is uncertain in the document is drawn; where nothing is, only luck differs.

    Without alternatives every draw of inputs is a group: a design that asked for more in one would estimate from noise
    a part that is nothing. The replicas are the same.
    """
    if not document.uncertainty:
        return LuckAlone(scenario)
    if not document.uncertainty.alternatives and design != INDEPENDENT:
        design = Design(1, design.lucks)
    return Sampled(scenario, document, Draws(scenario.seed, sampler, design))


def sweep(
    scenario: Scenario, document: Document, replicas: int, sampler: Sampler = "random", workers: int = 1
) -> pd.DataFrame:
    """Many runs of what `load` gave: a row a replica, by number.

    Columns: `number`, `seed`, `input.<key>` or `input.<key> [<unit>]` of what was drawn, numbers, dates and labels, and
    the outcomes of a run, units in their names. Where replicas failed there is a column `error`, and they have no
    outcomes.
    """
    import pandas as pd

    asked = Sweep(scenario, "", plan_of(scenario, document, sampler), replicas, __version__)
    crew: Crew = Alone() if workers == 1 else Processes(workers)
    with Ledger(None, asked.digest) as ledger:
        fill(ledger, asked, crew)
        ran = [*ledger.replicas(), *ledger.failures()]
    units: dict[str, str] = {}
    for replica in ran:
        widen(units, replica.inputs)
    return pd.DataFrame([_row(replica, units) for replica in sorted(ran, key=lambda replica: replica.number)])


def _row(replica: Replica, units: dict[str, str]) -> dict[str, Any]:
    inputs = {heading(name, units[name]): cell(value, units[name]) for name, value in replica.inputs.items()}
    came = {"error": replica.error} if replica.outcomes is None else replica.outcomes
    return {"number": replica.number, "seed": replica.seed, **inputs, **came}
