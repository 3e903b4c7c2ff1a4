"""`simcluster fit`: numbers of a scenario from observations."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcluster.cli.errors import RefusedError, reports_errors

if TYPE_CHECKING:
    from simcluster.study.fit import BatchFit
    from simcluster.study.lifetimes import Lifetimes
    from simcluster.study.reference import Reference


@click.group()
def fit() -> None:
    """Fit numbers of a scenario to observations."""


@fit.command(short_help="Fit laws of life to a log of failures.")
@click.argument("lifetimes", metavar="LIFETIMES.csv")
@click.option(
    "--unit",
    type=click.Choice(["node", "gpu"]),
    default="node",
    show_default=True,
    help="What a row of the log is. A GPU's rate is multiplied by 8 to set it against a node's.",
)
@click.option(
    "--bootstrap",
    "draws",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    metavar="N",
    help="Draws behind each p-value of goodness of fit; 0 for no p-value.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.toml", help="Write the catalog rows there.")
@click.option("--force", is_flag=True, help="Let --out replace a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@reports_errors
def failures(lifetimes: str, unit: str, draws: int, out: Path | None, force: bool, as_json: bool) -> None:
    """Fit laws of life to LIFETIMES.csv, batch by batch, and set its failure rate against Llama 3's.

    By maximum likelihood with right censoring (units still running) and late entry (units watched from an age on):
    exponential, Weibull and lognormal. Ends with catalog rows to paste in a scenario.

    \b
    Columns of the file; the first line names them, in any order:
      end     age of the unit in hours when it failed or was last seen
      failed  1 (true, yes) if it failed then, 0 (false, no) if it was still running
      start   age in hours from which it was watched; without it, from new
              (then the column end may be called hours)
      batch   units to be fitted together, such as a delivery; without it, all
      unit    name of the unit; one that was mended and watched on has more rows
      cause   why it failed, for rates by cause beside Llama 3's

    \b
    For example:
      start,end,failed,batch,unit,cause
      0,1296,0,spring,n1,
      0,310.5,1,spring,n2,faulty_gpu
      4000,5296,0,old,n3,
    """  # noqa: D301 # click reads the escape as: do not fold this paragraph
    from simcluster.report.fit import fit_values
    from simcluster.report.fit_rows import fitted_toml
    from simcluster.study.lifetimes import read_lifetimes
    from simcluster.study.reference import llama3

    _refuse_what_is_in_the_way(out, force)
    read = read_lifetimes(lifetimes)
    if read.unused:
        click.echo(f"note: columns not used: {', '.join(read.unused)}", err=True)
    reference = llama3()
    fits = _fits(read, unit, reference, draws)
    toml = fitted_toml(fits, read.name, unit)
    if out is not None:
        _write(out, toml, force)
    if as_json:
        click.echo(json.dumps(fit_values(fits, read.name, unit, draws, reference), ensure_ascii=False))
        return
    _tell(fits, unit, reference, "--out FILE.toml writes them" if out is None else f"written to {out}")
    click.echo(toml, nl=False)


def _tell(fits: list[BatchFit], unit: str, reference: Reference, where: str) -> None:
    """What was found of each batch, and what the catalog rows that follow are for."""
    from simcluster.report.fit import batch_text, names_note

    for found in fits:
        click.echo(batch_text(found, unit, reference))
    if (note := names_note(fits, reference)) is not None:
        click.echo(f"{note}\n")
    click.echo(f"To paste in a scenario ({where}). A purchase takes a row by its name beside what its nodes")
    click.echo('share, failures = "fitted_..."; on a cluster it would replace all causes:\n')


def _fits(read: Lifetimes, unit: str, reference: Reference, draws: int) -> list[BatchFit]:
    """Every batch fitted; which one is at work shows on a terminal."""
    from simcluster.study.fit import fit_failures

    fits = []
    for k, lives in enumerate(read.batches, 1):
        if sys.stderr.isatty():
            click.echo(f"\rfitting batch {k} of {len(read.batches)} ", nl=False, err=True)
        fits.append(fit_failures(lives, unit, reference, draws))
    if sys.stderr.isatty():
        click.echo("\r" + " " * 40 + "\r", nl=False, err=True)
    return fits


def _refuse_what_is_in_the_way(out: Path | None, force: bool) -> None:
    """Before anything is computed.

    Raises:
        RefusedError: the file is already there and `force` is not given, or it cannot be one.
    """
    if out is None:
        return
    if out.is_dir():
        raise RefusedError(f"{out} is a folder; name a file for --out")
    if out.exists() and not force:
        raise RefusedError(f"{out} is already there; choose another --out or use --force")
    if not out.parent.is_dir():
        raise RefusedError(f"there is no folder {out.parent} to write {out.name} in")


def _write(out: Path, text: str, force: bool) -> None:
    """Written whole or not at all; a file that came in the meantime is left alone unless `force`."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        if force:
            draft.replace(out)
        else:
            out.hardlink_to(draft)
    except FileExistsError:
        raise RefusedError(f"{out} is already there; choose another --out or use --force") from None
    finally:
        draft.unlink(missing_ok=True)
