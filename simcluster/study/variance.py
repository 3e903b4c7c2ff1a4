"""How much of an outcome's variance is luck, how much ignorance of inputs, how much of structure, by a nested design.

With structure S, inputs X and luck L the law of total variance has three parts that add up:

    Var Y = Var E[Y | S]  +  E Var(E[Y | S, X] | S)  +  E Var(Y | S, X)
             structure         inputs                     luck

An interaction counts with the inner of what interacts: what inputs do to the spread of luck is luck, what structure
does to the effect of inputs is inputs. Of G groups with b draws of inputs and c replicas with each (`study.design`), y
of group g, draw j and replica i, the estimators of the analysis of variance are unbiased whatever the laws:

    luck = mean of W_g,  inputs = mean of (B_g - W_g / c),  structure = V - mean of B_g / b

where W_g is the mean over j of the sample variance over i, B_g the sample variance over j of the means over i, and V
that over groups of their means. They may come out below 0 where a part is small. Groups are independent in a random
sample, so that standard errors follow from leaving out a group at a time.

Sources: S. Searle, G. Casella, C. McCulloch, Variance Components (1992), chapter 3 (nested classifications);
B. Efron, C. Stein, "The jackknife estimate of variance", Annals of Statistics 9 (1981).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, t_quantile

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a variance, in the outcome's unit squared, its standard error and its interval."""

    variance: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of an outcome's variance, and how many groups and replicas they rest on.

    `structure` is None where groups have one draw of inputs each: the inputs' part then holds that of structure too.
    `shares` are of the sum of all parts, those below 0 counted as 0; not a number where nothing varies.
    """

    luck: Component
    inputs: Component
    structure: Component | None
    shares: dict[str, Estimate]
    groups: int
    n: int

    @property
    def parts(self) -> dict[str, Component]:
        """The parts by name, the outermost first."""
        found = {"inputs": self.inputs, "luck": self.luck}
        return found if self.structure is None else {"structure": self.structure, **found}


def split_variance(outcomes: Array, confidence: float = CONFIDENCE) -> Split:
    """The parts of an outcome's variance from replicas in groups.

    `outcomes` has the shape (groups, draws of inputs, replicas with each): replicas of a `Design` in the order of their
    numbers, reshaped. Intervals are Student's with the groups' degrees of freedom; those of few groups are rough.

    Raises:
        ValueError: fewer than 3 groups, or fewer than 2 replicas with each draw of inputs.
    """
    if outcomes.ndim != 3 or outcomes.shape[0] < 3 or outcomes.shape[2] < 2:
        raise ValueError("variance is split from 3 groups or more with 2 replicas or more for each draw of inputs")
    count, draws, lucks = outcomes.shape
    within = outcomes.var(axis=2, ddof=1).mean(axis=1)
    means = outcomes.mean(axis=2)
    found = {"luck": _left_out(within)}
    between = _spread_left_out(means.mean(axis=1))
    if draws == 1:
        found["inputs"] = between - _left_out(within) / lucks
    else:
        inside = means.var(axis=1, ddof=1)
        found["inputs"] = _left_out(inside - within / lucks)
        found["structure"] = between - _left_out(inside) / draws
    parts = {name: _component(estimates, confidence) for name, estimates in found.items()}
    shares = _shares(found, outcomes.size, confidence)
    return Split(parts["luck"], parts["inputs"], parts.get("structure"), shares, groups=count, n=outcomes.size)


def _shares(found: dict[str, Array], size: int, confidence: float) -> dict[str, Estimate]:
    """Each part of the sum of all, with the jackknife's interval within 0 and 1."""
    kept = {name: np.maximum(estimates, 0.0) for name, estimates in found.items()}
    total = np.sum(list(kept.values()), axis=0)
    told = {}
    for name, estimates in kept.items():
        share = _component(np.divide(estimates, total, out=np.full_like(total, np.nan), where=total > 0), confidence)
        told[name] = Estimate(share.variance, max(share.low, 0.0), min(share.high, 1.0), size, confidence)
    return told


def _left_out(values: Array) -> Array:
    """The mean of all, then the mean without each."""
    total, n = values.sum(), len(values)
    return np.append(total / n, (total - values) / (n - 1))


def _spread_left_out(values: Array) -> Array:
    """The sample variance of all, then that without each."""
    n, off = len(values), values - values.mean()
    squares = float(off @ off)
    without = (squares - off * off * n / (n - 1)) / (n - 2)
    return np.append(squares / (n - 1), without)


def _component(estimates: Array, confidence: float) -> Component:
    """An estimate from all groups, followed by those without each, with its jackknife standard error."""
    variance, without = float(estimates[0]), estimates[1:]
    n = len(without)
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = t_quantile(confidence, n - 1) * error
    return Component(variance, error, variance - half, variance + half)
