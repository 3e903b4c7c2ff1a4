"""A scenario without a company and without revenue: the programme alone."""

import pytest

from simcluster.model.load import ScenarioError, load
from simcluster.model.packaged import packaged_scenarios
from simcluster.report.cards import cards
from simcluster.report.folder import tidy_statements
from simcluster.report.page import figures
from simcluster.report.summary import summary_text
from simcluster.study.run import run


@pytest.fixture
def alone(tmp_path):
    text = packaged_scenarios()["small"].read_text()
    before, _, after = text.partition("[revenue]")
    path = tmp_path / "alone.toml"
    path.write_text(before + "[finance]" + after.partition("[finance]")[2])
    return path


def test_the_programme_stands_alone(alone):
    result, whole = run(load(alone)[0]), run(load(packaged_scenarios()["small"])[0])
    programme = [name for name in whole.outcomes if name.startswith("capex_programme")]
    assert {name: result.outcomes[name] for name in programme} == {name: whole.outcomes[name] for name in programme}
    assert result.offset["depreciation"].equals(whole.offset["depreciation"])
    gone = {name for name in whole.outcomes if name not in result.outcomes}
    assert gone == {
        "capex_company_usd_2024", "capex_growth_2024", "revenue_growth_2024", "costs_growth_2024",
        "offset_last_quarter", "offset_2024", "required_revenue_usd_2024", "attributed_revenue_usd_2024",
        "npv_usd", "npv_simulated_usd", "npv_run_off_usd", "irr",
    }  # fmt: skip


def test_nothing_is_said_of_who_pays(alone):
    result = run(load(alone)[0])
    text = summary_text(result)
    assert "programme capex" in text
    assert "Value: without revenue there is neither NPV nor offset" in text
    assert not any(word in text for word in ("company", "advertising", "Value: NPV", "Guidance:"))
    assert "offset" not in figures(result)
    assert [card.label for card in cards(result)][-2:] == ["A GPU-hour in service", "Cost of failures and recovery"]
    assert set(tidy_statements(result)["entity"]) == {"programme"}


def test_a_lift_needs_a_company(alone):
    alone.write_text(
        alone.read_text() + "\n[revenue]\ncontribution_margin = 0.8\n"
        'lift = { kind = "saturating", ceiling = 0.1, scale_h100e = 100 }\n'
    )
    with pytest.raises(ScenarioError, match="a lift raises the advertising of a company") as caught:
        load(alone)
    assert len(caught.value.problems) == 1
