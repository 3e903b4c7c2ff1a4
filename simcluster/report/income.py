"""What is below operating income, what is owed and what the programme is worth, as lines of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.format import number
from simcluster.report.lines import line

if TYPE_CHECKING:
    from simcluster.study.result import Result

CALLED_FOR = ("interest", "tax_current", "impairment", "lease_liabilities", "debt")
"""Lines of which one makes income worth a line of the summary: there is debt, tax, impairment or a lease."""


def income_line(result: Result) -> str:
    """Net income by year (operating income where nothing is below it), impairment and tax; else empty.

    It is called for by debt, tax, impairment or a lease. Tax that is received is called so, with the reason where the
    parent uses losses.
    """
    if all(line(result.statements, name) is None for name in CALLED_FOR):
        return ""
    name = "net_income" if by_year(result, "net_income") else "operating_income"
    told = ", ".join(f"{year} {fmt.usd(usd)}" for year, usd in by_year(result, name).items())
    impaired = number(result.outcomes.get("impairment_usd"))
    lost = f"impairment {fmt.usd(impaired)}" if impaired else ""
    parts = [f"{name.replace('_', ' ')} {told}", lost, tax_words(result)]
    return f"Income: {'; '.join(part for part in parts if part)}"


def by_year(result: Result, name: str) -> dict[str, float]:
    """A yearly outcome of the programme, USD by calendar year; nothing where there is none."""
    start = f"{name}_usd_"
    told = {key.removeprefix(start): number(usd) for key, usd in result.outcomes.items() if key.startswith(start)}
    return {year: usd for year, usd in told.items() if usd is not None}


def tax_words(result: Result) -> str:
    """Tax paid or received, and deferred at the end; empty without income tax."""
    paid, deferred = (number(result.outcomes.get(key)) for key in ("tax_paid_usd", "deferred_tax_usd"))
    tax = result.scenario.finance.tax
    if tax is None or paid is None or deferred is None:
        return ""
    why = " as losses are used by the parent" if tax.losses == "used_by_parent" else ""
    cash = f"tax paid {fmt.usd(paid)}" if paid >= 0 else f"tax received {fmt.usd(-paid)}{why}"
    later = f"deferred {fmt.usd(abs(deferred))}{' (a claim)' if deferred < 0 else ''}" if deferred else "none deferred"
    return f"{cash}, {later}"


def owed_line(result: Result) -> str:
    """What is owed at the end, on debt and on leases, and the interest of the run; empty without both."""
    owed, interest, capitalised = (
        number(result.outcomes.get(name)) for name in ("net_debt_usd", "interest_usd", "interest_capitalised_usd")
    )
    leased = _leased(result)
    if owed is None:
        return f"Leases: {leased}" if leased else ""
    text = f"Debt: {fmt.usd(owed)} owed at the end, interest {fmt.usd(interest)}"
    text += f" of which {fmt.usd(capitalised)} capitalised" if capitalised else ""
    return f"{text}; leases: {leased}" if leased else text


def _leased(result: Result) -> str:
    """What is owed on leases at the end, and the interest on those that are finance leases; empty without leases."""
    owed, interest = last_of(result, "lease_liabilities"), number(result.outcomes.get("lease_interest_usd"))
    if owed is None:
        return ""
    return f"{fmt.usd(owed)} owed at the end" + (f", interest {fmt.usd(interest)}" if interest else "")


def last_of(result: Result, name: str) -> float | None:
    """The last balance of a line of the programme's statements, USD; None where there is no such line."""
    values = line(result.statements, name)
    return values[-1] if values else None


def value_line(result: Result) -> str:
    """NPV and IRR; where nothing is earned, that neither is said and what stands instead."""
    out = result.outcomes
    if not result.scenario.revenue.earns:
        return "Value: without revenue there is neither NPV nor offset; unit costs stand instead"
    if number(out.get("npv_usd")) is None:
        return ""
    irr = number(out.get("irr"))
    rate = "no IRR" if irr is None else f"IRR {fmt.percent(irr)}"
    before = number(out.get("npv_before_tax_usd"))
    return (
        f"Value: NPV {fmt.usd(out.get('npv_usd'))} ({fmt.usd(out.get('npv_simulated_usd'))} simulated, "
        f"{fmt.usd(out.get('npv_run_off_usd'))} run-off), {rate}"
    ) + ("" if before is None else f"; NPV before tax {fmt.usd(before)}")


def income_cards(result: Result) -> tuple[tuple[str, str, str], ...]:
    """Key figures of income, of what is owed, and of tax, as label, value and a line below; only those there are."""
    found: list[tuple[str, str, str]] = []
    net, leased = by_year(result, "net_income"), last_of(result, "lease_liabilities")
    if net:
        told = ", ".join(f"{year} {fmt.usd(usd)}" for year, usd in net.items())
        found.append(("Net income", fmt.usd(sum(net.values())), told))
    owed = number(result.outcomes.get("net_debt_usd"))
    if owed is not None or leased is not None:
        parts = [
            f"{fmt.usd(usd)} {kind}" for usd, kind in ((owed, "of debt"), (leased, "on leases")) if usd is not None
        ]
        found.append(("Owed at the end", fmt.usd((owed or 0.0) + (leased or 0.0)), ", ".join(parts)))
    paid = number(result.outcomes.get("tax_paid_usd"))
    if paid is not None:
        found.append(("Income tax paid", fmt.usd(paid), tax_words(result)))
    return tuple(found)
