"""Which replicas share structure and inputs: a nested design, from which `study.variance` splits variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Which draw of structure and which of inputs each replica has, by randomisation; arrays of one shape.

    Luck is each replica's own. `randomisation` is 0 throughout where there is but one.
    """

    structure: Numbers
    inputs: Numbers
    randomisation: Numbers


@dataclass(frozen=True, slots=True)
class Design:
    """Groups of replicas: a draw of structure a group, `inputs` draws of inputs in it, `lucks` replicas with each.

    The default is a group a replica, all independent. In any other design only groups are.
    """

    inputs: int = 1
    lucks: int = 1

    @property
    def group(self) -> int:
        """Replicas in a group."""
        return self.inputs * self.lucks

    def places(self, numbers: Numbers, randomisations: int = 1) -> Places:
        """Where replicas stand, by number from 0: group g belongs to randomisation g mod R.

        A replica's place does not depend on how many there are. With R 2^m groups each randomisation has 2^m.
        """
        groups, within = np.divmod(numbers, self.group)
        turn, randomisation = np.divmod(groups, randomisations)
        return Places(turn, turn * self.inputs + within // self.lucks, randomisation)


INDEPENDENT = Design()
NESTED = Design(inputs=2, lucks=2)
"""The smallest design that tells luck, inputs and structure apart: groups of four."""
