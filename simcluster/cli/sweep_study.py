"""`simcluster sweep --study FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster import __version__
from simcluster.cli.arguments import loaded
from simcluster.cli.errors import FAILED, refuse_files_above
from simcluster.cli.fill import filled
from simcluster.cli.manifest import manifest_of
from simcluster.cli.results import tell_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Ledger, Replica
    from simcluster.study.crew import Crew
    from simcluster.study.point_sweep import PointSweep


def sweep_points(
    study: Path, options: dict[str, Any], crew_of: Callable[[int], Crew], resume: bool, out: Path | None, as_json: bool
) -> None:
    """Run a scenario at the points of a study file, with what options say otherwise; `crew_of` so many runs.

    Raises:
        ScenarioError: with every problem of the file, the options and all points.
        SystemExit: replicas failed.
    """
    from simcluster.record.sweep_folder import finished, open_ledger
    from simcluster.report.folder import SUMMARY
    from simcluster.report.sweep_folder import SUMMARY_JSON
    from simcluster.study.point_checks import refuse_unknown_outcomes

    laid, document = _laid(study, options)
    digest, asked = laid.sweep.digest, [laid.asked.replicas, list(laid.asked.outcomes)]
    folder = out or Path("runs") / f"{laid.name}-{digest}"
    refuse_files_above(folder)
    manifest = finished(folder, digest)
    if manifest is None or manifest["asked"] != asked or (resume and manifest["failed"]):
        crew = crew_of(laid.sweep.replicas)
        refuse_unknown_outcomes(laid, document)
        with open_ledger(folder, digest, resume) as ledger:
            seconds = filled(ledger, laid.sweep, crew)
            manifest = _write(folder, ledger, laid, {"asked": asked, "cpu_seconds": {"replicas": round(seconds, 3)}})
    tell_results(folder, SUMMARY, SUMMARY_JSON, as_json)
    if manifest["failed"]:
        raise SystemExit(FAILED)


def _laid(study: Path, options: dict[str, Any]) -> tuple[PointSweep, Document]:
    """The points, all checked, and the document that locates problems of the study."""
    from simcluster.model.experiment import Experiment
    from simcluster.model.resolved import resolved_toml
    from simcluster.model.study_file import read_study
    from simcluster.study.point_checks import checked_plans
    from simcluster.study.point_sweep import PointSweep

    asked, document = read_study(Experiment, study, options)

    def load(overrides: tuple[str, ...]) -> tuple[Scenario, Document]:
        return loaded(asked.base, (*asked.set, *overrides), asked.seed)

    scenario, its_document = load(())
    plans = checked_plans(asked, document, load)
    return PointSweep(asked, scenario, resolved_toml(its_document), plans, __version__), document


def _write(folder: Path, ledger: Ledger, laid: PointSweep, more: dict[str, Any]) -> dict[str, Any]:
    """Write the tables, and return the manifest."""
    from simcluster.record.store import MANIFEST, file_hashes, filled_folder, write_json
    from simcluster.report.point_folder import write_points
    from simcluster.study.reproduce import reproduction

    asked, plan, below = laid.asked, laid.sweep.plan, laid.sweep.replicas

    def command(replica: Replica) -> str:
        point, _ = laid.at(replica.number)
        return reproduction(asked.base, (*asked.set, *point.overrides), plan)(replica)

    more |= {"points": len(laid.points), "replicas": asked.replicas, "failed": ledger.failed(below)}
    manifest = manifest_of(laid.sweep.digest, laid.scenario.name, laid.scenario.seed, more)
    with filled_folder(folder) as draft:
        write_points(draft, ledger, laid, command)
        write_json(draft / MANIFEST, manifest | {"files": file_hashes(draft)})
    return manifest
