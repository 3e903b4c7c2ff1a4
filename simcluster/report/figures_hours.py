"""Where the delivered GPU-hours went, from all of them down to the useful ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.states import GpuState
from simcluster.report import style
from simcluster.report.format import percent, scaled
from simcluster.report.style import BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, SAND

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

LOSSES: tuple[tuple[GpuState, str, str], ...] = (
    (GpuState.WAITING_HALL, "waiting for a hall", SAND),
    (GpuState.WAITING_POWER, "waiting for power", SAND),
    (GpuState.WAITING_NETWORK, "waiting for network", SAND),
    (GpuState.WAITING_CREW, "waiting for a crew or a bench", SAND),
    (GpuState.RETURNED, "back at the vendor", SAND),
    (GpuState.INSTALLING, "being installed", PALE),
    (GpuState.BURN_IN, "burn-in", PALE),
    (GpuState.BURN_IN_HALTED, "burn-in without power", SAND),
    (GpuState.IDLE, "idle", PALE),
    (GpuState.STANDBY, "warm standbys", PALE),
    (GpuState.RETIRED, "given up for good", ORANGE),
    (GpuState.MAINTENANCE, "planned maintenance", ORANGE),
    (GpuState.UNPOWERED, "shed for want of power", ORANGE),
    (GpuState.DETECTING, "failure not yet noticed", ORANGE),
    (GpuState.WAITING_REPAIR, "waiting for repair", ORANGE),
    (GpuState.REPAIRING, "being repaired", ORANGE),
    (GpuState.STALLED, "gang stalled", PURPLE),
    (GpuState.RESTARTING, "restarting or regrouping", PURPLE),
    (GpuState.SLOWED, "slowed, or short of nodes", PURPLE),
    (GpuState.THROTTLED, "throttled for want of power", PURPLE),
    (GpuState.LOST_WORK, "work lost and redone", PURPLE),
    (GpuState.CHECKPOINTING, "writing checkpoints", PURPLE),
)
LEAST = 1e-3
"""GPU-hours that are more than what rounding leaves."""
NOT_ALWAYS = frozenset(
    {
        GpuState.WAITING_NETWORK,
        GpuState.WAITING_CREW,
        GpuState.RETURNED,
        GpuState.BURN_IN_HALTED,
        GpuState.STANDBY,
        GpuState.SLOWED,
        GpuState.THROTTLED,
        GpuState.MAINTENANCE,
        GpuState.UNPOWERED,
        GpuState.RETIRED,
    }
)
"""States that not every scenario knows: left out where no GPU was ever in one."""
USEFUL = (GpuState.PRODUCTIVE, GpuState.SERVING)


def losses(result: Result) -> list[tuple[str, float, str]]:
    """Label, GPU-hours and colour of the states that are neither training work nor serving."""
    found = [(state, label, result.gpu_hours.of(state), color) for state, label, color in LOSSES]
    return [(label, hours, color) for state, label, hours, color in found if hours > LEAST or state not in NOT_ALWAYS]


@style.styled
def gpu_hours(result: Result) -> Figure:
    """A waterfall from delivered to useful GPU-hours; useful is training work and background load."""
    steps = losses(result)
    figure, (axes,) = style.panels(0.45 + 0.27 * (len(steps) + 2), (1,), right=0.84, left=0.235)
    figure.subplots_adjust(bottom=0.1 / figure.get_figheight())
    delivered = float(result.gpu_hours.hours.sum())
    if delivered <= 0:
        style.empty(axes, "No GPU was delivered")
        return figure
    axes.set_title("GPU-hours from delivery on")
    axes.barh(0, delivered, color=GREY, height=0.72)
    left = delivered
    for k, (_, hours, color) in enumerate(steps, start=1):
        left -= hours
        axes.barh(k, hours, left=left, color=color, height=0.72)
        axes.vlines(left, k - 0.36, k + 1.36, color=GREY, linewidth=0.7)
    last = len(steps) + 1
    training, serving = (result.gpu_hours.of(state) for state in USEFUL)
    axes.barh(last, training, color=BLUE, height=0.72)
    axes.barh(last, serving, left=training, color=GREEN, height=0.72)
    for start, hours, text in ((0.0, training, "training"), (training, serving, "background load")):
        if hours > 0.23 * delivered:
            axes.text(start + hours / 2, last, text, color="white", ha="center", va="center", fontsize=9)
    labels = ["delivered", *(label for label, _, _ in steps), "useful"]
    values = [delivered, *(hours for _, hours, _ in steps), training + serving]
    axes.set_yticks(range(len(labels)), labels)
    for k, hours in enumerate(values):
        for text, points in ((scaled(hours), 46), (percent(hours / delivered), 88)):
            axes.annotate(
                text, (1, k), xycoords=("axes fraction", "data"), xytext=(points, 0), textcoords="offset points",
                ha="right", va="center", fontsize=8.5, weight="bold" if k in (0, last) else "normal",
            )  # fmt: skip
    axes.set_xlim(0, delivered)
    axes.set_ylim(last + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    return figure
