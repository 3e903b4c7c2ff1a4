"""`simcluster sweep`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcluster import __version__
from simcluster.cli.arguments import loaded, set_option
from simcluster.cli.crew import crew_of, crew_options
from simcluster.cli.errors import FAILED, refuse_files_above, reports_errors
from simcluster.cli.fill import filled
from simcluster.cli.manifest import manifest_of
from simcluster.cli.parts import part_files, part_options, prepare
from simcluster.cli.results import tell_results

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger
    from simcluster.study.crew import Crew
    from simcluster.study.draws import Sampler
    from simcluster.study.reproduce import Command
    from simcluster.study.sweep import Sweep
    from simcluster.study.until import Until


@click.command()
@click.argument("scenario", required=False)
@click.option("-n", "--replicas", type=click.IntRange(min=1), help="How many runs; of a study, at each point.")
@click.option("--study", type=click.Path(path_type=Path), help="A study file (TOML): the points at which to run.")
@click.option(
    "--sampler",
    type=click.Choice(["random", "sobol"]),
    default="random",
    show_default=True,
    help="How what is uncertain is drawn: sobol spreads the draws evenly, in 8 randomisations.",
)
@click.option("--nested", is_flag=True, help="Replicas in groups, to split variance: luck, inputs, structure.")
@click.option(
    "--until", metavar='"OUTCOME ±WIDTH"', help="Stop at n = 64, 128, ... once a mean is known so well; -n caps."
)
@part_options
@crew_options
@click.option("--resume", is_flag=True, help="Go on with a sweep that was broken off, or add replicas to it.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the sweep, instead of the scenario's.")
@set_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the files straight into this folder.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the summary as one JSON object, and nothing else, on stdout."
)
@reports_errors
def sweep(
    scenario: str | None,
    replicas: int | None,
    study: Path | None,
    sampler: Sampler,
    nested: bool,
    until: str | None,
    parts: str | None,
    part_size: int | None,
    workers: int | None,
    executor: str,
    scheduler: str | None,
    resume: bool,
    seed: int | None,
    overrides: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Simulate SCENARIO many times and say how its outcomes spread.

    What is uncertain in it is drawn anew for each replica. Each has a seed of its own, addressed by the seed of the
    sweep and its number, so that more of them change none of the earlier ones. Each is written to ledger.sqlite as it
    ends: a sweep that is killed loses what was in flight, and --resume completes it. One that fails stops no other; it
    stands in errors.csv with the command that repeats it, counts in no figure, and makes the exit status 1.

    --study FILE runs a scenario at several points, a grid of factors or a list, with the same luck at each; the file
    names the scenario, and options say otherwise.
    """
    if study is not None:
        if nested or until or parts or part_size or sampler != "random":
            raise click.UsageError("--sampler, --nested, --until and --parts are for one scenario, not for a --study")
        from simcluster.cli.sweep_study import sweep_points

        options = {"base": scenario, "replicas": replicas, "seed": seed, "set": overrides}
        given = {name: value for name, value in options.items() if value not in (None, ())}
        sweep_points(study, given, lambda runs: crew_of(executor, workers, scheduler, runs), resume, out, as_json)
        return
    if scenario is None or replicas is None:
        raise click.UsageError("give a scenario and -n, or --study FILE")
    from simcluster.record.sweep_folder import finished, open_ledger
    from simcluster.study.known_outcomes import known_outcomes
    from simcluster.study.reproduce import reproduction
    from simcluster.study.until import until_of

    enough = until_of(until) if until else None
    asked = _asked(scenario, replicas, seed, overrides, sampler, nested)
    folder = out or Path("runs") / f"{asked.scenario.name}-{asked.digest}"
    refuse_files_above(folder)
    manifest, files = finished(folder, asked.digest), part_files(parts, part_size, asked.digest)
    said = [replicas, until, *([files.url, files.block] if files else [])]
    if manifest is None or manifest["asked"] != said or (resume and manifest["failed"]):
        crew = crew_of(executor, workers, scheduler, replicas)
        if enough is not None and (known := known_outcomes(asked.plan)) is not None:
            enough.refuse_unknown(known)
        if files is not None:
            prepare(files)
        with open_ledger(folder, asked.digest, resume, files) as ledger:
            with crew.hired():
                ran, told = _run(ledger, asked, crew, enough)
            command = reproduction(scenario, overrides, asked.plan)
            manifest = _write(folder, ledger, ran, command, {"asked": said, **told})
    _tell(folder, as_json, manifest)
    if manifest["failed"]:
        raise SystemExit(FAILED)


def _asked(
    scenario: str, replicas: int, seed: int | None, overrides: tuple[str, ...], sampler: Sampler, nested: bool
) -> Sweep:
    """The sweep asked for; luck alone differs where nothing is uncertain."""
    from simcluster.model.resolved import resolved_toml
    from simcluster.study.design import INDEPENDENT, NESTED
    from simcluster.study.sweep import Sweep
    from simcluster.study.sweep_frame import plan_of

    checked, document = loaded(scenario, overrides, seed)
    if nested or sampler == "sobol":
        _refuse_samples(replicas, sampler, nested, bool(document.uncertainty))
    plan = plan_of(checked, document, sampler, NESTED if nested else INDEPENDENT)
    return Sweep(checked, resolved_toml(document), plan, replicas, __version__)


def _refuse_samples(replicas: int, sampler: Sampler, nested: bool, uncertain: bool) -> None:
    """Refuse a sample that says nothing.

    Raises:
        UsageError: nothing is drawn, the samples exclude each other, or replicas are too few.
    """
    from simcluster.study.design import NESTED
    from simcluster.study.draws import FEWEST_RANDOMISATIONS
    from simcluster.study.sweep_ties import FEWEST_GROUPS

    name = "--nested" if nested else "--sampler sobol"
    fewest = FEWEST_GROUPS * NESTED.group if nested else 2 * FEWEST_RANDOMISATIONS
    step = NESTED.group if nested else 1
    if nested and sampler == "sobol":
        raise click.UsageError("--nested needs groups that are independent: --sampler random")
    if not uncertain:
        raise click.UsageError(f"{name} is for a scenario in which something is uncertain, and here nothing is")
    if replicas < fewest or replicas % step:
        raise click.UsageError(f"{name} needs -n {fewest} or more" + (f", a multiple of {step}" if step > 1 else ""))


def _run(ledger: Ledger, asked: Sweep, crew: Crew, enough: Until | None) -> tuple[Sweep, dict[str, Any]]:
    """Run what is missing: the sweep with the replicas that were enough, and what the manifest says of it."""
    from simcluster.report.until_text import until_text
    from simcluster.study.sweep_summary import summarise
    from simcluster.study.until import looks

    ran, seconds = asked, 0.0
    told: dict[str, Any] = {}
    for n in [asked.replicas] if enough is None else looks(asked.replicas):
        ran = replace(asked, replicas=n)
        seconds += filled(ledger, ran, crew)
        if enough is not None:
            spreads = summarise(ledger, ran).spreads
            met = enough.met(spreads)
            told |= {"until_met": met, "until": until_text(enough, spreads[enough.outcome], met)}
            if met:
                break
    return ran, {"cpu_seconds": {"replicas": round(seconds, 3)}, **told}


def _write(folder: Path, ledger: Ledger, asked: Sweep, command: Command, more: dict[str, Any]) -> dict[str, Any]:
    """Write the tables, and return the manifest."""
    from simcluster.record.parts import Parts
    from simcluster.record.store import MANIFEST, file_hashes, filled_folder, write_json
    from simcluster.report.sweep_folder import write_sweep

    more |= {"replicas": asked.replicas, "failed": ledger.failed(asked.replicas)}
    if isinstance(ledger, Parts):
        more["parts"] = {"url": ledger.files.url, "files": ledger.files.pattern, "count": len(ledger.written())}
    manifest = manifest_of(asked.digest, asked.scenario.name, asked.scenario.seed, more)
    with filled_folder(folder) as draft:
        write_sweep(draft, ledger, asked, command)
        write_json(draft / MANIFEST, manifest | {"files": file_hashes(draft)})
    return manifest


def _tell(folder: Path, as_json: bool, manifest: dict[str, Any]) -> None:
    """Say what came out, from the files themselves, and on stderr what became of `--until`."""
    from simcluster.report.folder import SUMMARY
    from simcluster.report.sweep_folder import SUMMARY_JSON

    until: dict[str, Any] = {name: manifest[name] for name in ("until_met", "until") if name in manifest}
    tell_results(folder, SUMMARY, SUMMARY_JSON, as_json, until)
    if until:
        known = "Known" if until["until_met"] else "Not known"
        click.echo(f"{known} to {manifest['asked'][1]}: {until['until']}", err=True)
