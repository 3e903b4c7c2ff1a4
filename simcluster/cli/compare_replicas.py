"""What `simcluster compare -n` runs, with its progress and what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simcluster.cli.errors import RefusedError
from simcluster.cli.progress import bar

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.hardware import Precision
    from simcluster.model.scenario import Scenario
    from simcluster.study.compare_paired import PairedComparison
    from simcluster.study.crew import Crew
    from simcluster.study.waterfall import Waterfall

Loaded = Sequence[tuple["Scenario", "Document"]]
MOST_FAILURES = 5
"""Failed replicas told, by scenario."""


@dataclass(frozen=True)
class Asked:
    """Names and overrides as on the command line, and what to run; no `explain` is NPV, where there is any."""

    names: tuple[str, ...]
    overrides: tuple[str, ...]
    replicas: int
    precision: Precision
    seed: int | None
    explain: str | None
    wants_waterfall: bool


def compare_replicas(loaded: Loaded, asked: Asked, crew: Crew) -> tuple[PairedComparison, Waterfall | None]:
    """Run the replicas, tell on stderr which failed, and follow the difference of two scenarios.

    Raises:
        RefusedError: no scenario has a peak at the precision, or none has the outcome to explain.
    """
    from simcluster.study.compare import NoPeakError, lacking_peaks
    from simcluster.study.compare_paired import compare_paired

    try:
        lacking_peaks([scenario for scenario, _ in loaded], asked.precision)
    except NoPeakError as error:
        raise RefusedError(f"{error}; take another --precision") from None
    with crew.hired():
        with bar("compare", asked.replicas * len(loaded), 0) as tell:
            found = compare_paired(loaded, asked.replicas, crew, asked.precision, asked.seed, tell)
        _tell_failures(found, asked)
        return found, _explained(loaded, found, asked, crew) if asked.wants_waterfall else None


def _tell_failures(found: PairedComparison, asked: Asked) -> None:
    from simcluster.study.reproduce import reproduction

    for name, shown, plan in zip(asked.names, found.names, found.plans, strict=True):
        failed = found.failed.get(shown, ())
        command = reproduction(name, asked.overrides, plan)
        for replica in failed[:MOST_FAILURES]:
            click.echo(f"{shown}, replica {replica.number} failed: {replica.error}\n  {command(replica)}", err=True)
        if len(failed) > MOST_FAILURES:
            click.echo(f"{shown}: {len(failed) - MOST_FAILURES:,} more failed", err=True)


def _explained(loaded: Loaded, found: PairedComparison, asked: Asked, crew: Crew) -> Waterfall | None:
    from simcluster.study.compare_paired import NPV, explain
    from simcluster.study.known_outcomes import hint_of

    outcome = asked.explain or NPV
    if outcome not in found.outcomes:
        if asked.explain is None:
            return None
        raise RefusedError(f"both scenarios together have no outcome {outcome!r}; {hint_of(outcome, found.outcomes)}")
    with ExitStack() as stack:

        def telling(runs: int) -> Callable[[], None]:
            return stack.enter_context(bar("waterfall", runs, 0))

        return explain(loaded, found, outcome, crew, telling)
