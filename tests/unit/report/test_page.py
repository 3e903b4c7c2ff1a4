"""The page: self-contained, escaped, and complete."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from pages import figure_labels

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.model.scenario import Scenario
from simcluster.record.campus_path import Leg
from simcluster.record.events import JobStarted, NodesInService, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.record.reliability import account_reliability
from simcluster.report import figures_money, paths
from simcluster.report.cards import statement_tables
from simcluster.report.page import RECOVERY, figures, render
from simcluster.study.result import Result
from simcluster.study.run import run


@pytest.fixture(scope="module")
def page(result: Result, document: Document) -> str:
    return render(result, document)


def test_the_page_is_whole_and_every_figure_is_told_in_words(page: str, result: Result) -> None:
    labels = figure_labels(page)
    assert len(labels) == len(figures(result))
    assert all(len(label) > 60 for label in labels)


def test_every_part_is_there(page: str, result: Result) -> None:
    drawn = figures(result)
    sections = [name for name in drawn if name not in RECOVERY]
    for name in (*sections, "recovery", "yardsticks", "guidance", "statements", "sources"):
        assert f'<section id="{name}">' in page
    assert page.count("<section") == len(sections) + 5
    assert page.count("<svg") == len(drawn)
    assert page.count('class="card"') == 8
    assert "46 days early" in page
    assert "not by the end" in page


def test_models_stand_in_order_of_readiness(page: str) -> None:
    table = page[page.index("In order of readiness") :]
    assert table.index("pilot") < table.index("flagship")


def test_failures_and_recovery_have_their_tables(page: str) -> None:
    section = page[page.index('id="recovery"') : page.index('id="capex"')]
    assert section.count("<svg") == 2
    assert section.index("By job") < section.index("By cluster")
    assert "MFU above" not in section  # neither job is that large


def test_a_job_larger_than_any_published_is_marked(result: Result, document: Document) -> None:
    jobs = result.reliability.jobs.assign(mfu_note=["MFU above 16,384 GPUs: assumption", ""])
    page = render(replace(result, reliability=replace(result.reliability, jobs=jobs)), document)
    assert page.count('<span class="tag">MFU above 16,384 GPUs: assumption</span>') == 1


def test_a_run_without_failures_keeps_the_figure_of_its_jobs(result: Result, document: Document) -> None:
    clusters = [cluster | {"failures": "none"} for cluster in document.values["clusters"]]
    scenario = Scenario.model_validate(document.values | {"clusters": clusters})
    log = EventLog()
    for event in (JobStarted, SegmentEnded, NodesInService):
        log._packed[event] = result.log._packed[event]
    calm = replace(result, scenario=scenario, log=log, reliability=account_reliability(scenario, log))
    section = render(calm, document).split('id="recovery"')[1].split("</section>")[0]
    assert section.count("<svg") == 1
    assert "By job" in section
    assert "By cluster" not in section


def test_amounts_are_in_a_unit_that_fits_and_ratios_in_percent() -> None:
    lines = {"operations": [1.5e6, float("nan")], "operations_growth": [0.25, -0.1]}
    frame = pd.DataFrame(list(lines.values()), index=pd.Index(list(lines), name="line"), columns=["2024Q1", "2024Q2"])
    ((_, table),) = statement_tables(frame)
    assert table.head == ("k USD", "2024Q1", "2024Q2")
    assert table.rows == (("Operations", "1,500", "–"), ("Operations growth", "+25.0%", "−10.0%"))


def test_text_of_the_scenario_is_escaped(result: Result, document: Document) -> None:
    scenario = result.scenario.model_copy(update={"title": "<b>A & B</b>"})
    page = render(replace(result, scenario=scenario), document)
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
    assert "<b>A" not in page


def test_a_run_without_jobs_or_outcomes_still_renders(result: Result, document: Document) -> None:
    scenario = result.scenario.model_copy(update={"jobs": ()})
    nothing = account_reliability(scenario, EventLog())
    empty = replace(result, scenario=scenario, outcomes=dict.fromkeys(result.outcomes), reliability=nothing)
    page = render(empty, document)
    assert '<section id="jobs">' not in page
    assert "training jobs" not in page
    assert "Failures and recovery" not in page
    assert page.count("<svg") == len(figures(empty))
    assert not figures(empty).keys() & set(RECOVERY)
    assert "None" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_the_page_shows_the_critical_path_of_a_site_that_was_built(page: str, document: Document) -> None:
    with packaged_scenario("small") as path:
        found = run(load(path)[0])
    section = render(found, document).split('id="buildout"')[1].split("</section>")[0]
    assert "utility, step 2, after the day promised" in section
    assert "installation and burn-in of summer" in section
    assert "Critical path of each site" not in page, "nothing was ordered there"


def test_growth_from_next_to_nothing_is_not_given_as_a_number(result: Result) -> None:
    growth = [153.772, 10.0, -0.5, float("nan")]
    company = pd.DataFrame([growth], index=pd.Index(["capex_growth"], name="line"), columns=result.company.columns)
    ((_, table),) = statement_tables(company)
    assert table.rows == (("Capex growth", "n/m", "+1,000.0%", "−50.0%", "–"),)


def test_amounts_below_a_million_have_a_unit_as_their_axis_has(result: Result) -> None:
    told = [figures_money._amount(usd) for usd in (250_000.0, 999_999.0, 1.25e6, -3_000.0, 0.0)]
    assert told == ["250 k", "1.00 M", "1.25 M", "−3.00 k", "0"]


def test_the_critical_path_says_installation_without_a_crew(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    legs = [Leg("hall", "hall", 0.0, 6.0), Leg("installation", "crew", 6.0, 150.0)]
    monkeypatch.setattr(paths, "campus_path", lambda *_: legs)
    (row,) = paths.paths_table(result).rows
    assert row[3:5] == ("6", "installation")
    (site,) = result.scenario.sites
    crewed = site.model_copy(update={"burn_in": site.burn_in.model_copy(update={"lines": 2})})
    (row,) = paths.paths_table(replace(result, scenario=result.scenario.model_copy(update={"sites": (crewed,)}))).rows
    assert row[4] == "crew"
