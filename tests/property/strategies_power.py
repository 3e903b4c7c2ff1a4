"""What power can have besides phases and a price, drawn into a document that is valid without."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
DURATIONS: tuple[Any, ...] = ("2 hours", "0 hours", {"kind": "exponential", "mean": "20 hours"})
MOST_BUSY, IDLE = 0.8, 0.23
"""The highest and the lowest busy draw in the packaged catalog."""
SEASON = (0.5, 0.5, 0.7, 0.9, 1.0, 1.3, 1.5, 1.5, 1.2, 0.9, 0.7, 0.5)
SUMMER = 1.5


@st.composite
def with_power(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document with draws by state and a PUE by load and season, tariffs, shortages and batteries."""
    document = draw(documents)
    for server in document["catalog"]["servers"].values():
        server.update(draw(_draws()))
    for site in document["sites"]:
        site.update(draw(_admission(site)))
        if draw(st.booleans()):
            site["pue"] = draw(_pue(site))
            del site["pue_average"]
        for source in site["power"]:
            source.update(draw(_tariff(source["kind"])))
            source.update(draw(_shortages(document["start"])))
        site.update(draw(_remedies()))
    return document


@st.composite
def oversubscribed(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document whose sites let nodes in by a meter, and cannot carry the whole fleet of the start when it is busy."""
    document = draw(with_power(documents))
    servers = document["catalog"]["servers"]
    server_of = {cluster["name"]: servers[cluster["server"]] for cluster in document["clusters"]}
    home = {cluster["name"]: cluster["site"] for cluster in document["clusters"]}
    for site in document["sites"]:
        window = draw(st.sampled_from(("12 hours", "3 days", "9 days")))
        site["admission"] = {"kind": "measured", "window": window}
        lowest = draw(st.sampled_from((0.05, 0.3, 0.5, 0.8)))
        throttle = {"kind": "throttle", "lowest_clock": lowest, "exponent": draw(st.sampled_from((1, 2.4)))}
        site["over_cap"] = draw(st.sampled_from((throttle, throttle, throttle, {"kind": "shed"})))
        site.pop("pue", None)
        site["pue_average"] = 1.08
        site["pue_peak"] = draw(st.sampled_from((1.08, 1.3)))
        if draw(st.booleans()):
            site["pue"] = draw(_pue(site))
            del site["pue_average"]
        rows = [row for row in document["installed"] if home[row["cluster"]] == site["name"]]
        kw = sum(row["gpus"] / 8 * _nameplate_kw(server_of[row["cluster"]]) for row in rows)
        share = draw(st.sampled_from((0.5, 0.7, 0.85))) * site["pue_peak"]
        phases = site["power"][0]["phases"]
        phases[0]["power"] = f"{max(kw * share, 1) / 1000:.9f} MW"
        site["power"][0]["phases"] = phases[: draw(st.integers(1, len(phases)))]
        site["power"] = site["power"][: draw(st.integers(1, len(site["power"])))]
    return document


def _nameplate_kw(server: Document) -> float:
    return sum(float(server[name].split()[0]) for name in ("server_power", "network_power"))


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
def _admission(draw: st.DrawFn, site: Document) -> Document:
    """On what nodes are admitted, and what happens over the cap; a site that admits on a meter must say that."""
    over_cap: Document = {"kind": "throttle", "lowest_clock": draw(st.sampled_from((0.1, 0.5, 0.8, 1.0)))}
    over_cap |= {"exponent": draw(st.sampled_from((1, 2.4, 3)))} if draw(st.booleans()) else {}
    if draw(st.integers(0, 2)) == 0:
        over_cap = {"kind": "shed"}
    kind = draw(st.sampled_from(("provisioned", "provisioned", "measured", "measured", "measured")))
    if kind == "provisioned":
        by_plate = {"admission": "nameplate"} if site["provisioned_fraction"] == 1 else {}
        return draw(st.sampled_from(({}, {"over_cap": over_cap}, by_plate)))
    window = draw(st.sampled_from(("12 hours", "3 days", "9 days")))
    first = site["power"][0]["phases"][0]
    first["power"] = f"{float(first['power'].split()[0]) * draw(st.sampled_from((1, 0.6))):.9f} MW"
    return {"admission": {"kind": "measured", "window": window}, "over_cap": over_cap}


@st.composite
def _pue(draw: st.DrawFn, site: Document) -> Document:
    """A PUE at which busy nodes draw no more than they are admitted on."""
    if draw(st.integers(0, 3)) == 0:
        return {"kind": "constant", "average": site["pue_average"]}
    spare, at = site["provisioned_fraction"] * site["pue_peak"] - MOST_BUSY, MOST_BUSY
    if site.get("admission", "nameplate") != "nameplate":  # by the meter, which also counts what idles x pue_peak
        spare, at = IDLE * (site["pue_peak"] - 1), IDLE
    spare *= 1 - 1e-9
    months = draw(st.sampled_from((None, SEASON)))
    spare /= 1.0 if months is None else SUMMER
    share = draw(st.sampled_from((0.0, 0.4, 1.0)))
    table = {
        "kind": "fixed_and_proportional",
        "fixed": share * spare,
        "proportional": (1 - share) * spare / at,
    }
    return table if months is None else {**table, "months": list(months)}
