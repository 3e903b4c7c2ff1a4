"""Against a process a node and an event a checkpoint, and at ten times the size."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import lab
import pytest
import stopwatch as watch
from reference import Cluster, Job, Sizes, WatchfulJob

from simcluster.model.scenario import Scenario
from simcluster.record.events import JobInterrupted, SegmentEnded

pytestmark = pytest.mark.bench
resource = pytest.importorskip("resource", reason="POSIX only")
HERE = Path(__file__).parent
MILLION = 125_000

PEAK = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
import lab, stopwatch
cost, _ = stopwatch.engine(lab.scenario(lab.base(nodes=int(sys.argv[2]))))
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, cost.entries, cost.seconds]))
"""


@pytest.fixture(scope="module")
def base() -> Scenario:
    return lab.scenario(lab.base())


def sizes_of(scenario: Scenario) -> Sizes:
    """The scenario of `lab.base` in the reference's terms."""
    job, cluster = scenario.jobs[0], scenario.clusters[0]
    cause = scenario.causes[0]
    return Sizes(
        nodes=lab.NODES_OF_100K,
        jobs=len(scenario.jobs),
        gang=scenario.nodes("k", job.gpus),
        technicians=cluster.repair.technicians,
        horizon=scenario.clock.horizon_hours,
        failures_per_hour=cause.rate_per_hour,
        repair_mean=cause.repair.mean_hours,
        detection=cluster.repair.detection.mean_hours,
        interval=job.checkpoint.interval,
        cost=job.checkpoint.cost,
        restart=job.restart.hours(job.gpus),
    )


def test_a_year_runs_twenty_times_faster_than_plain_simpy(base: Scenario) -> None:
    sizes, ours, theirs = sizes_of(base), [], []
    seconds: list[tuple[float, ...]] = []
    for seed in (1, 2, 3):
        cost, log = watch.engine(base, seed)
        useful = float(log.columns(SegmentEnded)["useful_hours"].sum()) / (sizes.jobs * sizes.horizon)
        ours.append((cost.failures, log.count(JobInterrupted), useful))
        row = [cost.seconds]
        for kind in (Job, WatchfulJob):
            cluster = Cluster(sizes, seed, kind)
            row.append(watch.cpu_of(cluster.run))
        theirs.append((cluster.failures, cluster.interruptions, cluster.productive_share))
        seconds.append(tuple(row))
    print(f"\n{cluster.checkpoints:,} checkpoints, {cost.entries:,} entries")
    for k, name in enumerate(("engine", "SimPy, interrupted", "SimPy, waiting for any of two")):
        print(f"  {name}: {median(row[k] for row in seconds):.2f} s CPU")
    print(f"  failures, interruptions, productive share: {ours} against {theirs}")
    watch.at_least("times faster than SimPy, interrupted", watch.ratio(seconds, 1, 0), 20, firm=False)
    watch.at_least("times faster than SimPy, waiting for any of two", watch.ratio(seconds, 2, 0), 20, firm=False)
    for k in range(2):
        mine, others = (sum(row[k] for row in rows) for rows in (ours, theirs))
        assert abs(mine - others) / (mine + others) ** 0.5 < 4
    assert sum(row[2] for row in ours) == pytest.approx(sum(row[2] for row in theirs), rel=2e-3)


def test_a_million_gpus_cost_no_more_per_entry_and_fit_in_a_gigabyte(base: Scenario) -> None:
    large = lab.scenario(lab.base(MILLION))
    rounds = watch.by_turns(3, lambda: watch.engine(base)[0].per_entry, lambda: watch.engine(large)[0].per_entry)
    command = [sys.executable, "-c", PEAK, str(HERE), str(MILLION)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    peak, entries, seconds = json.loads(done.stdout)
    megabytes = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    print(f"\n1,000,000 GPUs: {entries:,} entries, {seconds:.1f} s CPU")
    print(f"  {watch.micros(rounds, 1):.2f} us an entry, at 100,000 GPUs {watch.micros(rounds, 0):.2f} us")
    watch.at_most("an entry against one at 100,000 GPUs", watch.ratio(rounds, 1, 0), 1.6)
    watch.at_most("megabytes at the peak", megabytes, 1000)
    assert entries > 600_000
