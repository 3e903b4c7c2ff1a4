"""What power can have besides phases and a price, drawn into a document that is valid without."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
DURATIONS: tuple[Any, ...] = ("2 hours", "0 hours", {"kind": "exponential", "mean": "20 hours"})
MOST_BUSY = 0.8
"""The highest busy draw in the packaged catalog."""
SEASON = (0.5, 0.5, 0.7, 0.9, 1.0, 1.3, 1.5, 1.5, 1.2, 0.9, 0.7, 0.5)
SUMMER = 1.5


@st.composite
def with_power(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document with draws by state and a PUE by load and season, tariffs, shortages and batteries."""
    document = draw(documents)
    for server in document["catalog"]["servers"].values():
        server.update(draw(_draws()))
    for site in document["sites"]:
        if draw(st.booleans()):
            site["pue"] = draw(_pue(site))
            del site["pue_average"]
        for source in site["power"]:
            source.update(draw(_tariff(source["kind"])))
            source.update(draw(_shortages(document["start"])))
        site.update(draw(_remedies()))
    return document


@st.composite
def _tariff(draw: st.DrawFn, kind: str) -> Document:
    tariff: Document = draw(st.sampled_from(({}, {"carbon": "390 kg/MWh"})))
    if kind == "turbines":
        fuel = {"heat_rate": "9.7 MMBtu/MWh", "fuel_price": "3.33 USD/MMBtu"}
        return {**tariff, **draw(st.sampled_from(({}, fuel)))}
    return {**tariff, **draw(st.sampled_from(({}, {"demand_charge": "11.5 kUSD/MW/month"})))}


@st.composite
def _shortages(draw: st.DrawFn, start: date) -> Document:
    outages = [
        {"name": f"outage-{k}", "rate": draw(st.sampled_from(("0.3 / day", "0.05 / day"))), "duration": lasts}
        for k, lasts in enumerate(draw(st.lists(st.sampled_from(DURATIONS), max_size=2)))
    ]
    windows = [
        {
            "date": start + timedelta(days=draw(st.integers(-2, 60))),
            "hour": draw(st.sampled_from((0.0, 13.5))),
            "duration": draw(st.sampled_from(("3 hours", "4 days"))),
            "power": f"{draw(st.sampled_from((1, 3, 30, 400))) / 100} MW",
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    return {"outages": outages, "curtailments": windows}


@st.composite
def _remedies(draw: st.DrawFn) -> Document:
    remedies: Document = {"shedding": draw(st.sampled_from(("newest_first", "declared_order")))}
    if draw(st.booleans()):
        remedies["battery"] = {
            "power": f"{draw(st.sampled_from((0, 2, 10, 100))) / 100} MW",
            "energy": f"{draw(st.sampled_from((0, 5, 200))) / 100} MWh",
            "round_trip": draw(st.sampled_from((1.0, 0.85))),
        }
    return remedies


@st.composite
def _draws(draw: st.DrawFn) -> Document:
    drawn: Document = {}
    for name in ("checkpoint_draw", "restart_draw"):
        share = draw(st.sampled_from((None, 0.3, 0.0, 0.77)))
        drawn |= {} if share is None else {name: share}
    return drawn


@st.composite
def _pue(draw: st.DrawFn, site: Document) -> Document:
    """A PUE at which busy nodes draw no more than they are admitted on."""
    if draw(st.integers(0, 3)) == 0:
        return {"kind": "constant", "average": site["pue_average"]}
    spare = (site["provisioned_fraction"] * site["pue_peak"] - MOST_BUSY) * (1 - 1e-9)
    months = draw(st.sampled_from((None, SEASON)))
    spare /= 1.0 if months is None else SUMMER
    share = draw(st.sampled_from((0.0, 0.4, 1.0)))
    table = {
        "kind": "fixed_and_proportional",
        "fixed": share * spare,
        "proportional": (1 - share) * spare / MOST_BUSY,
    }
    return table if months is None else {**table, "months": list(months)}
