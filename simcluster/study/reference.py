"""What a log of failures is set against: Llama 3's unexpected interruptions, from the packaged catalog."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simcluster.core.units import parse
from simcluster.model.document import read_packaged_catalog

PROFILE = "llama3_h100"
NODE_GPUS = 8
"""GPUs of a node whose days the catalog counts."""
PER_1000 = 1000.0


@dataclass(frozen=True)
class Reference:
    """Interruptions per 1,000 days of a node of eight GPUs: of all causes, and by each cause's name."""

    rate: float
    causes: dict[str, float]
    titles: dict[str, str]
    """Names of causes by the words of their titles, for logs that write those."""

    def name_of(self, cause: str) -> str | None:
        """The name of the cause that a log calls so, if there is one."""
        words = words_of(cause)
        return words if words in self.causes else self.titles.get(words)


def llama3() -> Reference:
    """Llama 3's 419 unexpected interruptions in 54 days of 2,048 nodes (arXiv 2407.21783, Table 5), by cause."""
    rows = read_packaged_catalog()[0]["failures"][PROFILE]["causes"]
    rates = {row["name"]: rate for row in rows if (rate := rate_of(row)) is not None}
    titles = {words_of(re.sub(r"\(.*\)", "", row.get("title", ""))): row["name"] for row in rows}
    return Reference(sum(rates.values()), rates, {words: name for words, name in titles.items() if name in rates})


def words_of(text: str) -> str:
    """A name as a key: lower case, anything but letters and digits an underscore."""
    return re.sub(r"[^0-9a-z]+", "_", text.casefold()).strip("_")


def rate_of(row: dict[str, Any]) -> float | None:
    """A cause's rate per 1,000 node-days, from a rate or the mean of a life; None if neither is of nodes or GPUs."""
    of = {"gpu": NODE_GPUS, "node": 1}.get(str(row.get("per", row.get("scope"))))
    life = row.get("life")
    if of is None:
        return None
    if "rate" in row:
        return PER_1000 * of * parse(row["rate"], "1/day")
    if isinstance(life, dict) and "mean" in life:
        return PER_1000 * of / parse(life["mean"], "day")
    return None
