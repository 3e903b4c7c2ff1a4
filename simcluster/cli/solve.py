"""`simcluster solve`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import file_or_packaged, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, refuse_what_is_there, reports_errors

if TYPE_CHECKING:
    from simcluster.study.crew import Crew
    from simcluster.study.solve import Solution


@click.command()
@click.argument("scenario")
@click.option("--vary", required=True, metavar="KEY", help="The input, by its key as --set takes it.")
@click.option(
    "--for", "target", required=True, metavar="OUTCOME=VALUE[@P80]", help="What must be true; the median unless given."
)
@click.option("--between", metavar="LOW:HIGH", help="Where to look, with units; from half to twice what it is.")
@click.option("--within", metavar="STEP", help="How exactly; a thousandth of the range unless given.")
@click.option(
    "-n",
    "--replicas",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="Runs of each value tried, with the same luck and draws; 1 is the single run.",
)
@crew_options
@click.option("--seed", type=click.IntRange(min=0), help="Seed, instead of the scenario's.")
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@click.option("--out", type=click.Path(path_type=Path), help="Write text, JSON and trials into this new folder.")
@reports_errors
def solve(
    scenario: str,
    vary: str,
    target: str,
    between: str | None,
    within: str | None,
    replicas: int,
    workers: int | None,
    executor: str,
    scheduler: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """What must be true: the value of one input of SCENARIO at which an outcome reaches a target.

    The outcome, by its name in outcomes.json, is taken at a percentile over the replicas: npv_usd=0@P20 asks for what
    leaves NPV below 0 in one replica of five. All values tried share their luck. Where the outcome is on one side of
    the target at both ends of the range, the command says what it is there, and its exit status is 1.
    """
    refuse_what_is_there(out)
    crew = crew_of(executor, workers, scheduler, replicas)
    texts = vary, target, between, within
    found = _solved(scenario, texts, replicas, seed, overrides, crew)
    if out is not None:
        _write(out, found, scenario, overrides)
    if as_json:
        from simcluster.report.solve import solution_values

        click.echo(json.dumps(solution_values(found), ensure_ascii=False))
        return
    from simcluster.report.solve import solution_text

    click.echo(solution_text(found), nl=False)


def _solved(
    scenario: str,
    texts: tuple[str, str, str | None, str | None],
    replicas: int,
    seed: int | None,
    overrides: tuple[str, ...],
    crew: Crew,
) -> Solution:
    """The solution; ends that do not bracket the target, and trials that failed, make the exit status 1."""
    from simcluster.study.solve import NotBracketedError, SolveError
    from simcluster.study.solve import solve as solve_for

    vary, target, between, within = texts
    try:
        with file_or_packaged(scenario) as path:
            return solve_for(
                path,
                vary,
                target,
                between=between,
                within=within,
                replicas=replicas,
                seed=seed,
                overrides=overrides,
                crew=crew,
                tell=_trying,
            )
    except NotBracketedError as error:
        from simcluster.report.solve import not_bracketed_text

        click.echo(not_bracketed_text(error), err=True)
        raise SystemExit(FAILED) from None
    except SolveError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(FAILED) from None
    finally:
        _trying(None)


def _write(out: Path, found: Solution, scenario: str, overrides: tuple[str, ...]) -> None:
    from simcluster.record.store import whole_folder
    from simcluster.report.solve_folder import write_solution
    from simcluster.report.study_page import Origin

    with whole_folder(out) as draft:
        write_solution(draft, found, Origin((scenario,), overrides))


def _trying(override: str | None) -> None:
    """The value that is tried, on a terminal; wiped out at the end."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{'' if override is None else f'trying {override}'}", nl=False, err=True)
