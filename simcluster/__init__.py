"""simcluster: datacenter buildout, reliability and AI capex economics in one discrete-event simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcluster.model.load import load
    from simcluster.study.compare import compare
    from simcluster.study.optimize_run import optimize
    from simcluster.study.run import replicate, run
    from simcluster.study.sensitivity_run import sensitivity
    from simcluster.study.solve import solve
    from simcluster.study.sweep_frame import sweep

__version__ = "0.1.0"
__all__ = ["__version__", "compare", "load", "optimize", "replicate", "run", "sensitivity", "solve", "sweep"]
_PLACES = {
    "compare": "study.compare",
    "load": "model.load",
    "optimize": "study.optimize_run",
    "replicate": "study.run",
    "run": "study.run",
    "sensitivity": "study.sensitivity_run",
    "solve": "study.solve",
    "sweep": "study.sweep_frame",
}
"""The module of each part of the Python face."""


def __getattr__(name: str) -> object:
    """Import the Python face on first use, so that `simcluster --help` loads nothing heavy."""
    if name not in _PLACES:
        raise AttributeError(f"module 'simcluster' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"simcluster.{_PLACES[name]}"), name)
