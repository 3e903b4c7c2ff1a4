"""The grammar of values: frozen pydantic models, quantities written with their unit, located problems."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simcluster.core.units import UnitError, parse


class Value(BaseModel):
    """A frozen value; unknown keys and non-finite numbers are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True, strict=False)


@dataclass(frozen=True)
class Quantity:
    """Marks a float field whose text form carries a unit; the float is in `unit`."""

    unit: str
    example: str
    signed: bool = False

    def read(self, value: Any) -> float:
        """Parse text with a unit (floats pass only through Python, never from a file, where text is demanded)."""
        if isinstance(value, bool) or not isinstance(value, str):
            raise PydanticCustomError(
                "quantity",
                "{value} has no unit",
                {"value": repr(value), "hint": f"write the unit, for example {self.example!r}"},
            )
        try:
            number = parse(value, self.unit)
        except UnitError as error:
            raise PydanticCustomError(
                "quantity", "{message}", {"message": str(error), "hint": f"for example {self.example!r}"}
            ) from None
        if not math.isfinite(number) or (number < 0 and not self.signed):
            raise PydanticCustomError(
                "quantity",
                "{value} is not a number from 0 up",
                {"value": repr(value), "hint": f"for example {self.example!r}"},
            )
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "description": f"a quantity in {self.unit}", "examples": [self.example]}


Hours = Annotated[float, Quantity("hour", "36 weeks")]
Months = Annotated[float, Quantity("month", "48 months")]
Years = Annotated[float, Quantity("year", "5.5 years")]
PerDay = Annotated[float, Quantity("1/day", "3.79e-3 / day")]
Megawatts = Annotated[float, Quantity("MW", "150 MW")]
MegawattHours = Annotated[float, Quantity("MWh", "300 MWh")]
Kilowatts = Annotated[float, Quantity("kW", "10.2 kW")]
Usd = Annotated[float, Quantity("USD", "270 kUSD")]
UsdPerKwh = Annotated[float, Quantity("USD/kWh", "0.078 USD/kWh")]
UsdPerMw = Annotated[float, Quantity("USD/MW", "11.7 MUSD/MW")]
UsdPerMwYear = Annotated[float, Quantity("USD/MW/year", "0.2 MUSD/MW/year")]
UsdPerMwMonth = Annotated[float, Quantity("USD/MW/month", "12 kUSD/MW/month")]
UsdPerKwMonth = Annotated[float, Quantity("USD/kW/month", "140 USD/kW/month")]
UsdPerGbpsMonth = Annotated[float, Quantity("USD/Gbps/month", "80 USD/Gbps/month")]
UsdPerGpuYear = Annotated[float, Quantity("USD/GPU/year", "900 USD/GPU/year")]
UsdPerMmbtu = Annotated[float, Quantity("USD/MMBtu", "3.5 USD/MMBtu")]
HeatRate = Annotated[float, Quantity("MMBtu/MWh", "9.5 MMBtu/MWh")]
KgPerMwh = Annotated[float, Quantity("kg/MWh", "380 kg/MWh")]
Kilograms = Annotated[float, Quantity("kg", "2600 kg")]
UsdPerYear = Annotated[float, Quantity("USD/year", "6 USD/year")]
Tflops = Annotated[float, Quantity("TFLOP/s", "989 TFLOP/s")]
Flop = Annotated[float, Quantity("FLOP", "3.8e25 FLOP")]
Bytes = Annotated[float, Quantity("byte", "6 TB")]
GigabitsPerSecond = Annotated[float, Quantity("Gbps", "400 Gbps")]
BytesPerSecond = Annotated[float, Quantity("byte/s", "2 TB/s")]

Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Growth = Annotated[float, Field(gt=-1, lt=100)]
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]


@dataclass(frozen=True)
class Located:
    """A problem found by a check across tables, at a key path below the model that checks."""

    path: tuple[str | int, ...]
    message: str
    hint: str | None = None


def refuse(problems: list[Located]) -> None:
    """Raise every problem at once, if there is any; `load` turns them into located errors.

    Raises:
        PydanticCustomError: of type `located`, with the problems in its context.
    """
    if problems:
        text = "; ".join(problem.message for problem in problems)
        raise PydanticCustomError("located", "{text}", {"text": text, "problems": problems})
