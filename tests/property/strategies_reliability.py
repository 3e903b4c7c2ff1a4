"""What a drawn scenario says of failures, repairs and recovery: every scope, remedy, mode and policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Durations = Callable[[int, str], st.SearchStrategy[str | Document]]
SHARED = ("rack", "switch", "pod", "feed", "loop", "building", "site", "storage")


@st.composite
def profiles(draw: st.DrawFn, durations: Durations) -> Document:
    """Failures every few days a node and of all kinds, a calm profile, and none at all."""
    wild = [draw(_cause(k, durations)) for k in range(draw(st.integers(2, 5)))]
    calm = [
        {"name": "node", "title": "", "scope": "node", "rate": "0.01 / day", "repair": "2 days"},
        {"name": "job", "title": "", "scope": "job", "per": "node", "rate": "0.02 / day", "repair": "0 hours"},
    ]
    worn = [
        {"name": "worn", "scope": "gpu", "life": draw(_lives()), "repair": "5 hours"},
        {"name": "slow", "scope": "node", "rate": "0.05 / day", "slows": 0.9, "detection": "1 day", "repair": "2 days"},
    ]
    batch = {"causes": worn, "lemons": {"fraction": 0.3, "multiple": 5.0, "cure": 0.5}}
    return {
        "wild": compatible({"causes": wild, **draw(_batch())}),
        "calm": {"causes": calm},
        "batch": batch,
        "none": {},
    }


def compatible(profile: Document) -> Document:
    """The profile without what its causes cannot follow: lemons on busy hours, growth of laws that age."""
    of_nodes = [cause for cause in profile["causes"] if cause["scope"] in ("node", "gpu")]
    constant = [cause for cause in of_nodes if "rate" in cause or cause["life"]["kind"] == "exponential"]
    dropped = {"lemons"} if any(cause.get("clock") == "busy" for cause in constant) else set()
    dropped |= {"growth"} if len(constant) < len(of_nodes) else set()
    return {name: value for name, value in profile.items() if name not in dropped}


@st.composite
def _batch(draw: st.DrawFn) -> Document:
    """Lemons, a shared multiplier, growth with the size of the job; each or none."""
    batch: Document = {}
    if draw(st.integers(0, 2)) == 0:
        batch["lemons"] = {"fraction": 0.3, "multiple": 5.0, "cure": draw(st.sampled_from((0.0, 0.5, 1.0)))}
    if draw(st.integers(0, 3)) == 0:
        batch["frailty"] = {
            "window": "10 days",
            "variance": draw(st.sampled_from((0.0, 0.5))),
            "lasting": 0.1,
            "early": {"multiple": 3.0, "lasts": "20 days"},
            "season": {"first_month": 11, "last_month": 1, "multiple": 0.5},
        }
    if draw(st.integers(0, 3)) == 0:
        batch["growth"] = {"reference_nodes": 2, "exponent": 0.5}
    return batch


@st.composite
def _cause(draw: st.DrawFn, number: int, durations: Durations) -> Document:
    scope = draw(st.sampled_from(("node", "job", "gpu", "shared", "job", "node", "shared")))
    scope = draw(st.sampled_from(SHARED)) if scope == "shared" else scope
    cause: Document = {"name": f"cause-{number}", "scope": scope, "repair": draw(durations(60, "hours"))}
    cause["parts_cost"] = f"{draw(st.integers(0, 3000))} USD"
    cause["remedy"] = draw(st.sampled_from(("swap", "swap", "reboot", "return", "restart")))
    if draw(st.booleans()):
        cause["detection"] = draw(durations(5, "hours"))
    if scope == "job" and draw(st.booleans()):
        return {**cause, "per": "restart", "chance": draw(st.sampled_from((0.1, 0.5)))}
    rates = {"node": 0.2, "gpu": 0.03, "job": 0.3}
    cause["rate"] = f"{rates.get(scope, 0.05) * draw(st.integers(0, 10)) / 10:.6g} / day"
    if scope == "job":
        cause["per"] = draw(st.sampled_from(("job", "node", "gpu")))
    if scope in ("node", "gpu"):
        odd = draw(st.sampled_from(("none", "silent", "slows", "busy", "ages", "none")))
        kinds: Document = {"silent": {"silent": True}, "slows": {"slows": 0.75}, "busy": {"clock": "busy"}}
        cause |= kinds.get(odd, {})
        if odd == "ages":
            del cause["rate"]
            cause["life"] = draw(_lives())
    elif scope in SHARED and scope != "storage" and draw(st.booleans()):
        del cause["rate"]
        cause["life"] = draw(_lives())
    return cause


KINDS_OF_CAUSE = (
    "node",
    "gpu",
    "ages",
    "wears",
    "silent",
    "slows",
    "busy",
    "job",
    "restart",
    "rack",
    "feed",
    "storage",
    "site",
)


@st.composite
def kind_of_cause(draw: st.DrawFn, number: int, kind: str, durations: Durations) -> Document:
    """A cause of one kind, often enough to be met within weeks by a dozen nodes."""
    scope = kind if kind in ("gpu", "job", *SHARED) else "job" if kind == "restart" else "node"
    cause: Document = {"name": f"cause-{number}", "scope": scope, "repair": draw(durations(30, "hours"))}
    cause |= {"remedy": draw(st.sampled_from(("swap", "reboot", "return"))), "parts_cost": "100 USD"}
    if draw(st.booleans()):
        cause["detection"] = draw(durations(5, "hours"))
    rates = {"gpu": 0.01, "job": 0.2, "rack": 0.02, "feed": 0.02, "storage": 0.05, "site": 0.02}
    if kind == "restart":
        return {**cause, "per": "restart", "chance": 0.3}
    if kind in ("ages", "wears"):
        return {**cause, "life": draw(_lives()), "clock": "powered" if kind == "ages" else "busy"}
    cause |= {"silent": {"silent": True}, "slows": {"slows": 0.75}, "busy": {"clock": "busy"}}.get(kind, {})
    return {**cause, "rate": f"{rates.get(kind, 0.05)} / day"}


@st.composite
def _lives(draw: st.DrawFn) -> Document:
    scale = draw(st.integers(5, 40))
    return draw(
        st.sampled_from(
            (
                {"kind": "weibull", "shape": 0.7, "scale": f"{scale} days"},
                {"kind": "weibull", "shape": 3.0, "scale": f"{scale} days"},
                {"kind": "lognormal", "median": f"{scale} days", "mean": f"{2 * scale} days"},
                {"kind": "exponential", "mean": f"{scale} days"},
                {"kind": "bathtub", "steps": [{"until": "5 days", "rate": "0.1 / day"}, {"rate": "0.02 / day"}]},
                {"kind": "empirical", "values": ["3 days", f"{scale} days", "60 days"]},
            )
        )
    )


@st.composite
def repairs(draw: st.DrawFn, durations: Durations) -> Document:
    """How a cluster is mended."""
    repair: Document = {"detection": draw(st.sampled_from(("0 min", "5 min", "3 hours")) | durations(4, "hours"))}
    technicians = draw(st.sampled_from((None, 1, 2, 3)))
    repair |= {} if technicians is None else {"technicians": technicians}
    if draw(st.integers(0, 2)) == 0:
        repair["automatic"] = {"duration": draw(durations(3, "hours")), "success": 0.5, "false_success": 0.3}
    if draw(st.integers(0, 3)) == 0:
        repair["shifts"] = {"begin_hour": 8.0, "hours": 9.0, "days": draw(st.sampled_from((5, 7)))}
    if draw(st.integers(0, 3)) == 0:
        lead_time, price = draw(durations(6, "days")), draw(st.sampled_from(({"price": "787.65 USD"}, {})))
        stock = draw(st.sampled_from((1, 7)))
        repair["parts"] = {"stock": stock, "reorder_point": 0, "order": 2, "lead_time": lead_time, **price}
    if draw(st.integers(0, 3)) == 0:
        repair["retirement"] = {"failures": draw(st.integers(1, 3)), "window": "20 days"}
    if draw(st.integers(0, 3)) == 0:
        repair |= {"misdiagnosis": 0.3, "manual_false_success": 0.2, "relapse": "6 hours"}
    return repair


@st.composite
def shapes(draw: st.DrawFn) -> Document:
    """Topology and maintenance of a cluster; small domains, so that there are several."""
    shape: Document = {
        "topology": {
            "nodes_per_rack": draw(st.integers(1, 2)),
            "racks_per_switch": 1,
            "racks_per_pod": 2,
            "racks_per_feed": 2,
            "racks_per_loop": 3,
            "pods_per_building": 2,
        }
    }
    if draw(st.integers(0, 2)) == 0:
        shape["maintenance"] = {
            "every": f"{draw(st.integers(1, 9))} days",
            "duration": draw(st.sampled_from(("4 hours", "3 days"))),
            "domain": draw(st.sampled_from(("node", "rack", "pod", "building"))),
        }
    return shape


@st.composite
def recoveries(draw: st.DrawFn, nodes: int) -> Document:
    """What a job of so many nodes does after an interruption."""
    out: Document = {}
    if draw(st.booleans()):
        out["replacement"] = {
            "standbys": draw(st.integers(0, 2)),
            "swap": "1 min",
            "pull": draw(st.sampled_from(("0 min", "2 hours"))),
            "select": draw(st.sampled_from(("0 min", "5 min"))),
        }
    if draw(st.booleans()):
        out["retry"] = {"backoff": "1 hour", "attempts": 2, "escalation": "8 hours"}
    policy = draw(st.sampled_from(("by_replica", "restart_all", "shrink")))
    divisors = [k for k in range(1, nodes + 1) if nodes % k == 0]
    if policy == "by_replica":
        replicas = draw(st.sampled_from(divisors[::-1]))
        regroup, rejoin = draw(st.sampled_from((("0 s", "0 s"), ("30 s", "10 min"), ("1 hour", "5 hours"))))
        least = draw(st.sampled_from((1, replicas)))
        out["fault_tolerance"] = {
            "kind": policy,
            "replicas": replicas,
            "regroup": regroup,
            "rejoin": rejoin,
            "least": least,
        }
    elif policy == "shrink":
        step = draw(st.sampled_from(divisors))
        out["fault_tolerance"] = {"kind": policy, "step_nodes": step, "least_nodes": draw(st.sampled_from((1, step)))}
    return out


@st.composite
def checkpoints(draw: st.DrawFn) -> Document:
    """Every policy in every mode."""
    cost = draw(st.sampled_from(("10 s", "2 min", "1 hour")))
    policy: Document = {"kind": draw(st.sampled_from(("young", "daly", "optimal", "fixed", "fixed"))), "cost": cost}
    mode = draw(st.sampled_from(("blocking", "blocking", "asynchronous", "memory")))
    if mode != "blocking":
        policy |= {"mode": mode, "snapshot": draw(st.sampled_from(("1 s", "5 min")))}
    if mode == "memory":
        policy["durable_every"] = draw(st.integers(1, 4))
    if policy["kind"] == "fixed":
        policy["interval"] = f"{1 + draw(st.integers(0, 100)) * 0.29:.6g} hours"
        if mode == "blocking" and draw(st.booleans()):
            policy |= {"cost": "0 s", "interval": f"{0.2 + draw(st.integers(0, 100)) * 0.3:.6g} hours"}
    return policy
