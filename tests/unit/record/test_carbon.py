import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.carbon import account_carbon, energy_frame
from simcluster.record.energy import meter
from simcluster.record.events import LotDelivered
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog


def emitting(scenario: Scenario, kg_per_mwh: float | None, kilograms: float | None) -> Scenario:
    (site,), servers = scenario.sites, scenario.catalog.servers
    sources = tuple(source.model_copy(update={"carbon": kg_per_mwh}) for source in site.power)
    rows = {name: row.model_copy(update={"embodied_carbon": kilograms}) for name, row in servers.items()}
    catalog = scenario.catalog.model_copy(update={"servers": rows})
    return scenario.model_copy(
        update={"sites": (site.model_copy(update={"power": sources}),), "catalog": catalog},
    )


def test_energy_emits_by_month_and_source_and_servers_when_they_are_delivered(
    small: Scenario, small_log: EventLog, small_levels: Levels
) -> None:
    energy = meter(small, small_log, small_levels)
    scenario = emitting(small, 400.0, 2000.0)
    carbon = account_carbon(scenario, small_log, energy)
    assert carbon.source_t[0] == pytest.approx(energy.source_mwh[0] * 0.4)
    assert carbon.operational == pytest.approx(0.4 * energy.source_mwh[0].sum())
    delivered = [0.0] * 12
    for lot in small_log.rows(LotDelivered):
        delivered[small.clock.month_index(lot.hour)] += 2.0 * lot.nodes
    assert carbon.embodied_t[:, 0].tolist() == pytest.approx(delivered)
    assert carbon.embodied == pytest.approx(sum(delivered))
    frame = energy_frame(scenario, small_log, energy)
    assert frame["mwh"].sum() == pytest.approx(energy.source_mwh[0].sum())
    assert frame["carbon_t"].sum() == pytest.approx(carbon.operational)
    assert frame["peak_mw"].max() == pytest.approx(energy.peak_mw)


def test_who_does_not_say_is_not_counted(small: Scenario, small_log: EventLog, small_levels: Levels) -> None:
    energy = meter(small, small_log, small_levels)
    carbon = account_carbon(emitting(small, None, None), small_log, energy)
    assert carbon.operational is None
    assert carbon.embodied is None
    assert np.isnan(carbon.source_t[0]).all()
