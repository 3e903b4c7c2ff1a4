"""Even luck with addresses: columns of a scrambled Sobol sequence, each from its name alone.

A column is a digital sequence in base 2: the digits of its i-th point are L (U b) + s, with b the bits of i. U holds
the direction numbers (odd, at most 2^j for bit j, so upper triangular with a unit diagonal), L a linear scramble (lower
triangular with a unit diagonal) and s a digital shift. Whatever U and L, each run of 2^m points from a multiple of 2^m
on has one point in each of 2^m equal cells, so that what an outcome owes to each input by itself is integrated with an
error of order n^-3/2. All three are drawn from the address: adding a column moves no other. The price is that pairs
of columns are not even, where tabled direction numbers, which belong to a column's position, make them so: a pure
interaction is integrated with twice the variance of random points (docs/decisions/0004).

Sources: I. Sobol, USSR Comp. Math. Math. Phys. 7 (1967); J. Matousek, "On the L2-discrepancy for anchored boxes",
J. Complexity 14 (1998) (linear scramble and shift); A. Owen, "Scrambled net variance for integrals of smooth
functions", Annals of Statistics 25 (1997).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import Stream

Words = NDArray[np.uint64]
BITS = 32
_DIGITS = np.arange(BITS, dtype=np.uint64)
_UNITS = np.uint64(1) << (np.uint64(BITS - 1) - _DIGITS)
"""The word with one digit, the leading digit first."""


class Net:
    """One column: evenly spread variates in (0, 1) of one quantity of one entity, addressed by index below 2^32."""

    __slots__ = ("_directions", "_shift")

    def __init__(self, seed: int, quantity: str, entity: str) -> None:
        uniforms = Stream(seed, quantity, entity).block(0, 2 * BITS + 1)
        drawn = (uniforms * 2.0 ** np.array([*_DIGITS, *_DIGITS, BITS])).astype(np.uint64)
        lower = (drawn[:BITS] << (BITS - _DIGITS)) | _UNITS
        upper = (drawn[BITS:-1] << (BITS - _DIGITS)) | _UNITS
        self._directions = _product(lower, upper)
        self._shift = drawn[-1]

    def span(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """The variates of many indices, same shape: centres of 2^32 cells."""
        digits = np.full(indices.shape, self._shift)
        for bit in range(int(indices.max()).bit_length()):
            digits ^= np.where(indices >> bit & 1, self._directions[bit], np.uint64(0))
        return (digits.astype(np.float64) + 0.5) / 2.0**BITS


def _product(rows: Words, columns: Words) -> Words:
    """A binary matrix, a word a row, times another, a word a column: words of the columns of the product."""
    digits = rows[:, None] & columns[None, :]
    for half in (16, 8, 4, 2, 1):  # the parity of the digits that both have
        digits ^= digits >> np.uint64(half)
    found: Words = np.bitwise_or.reduce((digits & np.uint64(1)) * _UNITS[:, None], axis=0)
    return found
