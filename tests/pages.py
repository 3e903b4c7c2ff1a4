"""What every page must be: well-formed, whole in itself, and in words too where it shows a figure."""

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr"}


class _Reader(HTMLParser):
    """Checks that tags close in order, and collects the labels of the figures around each SVG."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.labels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            around, named = self.open[-1]
            assert (around, named.get("role")) == ("figure", "img")
            self.labels.append(named["aria-label"] or "")
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag


def figure_labels(page: str) -> list[str]:
    """What each figure of a page says in words, in order; the page is well-formed and fetches nothing."""
    without_namespaces = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert "http" not in without_namespaces
    assert not re.search(r"<script|<link|<img|@import|\bsrc=|url\((?!#)", without_namespaces)
    assert all(reference.startswith("#") for reference in re.findall(r'href="([^"]*)"', page))
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    return reader.labels


def section(page: str, name: str) -> str:
    """The text of a section of a page, without its figures, tags and the breaks in keys."""
    (found,) = re.findall(rf'<section id="{re.escape(name)}">(.*?)</section>', page, flags=re.DOTALL)
    return re.sub(r"<svg.*?</svg>|<wbr>", "", found, flags=re.DOTALL)


def table_rows(page: str, name: str) -> list[list[str]]:
    """The cells of a section's first table, a row a list, the second line of a cell after a slash."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", section(page, name).partition("</table>")[0], flags=re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]*>", "", re.sub(r"\s*<br>", " / ", cell)).strip() for cell in row] for row in cells]
