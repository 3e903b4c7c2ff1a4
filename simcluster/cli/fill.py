"""Replicas of a sweep that are missing are run, with a bar and a word on what is kept when somebody stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simcluster.cli.progress import bar

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger
    from simcluster.study.crew import Crew
    from simcluster.study.sweep import Sweep


def filled(ledger: Ledger, asked: Sweep, crew: Crew) -> float:
    """Run what the ledger lacks, and return the CPU seconds of the replicas.

    Raises:
        Abort: it was stopped from the keyboard.
    """
    from simcluster.record.parts import Parts
    from simcluster.study.part_sweep import fill_parts
    from simcluster.study.sweep import fill

    before = ledger.done(asked.replicas)
    try:
        with bar(asked.scenario.name, asked.replicas, before) as tell:
            if isinstance(ledger, Parts):
                return fill_parts(ledger, asked, crew, tell)
            return fill(ledger, asked, crew, tell)
    except KeyboardInterrupt:
        told = f"{ledger.done(asked.replicas):,} of {asked.replicas:,} replicas are in the ledger"
        click.echo(f"Stopped: {told}; --resume goes on", err=True)
        raise click.Abort from None
