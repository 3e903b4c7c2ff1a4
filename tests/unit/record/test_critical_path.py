import pytest

from simcluster.record.critical_path import Network, Span


@pytest.fixture
def diamond() -> Network:
    """From a (0-2): b (2-7) and c (2-4), then d (7-9); and e, which leads nowhere."""
    on = ("a",)
    rows = {"a": (0, 2, ()), "b": (2, 7, on), "c": (2, 4, on), "d": (7, 9, ("c", "b")), "e": (2, 30, on)}
    return Network(
        {name: Span(name, start, finish, after) for name, (start, finish, after) in rows.items()}, {"h": "d"}
    )


def test_the_critical_path_goes_back_over_what_was_waited_for_last(diamond: Network) -> None:
    assert [span.name for span in diamond.critical_path("d")] == ["a", "b", "d"]


def test_slack_is_how_much_later_a_task_may_end_for_the_halls_to_be_in_time(diamond: Network) -> None:
    assert diamond.slack_hours == {"a": 0, "b": 0, "c": 3, "d": 0}


def test_slack_is_the_least_over_the_halls() -> None:
    spans = {"a": Span("a", 0, 1), "x": Span("x", 4, 5, ("a",)), "y": Span("y", 3, 9, ("a",))}
    assert Network(spans, {"one": "x", "two": "y"}).slack_hours == {"a": 2, "x": 0, "y": 0}


def test_a_team_handed_over_is_a_link_of_the_path() -> None:
    spans = {
        "slow": Span("slow", 0, 10, (), 0, "crew"),
        "other": Span("other", 0, 4, (), 0, "crew"),
        "shell": Span("shell", 0, 3),
        "fit": Span("fit", 4, 9, ("shell",), 3, "crew"),
    }
    network = Network(spans, {"h": "fit"})
    assert spans["fit"].waited_hours == 1
    assert [span.name for span in network.critical_path("fit")] == ["other", "fit"]
    assert network.slack_hours == {"fit": 0, "other": 0, "shell": 1}


def test_what_begins_and_ends_in_the_hour_of_the_handing_over_held_nobody_up() -> None:
    """Two tasks without length waited for the same team: neither had it before the other."""
    spans = {
        "long": Span("long", 0, 5, (), 0, "crew"),
        "one": Span("one", 5, 5, (), 1, "crew"),
        "two": Span("two", 5, 5, (), 1, "crew"),
    }
    network = Network(spans, {"h": "two"})
    assert [span.name for span in network.critical_path("two")] == ["long", "two"]
    assert network.slack_hours == {"two": 0, "long": 0}
