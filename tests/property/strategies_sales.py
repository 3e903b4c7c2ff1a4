"""Sales of nodes, drawn into a document that is valid without."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
PRICES: tuple[Document, ...] = (
    {"kind": "none"},
    {"kind": "per_node", "price": "12345.67 USD"},
    {"kind": "per_node", "price": "999999.99 USD"},
    {"kind": "per_gpu", "price": "7777.77 USD"},
    {"kind": "decay", "rate": 0.276},
    {"kind": "decay", "rate": 0.0},
)
NODE_GPUS = 8


@st.composite
def perhaps_sold(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document of which half sell nodes: of a purchase or of a cluster, some or all, on any day."""
    document = draw(documents)
    if draw(st.booleans()) and not any("lease" in row for row in document["orders"]):
        document["sales"] = draw(sales(document))
    return document


@st.composite
def sales(draw: st.DrawFn, document: Document) -> list[Document]:
    """Up to three sales that together take no more than there is, and leave later jobs their gangs."""
    found: list[Document] = []
    bought = {row["name"]: row for row in (*document["installed"], *document["orders"])}
    for number in range(draw(st.integers(1, 3))):
        if not bought:
            return []
        row = draw(st.sampled_from(sorted(bought)))
        whole_cluster = draw(st.booleans())
        cluster = bought[row]["cluster"]
        earliest = max(document["start"], bought[row].get("placed", document["start"]))
        day = earliest + timedelta(days=draw(st.integers(0, (document["end"] - earliest).days)))
        mine = [each for each in bought.values() if each["cluster"] == cluster]
        spare = sum(each["gpus"] for each in mine) - _promised(document, cluster, day)
        spare -= sum(sale["gpus"] for sale in found if _home(bought, sale) == cluster)
        if not whole_cluster:
            sold = sum(sale["gpus"] for sale in found if sale.get("purchase") == row)
            spare = min(spare, bought[row]["gpus"] - sold)
        if spare < NODE_GPUS:
            continue
        gpus = NODE_GPUS * draw(st.sampled_from((1, spare // NODE_GPUS, draw(st.integers(1, spare // NODE_GPUS)))))
        of = {"cluster": cluster} if whole_cluster else {"purchase": row}
        price = draw(st.sampled_from(PRICES))
        found.append({"name": f"sale-{number}", **of, "gpus": gpus, "date": day, "price": price})
    return _in_order(document, found, bought)


def _promised(document: Document, cluster: str, day: date) -> int:
    """The largest gang of jobs that may begin only after a day."""
    jobs = [job for job in document["jobs"] if job["cluster"] == cluster and job["earliest"] >= day]
    return max((job["gpus"] for job in jobs), default=0)


def _home(bought: dict[str, Document], sale: Document) -> str:
    name: str = sale["cluster"] if "cluster" in sale else bought[sale["purchase"]]["cluster"]
    return name


def _in_order(document: Document, found: list[Document], bought: dict[str, Document]) -> list[Document]:
    """Those that leave every job its gang, whatever was sold before its earliest day by sales drawn later."""
    kept: list[Document] = []
    for sale in found:
        trial = [*kept, sale]
        for job in document["jobs"]:
            mine = sum(row["gpus"] for row in bought.values() if row["cluster"] == job["cluster"])
            gone = [s for s in trial if _home(bought, s) == job["cluster"] and s["date"] <= job["earliest"]]
            if mine - sum(s["gpus"] for s in gone) < job["gpus"]:
                break
        else:
            kept.append(sale)
    return kept


@st.composite
def renewed(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document whose only site has room and power for the fleet of its start and little more, and sells for an order.

    One hall and one source that is there from the start; either may be the one that is scarce.
    """
    document = draw(documents)
    (site,), (row,), (cluster,) = document["sites"], document["installed"], document["clusters"]
    server = document["catalog"]["servers"][cluster["server"]]
    node_kw = sum(float(server[name].split()[0]) for name in ("server_power", "network_power"))
    nodes = row["gpus"] // NODE_GPUS
    hall, power = draw(st.sampled_from(((0, 0), (0, 4), (4, 0), (1, 2))))
    facility = node_kw * site["provisioned_fraction"] * site["pue_peak"]
    site.pop("construction", None)
    site["halls"] = [
        {"name": "a", "it_power": f"{(nodes + hall) * node_kw:.9f} kW", "ready": row["in_service"], "cost": "0 USD/MW"}
    ]
    phases = [{"date": row["in_service"], "power": f"{(nodes + power) * facility:.9f} kW"}]
    site["power"] = [{"kind": "grid", "name": "grid", "price": "0.1 USD/kWh", "phases": phases}]
    order = {"name": "new", "cluster": cluster["name"], "gpus": NODE_GPUS * draw(st.integers(4, 9))}
    document["orders"] = [{**order, "placed": document["start"], "deposit": 0.0, "lead_time": "5 days"}]
    document["sales"] = draw(sales(document))
    return document
