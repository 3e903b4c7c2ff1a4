"""The page of a comparison over many replicas: differences with intervals and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.cards import Card, Table
from simcluster.report.compare import by_group, label, peak_notes
from simcluster.report.compare_page import KIND, against, peaks_at, told_of
from simcluster.report.compare_paired import PAIRED, change_of, gain, level
from simcluster.report.figures_compare import differences_figure, relative_differences
from simcluster.report.rows import change, in_lines, in_words
from simcluster.report.study_page import INTERVALS, Page, Section, failures_section
from simcluster.report.style import to_svg
from simcluster.report.waterfall import ALL_ORDERS, DATES, ORDER, waterfall_level
from simcluster.study.reproduce import reproduction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcluster.report.study_page import Origin
    from simcluster.study.compare_paired import PairedComparison, PairedRow
    from simcluster.study.compare_rows import Quantity
    from simcluster.study.pairs import Pair
    from simcluster.study.waterfall import Waterfall

HEADLINES = ("npv", "capex", "useful", "gpus_in_service", "peak", "energy_bill", "availability")
"""The quantities that may stand on top, the first four that there are."""
FILES = "comparison.txt, comparison.csv, comparison.json, outcomes.csv, replicas.csv and differences.svg"
FILES_OF_WATERFALL = "waterfall.csv and waterfall.svg"


def differences_svg(found: PairedComparison) -> list[str]:
    """The figure of each scenario against the first as SVG; empty where nothing differs."""
    return [
        to_svg(differences_figure(found, k)) if relative_differences(found, k) else ""
        for k in range(len(found.names) - 1)
    ]


def render_paired(
    found: PairedComparison, explained: Waterfall | None, origin: Origin, drawn: list[str], waterfall_svg: str
) -> str:
    """The whole page as HTML; `drawn` has a figure of differences for each scenario but the first."""
    names = list(found.names)
    sections = [_against_first(found, k, svg) for k, svg in enumerate(drawn)]
    if explained is not None:
        sections.insert(1, _explanation(explained, names, waterfall_svg))
    failed = sum(map(len, found.failed.values()))
    sections += failures_section(failed, found.n * len(names), "replica", _repeated(found, origin))
    files = FILES if explained is None else f"{FILES}, {FILES_OF_WATERFALL}"
    n = ("Replicas", f"{found.n:,} of each, paired by luck")
    foot = origin.foot(found.seed, n, peaks_at(found.precision), ("Beside this page", files))
    below = f"{told_of(names, list(found.scenarios))} {INTERVALS}"
    cards = _cards(found) if len(names) == 2 else ()
    lead = f"What differs from {names[0]} by the mean of {fmt.times(found.n, 'pair')} of runs that share their luck."
    return Page(KIND, against(names), lead, below, sections, cards, foot).render()


def _repeated(found: PairedComparison, origin: Origin) -> Iterator[tuple[str, ...]]:
    for asked, name, plan in zip(origin.scenarios, found.names, found.plans, strict=True):
        command = reproduction(asked, origin.overrides, plan)
        for one in found.failed.get(name, ()):
            yield f"{name}, {one.number}", one.error or "", command(one)


def _cards(found: PairedComparison) -> tuple[Card, ...]:
    at = {row.quantity.name: row for row in found.rows}
    return tuple([_card(at[name]) for name in HEADLINES if name in at][:4])


def _card(row: PairedRow) -> Card:
    quantity, (pair,) = row.quantity, row.pairs
    assert pair is not None
    means = " to ".join(level(quantity, one.value) for one in (pair.first, pair.second))
    half = change_of(quantity, pair.difference.half_width)
    below = f"± {half}, from {means}, n = {pair.n:,}"
    return Card(label(quantity).strip(), _signed(quantity, pair.difference.value), below)


def _signed(quantity: Quantity, value: float) -> str:
    text = change_of(quantity, value)
    return f"+{text}" if value > 0 and text != fmt.NOTHING else text


def _against_first(found: PairedComparison, position: int, svg: str) -> Section:
    other, notes = found.names[position + 1], (PAIRED, *peak_notes(found.precision, found.lacking))
    notes = notes if position == 0 else ()
    heading, caption = f"{other} less {found.names[0]}", f"{other} against {found.names[0]}, a row a quantity"
    sentence, table = differences_sentence(found, position), differences_table(found, position)
    return Section(f"differences-{position + 1}", heading, sentence, svg, table, caption, notes)


def differences_sentence(found: PairedComparison, position: int) -> str:
    """What the figure shows: the largest relative difference, and how many are apart from 0."""
    first, other = found.names[0], found.names[position + 1]
    told = relative_differences(found, position)
    if not told:
        return f"No quantity that can be set in relation differs between {first} and {other}."
    quantity, most = max(told, key=lambda row: abs(row[1].value))
    apart = sum(one.low > 0 or one.high < 0 for _, one in told)
    return (
        f"Of the quantities that differ ({len(told):,}), {quantity.title.strip()} has the largest relative difference "
        f"of {other} from {first}: {in_words(most, _percent)}, n = {most.n:,}; the intervals of {apart:,} leave out 0."
        f" Dots are mean differences over the mean of {first}, lines their intervals."
    )


def _percent(value: float) -> str:
    return fmt.percent(value, signed=True)


def differences_table(found: PairedComparison, position: int) -> Table:
    """Means and their difference, the interval below each; n and what pairing gained."""
    rows: list[tuple[str, ...]] = []
    for group, members in by_group(found.rows, found.precision):
        told = [(row.quantity, row.pairs[position]) for row in members]
        cells = [(label(quantity).strip(), *_cells(quantity, pair)) for quantity, pair in told if pair is not None]
        rows += [(group,), *cells] if cells else []
    names = found.names[0], found.names[position + 1]
    return Table(("", *names, "Difference", "n", "Gain"), tuple(rows))


def _cells(quantity: Quantity, pair: Pair) -> tuple[str, ...]:
    means = (in_lines(one, lambda x: level(quantity, x)) for one in (pair.first, pair.second))
    return (*means, in_lines(pair.difference, lambda x: _signed(quantity, x)), fmt.plain(pair.n), gain(pair.gain))


def _explanation(found: Waterfall, names: list[str], svg: str) -> Section:
    heading = f"Where the difference of {found.outcome} comes from"
    if not found.steps:
        return Section("waterfall", heading, "Nowhere: both scenarios say the same.")
    many = found.steps[0].shapley is not None
    notes = (ORDER + (f" {ALL_ORDERS}" if many else ""), *([DATES] if found.is_date else []))
    caption = f"What each part adds to {found.outcome}"
    return Section("waterfall", heading, waterfall_sentence(found, names), svg, waterfall_table(found), caption, notes)


def waterfall_sentence(found: Waterfall, names: list[str]) -> str:
    """What the figure shows: from where to where, and the part that gives most, forward and in reverse."""
    ends = (in_words(one, lambda x: waterfall_level(found, x)) for one in (found.first, found.second))
    most = max(found.steps, key=lambda step: abs(step.forward.value))
    lacking = f" ({found.without:,} more pairs lack it)" if found.without else ""
    unit = " d" if found.is_date else ""
    return (
        f"From A, {names[0]}, to B, {names[1]}, {found.outcome} goes from {' to '.join(ends)}: a difference of "
        f"{in_words(found.difference, change)}{unit}, n = {found.n:,} pairs{lacking}. {most.title} gives most: "
        f"{in_words(most.forward, change)}{unit} forward, {in_words(most.reverse, change)}{unit} in reverse. A bar a "
        "part goes on from the one before it, green up and orange down, with its interval; the purple mark is what the "
        "part gives in the reverse order."
    )


def waterfall_table(found: Waterfall) -> Table:
    """A, what each part adds in each order, B, and the whole difference; the interval below each."""
    many = bool(found.steps) and found.steps[0].shapley is not None
    head = ("", "Forward", "Reverse", *(["All orders"] if many else []))
    rows = [
        (step.title, *(in_lines(one, change) for one in (step.forward, step.reverse, step.shapley) if one is not None))
        for step in found.steps
    ]
    blank = ("",) * (len(head) - 2)
    first, last = (
        (name, in_lines(at, lambda x: waterfall_level(found, x)), *blank)
        for name, at in (("A", found.first), ("B", found.second))
    )
    whole = ("B − A", *(in_lines(found.difference, change),) * (len(head) - 1))
    return Table(head, (first, *rows, last, whole))
