"""Prices of sales by hand, and each check of them on the small scenario with one thing wrong."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.load import load
from simcluster.model.sales import Decay, NoPrice, PerGpu, PerNode

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
SALES = """
[[sales]]
name = "old"
purchase = "opening"
gpus = 48
date = 2024-05-01
price = { kind = "decay", rate = 0.276 }

[[sales]]
name = "rest"
cluster = "train"
gpus = 80
date = 2024-11-01

[[jobs]]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "sold.toml"
    path.write_text(SMALL.read_text(encoding="utf-8").replace("[[jobs]]", SALES, 1), encoding="utf-8")
    return path


def test_a_node_fetches_what_its_kind_of_price_says() -> None:
    paid = 25_000_000
    assert NoPrice().node_cents(paid, 100.0, 8) == 0
    assert PerNode.model_validate({"price": "60000.005 USD"}).node_cents(paid, 100.0, 8) == 6_000_001
    assert PerGpu.model_validate({"price": "7500.01 USD"}).node_cents(paid, 100.0, 8) == 6_000_008
    decay = Decay(rate=0.276)
    assert decay.node_cents(paid, 0.0, 8) == paid
    assert decay.node_cents(paid, 8766.0, 8) == 18_100_000
    assert decay.node_cents(paid, 2 * 8766.0, 8) == 13_104_400  # 0.724^2 = 0.524176
    assert decay.node_cents(paid, 8766.0 / 2, 8) == pytest.approx(paid * 0.724**0.5, abs=1)


def test_a_sale_knows_what_it_takes_of(path: Path) -> None:
    scenario = load(path)[0]
    old, rest = scenario.sales
    assert [row.name for row in scenario.purchases if old.takes(row)] == ["opening"]
    assert [row.name for row in scenario.purchases if rest.takes(row)] == ["opening", "spring", "summer"]
    assert scenario.sells(0)
    assert (rest.price.kind, old.price.kind) == ("none", "decay")


WRONG = [
    (["sales.old.purchase=openin"], "sales[0].purchase", "there is no installed row or order 'openin'", "'opening'"),
    (["sales.rest.cluster=trian"], "sales[1].cluster", "there is no cluster 'trian'", "did you mean 'train'?"),
    (["sales.old.cluster=train"], "sales[0].cluster", "names a purchase and a cluster", "keep one"),
    (["sales.old.date=2023-12-31"], "sales[0].date", "before the scenario's start", "leave it out"),
    (["sales.rest.date=2025-01-01"], "sales[1].date", "after the scenario's end", "earlier"),
    (["sales.old.gpus=44"], "sales[0].gpus", "44 GPUs are not whole nodes of 8", "use 40"),
    (["sales.old.gpus=88"], "sales[0].gpus", "88 GPUs of purchase 'opening' are sold, and it never has", ""),
    (["sales.rest.gpus=280"], "sales[1].gpus", "328 GPUs of cluster 'train' are sold by all sales, and", "sell fewer"),
    (["sales.old.purchase=summer", "sales.old.date=2024-02-01"], "sales[0].date", "sold before 'summer' is", "later"),
    (["sales.rest.name=old"], "sales[0].name", "used 2 times", "unique"),
    (["jobs.flagship.earliest=2024-12-01", "jobs.flagship.gpus=200"], "jobs[1].gpus", "all but 192 of them are", ""),
    (["sales.old.price={kind='decay', rate=1.0}"], "sales[0].price.rate", "1.0 is out of range", ""),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "place", "message", "hint"), WRONG)
def test_each_thing_wrong_is_told_where_it_is(
    path: Path, overrides: list[str], place: str, message: str, hint: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(path, overrides)
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert found, [problem.message for problem in caught.value.problems]
    assert dotted(found[0].path) == place
    assert hint in (found[0].hint or "")


def test_everything_wrong_is_told_at_once(path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(path, ["sales.old.purchase=openin", "sales.rest.cluster=trian", "sales.old.date=2030-01-01"])
    assert len(caught.value.problems) == 3


def test_a_sale_says_of_what(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace('purchase = "opening"\ngpus = 48', "gpus = 48")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert dotted(problem.path) == "sales[0]"
    assert "does not say of what" in problem.message
