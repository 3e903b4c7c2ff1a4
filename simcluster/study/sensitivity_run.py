"""A whole study of sensitivity: from a scenario, a method and what is to be varied to what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.model.load import load
from simcluster.study.crew import Alone, Crew, Processes
from simcluster.study.factors import independent_factors, single_factors
from simcluster.study.known_outcomes import hint_of
from simcluster.study.methods import METHODS, SensitivityError, check_method
from simcluster.study.run import run
from simcluster.study.screening import morris, pawn
from simcluster.study.sobol_indices import sobol
from simcluster.study.tornado import tornado, variations
from simcluster.study.vary import Vary, read_vary, variations_of, varied_addresses

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.sensitivity import Method, Sensitivity

PREFERRED = ("npv_usd", "usd_per_gpu_hour")
"""The outcome unless one is given: the first that the scenario has."""
OF_FACTORS: dict[str, Method] = {"sobol": sobol, "morris": morris, "pawn": pawn}
Load = Callable[[tuple[str, ...]], tuple["Scenario", "Document"]]
"""From further texts for `--set` to a scenario and its document."""
Begin = Callable[[int], tuple[Crew, Callable[[], None] | None]]
"""From the number of runs to who makes them, and what is called after each."""


@dataclass(frozen=True)
class Found:
    """What a study says of each outcome of `base`.

    `document` is the scenario's, `drawn` the same with the laws that were drawn from.
    """

    base: Scenario
    document: Document
    drawn: Document
    outcomes: list[Sensitivity]


def look(method: str, n: int, varied: Sequence[Vary], outcomes: Sequence[str], load: Load, begin: Begin) -> Found:
    """Vary the keys given, or else what the scenario says is uncertain, and see what it does to outcomes.

    Raises:
        SensitivityError: nothing is uncertain, there is no such outcome, or see `check_method`.
        ScenarioError: the scenario is wrong, or with a key at one of its ends.
        WorkersDiedError: workers die without finishing anything.
    """
    check_method(method, n)
    base, document = load(())
    if not varied and not document.uncertainty:
        raise SensitivityError(f"nothing in {base.name} is uncertain; name keys with --vary KEY=LOW:HIGH")
    names = _known(base, outcomes)
    if method == "tornado":
        rows = variations_of(varied, lambda more: load(tuple(more))[0]) or variations(base, document)
        ends = sum(end is not None for row in rows for end in row.ends)
        return Found(base, document, document, tornado(base, rows, names, n, *begin(n * (1 + ends))))
    base, drawn = load(tuple(one.law for one in varied)) if varied else (base, document)
    find = single_factors if method == "pawn" else independent_factors
    factors = find(drawn, varied_addresses(drawn) if varied else None)
    runs = {"sobol": n * (len(factors) + 3), "morris": n * (len(factors) + 1), "pawn": n}[method]
    return Found(base, document, drawn, OF_FACTORS[method](base, drawn, factors, names, n, *begin(runs)))


def _known(base: Scenario, outcomes: Sequence[str]) -> tuple[str, ...]:
    """The outcomes asked for, or the first of `PREFERRED` that one run has.

    Raises:
        SensitivityError: a run has none of that name, or none of the preferred.
    """
    known = {name: value for name, value in run(base).outcomes.items() if value is not None or name in outcomes}
    for name in outcomes:
        if name not in known:
            raise SensitivityError(f"{base.name} has no outcome {name!r}; {hint_of(name, known)}")
    found = tuple(outcomes) or tuple(name for name in PREFERRED if name in known)[:1]
    if not found:
        raise SensitivityError(f"{base.name} has neither {' nor '.join(PREFERRED)}; name an outcome with --outcome")
    return found


def sensitivity(
    scenario: str | Path,
    method: str = "tornado",
    *,
    outcomes: Iterable[str] = (),
    vary: Iterable[str] = (),
    n: int | None = None,
    seed: int | None = None,
    overrides: Iterable[str] = (),
    workers: int = 1,
) -> pd.DataFrame:
    """What moves the outcomes of a scenario, as `simcluster sensitivity` says it: a row an outcome and factor.

    Texts are those of the command line (docs/sensitivity.md). Columns: `outcome`, `factor`, the `low` and `high` end of
    a tornado's factor, each measure of the method with `_low` and `_high`, its interval of 95%, in the outcome's unit
    (days for dates) or as a share, `n`, what the figures rest on, and `failed`, how many runs of the study raised an
    error and are in none. The strongest factor of each outcome is first.

    Raises:
        SensitivityError: nothing is uncertain, there is no such outcome or method, n is too small for the method, or
            SALib is needed and missing.
        ScenarioError: the scenario is wrong, or with a key at one of its ends.
        WorkersDiedError: workers die without finishing anything.
    """
    import pandas as pd

    overrides = tuple(overrides)
    crew: Crew = Alone() if workers == 1 else Processes(workers)
    found = look(
        method,
        METHODS.get(method, 0) if n is None else n,
        read_vary(tuple(vary)),
        tuple(outcomes),
        lambda more: load(scenario, (*overrides, *more), seed),
        lambda _: (crew, None),
    )
    return pd.concat([one.frame for one in found.outcomes], ignore_index=True)
