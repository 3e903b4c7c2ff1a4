from datetime import date, datetime

from simcluster.core.calendar import Clock, Month, months_later

CLOCK = Clock(date(2024, 1, 15), date(2024, 4, 10))


def test_months_count_on_over_years() -> None:
    assert Month(2024, 11).plus(3) == Month(2025, 2)
    assert Month(2024, 1).plus(-1) == Month(2023, 12)
    assert Month(2025, 2).ordinal - Month(2024, 11).ordinal == 3
    assert (str(Month(2024, 3)), Month(2024, 3).quarter, Month(2024, 10).quarter) == ("2024-03", "2024Q1", "2024Q4")
    assert Month.of(date(2024, 2, 29)).first_day == date(2024, 2, 1)


def test_hours_count_from_the_start_through_a_leap_day() -> None:
    assert CLOCK.hours(date(2024, 1, 15)) == 0.0
    assert CLOCK.hours(date(2024, 3, 1)) == (17 + 29) * 24
    assert CLOCK.hours(date(2024, 1, 14)) == -24.0
    assert CLOCK.horizon_hours == CLOCK.hours(date(2024, 4, 11))
    assert CLOCK.datetime(36.5) == datetime(2024, 1, 16, 12, 30)
    assert CLOCK.date(CLOCK.hours(date(2024, 3, 1)) - 0.01) == date(2024, 2, 29)


def test_months_are_clipped_to_the_run() -> None:
    assert [str(month) for month in CLOCK.months] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert CLOCK.month_edges == (0.0, 17 * 24.0, 46 * 24.0, 77 * 24.0, 87 * 24.0)


def test_an_edge_belongs_to_the_month_it_begins() -> None:
    assert [CLOCK.month_index(hour) for hour in (-5.0, 0.0, 17 * 24 - 1e-9, 17 * 24.0, 86 * 24.0)] == [0, 0, 0, 1, 3]
    assert CLOCK.month_index(CLOCK.horizon_hours) == 3


def test_so_many_months_later_is_the_same_day_or_the_last_of_the_month() -> None:
    assert [months_later(date(2024, 1, 31), k) for k in (0, 1, 12, -2)] == [
        date(2024, 1, 31), date(2024, 2, 29), date(2025, 1, 31), date(2023, 11, 30),
    ]  # fmt: skip
    assert CLOCK.months_later(36.5, 1) == CLOCK.hours(date(2024, 2, 16)) + 12.5
    assert CLOCK.months_later(-0.5, 1) == CLOCK.hours(date(2024, 2, 14)) + 23.5
