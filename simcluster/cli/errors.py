"""Errors as a user meets them: located problems and exit 2, or one line and exit 1."""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")

BAD_SCENARIO = 2
FAILED = 1


class RefusedError(click.ClickException):
    """What a command will not do as asked: one line, exit 2."""

    exit_code = BAD_SCENARIO


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command fail in plain words on stderr; adds `--debug`, which shows the traceback instead."""

    @click.option("--debug", is_flag=True, expose_value=False, callback=_remember, help="Show a traceback on failure.")
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if _debugging():
                raise
            raise SystemExit(_tell(error)) from None

    return wrapped


def _tell(error: Exception) -> int:
    """Print the error on stderr and return the exit code."""
    from simcluster.core.problems import ScenarioError

    if isinstance(error, ScenarioError):
        click.echo(str(error), err=True)
        return BAD_SCENARIO
    from simcluster.record.store import FolderInTheWayError

    text = " ".join(str(error).split()) or "no message"
    if isinstance(error, FolderInTheWayError):
        click.echo(f"Error: {text}", err=True)
        return BAD_SCENARIO
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        text += "; make room and run it again (a sweep or a search with --resume)"
    click.echo(f"error: {type(error).__name__}: {text} (--debug shows where)", err=True)
    return FAILED


def _remember(ctx: click.Context, _: click.Parameter, debug: bool) -> None:
    if debug:
        ctx.ensure_object(dict)["debug"] = True


def _debugging() -> bool:
    ctx = click.get_current_context(silent=True)
    return bool(ctx and isinstance(ctx.obj, dict) and ctx.obj.get("debug"))


def refuse_files_above(folder: Path) -> None:
    """Where a folder is to be made, no file may stand in its way.

    Raises:
        RefusedError: one does.
    """
    for above in folder.parents:
        if above.exists() and not above.is_dir():
            raise RefusedError(f"{above} is a file, not a folder; choose another --out")


def refuse_what_is_there(out: Path | None) -> None:
    """A new folder is to be written, before anything is computed.

    Raises:
        RefusedError: the folder is not empty, or a file stands where it must be.
    """
    if out is None:
        return
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise RefusedError(f"{out} is already there; choose another --out")
    refuse_files_above(out)
