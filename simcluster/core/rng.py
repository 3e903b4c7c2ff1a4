"""Luck with addresses: a draw depends on (seed, quantity, entity, index) and on nothing else.

Each stream is a Philox generator keyed by a hash of seed, quantity and entity, so that changing one subsystem moves
no draw of another, and two scenarios with one seed share their luck. Within a stream the uniforms stand in pages:
page p begins at counter p * PAGE / 4, hence the k-th uniform is the same however it is reached.

Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11 (Philox4x64-10).
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

PAGE = 256
_WORDS_PER_COUNTER = 4
SMALLEST = float(np.finfo(float).tiny)


class Stream:
    """Uniform variates in (0, 1) of one quantity of one entity, addressed by index."""

    __slots__ = ("_key", "_pages")

    def __init__(self, seed: int, quantity: str, entity: str) -> None:
        address = f"{seed}\x00{quantity}\x00{entity}".encode()
        self._key = np.frombuffer(blake2b(address, digest_size=16).digest(), dtype=np.uint64)
        self._pages: dict[int, list[float]] = {}

    def block(self, first_page: int, size: int) -> NDArray[np.float64]:
        """`size` uniforms from the beginning of a page on; shape (size,)."""
        counter = np.array([first_page * (PAGE // _WORDS_PER_COUNTER), 0, 0, 0], dtype=np.uint64)
        uniforms = np.random.Generator(np.random.Philox(key=self._key, counter=counter)).random(size)
        return np.maximum(uniforms, SMALLEST)

    def span(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """The uniforms of many indices that lie close together, same shape."""
        first = int(indices.min()) // PAGE
        return self.block(first, int(indices.max()) + 1 - first * PAGE)[indices - first * PAGE]

    def at(self, index: int) -> float:
        """The uniform of one index; pages are drawn whole and kept."""
        page, offset = divmod(index, PAGE)
        values = self._pages.get(page)
        if values is None:
            values = self._pages[page] = self.block(page, PAGE).tolist()
        return values[offset]


class Luck:
    """All streams of one seed, each made once."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[tuple[str, str], Stream] = {}

    def stream(self, quantity: str, entity: str) -> Stream:
        """The stream of a quantity ("subsystem.quantity") of a declared entity, such as an order's name."""
        key = (quantity, entity)
        if key not in self._streams:
            self._streams[key] = Stream(self.seed, quantity, entity)
        return self._streams[key]


def seed_at(seed: int, quantity: str, index: int) -> int:
    """A seed of its own for one thing of many, such as a replica: below 2^53, so that any table can hold it."""
    digest = blake2b(f"{seed}\x00{quantity}\x00{index}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 11
