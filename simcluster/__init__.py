"""simcluster: datacenter buildout, reliability and AI capex economics in one discrete-event simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcluster.model.load import load
    from simcluster.study.compare import compare
    from simcluster.study.run import replicate, run
    from simcluster.study.solve import solve
    from simcluster.study.sweep_frame import sweep

__version__ = "0.1.0"
__all__ = ["__version__", "compare", "load", "replicate", "run", "solve", "sweep"]


def __getattr__(name: str) -> object:
    """Import the Python face on first use, so that `simcluster --help` loads nothing heavy."""
    if name == "load":
        from simcluster.model.load import load

        return load
    if name == "compare":
        from simcluster.study.compare import compare

        return compare
    if name == "solve":
        from simcluster.study.solve import solve

        return solve
    if name == "sweep":
        from simcluster.study.sweep_frame import sweep

        return sweep
    if name in {"run", "replicate"}:
        from simcluster.study import run as study_run

        return getattr(study_run, name)
    raise AttributeError(f"module 'simcluster' has no attribute {name!r}")
