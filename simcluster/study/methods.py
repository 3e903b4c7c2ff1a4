"""The methods of a study of sensitivity and how much each takes; light, so that a command line can name them."""

from __future__ import annotations

METHODS = {"tornado": 16, "sobol": 128, "morris": 16, "pawn": 256}
"""How many seeds, rows, trajectories or runs a method takes unless told."""
FEWEST = {"tornado": 2, "sobol": 8, "morris": 2, "pawn": 20}
OF_SALIB = ("morris", "pawn")
"""Those that need the extra `sensitivity`."""


class SensitivityError(Exception):
    """What was asked says nothing, or cannot be done here, in words that say what would."""


def check_method(method: str, n: int) -> None:
    """Refuse what cannot be done, before anything is run.

    Raises:
        SensitivityError: there is no such method, n is too small for it, or SALib is needed and missing.
    """
    if method not in METHODS:
        raise SensitivityError(f"there is no method {method!r}; there are {', '.join(METHODS)}")
    if n < FEWEST[method]:
        raise SensitivityError(f"--method {method} needs -n {FEWEST[method]} or more")
    if method not in OF_SALIB:
        return
    try:
        import SALib.analyze  # noqa: F401
    except ImportError as error:
        needed = f"--method {method} needs more ({error}): pip install 'simcluster[sensitivity]'"
        raise SensitivityError(needed) from None
