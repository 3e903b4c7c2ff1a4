import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcluster.study import spool as module
from simcluster.study.spool import Spool

rows = st.lists(st.dictionaries(st.sampled_from("abcd"), st.none() | st.floats(allow_nan=False)), max_size=12)


@given(rows, st.integers(1, 5))
def test_columns_are_those_of_the_rows_however_many_are_held(rows: list[dict[str, float | None]], held: int) -> None:
    with pytest.MonkeyPatch.context() as patch, Spool[str](len(rows)) as spool:
        patch.setattr(module, "AT_ONCE", held)
        spool.fill(iter(rows))
        assert spool.names == list(dict.fromkeys(name for row in rows for name in row))
        for name, column in spool.columns("dcba"):
            np.testing.assert_array_equal(column, np.array([row.get(name) for row in rows], dtype=float))


def test_the_file_goes_at_the_end() -> None:
    with Spool[str](1) as spool:
        spool.fill([{"a": 1.0}])
    with pytest.raises(ValueError, match="closed file"):
        list(spool.columns(["a"]))
