"""The scenario that README shows loads beside the one it builds on, and has in it what it says."""

import re
import shutil
from pathlib import Path

from simcluster.model.load import load

ROOT = Path(__file__).parents[3]


def test_the_scenario_of_what_it_costs_loads(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("## What it costs") : readme.index("## Asking what if")]
    (shown,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    (base,) = re.findall(r'extends = "(.*)"', shown)
    shutil.copy(ROOT / "scenarios" / base, tmp_path)
    path = tmp_path / "leased.toml"
    path.write_text(shown, encoding="utf-8")
    scenario, _ = load(path)
    finance = scenario.finance
    assert [row.name for row in finance.leases] == ["office"]
    assert all((finance.impairments, finance.debt, finance.tax, finance.capitalise_interest))
    assert all((scenario.sales, scenario.sites[0].land))
    assert not scenario.revenue.earns
