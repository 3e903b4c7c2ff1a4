"""`simcluster report`."""

from __future__ import annotations

from pathlib import Path

import click

from simcluster.cli.errors import reports_errors


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@reports_errors
def report(folder: Path) -> None:
    """Draw the report of the results in FOLDER anew, from its facts; nothing is simulated."""
    from simcluster.model.load import load
    from simcluster.record.store import MANIFEST, file_hashes, is_result, read_events, write_json
    from simcluster.report.folder import RESOLVED, write_report
    from simcluster.study.run import settle

    if not is_result(folder):
        raise click.UsageError(f"{folder} is not a results folder (no {MANIFEST})")
    scenario, document = load(folder / RESOLVED)
    write_report(folder, settle(scenario, scenario.seed, read_events(folder)), document)
    import json

    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    hashes = {name: digest for name, digest in file_hashes(folder).items() if name != MANIFEST}
    write_json(folder / MANIFEST, manifest | {"files": hashes})
    click.echo(f"{folder / 'report.html'}")
