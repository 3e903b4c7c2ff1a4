"""Each check across tables, on the small scenario with one thing wrong."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.load import load

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"

TWICE = '{date=2024-02-01, it_power="2 MW"}'
SOURCE = '{kind="grid", name="g", price="0.1 USD/kWh", phases=[{date=2023-01-01, power="0.3 MW"}]}'
WRONG = [
    ("orders.spring.name=summer", ["orders[0].name", "orders[1].name"], "is used 2 times"),
    (
        'sites.campus.halls.a.name="b"',
        ["sites[0].halls[0].name", "sites[0].halls[1].name"],
        "the name 'b' is used 2 times",
    ),
    (
        f"sites.campus.power=[{SOURCE}, {SOURCE}]",
        ["sites[0].power[0].name", "sites[0].power[1].name"],
        "the name 'g' is used 2 times",
    ),
    ("clusters.train.site=camp", ["clusters[0].site"], "there is no site 'camp'"),
    ("clusters.train.failures=llama4", ["clusters[0].failures"], "there is no failure profile"),
    ("jobs.pilot.cluster=trian", ["jobs[0].cluster"], "there is no cluster 'trian'"),
    ('jobs.flagship.after=["plot"]', ["jobs[1].after[0]"], "there is no job 'plot'"),
    ('jobs.pilot.after=["flagship"]', ["jobs[0].after", "jobs[1].after"], "waits for itself"),
    ('background.ranking.clusters=["x"]', ["background[0].clusters[0]"], "there is no cluster 'x'"),
    ("company.history=metta", ["company.history"], "there is no company 'metta'"),
    ("end=2023-12-31", ["end", "orders[0].placed", "orders[1].placed"], "end 2023-12-31 comes before start"),
    ("jobs.pilot.promised=2024-01-31", ["jobs[0].promised"], "promised comes before earliest"),
    ("installed.opening.in_service=2024-01-02", ["installed[0].in_service"], "after the scenario's start"),
    ("orders.spring.placed=2025-01-01", ["orders[0].placed"], "placed after the scenario's end"),
    ("sites.campus.halls.b.construction_start=2024-05-01", ["sites[0].halls[1].construction_start"], "after the hall"),
    ("sites.campus.provisioned_fraction=0.5", ["sites[0].provisioned_fraction"], "draws more"),
    ("sites.campus.admission=measured", ["sites[0].over_cap"], "may together draw more than there is"),
    ("sites.campus.admission=metered", ["sites[0].admission.kind"], "there is no kind 'metered'"),
    ('sites.campus.admission={kind="measured", window="0 days"}', ["sites[0].admission.window"], "must last"),
    ('sites.campus.over_cap={kind="throttle", lowest_clock=0}', ["sites[0].over_cap.lowest_clock"], "out of range"),
    ('sites.campus.over_cap={kind="throttle", lowest_clock=1.5}', ["sites[0].over_cap.lowest_clock"], "out of range"),
    ("sites.campus.over_cap=throttle", ["sites[0].over_cap.lowest_clock"], "is missing"),
    (
        'sites.campus.over_cap={kind="throttle", lowest_clock=0.5, exponent=0.5}',
        ["sites[0].over_cap.exponent"],
        "out of range",
    ),
    ("sites.campus.colocation={rent=140}", ["sites[0].colocation.rent"], "unit"),
    ('sites.campus.colocation={rent="140 USD/kW"}', ["sites[0].colocation.rent"], "got a price of power"),
    (
        f'sites.campus.colocation={{rent="9 USD/kW/month", steps=[{TWICE}, {TWICE}]}}',
        ["sites[0].colocation.steps[1].date"],
        "step 2 does not come after the one above it",
    ),
    ('sites.campus.colocation={rent="1 USD/kW/month", steps=[]}', ["sites[0].colocation.steps"], "has 0 entries"),
    ('sites.campus.transit={price="80 USD/Gbps/month"}', ["sites[0].transit.steps"], "missing"),
    (
        'sites.campus.transit={price="80 USD/GPU/year", steps=[{date=2024-01-01, bandwidth="400 GB"}]}',
        ["sites[0].transit.price", "sites[0].transit.steps[0].bandwidth"],
        "expected a monthly price of bandwidth",
    ),
    ("sites.campus.upkeep=1.5", ["sites[0].upkeep"], "out of range"),
    ("clusters.train.support={servers=-0.1}", ["clusters[0].support.servers"], "out of range"),
    ("clusters.train.support={server=0.1}", ["clusters[0].support.server"], "unknown key"),
    (
        'clusters.train.repair.parts={stock=1, reorder_point=0, order=1, lead_time="1 day", price=1000}',
        ["clusters[0].repair.parts.price"],
        "unit",
    ),
    ("clusters.train.licences=900 USD/year", ["clusters[0].licences"], "expected a yearly price of a GPU"),
    ("catalog.servers.dgx_h100.idle_draw=0.9", ["catalog.servers.dgx_h100.idle_draw"], "above busy_draw"),
    ("sites.campus.halls.a.it_power=100 kW", ["sites[0].halls"], "2 nodes of the opening fleet find no room"),
    ("sites.campus.pue_peak=2.6", ["sites[0].power"], "the opening fleet needs"),
    ("orders.spring.gpus=161", ["orders[0].gpus"], "161 GPUs are not whole nodes of 8"),
    ("orders.spring.lots=21", ["orders[0].lots"], "more lots than nodes"),
    ("orders.spring.vendor=v", ["orders[0].lead_time"], "both say when it arrives"),
    ("jobs.flagship.gpus=328", ["jobs[1].gpus"], "never has more than 320"),
    ("company.plan.0.year=2025", ["company.plan"], "no plan for 2024"),
    ("known_on=2023-01-01", ["catalog.servers.dgx_h100"], "was not known on 2023-01-01"),
    ("jobs.flagship.checkpoint.interval=0 h", ["jobs[1].checkpoint.interval"], "above 0"),
    ("jobs.pilot.restart=5", ["jobs[0].restart"], "needs a unit"),
    ("jobs.pilot.checkpoint.cost=0 h", ["jobs[0].checkpoint.cost"], "above 0"),
]


@pytest.mark.parametrize(("change", "places", "message"), WRONG, ids=[row[0] for row in WRONG])
def test_what_does_not_hold_together_is_refused_with_a_hint(change: str, places: list[str], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [change])
    problems = caught.value.problems
    found = {dotted(problem.path) for problem in problems}
    assert set(places) <= found
    assert any(message in problem.message for problem in problems)
    assert all(problem.hint for problem in problems)


QUEUE = 'vendors=[{kind="queue", name="v", capacity=[{date=2024-01-01, gpus_per_month=80}]'
BOUGHT = 'orders=[{name="o", cluster="train", gpus=80, placed=2024-02-01, deposit=0.1'
CURVE = 'vendors=[{kind="lead_times", name="v", curve=[' + ", ".join(
    f'{{date=2024-0{month}-01, lead_time="1 week"}}' for month in (2, 1)
)
SUPPLIED = [
    ([f"{QUEUE}}}]", f'{BOUGHT}, vendor="w"}}]'], "orders[0].vendor", "there is no vendor 'w'"),
    ([f"{QUEUE}}}]", f"{BOUGHT}}}]"], "orders[0]", "nothing says when order 'o' arrives"),
    ([f"{QUEUE}}}]", f'{BOUGHT}, vendor="v", lot_interval="1 day"}}]'], "orders[0].lot_interval", "is a queue"),
    (
        [f"{QUEUE}, allocation=[{{date=2024-01-01, share=0.5}}], rivals=[{{date=2024-01-01, gpus=9}}]}}]"],
        "vendors[0].allocation",
        "both say what other buyers take",
    ),
    (
        [f"{CURVE}]}}]"],
        "vendors[0].curve[1].date",
        "does not come after",
    ),
    (['slips=[{name="x", server="h100", since=2024-01-01, delay="1 week"}]'], "slips[0].server", "there is no server"),
    (
        [f'{BOUGHT}, lead_time="1 week", option={{premium=0.2, exercise=2024-03-01, probability=0.5}}}}]'],
        "orders[0].option.premium",
        "counts towards the deposit",
    ),
    (
        [f'{BOUGHT}, lead_time="1 week", option={{premium=0.1, exercise=2024-01-01, probability=0.5}}}}]'],
        "orders[0].option.exercise",
        "before it is bought",
    ),
    (
        [f'{BOUGHT}, lead_time="1 week", cancellation={{date=2024-01-01, fee=0.5}}}}]'],
        "orders[0].cancellation.date",
        "before it is placed",
    ),
]


@pytest.mark.parametrize(("changes", "place", "message"), SUPPLIED, ids=[row[2] for row in SUPPLIED])
def test_a_supply_that_does_not_hold_together_is_refused(changes: list[str], place: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, changes)
    found = {dotted(problem.path): problem for problem in caught.value.problems}
    assert message in found[place].message
    assert found[place].hint


def test_a_year_has_one_budget() -> None:
    budgets = 'budgets=[{year=2024, amount="1 USD"}, {year=2024, amount="2 USD"}]'
    with pytest.raises(ScenarioError, match="more than one budget") as caught:
        load(SMALL, [budgets])
    assert len(caught.value.problems) == 2


def test_a_hall_built_in_the_run_says_when_construction_began(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    text = SMALL.read_text(encoding="utf-8").replace("construction_start = 2023-07-01\n", "")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="has no construction_start"):
        load(path)


def test_what_is_at_its_limit_holds_together() -> None:
    limits = ["jobs.flagship.gpus=320", "orders.spring.lots=20", "sites.campus.halls.a.it_power=112 kW"]
    scenario, _ = load(SMALL, limits)
    assert scenario.jobs[1].gpus == 320


def test_a_site_that_admits_by_the_meter_is_checked_by_what_nodes_draw(tmp_path: Path) -> None:
    measured = ["sites.campus.admission=measured", 'sites.campus.over_cap={kind="shed"}']
    scenario, _ = load(SMALL, measured)
    assert scenario.may_run_short
    assert scenario.sites[0].is_metered
    assert load(SMALL, [*measured, "sites.campus.provisioned_fraction=0.5"])[0].sites[0].provided_share == 0.5
    for change, place, message in (
        ("sites.campus.pue_peak=1.01", "sites[0].pue_peak", "more when busy than pue_peak allows for"),
        ("sites.campus.power.utility.phases.0.power=10 kW", "sites[0].power", "to idle"),
    ):
        with pytest.raises(ScenarioError) as caught:
            load(SMALL, [*measured, change])
        problem = caught.value.problems[0]
        assert dotted(problem.path) == place
        assert message in problem.message
    fixed = "{ kind = 'fixed_and_proportional', fixed = 0.1, proportional = 0.01 }"
    path = tmp_path / "s.toml"
    path.write_text(SMALL.read_text().replace("pue_average = 1.1", f"pue = {fixed}"))
    with pytest.raises(ScenarioError, match="more when idle than pue_peak allows for"):
        load(path, measured)


def test_nameplate_needs_no_provisioned_fraction_and_counts_none() -> None:
    site = load(SMALL, ["sites.campus.admission=nameplate", "sites.campus.pue_peak=1.12"])[0].sites[0]
    assert site.provisioned_fraction == 0.9
    assert site.provided_share == 1.0
