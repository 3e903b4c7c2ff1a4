"""How many replicas, or how long a run, a mean needs to be known as well as wanted: a pilot says it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simcluster.study.batch_means import BatchMeans
from simcluster.study.intervals import CONFIDENCE, t_quantile

Array = NDArray[np.float64]


def replicas_needed(pilot: Array, half_width: float, confidence: float = CONFIDENCE) -> int:
    """How many replicas in all, the pilot's among them, bound their mean within +- `half_width`.

    Stein's two stages: n = max(n0, floor((t s / h)^2) + 1), with t of n0 - 1 degrees and s from the n0 of the pilot.
    The mean of all n +- h then holds the truth with the confidence, exactly so for normal values, where a sample
    that is stopped once it looks narrow enough holds it less often.

    Source: C. Stein, "A two-sample test for a linear hypothesis whose power is independent of the variance", Annals of
    Mathematical Statistics 16 (1945).

    Raises:
        ValueError: the pilot has fewer than two values or one is not a number, or the width is not above 0.
    """
    if len(pilot) < 2 or not np.isfinite(pilot).all() or not half_width > 0:
        raise ValueError("a pilot needs two values or more, each a number, and a half width above 0")
    spread = t_quantile(confidence, len(pilot) - 1) * float(pilot.std(ddof=1))
    return max(len(pilot), math.floor((spread / half_width) ** 2) + 1)


def half_width_of(value: float, relative: float) -> float:
    """The half width for which a mean estimated at `value` errs by at most the share `relative` of the true one.

    |value| r / (1 + r), since the truth may be smaller than what was found.

    Source: A. Law, Simulation Modeling and Analysis (2015), section 9.4.1.
    """
    return abs(value) * relative / (1 + relative)


def values_needed(pilot: BatchMeans, half_width: float) -> int:
    """How many values a settled series needs in all for a mean within +- `half_width`, in as many batches.

    The interval narrows by the root of the length: n (width / half_width)^2, in whole batches, at least the pilot's.

    Raises:
        ValueError: the width is not above 0.
    """
    if not half_width > 0:
        raise ValueError("a half width is above 0")
    wanted = pilot.mean.n * max(1.0, (pilot.mean.half_width / half_width) ** 2)
    return math.ceil(wanted / pilot.batches - 1e-9) * pilot.batches
