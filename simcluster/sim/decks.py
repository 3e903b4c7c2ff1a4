"""Durations drawn by law and address: pages of hours, made from pages of uniforms."""

from __future__ import annotations

from simcluster.core.rng import PAGE, Luck, Stream
from simcluster.model.distributions import Law


class Deck:
    """Hours of one law over one stream of luck, addressed by index; pages are transformed whole."""

    __slots__ = ("_law", "_pages", "_stream")

    def __init__(self, stream: Stream, law: Law) -> None:
        self._stream = stream
        self._law = law
        self._pages: dict[int, list[float]] = {}

    def at(self, index: int) -> float:
        """The duration at an index, hours."""
        page = index // PAGE
        hours = self._pages.get(page)
        if hours is None:
            hours = self._pages[page] = self._law.quantile(self._stream.block(page, PAGE)).tolist()
        return hours[index % PAGE]


def duration(luck: Luck, quantity: str, entity: str, index: int, law: Law) -> float:
    """One duration in hours, for draws made once in a while."""
    return Deck(luck.stream(quantity, entity), law).at(index)
