"""The command that repeats one replica of a sweep alone."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcluster.record.ledger import Replica
    from simcluster.study.plan import Plan

Command = Callable[["Replica"], str]


def reproduction(scenario: str, overrides: Sequence[str], plan: Plan) -> Command:
    """For replicas of a scenario as named on the command line, with the same `--set` and what each drew."""

    def command(replica: Replica) -> str:
        sets = (part for text in (*overrides, *plan.overrides_of(replica.number)) for part in ("--set", text))
        return shlex.join(["simcluster", "run", scenario, "--seed", str(replica.seed), *sets])

    return command
