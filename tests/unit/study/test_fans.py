from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simcluster.record.ledger import Ledger, Replica
from simcluster.study import spool
from simcluster.study.fans import fans_of
from simcluster.study.sweep_columns import Kind, columns_of, values_of

N = 20
PLAN: Any = SimpleNamespace(group=(1, 1), wholes_of=lambda _: None)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Replica k has k GPUs in January and 2 k in February, and an offset of k from the 15th on."""
    with Ledger(None, "d") as made:
        for k in range(N):
            series: dict[str, dict[str, float | None]] = {"gpus": {"2024-01-31": float(k), "2024-02-29": 2.0 * k}}
            series["offset"] = {"2024-03-31": float(k) if k >= 15 else None}
            outcomes = {"usd": 0.1 * k, "ready": f"2024-01-{k + 1:02d}" if k < 18 else None, "irr": None}
            outcomes |= {"late": f"2024-02-{k:02d}" if k >= 3 else None}
            made.add(Replica(k, k, {}, outcomes, series))
        made.add(Replica(N, N, {}, None, {}, "no"))
        yield made


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_percentiles_of_each_date_however_many_are_read_at_a_time(
    ledger: Ledger, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "AT_ONCE", at_once)
    found = fans_of(ledger, N + 1, np.arange(N), PLAN)
    assert found["gpus"].dates == ["2024-01-31", "2024-02-29"]
    assert found["gpus"].n == [N, N]
    # At 19 p, linear between 0, 1, ..., 19.
    assert [line[0].value for line in found["gpus"].percentiles.values()] == pytest.approx(
        [0.95, 4.75, 9.5, 14.25, 18.05]
    )
    assert [line[1].value for line in found["gpus"].percentiles.values()] == pytest.approx([1.9, 9.5, 19, 28.5, 36.1])
    assert found["offset"].n == [5]
    assert [line.value for line in found["offset"].percentiles[50]] == [17]
    frame = found["gpus"].frame()
    bounded = [f"p{percent}{end}" for percent in (5, 25, 50, 75, 95) for end in ("", "_low", "_high")]
    assert list(frame.columns) == ["date", "n", *bounded]
    # Of 20, the sixth and the fifteenth bound a median, and nothing bounds a 95th percentile from above.
    assert frame.loc[0, ["p50_low", "p50_high", "p95_high"]].tolist()[:2] == [5, 14]
    assert np.isnan(frame.loc[0, "p95_high"])
    assert frame["p95"].tolist() == pytest.approx([18.05, 36.1])


def test_only_replicas_below_a_number_count(ledger: Ledger) -> None:
    found = fans_of(ledger, 3, np.arange(3), PLAN)
    assert found["gpus"].n == [3, 3]
    assert found["offset"].n == [0]
    assert np.isnan(found["offset"].percentiles[50][0].value)


def test_in_groups_the_first_of_each_counts(ledger: Ledger) -> None:
    grouped: Any = SimpleNamespace(group=(2, 2), wholes_of=lambda numbers: numbers // 4)
    found = fans_of(ledger, N, np.arange(N), grouped)
    assert found["gpus"].n == [5, 5]
    assert [line.value for line in found["gpus"].percentiles[50]] == [8, 16]


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_outcomes_are_read_by_column(ledger: Ledger, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "AT_ONCE", at_once)
    columns = columns_of(ledger, N + 1)
    assert columns.replicas == N
    assert columns.outcomes == {"usd": Kind.NUMBER, "ready": Kind.DATE, "irr": Kind.NUMBER, "late": Kind.DATE}
    values = dict(values_of(ledger, N + 1, columns))
    assert values["usd"].tolist() == [0.1 * k for k in range(N)]
    assert np.diff(values["ready"][:18]).tolist() == [1.0] * 17
    assert np.isnan(values["ready"][18:]).all()
    assert np.isnan(values["irr"]).all()
