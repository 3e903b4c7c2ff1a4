import subprocess
import sys

import pytest

from simcluster.core.units import UnitError, parse


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("150 MW", "MW", 150.0),
        ("10.2 kW", "MW", 0.0102),
        ("36 weeks", "hour", 6048.0),
        ("1 month", "hour", 730.5),
        ("5.5 years", "year", 5.5),
        ("0.078 USD/kWh", "USD/MWh", 78.0),
        ("40 GUSD", "USD", 40e9),
        ("1.5 BUSD", "MUSD", 1500.0),
        ("8%", "", 0.08),
        ("7 %", "1", 0.07),
        ("0.5", "1", 0.5),
        ("3.79e-3 / day", "1/day", 3.79e-3),
        ("2 TB/s", "byte/s", 2e12),
        ("400 Gbit/s", "GB/s", 50.0),
        ("400 TFLOP/s", "TFLOP/s", 400.0),
        ("0.2 MUSD/MW/year", "USD/MW/year", 200_000.0),
        ("0.14 MUSD/MW/month", "USD/kW/month", 140.0),
        ("0.96 kUSD/Gbps/year", "USD/Gbps/month", 80.0),
        ("75 USD/GPU/month", "USD/GPU/year", 900.0),
        ("1.2 Tbps", "Gbps", 1200.0),
        ("400 Gbit/s", "Gbps", 400.0),
        ("-3 MW", "MW", -3.0),
        ("80 GiB", "byte", 80 * 2**30),
    ],
)
def test_text_becomes_a_float_in_the_canonical_unit(text: str, unit: str, value: float) -> None:
    assert parse(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("36 weeks", "MW", "expected a power such as '150 MW', got a duration (36 weeks)"),
        ("36", "MW", "expected a power such as '150 MW', got a plain number (36)"),
        ("150 mw", "MW", "unknown unit 'mw', did you mean 'MW'?"),
        ("150 mW", "MW", "unknown unit 'mW', did you mean 'MW'?"),
        ("5 wekks", "hour", "unknown unit 'wekks', did you mean 'weeks'?"),
        ("nan MW", "MW", "not a finite number"),
        ("1e999 W", "W", "not a finite number"),
        ("1e300 GW", "W", "not a finite number"),
        ("MW", "MW", "not a number and a unit"),
        ("5 $", "USD", "write dollars as USD"),
        ("5 W(", "W", "cannot read the unit"),
        ("5 2 W", "W", "cannot read the unit"),
    ],
)
def test_other_text_is_refused_in_plain_words(text: str, unit: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert message in str(caught.value)


def test_pint_is_loaded_only_when_a_quantity_is_read() -> None:
    code = "import sys, simcluster.core.units; assert 'pint' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
