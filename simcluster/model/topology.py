"""What nodes share: racks, switches, pods, feeds, loops, buildings; so that failures are correlated."""

from typing import Annotated

from pydantic import Field

from simcluster.model.kind import Count, Value

DOMAINS = ("rack", "switch", "pod", "feed", "loop", "building", "site")


class Topology(Value):
    """How many of one are in the next: the nodes of a cluster are numbered rack by rack, pod by pod.

    The defaults are Llama 3's (arXiv 2407.21783): racks of 2 servers, pods of 192 racks, 8 pods; one top-of-rack switch
    and one feed and loop a rack and 8 racks are assumptions.
    """

    nodes_per_rack: Count = 2
    racks_per_switch: Count = 1
    racks_per_pod: Count = 192
    racks_per_feed: Count = 8
    racks_per_loop: Count = 8
    pods_per_building: Count = 8
    links_per_node: Annotated[int, Field(ge=1)] = 8

    def nodes_in(self, domain: str, whole: int) -> int:
        """Nodes of a domain; of the site, the `whole` cluster."""
        rack = self.nodes_per_rack
        pod = rack * self.racks_per_pod
        return {
            "gpu": 1,
            "node": 1,
            "rack": rack,
            "switch": rack * self.racks_per_switch,
            "pod": pod,
            "feed": rack * self.racks_per_feed,
            "loop": rack * self.racks_per_loop,
            "building": pod * self.pods_per_building,
            "site": max(whole, 1),
            "storage": max(whole, 1),
        }[domain]

    def things_per_node(self, counted: str, gpus_per_node: int, whole: int) -> float:
        """How many of what a rate counts fall to one node: 8 GPUs, its links, its share of a switch or of the site.

        A rate of the `site` is one of calendar time, whatever the number of nodes; it falls on any of them alike.
        """
        of_node = {"gpu": float(gpus_per_node), "node": 1.0, "link": float(self.links_per_node)}
        return of_node.get(counted) or 1.0 / self.nodes_in(counted, whole)

    def things_in(self, scope: str, counted: str, gpus_per_node: int, whole: int) -> float:
        """How many of what a rate counts are in one full domain of a scope, of `whole` nodes at most."""
        if scope == counted or counted in ("site", "storage"):
            return 1.0
        nodes = min(self.nodes_in(scope, whole), whole)
        return nodes * self.things_per_node(counted, gpus_per_node, whole)

    def pods_of(self, nodes: int) -> int:
        """Pods that a job of so many nodes spans at least."""
        return -(-nodes // self.nodes_in("pod", nodes))
