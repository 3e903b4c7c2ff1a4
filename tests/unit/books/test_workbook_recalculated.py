"""The workbook's formulas, calculated anew by LibreOffice: with nothing changed, and with lives and prices changed."""

import csv
import math
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from recalculation import (
    TITLES,
    Sheets,
    changed,
    differences,
    lines,
    needs_office,
    read,
    recalculated,
    unlike_the_books,
    write,
)

from simcluster.books.departures import NO_SALE
from simcluster.books.journal import Account
from simcluster.books.measures import OPEX
from simcluster.books.workbook import leases, vintages
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.model.tax import Tax
from simcluster.record.events import (
    KitDelivered,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
    RetrofitFinished,
    TaskCancelled,
    TaskFinished,
)
from simcluster.report.folder import tidy_statements
from simcluster.study.result import Result
from simcluster.study.run import run, settle

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
pytestmark = needs_office


class Case(NamedTuple):
    """A run, its workbook as written, recalculated without a change, and with inputs changed; and that change's run."""

    result: Result
    written: Sheets
    again: Sheets
    other: Sheets
    other_result: Result


def case(folder: Path, result: Result, inputs: dict[str, float], other: Result) -> Case:
    path = write(folder / "model.xlsx", result)
    copies = [changed(path, folder / "again.xlsx", {}), changed(path, folder / "other.xlsx", inputs)]
    return Case(result, read(path), *recalculated(copies), other)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A life and a price changed, by prices that no fact follows: the same log, booked anew."""
    result = run(load(SMALL)[0])
    overrides = ["finance.lives.servers=4.1 years", "installed[opening].server_price=300000.25 USD"]
    other = settle(load(SMALL, overrides)[0], result.seed, result.log)
    inputs = {"life_of_servers": 4.1, "server_price_of_opening": 300_000.25}
    return case(tmp_path_factory.mktemp("small"), result, inputs, other)


def test_libreoffice_finds_every_value_that_was_written(small: Case) -> None:
    assert differences(small.written, small.again) == []
    assert small.again["Assumptions"][2][1] is True


def test_what_was_written_is_statements_csv(small: Case, tmp_path: Path) -> None:
    tidy_statements(small.result).to_csv(tmp_path / "statements.csv", index=False)
    with (tmp_path / "statements.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    assert len(rows) > 200
    for row in rows:
        sheet = small.again[TITLES.get(row["statement"], "Company")]
        column = sheet[2].index(row["quarter"])
        (found,) = [line[column] for line in sheet if line[0] == row["line"]]
        assert found == pytest.approx(float(row["value"]), rel=1e-14, abs=0.005), row


def test_a_life_and_a_price_give_what_the_books_give_to_the_cent(small: Case) -> None:
    assert unlike_the_books(small.other, small.other_result) == []
    assert len(unlike_the_books(small.again, small.other_result)) > 40, "the change must show"
    assert small.other["Assumptions"][2][1] is True


def bought(document: dict[str, Any]) -> dict[str, Any]:
    """All that can be bought, on terms, by option, by kit or cancelled; fuel; nodes given up, sold; lives changed."""
    (order,), (installed,) = document["orders"], document["installed"]
    (cluster,), (site,) = document["clusters"], document["sites"]
    late = {**order, "lots": 1, "gpus": 24}
    kit = {"cluster": "kitted", "gpus": 40, "placed": "2024-01-20", "lead_time": "3 weeks", "deposit": 0.333}
    lives = document["finance"]["lives"]
    changes = [{"date": "2024-03-01", "servers": "3.7 years"}, {"date": "2024-09-15", "servers": "2 years"}]
    turbines = {"kind": "turbines", "name": "gas", "price": "0.011 USD/kWh", "first": "2023-01-01", "units": 1}
    fuel = {"unit_power": "1 MW", "days_apart": 0, "heat_rate": "9.51 MMBtu/MWh", "fuel_price": "3.47 USD/MMBtu"}
    causes = [{**cause, "rate": "0.01 / day"} for cause in document["catalog"]["failures"]["f"]["causes"]]
    (old, new), (grid,), halls = site["halls"], site["power"], (("tasked", "0.4 MW"), ("next_to_it", "0.3 MW"))
    return document | {
        "catalog": document["catalog"] | {"failures": {"f": {"causes": causes}}},
        "sites": [
            {
                **site,
                "land": {"cost": "765432.10 USD", "bought": "2024-02-29"},
                "power": [turbines | fuel, grid | {"demand_charge": "4321 USD/MW/month"}],
                "halls": [
                    old | {"retrofits": [WET]}, new | {"plant_share": 0.37},
                    *({**TASKED, "name": n, "it_power": p} for n, p in halls),
                ],
                "construction": CONSTRUCTION,
                **SITE_CONTRACTS,
            }
        ],
        "clusters": [
            {
                **cluster,
                "repair": {"retirement": {"failures": 2, "window": "90 days"}, "parts": PARTS},
                **CLUSTER_CONTRACTS,
            },
            {**cluster, "name": "kitted", "kit": ["leaf", "spine"], "support": {"network": 0.0271}},
        ],
        "installed": [{**installed, "server_price": "211111.11 USD"}],
        "orders": [
            {**order, "deposit": 0.137, "payment_terms": "45 days", "server_price": "262626.26 USD",
             "components": AHEAD},
            {**late, "name": "used", "components": {"share": 0.613, "ahead": "9 days"},
             "option": {"premium": 0.017, "exercise": "2024-03-15", "probability": 1.0}},
            {**late, "name": "lapsed", "option": {"premium": 0.017, "exercise": "2024-03-15", "probability": 0.0}},
            {**late, "name": "called_off", "lots": 3, "lot_interval": "8 weeks", "deposit": 0.3,
             "cancellation": {"date": "2024-04-20", "fee": 0.0411}},
            {**late, "name": "with_kit", "cluster": "kitted", "gpus": 40},
            {**late, "name": "on_lease", "deposit": 0.0, "gpus": 40, "lots": 2, "lot_interval": "5 weeks",
             "lease": {"term": "7 months", "rate": 0.0777}},
        ],
        "kits": [
            {**kit, "name": "leaves", "item": "leaf", "price": "1234.56 USD", "lots": 3, "lot_interval": "1 week"},
            {**kit, "name": "spines", "item": "spine", "price": "777.77 USD", "payment_terms": "30 days"},
        ],
        "company": document["company"] | {"capex": {"kind": "gross_productive_assets"}},
        "sales": [
            {"name": "resold", "purchase": "first", "gpus": 16, "date": "2024-08-01",
             "price": {"kind": "decay", "rate": 0.276}},
            {"name": "dear", "purchase": "next", "gpus": 24, "date": "2024-07-09",
             "price": {"kind": "per_gpu", "price": "39876.54 USD"}},
            {"name": "lot", "cluster": "kitted", "gpus": 24, "date": "2024-10-02",
             "price": {"kind": "per_node", "price": "65432.19 USD"}},
            {"name": "scrapped", "purchase": "used", "gpus": 8, "date": "2024-11-01"},
        ],
        "background": [{"name": "b", "clusters": ["k"], "demand": [{"start": "2024-01-01", "gpus": 60}]}],
        "revenue": document["revenue"]
        | {"assistant": {"ceiling_musers": 900.0, "growth_per_year": 1.9, "midpoint": "2024-05-05",
                         "revenue_per_user": "1.7 USD/year", "monetised": "2024-06-11"}},
        "finance": document["finance"]
        | {"impairments": IMPAIRED, "lives": lives | {"changes": changes, "residual": {"servers": 0.031}}, "debt": DEBT,
           "capitalise_interest": True, "leases": LEASES, "tax": TAX},
    }  # fmt: skip


LEASES: list[dict[str, Any]] = [
    {"kind": "finance", "name": "old", "asset_class": "servers", "commences": "2023-05-31", "term": "11 months",
     "payment": "12345.67 USD", "rate": 0.066},
    {"kind": "finance", "name": "racks", "asset_class": "network", "commences": "2024-02-29", "term": "5 years",
     "payment": "2222.22 USD", "rate": 0.0815, "escalation": 0.025, "paid": "in_advance"},
    {"kind": "finance", "name": "mains", "asset_class": "buildings", "commences": "2024-01-01", "term": "3 years",
     "per": "year", "payment": "33333.33 USD", "rate": 0.05},
    {"kind": "operating", "name": "shell", "asset_class": "buildings", "commences": "2022-12-15", "term": "3 years",
     "per": "year", "payment": "88888.88 USD", "rate": 0.071, "escalation": 0.03, "paid": "in_advance"},
    {"kind": "operating", "name": "yard", "asset_class": "buildings", "commences": "2024-03-31", "term": "6 months",
     "payment": "1111.11 USD", "rate": 0.09},
]  # fmt: skip
TAX: dict[str, Any] = {
    "bonus": [{"from": "2023-01-01", "share": 0.8}, {"from": "2024-04-11", "share": 0.6}],
    "recovery": {"network": 7},
    "losses": "carried_forward",
}


SITE_CONTRACTS: dict[str, Any] = {
    "colocation": {"rent": "141.37 USD/kW/month"},
    "transit": {
        "price": "83.91 USD/Gbps/month",
        "steps": [{"date": "2023-06-01", "bandwidth": "400 Gbps"}, {"date": "2024-05-17", "bandwidth": "1.2 Tbps"}],
    },
    "upkeep": 0.0173,
}
CLUSTER_CONTRACTS: dict[str, Any] = {
    "support": {"servers": 0.0511, "network": 0.0317},
    "licences": "911.13 USD/GPU/year",
}
PARTS = {"stock": 5, "reorder_point": 2, "order": 3, "lead_time": "9 days", "price": "1111.11 USD"}
CONSTRUCTION: dict[str, Any] = {
    "start": "2023-11-01",
    "tasks": [
        {"name": "shell", "duration": "8 weeks", "cost": "333333.33 USD", "paid_at_start": 0.217},
        {"name": "fit", "kind": "electrical", "after": ["shell"], "duration": "20 weeks", "cost": "555555.55 USD",
         "paid_at_start": 0.1},
        {"name": "refit", "kind": "mechanical", "after": ["shell"], "duration": "6 weeks", "cost": "444444.44 USD"},
        {"name": "yard", "duration": "30 weeks", "cost": "9999.99 USD"},
    ],
    "equipment": [
        {"name": "chillers", "ordered": "2023-12-01", "lead_time": "20 weeks", "unit_power": "0.3 MW",
         "unit_price": "77777.77 USD", "deposit": 0.333},
    ],
    "redesigns": [{"name": "liquid", "date": "2024-03-01", "replaces": {"fit": ["refit"]}}],
}  # fmt: skip
TASKED = {"after": ["fit", "chillers"], "test": {"duration": "1 week", "pass_probability": 1.0}}
AHEAD = {"share": 0.037, "ahead": "40 days"}
IMPAIRED: list[dict[str, Any]] = [
    {"date": "2024-05-17", "asset_class": "servers", "share": 0.217, "reason": "older", "purchases": ["first", "next"]},
    {"date": "2024-07-01", "asset_class": "network", "share": 0.111, "reason": "slower"},
]
WET = {
    "name": "wet", "start": "2024-05-01", "duration": "40 days", "cooling": "liquid", "cost": "1234567.89 USD/MW",
    "plant_share": 0.85,
}  # fmt: skip
DEBT: list[dict[str, Any]] = [
    {"name": "loan", "drawn": [{"date": "2023-05-10", "amount": "1.5 MUSD"}], "rate": 0.0613, "term": "3 years",
     "rate_changes": [{"date": "2024-06-01", "rate": 0.0731}], "grace": "9 months", "repayment": "level"},
    {"name": "notes", "drawn": [{"date": "2024-02-10", "amount": "7654321.09 USD"},
                                {"date": "2024-07-15", "amount": "2.2 MUSD"}],
     "rate": 0.05, "term": "8 months", "repayment": "bullet"},
    {"name": "facility", "delayed": {"share": 0.37, "limit": "3 MUSD", "since": "2024-01-01", "until": "2024-09-30"},
     "rate": 0.08, "term": "2 years", "repayment": "straight"},
]  # fmt: skip
PRICES: dict[str, float] = {
    "rate_of_loan": 0.0707,
    "rate_of_loan_from_2024_06_01": 0.0829,
    "grace_of_loan": 0.25,
    "drawn_on_loan_on_2023_05_10": 1_800_000.01,
    "drawn_on_notes_on_2024_07_15": 3_300_000.0,
    "term_of_notes": 0.5,
    "share_drawn_on_facility": 0.41,
    "limit_of_facility": 2_900_000.0,
    "term_of_facility": 1.5,
    "life_of_plant": 0.45,
    "impairment_1_of_servers": 0.313,
    "share_of_components_in_next": 0.57,
    "cost_of_land_of_here": 777_777.77,
    "cost_of_retrofit_wet_of_hall_old_at_here": 1_111_111.11,
    "share_of_plant_in_retrofit_wet_of_hall_old_at_here": 0.631,
    "share_of_plant_in_hall_new_at_here": 0.41,
    "life_of_servers": 6.3,
    "life_of_buildings": 0.6,
    "residual_of_network": 0.1234,
    "change_1_of_lives_servers": 4.9,
    "change_2_of_lives_date": date(2024, 8, 7).toordinal() - SPREADSHEET_DAY_0,
    "change_3_of_lives_date": date(2024, 11, 30).toordinal() - SPREADSHEET_DAY_0,
    "change_3_of_lives_network": 0.9,
    "server_price_of_next": 199_999.99,
    "network_price_of_s": 43_210.98,
    "deposit_on_order_next": 0.291,
    "cancellation_fee_of_called_off": 0.09,
    "price_of_kit_spines": 888.13,
    "cost_of_hall_new_at_here": 12_345_678.9,
    "cost_of_shell_at_here": 345_678.91,
    "paid_at_the_start_of_fit_at_here": 0.37,
    "price_of_chillers_at_here": 66_666.67,
    "decay_of_sale_resold": 0.351,
    "price_of_sale_dear": 41_234.56,
    "price_of_sale_lot": 7_654.32,
    "price_of_sale_scrapped": 55_555.55,
    "operations_of_here": 222_222.22,
    "energy_from_grid_at_here": 0.0613,
    "fuel_for_gas_at_here": 4.05,
    "demand_charge_of_grid_at_here": 5_000.5,
    "part_for_b_of_f": 1_357.91,
    "colocation_at_here": 166.66,
    "transit_of_here": 71.77,
    "upkeep_at_here": 0.0219,
    "support_of_servers_of_k": 0.0622,
    "support_of_network_of_kitted": 0.0333,
    "licences_of_k": 1_234.56,
    "spare_part_of_k": 999.95,
    "wacc": 0.087,
    "economic_life_of_servers": 3.3,
    "tax_rate": 0.27,
    "bonus_from_2024_04_11": 0.4321,
    "recovery_of_network": 10,
    "recovery_of_buildings": 15,
    "loss_limit": 0.717,
    "contribution_margin": 0.713,
    "lift_ceiling": 0.0877,
    "assistant_revenue_per_user": 2.3,
    "growth_of_impressions_2024": 0.077,
    "rest_of_costs_2024": 4.8123456e8,
    "lease_rate_of_on_lease": 0.1021,
    "lease_term_of_on_lease": 31,
    "payment_of_lease_old": 11_111.11,
    "rate_of_lease_racks": 0.0612,
    "escalation_of_lease_racks": 0.041,
    "term_of_lease_racks": 9,
    "commencement_of_lease_mains": date(2023, 8, 30).toordinal() - SPREADSHEET_DAY_0,
    "rate_of_lease_shell": 0.0513,
    "term_of_lease_shell": 48,
    "commencement_of_lease_yard": date(2024, 5, 17).toordinal() - SPREADSHEET_DAY_0,
}


def repriced(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with the same changes as `PRICES`."""
    bonus, recovery = [TAX["bonus"][0], TAX["bonus"][1] | {"share": 0.4321}], {"network": 10, "buildings": 15}
    tax = TAX | {"bonus": bonus, "recovery": recovery, "loss_limit": 0.717}
    finance, revenue, sites = document["finance"], document["revenue"], document["sites"]
    (gas, grid), (old, new, *tasked) = sites[0]["power"], sites[0]["halls"]
    shell, fit, *others = CONSTRUCTION["tasks"]
    (chillers,) = CONSTRUCTION["equipment"]
    lives = finance["lives"] | {
        "servers": "6.3 years",
        "buildings": "0.6 years",
        "plant": "0.45 years",
        "residual": {"servers": 0.031, "network": 0.1234},
        "changes": [
            {"date": "2024-03-01", "servers": "4.9 years"},
            {"date": "2024-08-07", "servers": "2 years"},
            {"date": "2024-11-30", "network": "0.9 years"},
        ],
    }
    site = {
        "halls": [
            old | {"retrofits": [WET | {"cost": "1111111.11 USD/MW", "plant_share": 0.631}]},
            new | {"cost": "12345678.9 USD/MW", "plant_share": 0.41},
            *tasked,
        ],
        "construction": CONSTRUCTION
        | {
            "tasks": [shell | {"cost": "345678.91 USD"}, fit | {"paid_at_start": 0.37}, *others],
            "equipment": [chillers | {"unit_price": "66666.67 USD"}],
        },
        "land": {"cost": "777777.77 USD", "bought": "2024-02-29"},
        "operations": "222222.22 USD/MW/year",
        "colocation": {"rent": "166.66 USD/kW/month"},
        "transit": SITE_CONTRACTS["transit"] | {"price": "71.77 USD/Gbps/month"},
        "upkeep": 0.0219,
        "power": [
            gas | {"fuel_price": "4.05 USD/MMBtu"},
            grid | {"price": "0.0613 USD/kWh", "demand_charge": "5000.5 USD/MW/month"},
        ],
    }
    new_orders = {
        "next": {"components": AHEAD | {"share": 0.57}, "server_price": "199999.99 USD", "deposit": 0.291},
        "called_off": {"cancellation": {"date": "2024-04-20", "fee": 0.09}},
        "on_lease": {"lease": {"term": "31 months", "rate": 0.1021}},
    }
    old, racks, mains, shell_lease, yard = LEASES
    other_leases = [
        old | {"payment": "11111.11 USD"},
        racks | {"rate": 0.0612, "escalation": 0.041, "term": "9 months"},
        mains | {"commences": "2023-08-30"},
        shell_lease | {"rate": 0.0513, "term": "4 years"},
        yard | {"commences": "2024-05-17"},
    ]
    new_prices: dict[str, dict[str, Any]] = {
        "resold": {"kind": "decay", "rate": 0.351},
        "dear": {"kind": "per_gpu", "price": "41234.56 USD"},
        "lot": {"kind": "per_node", "price": "7654.32 USD"},
        "scrapped": {"kind": "per_node", "price": "55555.55 USD"},
    }
    a, b = document["catalog"]["failures"]["f"]["causes"]
    server = document["catalog"]["servers"]["s"] | {"network_price": "43210.98 USD"}
    (plan,) = document["company"]["plan"]
    k, kitted = document["clusters"]
    support = CLUSTER_CONTRACTS["support"] | {"servers": 0.0622}
    clusters = [
        k
        | {
            "repair": k["repair"] | {"parts": PARTS | {"price": "999.95 USD"}},
            "support": support,
            "licences": "1234.56 USD/GPU/year",
        },
        kitted | {"support": {"network": 0.0333}},
    ]
    advertising = plan["advertising"] | {"impressions": 0.077}
    return document | {
        "catalog": document["catalog"]
        | {"servers": {"s": server}, "failures": {"f": {"causes": [a, b | {"parts_cost": "1357.91 USD"}]}}},
        "sites": [sites[0] | site],
        "clusters": clusters,
        "orders": [order | new_orders.get(order["name"], {}) for order in document["orders"]],
        "kits": [k | ({"price": "888.13 USD"} if k["name"] == "spines" else {}) for k in document["kits"]],
        "sales": [sale | {"price": new_prices[sale["name"]]} for sale in document["sales"]],
        "revenue": revenue
        | {
            "contribution_margin": 0.713,
            "lift": revenue["lift"] | {"ceiling": 0.0877},
            "assistant": revenue["assistant"] | {"revenue_per_user": "2.3 USD/year"},
        },
        "company": document["company"]
        | {"plan": [plan | {"advertising": advertising, "rest_costs": "481.23456 MUSD"}]},
        "finance": finance
        | {
            "impairments": [IMPAIRED[0] | {"share": 0.313}, IMPAIRED[1]],
            "wacc": 0.087,
            "economic_life": "3.3 years",
            "tax_rate": 0.27,
            "lives": lives,
            "debt": lent_otherwise(),
            "leases": other_leases,
            "tax": tax,
        },
    }


def lent_otherwise() -> list[dict[str, Any]]:
    """Debt with the same changes as `PRICES`."""
    loan, notes, facility = DEBT
    (first,), (once, again) = loan["drawn"], notes["drawn"]
    changes = [{"date": "2024-06-01", "rate": 0.0829}]
    drawn = [first | {"amount": "1800000.01 USD"}]
    return [
        loan | {"rate": 0.0707, "rate_changes": changes, "grace": "3 months", "drawn": drawn},
        notes | {"drawn": [once, again | {"amount": "3.3 MUSD"}], "term": "6 months"},
        facility | {"delayed": facility["delayed"] | {"share": 0.41, "limit": "2.9 MUSD"}, "term": "18 months"},
    ]


KINDS = (
    OptionBought, OptionLapsed, OrderCancelled, OrderPlaced, LotDelivered, KitDelivered, TaskCancelled, TaskFinished,
    RetrofitFinished,
)  # fmt: skip


def test_every_kind_of_input_gives_what_the_books_give_to_the_cent(document: dict[str, Any], tmp_path: Path) -> None:
    whole = bought(document)
    result, other = (run(Scenario.model_validate(table)) for table in (whole, repriced(whole)))
    for kind in KINDS:
        assert result.log.count(kind), kind.__name__
    assert all(result.journal.moved(account).any() for account in (*OPEX, Account.SPARE_PARTS))
    assert any(asset.retired_hour < math.inf and asset.sale == NO_SALE for asset in result.journal.assets)
    assert {asset.sale for asset in result.journal.assets} == {NO_SALE, 0, 1, 2, 3}
    assert any(e.text.startswith("abandoned: interest capitalised on ") for e in result.journal.entries)
    assert result.statements.loc[("income_statement", "depreciation_plant")].gt(0).any()
    found = case(tmp_path, result, PRICES, other)
    assert found.written["Other entries"][3:] == [], "everything is priced by an assumption"
    assert differences(found.written, found.again) == []
    assert unlike_the_books(found.other, other) == []
    assert found.again["Assumptions"][2][1] is found.other["Assumptions"][2][1] is True


def test_vintages_and_leases_brought_together_keep_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vintages, "LISTED", 5)
    monkeypatch.setattr(leases, "LISTED", 1)
    rows = ", ".join("{" + ", ".join(f"{key}={value!r}" for key, value in row.items()) + "}" for row in LEASES)
    plain = load(SMALL, [f"finance.leases=[{rows}]"])[0]
    tax = Tax.model_validate({"bonus": TAX["bonus"], "recovery": {"servers": 7}})
    result = run(plain.model_copy(update={"finance": plain.finance.model_copy(update={"tax": tax})}))
    path = write(tmp_path / "model.xlsx", result)
    (again,) = recalculated([changed(path, tmp_path / "again.xlsx", {})])
    assert differences(read(path), again) == []
    assert unlike_the_books(again, result) == []
    assert sum("vintages of" in str(row[0]) for row in again["Vintages"]) >= 2
    assert [row[0] for row in again["Leases"][6:]] == ["3 finance leases", "1 operating leases"]
    assert again["Other entries"][3:] == []


def test_a_sheet_that_breaks_a_law_says_so(small: Case, tmp_path: Path) -> None:
    """The control: a residual above 1 takes depreciation below nothing, which a check must see."""
    path = write(tmp_path / "model.xlsx", small.result)
    (broken,) = recalculated([changed(path, tmp_path / "broken.xlsx", {"residual_of_servers": 1.5})])
    assert broken["Assumptions"][2][1] is False
    assert broken["Checks"][1][1] is False
    assert lines(broken, "Checks")["no vintage gains value"] == (False,)
    assert lines(broken, "Checks")["the balance sheet balances"] == (True,)


def edges(document: dict[str, Any]) -> dict[str, Any]:
    """A start within a month, in which a rate changes; a sale at exactly book value; a line that falls to nothing."""
    (order,), finance, plan = document["orders"], document["finance"], document["company"]["plan"][0]
    (company,) = document["catalog"]["companies"].values()
    company["quarters"] = [{"period": f"2023Q{q}", "capex_musd": 25.0} for q in (1, 2, 3, 4)]
    changes = [{"date": "2024-01-10", "rate": 0.12}, {"date": "2024-05-01", "rate": 0.03}]
    drawn = [{"date": "2023-07-01", "amount": "5 MUSD"}]
    loan = {"name": "loan", "rate": 0.06, "rate_changes": changes, "term": "10 years", "drawn": drawn}
    sale = {"purchase": "first", "gpus": 32, "date": "2024-06-01", "price": {"kind": "per_node", "price": "25 kUSD"}}
    lives = {"servers": "0.5 years", "residual": {"servers": 0.1}}
    return document | {
        "start": "2024-01-16",
        "finance": finance
        | {"capitalise_interest": True, "debt": [loan | {"repayment": "straight"}], "lives": finance["lives"] | lives},
        "sales": [sale | {"name": "away"}],
        "orders": [order | {"payment_terms": "40 days", "components": {"share": 0.6, "ahead": "10 days"}}],
        "company": document["company"] | {"plan": [plan | {"rest_capex": "0 USD"}]},
    }


def test_edges_of_rates_sales_and_growth_are_what_libreoffice_finds(document: dict[str, Any], tmp_path: Path) -> None:
    result = run(Scenario.model_validate(edges(document)), 0)
    path = write(tmp_path / "model.xlsx", result)
    (again,) = recalculated([changed(path, tmp_path / "again.xlsx", {})])
    assert differences(read(path), again) == []
    assert unlike_the_books(again, result) == []
    assert again["Assumptions"][2][1] is True
    assert -1.0 in result.company.loc["capex_growth"].tolist(), "the case must be one"
    of_servers = [e for e in result.journal.entries if e.text.startswith("sale away: 4 nodes")]
    assert [Account.DISPOSALS in {p.account for p in e.postings} for e in of_servers] == [False]
