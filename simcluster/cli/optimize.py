"""`simcluster optimize`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcluster import __version__
from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import RefusedError, refuse_files_above, reports_errors
from simcluster.cli.manifest import manifest_of
from simcluster.cli.progress import bar
from simcluster.cli.results import tell_results

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.optimize import Search, Trial

MISSING = "optimize needs Optuna: pip install 'simcluster[sensitivity]'"


@click.command()
@click.argument("scenario", required=False)
@click.option("--study", type=click.Path(path_type=Path), help="A study file (TOML); options say otherwise.")
@click.option("--vary", multiple=True, metavar="KEY=LOW:HIGH[:STEP]", help="A decision; or KEY=a|b|c. Repeat for more.")
@click.option("--maximise", multiple=True, metavar="OUTCOME[@P20]", help="An outcome's mean, or a percentile of it.")
@click.option("--minimise", multiple=True, metavar="OUTCOME[@P80]", help="Likewise; of both together one or two.")
@click.option("--under", multiple=True, metavar='"OUTCOME<=VALUE"', help="What has to hold, such as a budget.")
@click.option("-n", "--replicas", type=click.IntRange(min=1), help="Runs a trial, the same luck in all; 8 unless said.")
@click.option("--trials", type=click.IntRange(min=1), help="Decisions to try; 50 unless said.")
@crew_options
@click.option("--resume", is_flag=True, help="Go on with a search that was broken off, or add trials to it.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of luck and search, instead of the scenario's.")
@set_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the files straight into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object, and nothing else.")
@reports_errors
def optimize(
    study: Path | None,
    workers: int | None,
    executor: str,
    scheduler: str | None,
    resume: bool,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Choose inputs of SCENARIO that make an outcome great or small while limits hold.

    Each trial runs the same replicas, so that two trials differ by their decisions alone. Two goals give a front: the
    trials that no other beats in both. What is chosen, and the scenario as it is, then run as many further replicas,
    of which the figures are. --study FILE says the same in a file, the scenario too.
    """
    search, command, document = _asked(study, options)
    folder = out or Path("runs") / f"{search.scenario.name}-{search.digest}"
    refuse_files_above(folder)
    if not _is_done(folder, search):
        crew = crew_of(executor, workers, scheduler, search.asked.replicas * search.asked.trials)
        _complete(folder, search, document, crew, resume, command)
    _tell(folder, as_json)


def _asked(study: Path | None, options: dict[str, Any]) -> tuple[Search, str, Document]:
    """The search, the command that runs its scenario once, and the document that locates its problems."""
    from simcluster.model.optimisation import Optimisation
    from simcluster.model.resolved import resolved_toml
    from simcluster.model.study_file import read_study
    from simcluster.study.optimize import Search

    options |= {"set": options.pop("overrides"), "base": options.pop("scenario")}
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if study is None and "base" not in given:
        raise click.UsageError("give a scenario, or --study FILE that names one")
    asked, document = read_study(Optimisation, study, given)

    def load(overrides: tuple[str, ...]) -> tuple[Scenario, Document]:
        return loaded(asked.base, (*asked.set, *overrides), asked.seed)

    scenario, its_document = load(())
    sets = (part for text in asked.set for part in ("--set", text))
    command = shlex.join(["simcluster", "run", asked.base, "--seed", str(scenario.seed), *sets])
    return Search(asked, scenario, resolved_toml(its_document), load, __version__), command, document


def _is_done(folder: Path, search: Search) -> bool:
    from simcluster.record.sweep_folder import finished

    manifest = finished(folder, search.digest, "study.sqlite", "search")
    return manifest is not None and manifest["trials"] == search.asked.trials


def _complete(folder: Path, search: Search, document: Document, crew: Crew, resume: bool, command: str) -> None:
    """Make the trials that are missing, check what is chosen, and write the tables."""
    try:
        from simcluster.study.trial_store import opened_store
    except ImportError as error:
        raise RefusedError(f"{MISSING} ({error})") from None
    from simcluster.record.store import MANIFEST, file_hashes, filled_folder, write_json
    from simcluster.report.optimize import write_search
    from simcluster.study.optimize import check_again, seek
    from simcluster.study.optimize_checks import refuse_nonsense

    refuse_nonsense(search, document)
    with crew.hired():
        with opened_store(folder, search, resume) as store, bar("optimize", search.asked.trials, 0) as tell:
            found = seek(search, store, crew, tell)
        chosen = search.front(found)
        checked = check_again(search, chosen, crew) if chosen else []
    with filled_folder(folder) as draft:
        write_search(draft, search, found, checked, command)
        manifest = manifest_of(search.digest, search.scenario.name, search.scenario.seed, _counts(search, found))
        write_json(draft / MANIFEST, manifest | {"files": file_hashes(draft)})


def _counts(search: Search, found: list[Trial]) -> dict[str, Any]:
    from importlib.metadata import version

    feasible = sum(map(search.is_feasible, found))
    return {"trials": len(found), "feasible": feasible, "replicas": search.asked.replicas, "optuna": version("optuna")}


def _tell(folder: Path, as_json: bool) -> None:
    """Say what came out, from the files themselves."""
    from simcluster.report.folder import SUMMARY
    from simcluster.report.optimize import SUMMARY_JSON

    tell_results(folder, SUMMARY, SUMMARY_JSON, as_json)
