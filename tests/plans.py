"""Plans of sweeps that go wrong, on the path of every worker."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcluster.model.scenario import Scenario
from simcluster.study.plan import LuckAlone


@dataclass(frozen=True)
class Faulty(LuckAlone):
    """Draws inputs for each replica unless told not to, and some replicas raise."""

    bad: tuple[int, ...] = (2,)
    drawn: bool = True

    def inputs_of(self, number: int) -> dict[str, Any]:
        if not self.drawn:
            return {}
        return {"finance.wacc": f"{number} %", "orders[a b].gpus": number}

    def overrides_of(self, number: int) -> tuple[str, ...]:
        return tuple(f"{key}={value}" for key, value in self.inputs_of(number).items())

    def scenario_of(self, number: int) -> Scenario:
        if number in self.bad:
            raise ValueError(f"no scenario\n for {number}")
        return self.scenario


@dataclass(frozen=True)
class Deadly(LuckAlone):
    """One replica kills its worker; where there is a `grave`, only until that is full."""

    deadly: int = 3
    grave: Path | None = None
    deaths: int = 1

    def scenario_of(self, number: int) -> Scenario:
        if number == self.deadly and (self.grave is None or len(list(self.grave.iterdir())) < self.deaths):
            if self.grave is not None:
                (self.grave / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.scenario


@dataclass(frozen=True)
class Placed(LuckAlone):
    """Says by whom a replica is run; `name` tells plans apart."""

    name: str = ""

    def inputs_of(self, number: int) -> dict[str, Any]:
        return {"plan": self.name, "process": os.getpid()}
