"""What a study of sensitivity varied: each input, over which range, and what its value in the scenario rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simcluster.model.inputs import BAND, Input
from simcluster.model.overrides import path_at, plain_value, value_at
from simcluster.report import format as fmt
from simcluster.report.cards import Table
from simcluster.report.tables import basis_of
from simcluster.report.uncertainty import short
from simcluster.study.factors import TOGETHER
from simcluster.study.screening import DUMMY
from simcluster.study.sensitivity import LUCK_FACTOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simcluster.model.document import Document
    from simcluster.model.inputs import Alternatives
    from simcluster.model.provenance import Provenance
    from simcluster.study.sensitivity import Effect, Sensitivity

ASSUMPTION = "assumption"
NO_INPUTS = (LUCK_FACTOR, DUMMY)
ENDS = np.array([0.0, 1.0])


@dataclass(frozen=True)
class Varied:
    """The scenario as it is, and with the laws that its inputs were drawn from; the same unless `--vary` said so."""

    document: Document
    drawn: Document


def varied_table(found: Sensitivity, varied: Varied) -> Table:
    """A row an input, strongest factor first: its value, its range, and its source, or a mark that it is assumed."""
    is_banded = found.method == "morris"
    rows = []
    for effect in found.effects:
        if effect.factor not in NO_INPUTS:
            rows += [_row(one.factor, one, varied, is_banded) for one in _apart(effect)]
    return Table(("Input", "In the scenario", "Varied over", "Rests on"), tuple(rows))


def _apart(effect: Effect) -> Iterator[Effect]:
    """The inputs of a factor one by one, each with its own ends where the factor has ends."""
    names = effect.factor.split(TOGETHER)
    lows, highs = (_parts(text, len(names)) for text in (effect.low, effect.high))
    return (
        replace(effect, factor=name, low=low, high=high) for name, low, high in zip(names, lows, highs, strict=True)
    )


def _parts(text: str, n: int) -> list[str]:
    """Ends as they were put together; of one input, a label may hold what stands between."""
    parts = text.split(TOGETHER)
    return parts if len(parts) == n else [text] * n


def _row(address: str, effect: Effect, varied: Varied, is_banded: bool) -> tuple[str, ...]:
    present, said = _present(varied.document, address)
    over = ends(effect) if effect.low else _range(_said(varied.drawn, address), is_banded)
    source, remark = basis_of(said)
    return address, present, over, source or f"{remark}\n{ASSUMPTION}"


def ends(effect: Effect) -> str:
    """From where to where a factor of a tornado goes."""
    return f"{short(plain_value(effect.low))} to {short(plain_value(effect.high))}"


def _said(document: Document, address: str) -> Input | Alternatives | None:
    said = document.uncertainty
    rows: Iterable[Input | Alternatives] = (*said.inputs, *said.alternatives)
    return next((row for row in rows if row.address == address), None)


def _present(document: Document, address: str) -> tuple[str, Provenance | None]:
    """What stands at an address, and what is said of it."""
    found = _said(document, address)
    if found is not None:
        value = short(found.central) if isinstance(found, Input) else found.labels[found.central]
        return value, document.written_provenance_of(found.path)
    path, value = path_at(document.values, address, address), value_at(document.values, address, address)
    return ("not said", None) if value is None else (short(value), document.provenance_of(path))


def _range(found: Input | Alternatives | None, is_banded: bool) -> str:
    """From end to end where there are ends and all is drawn, else the band from the 5th to the 95th percentile."""
    if found is None:
        return fmt.NOTHING
    if not isinstance(found, Input):
        return f"one of {', '.join(found.labels)}"
    if found.written:
        return f"one of {', '.join(map(str, found.written))}"
    bounded = not is_banded and np.isfinite(found.law.quantile(ENDS)).all()
    low, high = found.values(ENDS) if bounded else found.band
    return f"{short(low)} to {short(high)}" + ("" if bounded else f", {_percentiles()}")


def _percentiles() -> str:
    return " to ".join(f"P{round(100 * p)}" for p in BAND)
