"""What a command says of a folder of results it wrote, or found: its summary, from the files themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def tell_results(
    folder: Path, summary: str, summary_json: str, as_json: bool, more: Mapping[str, object] | None = None
) -> None:
    """Print the summary of a folder and where it is, or one JSON object with both, `more`, and nothing else."""
    if as_json:
        told = json.loads((folder / summary_json).read_text(encoding="utf-8"))
        click.echo(json.dumps({"folder": str(folder), **(more or {}), **told}, ensure_ascii=False))
        return
    click.echo((folder / summary).read_text(encoding="utf-8"), nl=False)
    click.echo(f"Results: {folder}/")
