"""`simcluster sensitivity`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, RefusedError, refuse_what_is_there, reports_errors
from simcluster.cli.progress import bar
from simcluster.study.methods import METHODS, SensitivityError

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.sensitivity import Failure, Sensitivity
    from simcluster.study.sensitivity_run import Begin, Found

MOST_FAILURES = 5
"""Failed runs told."""


@dataclass(frozen=True)
class Asked:
    """A scenario as named and with overrides."""

    name: str
    overrides: tuple[str, ...]
    seed: int | None

    def load(self, more: tuple[str, ...]) -> tuple[Scenario, Document]:
        """The scenario with further texts for `--set`."""
        return loaded(self.name, (*self.overrides, *more), self.seed)

    def command(self, failed: Failure) -> str:
        """The command that repeats a run that failed."""
        sets = (part for text in (*self.overrides, *failed.overrides) for part in ("--set", text))
        return shlex.join(["simcluster", "run", self.name, "--seed", str(failed.seed), *sets])


@click.command()
@click.argument("scenario")
@click.option("--method", type=click.Choice(list(METHODS)), default="tornado", show_default=True, help="How to look.")
@click.option(
    "-n",
    type=click.IntRange(min=2),
    help="Seeds of each end (tornado, 16), rows (sobol, 128), trajectories (morris, 16), runs (pawn, 256).",
)
@click.option("--outcome", "outcomes", multiple=True, metavar="NAME", help="As in outcomes.json; npv_usd unless given.")
@click.option("--vary", multiple=True, metavar="KEY=LOW:HIGH", help="Vary these keys instead of what is uncertain.")
@crew_options
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the study, instead of the scenario's.")
@set_option
@click.option("--out", type=click.Path(path_type=Path), help="Write text, table, JSON and figures into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@reports_errors
def sensitivity(
    scenario: str,
    method: str,
    n: int | None,
    outcomes: tuple[str, ...],
    vary: tuple[str, ...],
    workers: int | None,
    executor: str,
    scheduler: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which inputs of SCENARIO move an outcome, and by how much.

    tornado: each uncertain input alone from its 10th to its 90th percentile, under the same seeds. sobol: the share of
    variance that each has alone and with all it interacts with, luck among them. morris: mean effect of a step, few
    runs. pawn: how far the distribution moves. The last two need pip install 'simcluster[sensitivity]'. Inputs that are
    tied go together but for pawn.
    """
    refuse_what_is_there(out)
    asked = Asked(scenario, overrides, seed)
    with ExitStack() as stack:

        def begin(runs: int) -> tuple[Crew, Callable[[], None]]:
            crew = crew_of(executor, workers, scheduler, runs)
            return crew, stack.enter_context(bar(method, runs, 0))

        found = _looked(asked, method, n or METHODS[method], vary, outcomes, begin)
    if out is not None:
        _write(out, found, asked)
    _tell(found.base, found.outcomes, as_json)
    if found.outcomes[0].failed:
        _tell_failures(asked, found.outcomes[0])
        raise SystemExit(FAILED)


def _looked(asked: Asked, method: str, n: int, vary: tuple[str, ...], outcomes: tuple[str, ...], begin: Begin) -> Found:
    """What was found.

    Raises:
        RefusedError: what was asked says nothing, or cannot be done here.
    """
    from simcluster.study.sensitivity_run import look
    from simcluster.study.vary import read_vary

    try:
        return look(method, n, read_vary(vary), outcomes, asked.load, begin)
    except SensitivityError as error:
        raise RefusedError(str(error)) from None


def _write(out: Path, found: Found, asked: Asked) -> None:
    from simcluster.record.store import whole_folder
    from simcluster.report.sensitivity_folder import write_sensitivity
    from simcluster.report.sensitivity_page import Study
    from simcluster.report.study_page import Origin
    from simcluster.report.varied import Varied

    study = Study(Origin((asked.name,), asked.overrides), Varied(found.document, found.drawn), asked.command)
    with whole_folder(out) as draft:
        write_sensitivity(draft, found.base, found.outcomes, study)


def _tell(base: Scenario, found: list[Sensitivity], as_json: bool) -> None:
    from simcluster.report.sensitivity import sensitivity_text, sensitivity_values

    if as_json:
        click.echo(json.dumps(sensitivity_values(base, found), ensure_ascii=False))
    else:
        click.echo(sensitivity_text(base, found), nl=False)


def _tell_failures(asked: Asked, found: Sensitivity) -> None:
    for one in found.failed[:MOST_FAILURES]:
        click.echo(f"a run failed: {one.error}\n  {asked.command(one)}", err=True)
    if len(found.failed) > MOST_FAILURES:
        click.echo(f"{len(found.failed) - MOST_FAILURES:,} more failed", err=True)
