"""`simcluster sensitivity`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, RefusedError, refuse_what_is_there, reports_errors
from simcluster.cli.progress import bar
from simcluster.cli.vary import Vary, read_vary, variations_of, varied_addresses

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.sensitivity import Failure, Method, Sensitivity

METHODS = {"tornado": 16, "sobol": 128, "morris": 16, "pawn": 256}
"""How many seeds, rows, trajectories or runs a method takes unless told."""
FEWEST = {"tornado": 2, "sobol": 8, "morris": 2, "pawn": 20}
MOST_FAILURES = 5
"""Failed runs told."""
PREFERRED = ("npv_usd", "usd_per_gpu_hour")
"""The outcome unless one is given: the first that the scenario has."""


@dataclass(frozen=True)
class Asked:
    """A scenario as named and with overrides, and how it is to be looked at."""

    name: str
    overrides: tuple[str, ...]
    seed: int | None
    method: str
    n: int
    varied: tuple[Vary, ...]
    outcomes: tuple[str, ...]

    def load(self, more: tuple[str, ...] = ()) -> tuple[Scenario, Document]:
        """The scenario with further texts for `--set`."""
        return loaded(self.name, (*self.overrides, *more), self.seed)

    def command(self, failed: Failure) -> str:
        """The command that repeats a run that failed."""
        sets = (part for text in (*self.overrides, *failed.overrides) for part in ("--set", text))
        return shlex.join(["simcluster", "run", self.name, "--seed", str(failed.seed), *sets])


Begin = Callable[[int], tuple["Crew", Callable[[], None]]]
"""From the number of runs to who makes them, and what is called after each."""


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
    runs. pawn: how far the distribution moves. The last two need pip install 'simcluster[sensitivity]'.
    """
    refuse_what_is_there(out)
    asked = Asked(scenario, overrides, seed, method, n or METHODS[method], tuple(read_vary(vary)), outcomes)
    if asked.n < FEWEST[method]:
        raise click.UsageError(f"--method {method} needs -n {FEWEST[method]} or more")
    base, document = asked.load()
    if not asked.varied and not document.uncertainty:
        raise click.UsageError(f"nothing in {base.name} is uncertain; name keys with --vary KEY=LOW:HIGH")
    _need_salib(method)
    names = _known(base, outcomes)
    with ExitStack() as stack:

        def begin(runs: int) -> tuple[Crew, Callable[[], None]]:
            crew = crew_of(executor, workers, scheduler, runs)
            return crew, stack.enter_context(bar(method, runs, 0))

        found, drawn = _looked(asked, base, document, names, begin)
    if out is not None:
        _write(out, base, found, asked, document, drawn)
    _tell(base, found, as_json)
    if found[0].failed:
        _tell_failures(asked, found[0])
        raise SystemExit(FAILED)


def _need_salib(method: str) -> None:
    """Before anything is run.

    Raises:
        RefusedError: it is needed and missing.
    """
    if method not in ("morris", "pawn"):
        return
    try:
        import SALib.analyze  # noqa: F401
    except ImportError as error:
        raise RefusedError(f"--method {method} needs more ({error}): pip install 'simcluster[sensitivity]'") from None


def _known(base: Scenario, outcomes: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes asked for, or the first of `PREFERRED` that one run has.

    Raises:
        RefusedError: a run has none of that name, or it is neither a number nor a date.
    """
    from simcluster.study.run import run

    known = {name: value for name, value in run(base).outcomes.items() if value is not None or name in outcomes}
    for name in outcomes:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else "outcomes.json of a run lists them"
            raise RefusedError(f"{base.name} has no outcome {name!r}; {hint}")
    return outcomes or tuple(name for name in PREFERRED if name in known)[:1]


def _looked(
    asked: Asked, base: Scenario, document: Document, names: tuple[str, ...], begin: Begin
) -> tuple[list[Sensitivity], Document]:
    """What was found, and the document with the laws that were drawn from."""
    if asked.method == "tornado":
        return _tornado(asked, base, document, names, begin), document
    from simcluster.study.factors import independent_factors, single_factors

    only = None
    if asked.varied:
        base, document = asked.load(tuple(one.law for one in asked.varied))
        only = varied_addresses(document)
    find = single_factors if asked.method == "pawn" else independent_factors
    factors = find(document, only)
    runs = {"sobol": asked.n * (len(factors) + 3), "morris": asked.n * (len(factors) + 1), "pawn": asked.n}
    found = _method(asked.method)(base, document, factors, names, asked.n, *begin(runs[asked.method]))
    return found, document


def _method(name: str) -> Method:
    if name == "sobol":
        from simcluster.study.sobol_indices import sobol

        return sobol
    from simcluster.study import screening

    return screening.morris if name == "morris" else screening.pawn


def _tornado(
    asked: Asked, base: Scenario, document: Document, names: tuple[str, ...], begin: Begin
) -> list[Sensitivity]:
    from simcluster.study.tornado import tornado, variations

    varied = variations_of(asked.varied, lambda more: asked.load(tuple(more))[0]) or variations(base, document)
    ends = sum(end is not None for row in varied for end in row.ends)
    return tornado(base, varied, names, asked.n, *begin(asked.n * (1 + ends)))


def _write(
    out: Path, base: Scenario, found: list[Sensitivity], asked: Asked, document: Document, drawn: Document
) -> None:
    from simcluster.record.store import whole_folder
    from simcluster.report.sensitivity_folder import write_sensitivity
    from simcluster.report.sensitivity_page import Study
    from simcluster.report.study_page import Origin
    from simcluster.report.varied import Varied

    study = Study(Origin((asked.name,), asked.overrides), Varied(document, drawn), asked.command)
    with whole_folder(out) as draft:
        write_sensitivity(draft, base, found, study)


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
