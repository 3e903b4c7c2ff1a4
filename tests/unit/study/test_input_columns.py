"""Drawn inputs as columns: the unit of the first value, unless a later one cannot be read in it."""

from datetime import date

from simcluster.study.input_columns import cell, heading, widen


def test_a_quantity_is_a_number_of_its_first_unit() -> None:
    units: dict[str, str] = {}
    widen(units, {"price": "259.954488 kUSD", "wacc": 0.1})
    widen(units, {"price": "0.3 MUSD", "wacc": 0.2})
    assert units == {"price": "kUSD", "wacc": ""}
    assert heading("price", units["price"]) == "input.price [kUSD]"
    assert heading("wacc", units["wacc"]) == "input.wacc"
    assert [cell(text, "kUSD") for text in ("259.954488 kUSD", "0.3 MUSD", None)] == [259.954488, 300.0, None]
    assert cell(0.2, "") == 0.2


def test_labels_dates_and_mixtures_stay_as_they_are() -> None:
    units: dict[str, str] = {}
    widen(units, {"choice": "2 weeks", "label": "some", "day": date(2024, 2, 1), "number": "3"})
    widen(units, {"choice": "never", "label": "none", "day": "2024-02-02", "number": "3"})
    assert set(units.values()) == {""}
    assert cell("never", units["choice"]) == "never"
    assert cell("2 weeks", units["choice"]) == "2 weeks"
