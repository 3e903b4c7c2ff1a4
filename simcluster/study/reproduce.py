"""The command that repeats one replica of a sweep alone."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simcluster.record.ledger import Replica

Command = Callable[["Replica"], str]


def reproduction(scenario: str, overrides: Iterable[str]) -> Command:
    """For replicas of a scenario as named on the command line, with the same `--set` and what each drew."""
    fixed = [part for override in overrides for part in ("--set", override)]

    def command(replica: Replica) -> str:
        drawn = [part for name, value in replica.inputs.items() for part in ("--set", f"{name}={_toml(value)}")]
        return shlex.join(["simcluster", "run", scenario, "--seed", str(replica.seed), *fixed, *drawn])

    return command


def _toml(value: Any) -> str:
    """A value as `--set` reads it: texts bare, all else as in TOML."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_inner(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inner, value)) + "]"
    return repr(value)


def _inner(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _toml(value)
