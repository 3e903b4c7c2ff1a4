from datetime import date

import pytest

from simcluster.model.revenue import AdGrowth, Assistant, NoLift, SaturatingLift

ASSISTANT = Assistant.model_validate(
    {
        "ceiling_musers": 1500,
        "growth_per_year": 2.3,
        "midpoint": "2025-02-17",
        "revenue_per_user": "2 USD/year",
        "monetised": "2026-01-01",
    }
)


def test_lift_saturates_at_its_ceiling() -> None:
    law = SaturatingLift(ceiling=0.1, scale_h100e=500_000)
    assert law.lift(0) == 0
    assert law.lift(500_000) == pytest.approx(0.0632121)
    assert law.lift(1e9) == pytest.approx(0.1)
    assert law.lift(5.0) == pytest.approx(0.1 * 1e-5, rel=1e-5), "no digits are lost near nothing"
    assert NoLift().lift(1e9) == 0


def test_users_follow_a_logistic() -> None:
    assert ASSISTANT.users_millions(date(2025, 2, 17)) == 750
    assert ASSISTANT.users_millions(date(2024, 10, 30)) == pytest.approx(500, rel=0.01)
    assert ASSISTANT.users_millions(date(2024, 12, 15)) == pytest.approx(600, rel=0.01)


def test_users_earn_only_once_monetised() -> None:
    assert ASSISTANT.revenue_usd(date(2025, 12, 31), 31) == 0
    earned = ASSISTANT.revenue_usd(date(2026, 1, 1), 31)
    assert earned == pytest.approx(ASSISTANT.users_millions(date(2026, 1, 1)) * 1e6 * 2 * 31 / 365.25)


def test_growth_of_impressions_and_price_multiply() -> None:
    assert AdGrowth(impressions=0.11, price=0.10).total == pytest.approx(0.221)
    assert AdGrowth(impressions=0.28, price=-0.09).total == pytest.approx(0.1648)
