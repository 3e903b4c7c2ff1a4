"""What a figure of sensitivity shows, in words: the strongest factor with its interval and n, and the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.model.overrides import plain_value
from simcluster.report import format as fmt
from simcluster.report.figures_sensitivity import nothing_of
from simcluster.report.rows import amount, change, in_words
from simcluster.report.sweep_text import day_of
from simcluster.report.uncertainty import short
from simcluster.study.screening import DUMMY
from simcluster.study.sensitivity import LUCK_FACTOR

if TYPE_CHECKING:
    from simcluster.study.intervals import Estimate
    from simcluster.study.sensitivity import Effect, Sensitivity


def sensitivity_sentence(found: Sensitivity) -> str:
    """The caption of an outcome's figure."""
    known = [effect for effect in found.effects if found.by in effect.figures and effect.factor != DUMMY]
    if not known:
        return f"So few runs have {found.outcome} that nothing can be said of what moves it."
    tell = {"tornado": _tornado, "sobol": _sobol, "morris": _morris, "pawn": _pawn}[found.method]
    return tell(found, known)


def _tornado(found: Sensitivity, known: list[Effect]) -> str:
    first = known[0]
    swing = first.figures["swing"]
    moved = sum(_is_apart(effect.figures["swing"]) for effect in known)
    at = "" if found.base is None else f" from {_level(found, 0.0)} at central values"
    ends = [
        f"to {_level(found, first.figures[measure].value)} at {short(plain_value(end))}"
        for measure, end in (("at_low", first.low), ("at_high", first.high))
        if measure in first.figures
    ]
    return (
        f"{first.factor} moves {found.outcome} most:{at} {' and '.join(ends)}, a swing of "
        f"{in_words(swing, _days if found.is_date else change)}, n = {swing.n:,}. The swing's interval leaves out 0 "
        f"for {moved:,} of {fmt.times(len(known), 'factor')}. Bars go from central values to the outcome at each end, "
        "blue at low and orange at high, and the line on each is its interval."
    )


def _days(value: float) -> str:
    return f"{change(value)} d"


def _level(found: Sensitivity, change_by: float) -> str:
    value = (0.0 if found.base is None else found.base.value) + change_by
    return day_of(value) if found.is_date else amount(value)


def _is_apart(estimate: Estimate) -> bool:
    """Whether an interval leaves out 0."""
    return estimate.low > 0 or estimate.high < 0


def _sobol(found: Sensitivity, known: list[Effect]) -> str:
    first = known[0]
    alone, total = first.figures["first"], first.figures["total"]
    together = sum(effect.figures["first"].value for effect in known)
    text = (
        f"{first.factor} gives {in_words(alone, fmt.percent)} of the variance of {found.outcome} alone and "
        f"{in_words(total, fmt.percent)} with all that it interacts with, n = {total.n:,} rows. Alone, all "
        f"factors add up to {fmt.percent(together)}: what is short of 100% is interaction, what is above it the error "
        "of so few rows"
    )
    luck = next((effect.figures["total"] for effect in known if effect.factor == LUCK_FACTOR), None)
    if luck is not None and first.factor != LUCK_FACTOR:
        text += f". Luck has a total of {in_words(luck, fmt.percent)}, which no better knowledge of inputs takes away"
    return f"{text}. Dots are the shares, lines their intervals."


def _morris(found: Sensitivity, known: list[Effect]) -> str:
    first = known[0]
    size, spread = first.figures["mu_star"], first.figures["sigma"]
    above = [effect.factor for effect in known if effect.figures["sigma"].value > effect.figures["mu_star"].value]
    told = f"{len(above):,} of {fmt.times(len(known), 'factor')}" if above else "none"
    return (
        f"{first.factor} has the largest mean effect on {found.outcome}: mu* {in_words(size)}, with sigma "
        f"{in_words(spread)}, n = {size.n:,} trajectories. Above the dashed line, where effects differ by more than "
        f"their mean size (interaction, curvature or luck), {'stands' if len(above) == 1 else 'stand'} {told}. "
        "Crosses are the intervals."
    )


def _pawn(found: Sensitivity, known: list[Effect]) -> str:
    first, nothing = known[0], nothing_of(found)
    by = first.figures["median"]
    text = (
        f"{first.factor} moves the distribution of {found.outcome} most: a median distance of {in_words(by)}, "
        f"n = {by.n:,} runs"
    )
    if nothing is not None:
        beyond = sum(effect.figures["median"].low > nothing.high for effect in known)
        text += (
            f", against {in_words(nothing)} of the dummy, which no run knows. {beyond:,} of "
            f"{fmt.times(len(known), 'factor')} {'lies' if beyond == 1 else 'lie'} beyond it with the whole interval"
        )
    return f"{text}. Dots are distances with their intervals; the grey band is what nothing would reach."
