"""What `manifest.json` says of where results come from: the only file with a clock, a path or a timing in it."""

from __future__ import annotations

import sys
from typing import Any

from simcluster import __version__

LIBRARIES = ("simpy", "numpy", "scipy", "pandas", "pydantic", "pyarrow", "matplotlib", "pyxirr")


def manifest_of(digest: str, name: str, seed: int, more: dict[str, Any]) -> dict[str, Any]:
    """Command, versions, seed and digest of a scenario's results, and whatever else a command has to say."""
    import platform
    from datetime import UTC, datetime
    from importlib.metadata import version

    from simcluster.record.store import SCHEMA

    return {
        "schema": SCHEMA,
        "hash8": digest,
        "scenario": name,
        "seed": seed,
        "version": __version__,
        "command": ["simcluster", *sys.argv[1:]],
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in LIBRARIES},
        **more,
    }
