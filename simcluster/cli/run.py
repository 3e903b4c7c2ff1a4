"""`simcluster run`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster import __version__
from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.errors import RefusedError, refuse_files_above, reports_errors
from simcluster.cli.manifest import manifest_of

if TYPE_CHECKING:
    from simcluster.study.run import Timings


@click.command()
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the luck, instead of the scenario's.")
@set_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the files straight into this folder.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the outcomes as one JSON object, and nothing else, on stdout."
)
@click.option("--force", is_flag=True, help="Run again, and replace the results in the folder.")
@click.option("--timings", "show_timings", is_flag=True, help="Print CPU seconds by phase on stderr.")
@reports_errors
def run(
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    force: bool,
    show_timings: bool,
) -> None:
    """Simulate SCENARIO once, keep its books, and write the results folder."""
    from simcluster.record.store import digest8, is_result

    began = _process_seconds()
    from simcluster.model.resolved import resolved_toml

    plan, document = loaded(scenario, overrides, seed)
    resolved = resolved_toml(document)
    digest = digest8(resolved, plan.seed, __version__)
    folder = out or Path("runs") / f"{plan.name}-{digest}"
    load_seconds = _process_seconds() - began
    if not force and is_result(folder, digest):
        _tell(folder, as_json, fresh=False)
        return
    _refuse_what_is_in_the_way(folder, force)
    from simcluster.record.store import MANIFEST, file_hashes, whole_folder, write_json
    from simcluster.report.folder import write_results
    from simcluster.study.run import Timings
    from simcluster.study.run import run as run_scenario

    timings = Timings()
    timings.seconds["load"] = load_seconds
    with whole_folder(folder) as draft:
        result = run_scenario(plan, plan.seed, timings)
        with timings.phase("write"):
            write_results(draft, result, document, resolved)
            seconds = {phase: round(seconds, 3) for phase, seconds in timings.seconds.items()}
            manifest = manifest_of(digest, plan.name, plan.seed, {"cpu_seconds": seconds})
            write_json(draft / MANIFEST, manifest | {"files": file_hashes(draft)})
    _tell(folder, as_json, fresh=True)
    if show_timings:
        _tell_timings(timings, result.log.total)


def _tell_timings(timings: Timings, facts: int) -> None:
    for phase, seconds in timings.seconds.items():
        click.echo(f"{phase:10s} {seconds:8.2f} s CPU", err=True)
    rate = facts / max(timings.seconds["simulate"], 1e-9)
    click.echo(f"{'facts':10s} {facts:8d}, {rate:,.0f} a second", err=True)


def _refuse_what_is_in_the_way(folder: Path, force: bool) -> None:
    """Before anything is computed or changed.

    Raises:
        RefusedError: the folder holds another run and `force` is not given, or a file stands where a folder must be.
    """
    from simcluster.record.store import MANIFEST, is_result

    if not force and is_result(folder):
        other = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["hash8"]
        raise RefusedError(f"{folder} holds another run (hash8 {other}); choose another --out or use --force")
    refuse_files_above(folder)


def _tell(folder: Path, as_json: bool, fresh: bool) -> None:
    """Say what came out, from the files themselves."""
    from simcluster.report.folder import SUMMARY

    if as_json:
        outcomes = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
        click.echo(json.dumps({"folder": str(folder), **outcomes}, ensure_ascii=False))
        return
    click.echo((folder / SUMMARY).read_text(encoding="utf-8"), nl=False)
    click.echo(f"Results: {folder}/" + ("" if fresh else " (already there; --force runs again)"))


def _process_seconds() -> float:
    from time import process_time

    return process_time()
