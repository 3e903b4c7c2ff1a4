"""A site that is full makes room for new nodes by selling old ones: all that leave are replaced, and no more."""

from itertools import pairwise

from hypothesis import given, settings
from strategies import eventful, validated
from strategies_sales import renewed
from walk import instants

from simcluster.model.scenario import Scenario
from simcluster.model.site import whole_nodes
from simcluster.record.events import NodesSold
from simcluster.sim.run import simulate


@settings(max_examples=60)
@given(renewed(eventful()).map(validated))
def test_whoever_waits_is_let_in_as_soon_as_nodes_are_sold_and_nobody_else(scenario: Scenario) -> None:
    """In a hall and on a source for so many nodes there are never more, nor fewer while any wait."""
    (site,), it_kw = scenario.sites, scenario.server_of(0).nameplate_kw
    ((grid,), (hall,)) = site.power, site.halls
    power_kw = sum(step.power for step in grid.steps()) * 1000 / (site.provided_share * site.pue_peak)
    most = min(whole_nodes(kw, it_kw) for kw in (hall.it_power * 1000, power_kw))
    log = simulate(scenario, scenario.seed)
    states = [(hour, state.at("admitted", 0), state.at("waiting", 0)) for hour, state in instants(scenario, log)]
    assert all(hour < 0 or here <= most for hour, here, _ in states)
    assert all(hour < 0 or not waiting or here == most for hour, here, waiting in states)
    assert all(earlier < later for (earlier, *_), (later, *_) in pairwise(states))
    sold = sum(fact.nodes for fact in log.rows(NodesSold))
    assert sold * scenario.server_of(0).gpus <= sum(sale.gpus for sale in scenario.sales)
