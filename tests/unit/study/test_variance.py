"""Variance is split as it was put together."""

import numpy as np
import pytest

from simcluster.study.design import NESTED
from simcluster.study.variance import Split, split_variance

rng = np.random.default_rng


def draws(seed: int, groups: int, inputs: int = 2, lucks: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = rng(seed)
    structure = random.choice([-1.0, 1.0], (groups, 1, 1))
    return structure, random.normal(size=(groups, inputs, 1)), random.normal(size=(groups, inputs, lucks))


def additive(seed: int, groups: int) -> np.ndarray:
    structure, inputs, luck = draws(seed, groups)
    return 10 + 2 * structure + 3 * inputs + 1 * luck  # variances 4, 9, 1


def interacting(seed: int, groups: int) -> np.ndarray:
    structure, inputs, luck = draws(seed, groups)
    return structure + inputs * (1 + structure) + inputs * luck
    # E[Y|S] = S: 1. Var(E[Y|S,X]|S) = (1+S)^2: 4 or 0, 2 on average. Var(Y|S,X) = X^2: 1 on average


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (additive, {"structure": 4.0, "inputs": 9.0, "luck": 1.0}),
        (interacting, {"structure": 1.0, "inputs": 2.0, "luck": 1.0}),
    ],
)
def test_parts_are_unbiased_and_their_standard_errors_right(model: object, known: dict[str, float]) -> None:
    tried, groups = 300, 60
    splits = [split_variance(model(seed, groups)) for seed in range(tried)]  # type: ignore[operator]
    for name, variance in known.items():
        found = np.array([split.parts[name].variance for split in splits])
        spread = found.std(ddof=1)
        assert abs(found.mean() - variance) < 4 * spread / np.sqrt(tried), name
        errors = np.array([split.parts[name].standard_error for split in splits])
        assert np.sqrt((errors**2).mean()) == pytest.approx(spread, rel=0.2), (
            name
        )  # 4 standard errors of a spread: 0.17
        covered = sum(split.parts[name].low <= variance <= split.parts[name].high for split in splits)
        share = known[name] / sum(known.values())
        shared = sum(split.shares[name].low <= share <= split.shares[name].high for split in splits)
        assert 0.85 * tried <= shared, (name, shared)
        # a variance's estimate is skewed, so that 95% intervals of 60 groups hold it less often
        assert 0.85 * tried <= covered <= 0.99 * tried, (name, covered)


def test_the_parts_are_those_of_the_textbook() -> None:
    """Against the analysis of variance by sums of squares, group by group by hand."""
    y = np.array([[[1.0, 3.0], [5.0, 9.0]], [[2.0, 2.0], [4.0, 8.0]], [[10.0, 12.0], [6.0, 6.0]]])
    found = split_variance(y)
    # variances of pairs: (2, 8), (0, 8), (2, 0)
    assert found.luck.variance == pytest.approx(10 / 3)
    # means of pairs: (2, 7), (2, 6), (11, 6), with variances 12.5, 8, 12.5, less half of luck
    assert found.inputs.variance == pytest.approx(11 - 5 / 3)
    # group means 4.5, 4, 8.5: variance 73/12, less half of 11
    assert found.structure is not None
    assert found.structure.variance == pytest.approx(73 / 12 - 5.5)
    assert (found.groups, found.n) == (3, 12)


def test_the_jackknife_is_what_leaving_out_a_group_gives() -> None:
    y = additive(3, 12)
    found = split_variance(y)
    assert found.structure is not None
    without = [split_variance(np.delete(y, k, axis=0)).structure for k in range(12)]
    left = np.array([part.variance for part in without if part is not None])
    assert found.structure.standard_error == pytest.approx(np.sqrt(11 / 12 * ((left - left.mean()) ** 2).sum()))


def test_without_draws_of_inputs_in_a_group_there_are_two_parts() -> None:
    _, inputs, luck = draws(1, 4000, inputs=1)
    split = split_variance(2 * inputs + luck)
    assert split.structure is None
    assert split.parts.keys() == {"inputs", "luck"}
    assert abs(split.inputs.variance - 4) < 4 * split.inputs.standard_error
    assert split.inputs.standard_error < 0.2


def test_shares_add_up_and_are_never_negative() -> None:
    split = split_variance(draws(2, 30)[2])  # luck alone
    assert min(part.variance for part in split.parts.values()) < 0
    assert sum(share.value for share in split.shares.values()) == pytest.approx(1)
    assert all(0 <= share.low <= share.value <= share.high <= 1 for share in split.shares.values())
    assert split.shares["luck"].value > 0.8


def test_too_few_replicas_are_refused() -> None:
    for shape in [(2, 2, 2), (5, 2, 1), (5, 4)]:
        with pytest.raises(ValueError, match="3 groups or more"):
            split_variance(np.ones(shape))


def test_a_design_in_the_order_of_its_numbers_has_the_shape_of_a_split() -> None:
    numbers = np.arange(5 * NESTED.group)
    places = NESTED.places(numbers)
    shape = (5, NESTED.inputs, NESTED.lucks)
    assert (places.structure.reshape(shape) == np.arange(5)[:, None, None]).all()
    assert (places.inputs.reshape(shape) == np.arange(10).reshape(5, 2)[:, :, None]).all()
    assert isinstance(split_variance(numbers.astype(float).reshape(shape)), Split)
