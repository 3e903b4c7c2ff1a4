"""Draw by what nodes do, and by load and season."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.model.document import read_document
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.draw import months_of, site_draw_mw
from simcluster.record.energy import meter
from simcluster.record.events import NodesInService, NodesReturned
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.spread import level_at
from simcluster.record.states import GpuState
from simcluster.sim.run import simulate
from simcluster.study.run import run

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
BUSY, CHECKPOINT, RESTART = 0.8, 0.3, 0.5


def changed(site: dict[str, Any], server: dict[str, Any]) -> Scenario:
    document = read_document(SMALL).values
    document["sites"][0] |= site
    document["catalog"]["servers"]["dgx_h100"].update(server)
    if "pue" in site:
        del document["sites"][0]["pue_average"]
    return Scenario.model_validate(document)


def total_mwh(scenario: Scenario, log: EventLog) -> float:
    return float(meter(scenario, log, Levels(scenario, log)).source_mwh[0].sum())


def test_saving_and_restarting_draw_what_they_are_said_to(small: Scenario, small_log: EventLog) -> None:
    document = small.model_copy(
        update={
            "catalog": small.catalog.model_copy(
                update={
                    "servers": {
                        name: row.model_copy(update={"checkpoint_draw": CHECKPOINT, "restart_draw": RESTART})
                        for name, row in small.catalog.servers.items()
                    }
                }
            )
        }
    )
    levels = Levels(document, small_log)
    hours = account_gpu_hours(document, small_log, levels)
    saving, restarting = hours.of(GpuState.CHECKPOINTING), hours.of(GpuState.RESTARTING)
    assert saving > 0
    assert restarting > 0
    kw = document.server_of(0).nameplate_kw / 8
    spared = kw * ((BUSY - CHECKPOINT) * saving + (BUSY - RESTART) * restarting) * 1.1 / 1000
    assert total_mwh(small, small_log) - total_mwh(document, small_log) == pytest.approx(spared, rel=1e-9)
    mean, peak = (site_draw_mw(document, levels, 0, peak) for peak in (False, True))
    assert np.all(mean <= peak + 1e-12)
    assert (peak - mean).max() > 0


def test_draws_left_out_are_busy() -> None:
    plain = changed({}, {})
    same = changed({"pue": {"kind": "constant", "average": 1.1}}, {"checkpoint_draw": BUSY, "restart_draw": BUSY})
    assert plain.server_of(0).busy_draw == BUSY
    log = simulate(plain, 1)
    assert total_mwh(same, log) == pytest.approx(total_mwh(plain, log), rel=1e-12)


def test_pue_follows_load_and_season(small: Scenario, small_log: EventLog) -> None:
    months = [0.0, 1.0] * 6
    pue = {"kind": "fixed_and_proportional", "fixed": 0.1, "proportional": 0.05, "months": months}
    scenario = changed({"pue": pue}, {})
    levels = Levels(small, small_log)
    draw, plain = site_draw_mw(scenario, levels, 0), site_draw_mw(small, levels, 0) / 1.1
    february = months_of(small, levels.hours) == 2
    january = months_of(small, levels.hours) == 1
    assert draw[january] == pytest.approx(plain[january])
    nameplate = levels.powered(0) * small.server_of(0).nameplate_kw / 1000
    assert draw[february] == pytest.approx((plain * 1.05 + 0.1 * nameplate)[february])


def test_no_server_draws_more_than_busy() -> None:
    with pytest.raises(ValueError, match="restart_draw is above busy_draw"):
        changed({}, {"restart_draw": 0.9})


def test_a_pue_that_outgrows_what_nodes_are_admitted_on_is_refused() -> None:
    with pytest.raises(ValueError, match="pue in the worst month"):
        changed({"pue": {"kind": "fixed_and_proportional", "fixed": 0.5, "proportional": 0.1}}, {})


def test_the_largest_swing_is_the_largest_step_of_the_draw() -> None:
    """Of all steps of the draw, and less what the battery gives or takes."""
    document = read_document(SMALL).values
    document["sites"][0]["battery"] = {"power": "0.002 MW", "energy": "1 MWh"}
    scenario = Scenario.model_validate(document)
    result = run(scenario)
    peak = site_draw_mw(scenario, Levels(scenario, result.log), 0, peak=True)
    (swing,) = result.energy.swing_mw
    assert swing == np.abs(np.diff(peak[:-1])).max()
    assert result.outcomes["sites.campus.largest_swing_mw"] == swing
    assert result.outcomes["sites.campus.largest_swing_left_mw"] == pytest.approx(swing - 0.002)


def test_what_burn_in_rejects_is_no_longer_under_power(small_log: EventLog, small_levels: Levels) -> None:
    assert any(row.installed for row in small_log.rows(NodesReturned)), "nothing is rejected: the test shows nothing"
    entered = small_log.columns(NodesInService)
    in_service = level_at(entered["hour"], np.cumsum(entered["nodes"]), small_levels.hours)
    assert np.all(small_levels.powered(0) == small_levels.burning(0) + in_service)
