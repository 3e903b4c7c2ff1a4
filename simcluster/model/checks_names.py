"""Names that have to be unique, since rows go by them and luck is addressed by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.core.problems import KeyPath
    from simcluster.model.kind import Value
    from simcluster.model.scenario import Scenario

NAMED = ("sites", "clusters", "installed", "vendors", "slips", "orders", "kits", "sales", "jobs", "background")


def duplicate_names(scenario: Scenario) -> Iterator[Located]:
    """Names used twice in a table, in a site's halls, their retrofits and power, or by what is ordered."""
    for table in NAMED:
        yield from used_twice(scenario, (), (table,))
    for s, site in enumerate(scenario.sites):
        for table in ("halls", "power"):
            yield from used_twice(site, ("sites", s), (table,), "a name at a site addresses luck")
        for h, hall in enumerate(site.halls):
            yield from used_twice(
                hall, ("sites", s, "halls", h), ("retrofits",), "a retrofit's name addresses its luck"
            )
    seen = {row.name: "an opening row" for row in scenario.installed}
    for table, what in (("orders", "an order"), ("kits", "a kit")):
        for k, order in enumerate(getattr(scenario, table)):
            if order.name in seen and seen[order.name] != what:
                message = f"the name {order.name!r} is also that of {seen[order.name]}"
                yield Located((table, k, "name"), message, "rename one: a lot's name addresses its luck")
            seen.setdefault(order.name, what)


def used_twice(of: Value, at: KeyPath, tables: Sequence[str], hint: str = "names are unique") -> Iterator[Located]:
    """Rows of some tables of what stands at a path, together, whose name another of them has."""
    counts = Counter(row.name for table in tables for row in getattr(of, table))
    for table in tables:
        for k, row in enumerate(getattr(of, table)):
            if counts[row.name] > 1:
                message = f"the name {row.name!r} is used {counts[row.name]} times"
                yield Located((*at, table, k, "name"), message, hint)
