"""What checkpoints and failures leave of a job's time: optimum intervals and expected durations, in hours.

M is the job's MTBF (exponential failures, maybe infinite), d what a checkpoint costs, R a restart, D downtime in which
nothing fails, tau the work between two checkpoints.

Sources: Young (1974), A first order approximation to the optimum checkpoint interval; Daly (2006), A higher order
estimate of the optimum checkpoint interval for restart dumps; Kokolis et al. (2024), arXiv 2410.21680.
"""

import math

BRANCH = 1e-3
"""d / M below which the series is more precise than Lambert W beside its branch point; both are good to 1e-12 there."""


def young_hours(cost: float, mtbf: float) -> float:
    """Young's first-order optimum, tau = sqrt(2 d M) (Young 1974); infinite if M is."""
    return math.inf if math.isinf(mtbf) else math.sqrt(2 * cost * mtbf)


def daly_hours(cost: float, mtbf: float) -> float:
    """Daly's higher-order optimum (Daly 2006); infinite if M is.

    tau = sqrt(2 d M) (1 + sqrt(d / 2M) / 3 + (d / 2M) / 9) - d where d < 2 M, else M.
    """
    if math.isinf(mtbf) or cost >= 2 * mtbf:
        return mtbf
    root = math.sqrt(cost / (2 * mtbf))
    return math.sqrt(2 * cost * mtbf) * (1 + root / 3 + root * root / 9) - cost


def optimal_hours(cost: float, mtbf: float) -> float:
    """The tau of greatest `efficiency`, whatever R and D: M (1 + W0(-exp(-1 - d / M))); infinite if M is.

    It solves -ln(1 - tau / M) - tau / M = d / M. For small d / M, where the argument of W0 rounds to its branch point,
    the solution is expanded in s = sqrt(2 d / M), of which Daly's formula is the first three terms.
    """
    if math.isinf(mtbf):
        return math.inf
    ratio = cost / mtbf
    if ratio < BRANCH:
        s = math.sqrt(2 * ratio)
        return mtbf * s * (1 - s * (1 / 3 - s * (1 / 36 + s * (1 / 270 + s * (1 / 4320 - s / 17010)))))
    from scipy.special import lambertw

    return mtbf * float(1 + lambertw(-math.exp(-1 - ratio)).real)


def segment_hours(tau: float, cost: float, restart: float, downtime: float, mtbf: float) -> float:
    """Expected wall time of tau hours of work and their checkpoint: (M + D) e^(R / M) (e^((tau + d) / M) - 1).

    Exact when a failure can strike work, checkpoint and restart (Daly 2006, with D); infinite where it overflows.
    """
    if math.isinf(mtbf):
        return tau + cost
    try:
        return (mtbf + downtime) * math.exp(restart / mtbf) * math.expm1((tau + cost) / mtbf)
    except OverflowError:
        return math.inf


def efficiency(tau: float, cost: float, restart: float, downtime: float, mtbf: float) -> float:
    """Share of wall time that becomes kept work in the long run, tau / `segment_hours`; tau above 0, maybe infinite."""
    if math.isinf(tau):
        return 1.0 if math.isinf(mtbf) else 0.0
    return tau / segment_hours(tau, cost, restart, downtime, mtbf)


def rsc_ettr(nodes: int, failures_per_node_hour: float, restart: float, tau: float, write: float) -> float:
    """Expected effective training time ratio where losses are small: (1 - N r (u0 + tau / 2)) / (1 + w / tau).

    N nodes, r failures per node and hour, u0 `restart`, w a blocking `write` (arXiv 2410.21680). Below 0 where losses
    are not small: use `efficiency` there.
    """
    return (1 - nodes * failures_per_node_hour * (restart + tau / 2)) / (1 + write / tau)
