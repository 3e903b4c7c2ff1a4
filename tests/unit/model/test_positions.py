import pytest

from simcluster.model.positions import locate, positions

TEXT = """\
schema = 1
a.b."c d" = {x = 1, y = [1, {z = 2}]}
[t.u]
  k = "v"
[[orders]]
name = "é"  # a comment
[orders.sub]
q = 1
[[orders]]
name = "b"
lots = [
  # why
  3,
  4,
]
[[orders.parts]]
w = 1
[[orders.parts]]
w = 2
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("schema",), (1, 1)),
        (("a", "b"), (2, 3)),
        (("a", "b", "c d"), (2, 5)),
        (("a", "b", "c d", "x"), (2, 14)),
        (("a", "b", "c d", "y", 1, "z"), (2, 30)),
        (("t",), (3, 2)),
        (("t", "u"), (3, 4)),
        (("t", "u", "k"), (4, 3)),
        (("orders", 0), (5, 3)),
        (("orders", 0, "sub", "q"), (8, 1)),
        (("orders", 1, "name"), (10, 1)),
        (("orders", 1, "lots", 1), (14, 3)),
        (("orders", 1, "parts", 1, "w"), (19, 1)),
    ],
)
def test_each_key_is_found(path: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert positions(TEXT)[path] == place


def test_a_missing_key_is_placed_at_what_encloses_it() -> None:
    places = positions(TEXT)
    assert locate(places, ("orders", 1, "gpus")) == (9, 3)
    assert locate(places, ("nowhere",)) == (1, 1)


def test_columns_count_characters() -> None:
    assert positions('x = {"é" = 1, y = 2}')[("x", "y")] == (1, 15)
