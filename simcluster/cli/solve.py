"""`simcluster solve`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.arguments import file_or_packaged, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, refuse_files_above, reports_errors
from simcluster.cli.manifest import manifest_of

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger
    from simcluster.study.crew import Crew
    from simcluster.study.solve import Solution
    from simcluster.study.solve_question import Question


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
@click.option("--resume", is_flag=True, help="With --out: take the replicas that are there, of any target, and go on.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, instead of the scenario's.")
@set_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the files, and replicas as they end, into it.")
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
    resume: bool,
    seed: int | None,
    overrides: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """What must be true: the value of one input of SCENARIO at which an outcome reaches a target.

    The outcome, by its name in outcomes.json, is taken at a percentile over the replicas: npv_usd=0@P20 asks for what
    leaves NPV below 0 in one replica of five. All values tried share their luck. Where the outcome is on one side of
    the target at both ends of the range, the command says what it is there, and its exit status is 1.

    With --out each replica is written to ledger.sqlite as it ends: what is killed loses what was in flight, and
    --resume goes on, also to another target or to a greater -n.
    """
    if resume and out is None:
        raise click.UsageError("--resume is for what --out kept")
    crew = crew_of(executor, workers, scheduler, replicas)
    from simcluster.study.solve_question import question_of

    with file_or_packaged(scenario) as path:
        asked = question_of(path, vary, target, between, within, replicas, seed, overrides)
        if out is None:
            from simcluster.record.ledger import Ledger

            with Ledger(None, asked.digest) as ledger:
                found = _solved(asked, ledger, crew)
            text, values = _texts(found)
            click.echo(values if as_json else text, nl=as_json)
            return
        if not _is_there(out, asked, target):
            _complete(out, asked, crew, resume, scenario, target)
    _tell(out, as_json)


def _is_there(out: Path, asked: Question, target: str) -> bool:
    """Whether the folder has this solution already."""
    from simcluster.record.sweep_folder import finished

    refuse_files_above(out)
    manifest = finished(out, asked.digest, noun="solution")
    return manifest is not None and manifest["asked"] == [target, asked.n]


def _complete(out: Path, asked: Question, crew: Crew, resume: bool, scenario: str, target: str) -> None:
    """Run what the ledger in the folder lacks, and write the tables."""
    from simcluster.record.store import MANIFEST, file_hashes, filled_folder, write_json
    from simcluster.record.sweep_folder import open_ledger
    from simcluster.report.solve_folder import write_solution
    from simcluster.report.study_page import Origin
    from simcluster.study.solve import refuse_nonsense

    refuse_nonsense(asked)
    with open_ledger(out, asked.digest, resume) as ledger:
        found = _solved(asked, ledger, crew)
    more = {"asked": [target, asked.n], "replicas": asked.n, "values": len(found.trials)}
    manifest = manifest_of(asked.digest, asked.scenario.name, asked.scenario.seed, more)
    with filled_folder(out) as draft:
        write_solution(draft, found, Origin((scenario,), asked.overrides))
        write_json(draft / MANIFEST, manifest | {"files": file_hashes(draft)})


def _solved(asked: Question, ledger: Ledger, crew: Crew) -> Solution:
    """The solution; ends that do not bracket the target, and trials that failed, make the exit status 1."""
    from simcluster.study.solve import NotBracketedError, SolveError, answer

    try:
        return answer(asked, ledger, crew, _trying)
    except NotBracketedError as error:
        from simcluster.report.solve import not_bracketed_text

        click.echo(not_bracketed_text(error), err=True)
        raise SystemExit(FAILED) from None
    except SolveError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(FAILED) from None
    finally:
        _trying(None)


def _texts(found: Solution) -> tuple[str, str]:
    from simcluster.report.solve import solution_text, solution_values

    return solution_text(found), json.dumps(solution_values(found), ensure_ascii=False)


def _tell(out: Path, as_json: bool) -> None:
    """Say what came out, from the files themselves."""
    from simcluster.cli.results import tell_results
    from simcluster.report.solve_folder import SOLUTION_JSON, SOLUTION_TEXT

    tell_results(out, SOLUTION_TEXT, SOLUTION_JSON, as_json)


def _trying(override: str | None) -> None:
    """The value that is tried, on a terminal; wiped out at the end."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{'' if override is None else f'trying {override}'}", nl=False, err=True)
