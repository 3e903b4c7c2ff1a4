"""The report in a real browser: it fits the width of the window and draws every figure."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.report.cards import Card, Table
from simcluster.report.page import figures, render
from simcluster.report.study_page import SOURCES, Page, Section
from simcluster.study.run import run

SCENARIOS = {
    "small": Path(__file__).parents[3] / "scenarios" / "small.toml",
    "buildout": Path(__file__).parent / "buildout.toml",
}
KEY = "sites[campus_of_the_north].power[utility].phases[2].delay.one_of[long].mean"
KINDS = ("", SOURCES)
BROWSER = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PROBE = """<script>onload = () => parent.postMessage([document.documentElement.scrollWidth, innerWidth,
  [...document.querySelectorAll("svg")].filter(s => s.getBoundingClientRect().height > 100).length].join(" "), "*")
</script>"""
# A browser's window has a least width, a frame in it has none.
FRAME = """<title>none</title><script>onmessage = event => { document.title = event.data }</script>
<iframe src="report.html" style="border: 0" width="%d" height="900"></iframe>"""


@pytest.fixture(scope="module", params=[*SCENARIOS, "study"])
def page(request: pytest.FixtureRequest) -> tuple[str, int]:
    """A report, or the page of a study with nothing but long keys, and how many figures it has."""
    if request.param == "study":
        return study(), 1
    scenario, document = load(SCENARIOS[request.param])
    drawn = figures(result := run(scenario))
    return render(result, document, drawn), len(drawn)


def study() -> str:
    """All parts of a page, each with a key that is wider than a narrow window."""
    svg = '<svg viewBox="0 0 800 400"></svg>'
    table = Table((KEY, KEY), ((KEY,), (KEY, f"{KEY}\n{KEY}")))
    sections = [
        Section(kind or "plain", KEY, KEY, svg if kind else "", table, KEY, (KEY,), kind=kind) for kind in KINDS
    ]
    return Page(KEY, KEY, KEY, KEY, sections, [Card(KEY, KEY, KEY)] * 4, ((KEY, KEY),)).render()


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
@pytest.mark.parametrize("width", [1280, 400])
def test_page_fits_the_window(page: tuple[str, int], width: int, tmp_path: Path) -> None:
    text, drawn = page
    (tmp_path / "report.html").write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME % width, encoding="utf-8")
    command = [
        str(BROWSER),
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=5000",
        "--dump-dom",
    ]
    done = subprocess.run([*command, frame.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    seen = re.search(r"<title>(\d+) (\d+) (\d+)</title>", done.stdout)
    assert seen is not None
    scrolled, window, seen_figures = map(int, seen.groups())
    assert window == width
    assert scrolled <= window, "the page is wider than the window"
    assert seen_figures == drawn
