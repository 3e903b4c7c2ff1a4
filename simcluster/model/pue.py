"""Power usage effectiveness: what a facility draws for what its IT draws, by load and season."""

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simcluster.model.kind import Value

Column = NDArray[Any]
MONTHS = tuple(range(1, 13))
EVEN = (1.0,) * 12


class ConstantPue(Value):
    """The same ratio at every load: facility = IT x average."""

    depends_on_nameplate: ClassVar[bool] = False
    kind: Literal["constant"] = "constant"
    average: Annotated[float, Field(ge=1)]

    def facility_kw(self, it_kw: Column, nameplate_kw: Column, month: Column) -> Column:
        """Facility kW at IT kW drawn by nodes of a nameplate in a calendar month (1 to 12), same shape."""
        return it_kw * self.average


class FixedAndProportionalPue(Value):
    """An overhead that partly stays when the IT idles.

    facility = IT + factor of the month x (fixed x nameplate of the nodes under power + proportional x IT). `fixed` is
    what transformers, fans and pumps draw whatever the load, `proportional` what heat and conversion cost a kW of IT;
    `months` are twelve factors from January on, for the season. The form is that of linear models of cooling and
    conversion losses (Pelley et al., "Understanding and abstracting total data center power", WEED 2009).
    """

    depends_on_nameplate: ClassVar[bool] = True
    kind: Literal["fixed_and_proportional"] = "fixed_and_proportional"
    fixed: Annotated[float, Field(ge=0)]
    proportional: Annotated[float, Field(ge=0)]
    months: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=12, max_length=12)] = EVEN

    def facility_kw(self, it_kw: Column, nameplate_kw: Column, month: Column) -> Column:
        """Facility kW at IT kW drawn by nodes of a nameplate in a calendar month (1 to 12), same shape."""
        factor = np.array(self.months)[month - 1]
        overhead: Column = factor * (self.fixed * nameplate_kw + self.proportional * it_kw)
        return it_kw + overhead


Pue = Annotated[ConstantPue | FixedAndProportionalPue, Field(discriminator="kind")]


def most_per_nameplate(pue: ConstantPue | FixedAndProportionalPue, it_share: float) -> float:
    """Facility kW a kW of nameplate whose IT draws a share of it, in the worst month."""
    every = np.ones(12)
    return float(pue.facility_kw(every * it_share, every, np.array(MONTHS)).max())


def slopes(pue: ConstantPue | FixedAndProportionalPue) -> list[tuple[float, float]]:
    """By month from January on: facility kW for each kW of IT, and for each kW of nameplate under power."""
    one, none, month = np.ones(12), np.zeros(12), np.array(MONTHS)
    of_it, of_nameplate = pue.facility_kw(one, none, month), pue.facility_kw(none, one, month)
    return list(zip(of_it.tolist(), of_nameplate.tolist(), strict=True))
