"""docs/columns.md explains every line of the statements and every outcome in money of a run with all of them."""

import re
from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.report.folder import tidy_statements
from simcluster.study.result import Result
from simcluster.study.run import run

ROOT = Path(__file__).parents[3]
MORE = f"""
schema = 1
extends = "{ROOT / "scenarios" / "neocloud_2024.toml"}"
name = "all_of_it"

[[sites]]
name = "campus"
colocation = {{ rent = "140 USD/kW/month" }}

[[clusters]]
name = "rental"
licences = "900 USD/GPU/year"

[[orders]]
name = "h100"
components = {{ share = 0.5, ahead = "3 weeks" }}

[[jobs]]
name = "job"
cluster = "rental"
gpus = 64
work = "1e21 FLOP"
mfu = 0.4
earliest = 2024-09-01
checkpoint = {{ kind = "young", cost = "2 min" }}
restart = "10 min"

[revenue]
contribution_margin = 0.8
lift = {{ kind = "saturating", ceiling = 0.1, scale_h100e = 1e5 }}

[company]
history = "meta"

[[company.plan]]
year = 2024
advertising = {{ impressions = 0.1, price = 0.1 }}
other_revenue_growth = 0.1
rest_costs = "90 GUSD"
rest_capex = "30 GUSD"

[[company.plan]]
year = 2025
advertising = {{ impressions = 0.1, price = 0.1 }}
other_revenue_growth = 0.1
rest_costs = "90 GUSD"
rest_capex = "30 GUSD"

[[finance.impairments]]
date = 2025-03-01
asset_class = "servers"
share = 0.1
reason = "a test"

[[finance.leases]]
kind = "finance"
name = "switches"
asset_class = "network"
commences = 2024-05-01
term = "3 years"
payment = "10 kUSD"
rate = 0.07

[[finance.leases]]
kind = "operating"
name = "shell"
asset_class = "buildings"
commences = 2023-07-01
term = "5 years"
payment = "10 kUSD"
rate = 0.07
"""


@pytest.fixture(scope="module")
def all_of_it(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("all") / "all_of_it.toml"
    path.write_text(MORE, encoding="utf-8")
    return run(load(path)[0])


def explained(heading: str, end: str) -> set[str]:
    """Names in the first column of the tables from a heading to the next of its kind."""
    text = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
    section = text[text.index(heading) + len(heading) :].partition(end)[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([\w.]+)`", cell)}


@pytest.mark.parametrize("statement", ["income_statement", "balance_sheet", "cash_flow", "roll_forward"])
def test_every_line_of_a_statement_is_explained_and_no_other(all_of_it: Result, statement: str) -> None:
    assert set(all_of_it.statements.loc[statement].index) == explained(f"\n### `{statement}`", "\n##")


def test_every_line_of_the_company_is_explained_and_no_other(all_of_it: Result) -> None:
    tidy = tidy_statements(all_of_it)
    found = set(tidy.loc[tidy["entity"] == "company", "line"])
    assert found == explained("\n### The company", "\n##")


def test_every_outcome_in_money_is_explained(all_of_it: Result) -> None:
    named = [re.sub(r"_20\d\d$", "_YEAR", name) for name in all_of_it.outcomes]
    named = [re.sub(r"^(jobs|clusters)\.\w+\.", r"\1.NAME.", name) for name in named]
    money = {name for name in named if "usd" in name or name.startswith(("offset_", "irr"))}
    assert len(money) > 40
    # A site that runs short of power is another scenario's.
    assert explained("\n## Money in", "\n## ") - money == {"throttled_usd", "unpowered_usd"}
    assert money <= explained("\n## Money in", "\n## ")
