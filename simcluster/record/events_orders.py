"""Facts of what is bought: budgets, options, orders, kits, and what is delivered of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BudgetOpened:
    """A year's capital became available."""

    hour: float
    year: int
    amount_usd: float


@dataclass(frozen=True, slots=True)
class OrderPostponed:
    """An order found no room in the year's budget and waits for the next year's."""

    hour: float
    order: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was placed at prices agreed that day; the deposit was paid."""

    hour: float
    order: int
    nodes: int
    server_price_usd: float
    network_price_usd: float
    deposit_usd: float


@dataclass(frozen=True, slots=True)
class OptionBought:
    """A premium was paid for the right to place an order later, at the prices of the day."""

    hour: float
    order: int
    premium_usd: float


@dataclass(frozen=True, slots=True)
class OptionLapsed:
    """The right to place an order was not used, and its premium is lost."""

    hour: float
    order: int


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """Nodes of an order that were not delivered yet were cancelled, for a fee."""

    hour: float
    order: int
    nodes: int
    fee_usd: float


@dataclass(frozen=True, slots=True)
class LotDelivered:
    """Nodes of an order arrived and were paid for, less their share of the deposit."""

    hour: float
    order: int
    lot: int
    nodes: int


@dataclass(frozen=True, slots=True)
class KitOrdered:
    """Shares of a kit for so many nodes were ordered at a price agreed that day; the deposit was paid."""

    hour: float
    kit: int
    nodes: int
    price_usd: float
    deposit_usd: float


@dataclass(frozen=True, slots=True)
class KitDelivered:
    """Shares of a kit for so many nodes arrived and were paid for, less their share of the deposit."""

    hour: float
    kit: int
    lot: int
    nodes: int
