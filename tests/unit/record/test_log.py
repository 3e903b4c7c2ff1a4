import numpy as np

from simcluster.record.events import EVENTS, JobInterrupted, NodeFailed
from simcluster.record.log import COLUMNS, EventLog

FACTS = [JobInterrupted(1.5, 0, -1, 3), JobInterrupted(2.25, 1, 7, 0)]


def filled() -> EventLog:
    log = EventLog()
    log.add(FACTS[0])
    log.writer(JobInterrupted)((2.25, 1, 7, 0))
    return log


def test_facts_come_back_as_they_went_in() -> None:
    log = filled()
    assert list(log.rows(JobInterrupted)) == FACTS
    assert all(type(row.node) is int for row in log.rows(JobInterrupted))
    assert (log.count(JobInterrupted), log.count(NodeFailed), log.total) == (2, 0, 2)


def test_columns_are_whole_where_the_fact_is() -> None:
    columns = filled().columns(JobInterrupted)
    assert columns["hour"].tolist() == [1.5, 2.25]
    assert columns["node"].tolist() == [-1, 7]
    assert columns["node"].dtype == np.int64
    assert columns["hour"].dtype == np.float64
    assert filled().frame(JobInterrupted).columns.tolist() == ["hour", "job", "node", "cause"]


def test_logs_differ_by_a_bit() -> None:
    assert filled().same_as(filled())
    other = EventLog()
    other.add(FACTS[0])
    other.add(JobInterrupted(np.nextafter(2.25, 3), 1, 7, 0))
    assert not filled().same_as(other)


def test_every_fact_begins_with_its_hour() -> None:
    assert {names[0] for names in COLUMNS.values()} == {"hour"}
    assert len(EVENTS) == len({event.__name__ for event in EVENTS}) == len(COLUMNS)
