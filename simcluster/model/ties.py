"""Reading `[[correlations]] between = ["a.key", "another.key"] rank = 0.5`, and whether all can hold at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.copula import Array, components, is_positive_definite, pearson, residual_correlation
from simcluster.model.explain import explain
from simcluster.model.inputs import Input, Tie
from simcluster.model.kind import Value
from simcluster.model.overrides import key_names
from simcluster.model.tree import ONE_OF, Node, plain, problem_below, row_names

PLACE = "correlations"
SHAPE = 'write [[correlations]] with between = ["a.key", "another.key"] and rank = 0.5'


class Correlation(Value):
    """The Spearman correlation of two inputs."""

    between: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
    rank: Annotated[float, Field(gt=-1, lt=1)]


@dataclass(frozen=True, eq=False)
class Group:
    """Inputs tied by correlations, by address in order, and the correlation matrix of their residuals, (n, n)."""

    addresses: tuple[str, ...]
    matrix: Array


def read_ties(root: Node, inputs: Sequence[Input], is_complete: bool = True) -> tuple[tuple[Tie, ...], list[Problem]]:
    """The correlations of a file, and the problems of those that cannot be used.

    One of a value that is certain ties nothing. Where inputs could not be read (`is_complete` is false), neither does
    one of a key that is not known.
    """
    node = root.value.get(PLACE)
    if node is None:
        return (), []
    if not isinstance(node.value, list):
        return (), [node.source.problem("correlations is not a list of tables", (PLACE,), SHAPE, node.path)]
    ties: list[Tie] = []
    problems: list[Problem] = []
    for k, row in enumerate(node.value):
        path = (PLACE, k)
        checked = _checked(row, path, problems)
        if checked is None:
            continue
        names = [_address(text, inputs) for text in checked.between]
        unknown = [k for k, text in enumerate(checked.between) if names[k] is None and not _is_key(root, text)]
        if is_complete:
            problems += [_unknown(row, path, at, checked.between[at], inputs) for at in unknown]
        first, second = names
        if first is not None and second is not None:
            problems += _pair_problems(row, path, first, second, ties)
            ties.append(Tie(first, second, checked.rank, path))
    return tuple(ties), problems or _impossible(node, ties, inputs)


def _checked(row: Node, path: KeyPath, problems: list[Problem]) -> Correlation | None:
    said = plain(row)
    try:
        return Correlation.model_validate(said)
    except ValidationError as error:
        problems += [
            problem_below(row, path, found.path, found.message, found.hint)
            for details in error.errors(include_url=False)
            for found in explain(details, Correlation, said)
        ]
        return None


def _unknown(row: Node, path: KeyPath, at: int, text: str, inputs: Sequence[Input]) -> Problem:
    known = [found.address for found in inputs]
    close = get_close_matches(text, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"uncertain are: {', '.join(known) or 'none'}"
    return problem_below(row, path, ("between", at), f"there is no key {text!r}", hint)


def _pair_problems(row: Node, path: KeyPath, first: str, second: str, ties: Sequence[Tie]) -> list[Problem]:
    if first == second:
        return [problem_below(row, path, ("between",), "an input is tied to itself", "name two inputs")]
    if any({tie.first, tie.second} == {first, second} for tie in ties):
        return [problem_below(row, path, ("between",), "the two are correlated above already", "keep one")]
    return []


def _is_key(node: Node, text: str) -> bool:
    """Whether a key stands in a tree; one inside an alternative does where there are no alternatives any more."""
    for name in key_names(text) or [""]:
        if isinstance(node.value, list):
            rows = row_names(node)
            at = rows.index(name) if name in rows else int(name) if name.isdecimal() else len(node.value)
            if at >= len(node.value):
                return False
            node = node.value[at]
        elif not isinstance(node.value, dict) or name not in node.value:
            return name == ONE_OF
        else:
            node = node.value[name]
    return True


def _address(text: str, inputs: Sequence[Input]) -> str | None:
    """The input that a key means, whose rows may go by name or by number."""
    names = key_names(text)
    for found in inputs:
        parts = key_names(found.address) or []
        same = names is not None and len(names) == len(parts) == len(found.path)
        if same and all(
            name in (part, str(step)) for name, part, step in zip(names or (), parts, found.path, strict=True)
        ):
            return found.address
    return None


def groups(ties: Sequence[Tie], inputs: Sequence[Input]) -> list[Group]:
    """What correlations tie together, each group in the order of addresses, so that the order in the file is nothing.

    A matrix may have entries beyond 1, infinite ones too, where loadings leave no room for a correlation.
    """
    by_address = {found.address: found for found in inputs}
    tied = sorted({address for tie in ties for address in (tie.first, tie.second)})
    number = {address: k for k, address in enumerate(tied)}
    matrix = np.eye(len(tied))
    for tie in ties:
        first, second = by_address[tie.first], by_address[tie.second]
        shared = first.common is not None and first.common == second.common
        left = residual_correlation(pearson(tie.rank), (first.loading, second.loading), shared)
        j, k = number[tie.first], number[tie.second]
        matrix[j, k] = matrix[k, j] = left
    pairs = [(number[tie.first], number[tie.second]) for tie in ties]
    found = components(len(tied), pairs)
    return [Group(tuple(tied[k] for k in group), matrix[np.ix_(group, group)]) for group in found]


def correlations(ties: Sequence[Tie], inputs: Sequence[Input]) -> Array:
    """Correlations of the normal scores of inputs, (n, n): as stated, else by the loadings on what both share."""
    at = {found.address: k for k, found in enumerate(inputs)}
    matrix = np.array([[_shared(one, other) for other in inputs] for one in inputs]).reshape(len(inputs), -1)
    for tie in ties:
        if tie.first in at and tie.second in at:
            j, k = at[tie.first], at[tie.second]
            matrix[j, k] = matrix[k, j] = pearson(tie.rank)
    return matrix


def _shared(first: Input, second: Input) -> float:
    if first is second:
        return 1.0
    return first.loading * second.loading if first.common is not None and first.common == second.common else 0.0


def _impossible(node: Node, ties: Sequence[Tie], inputs: Sequence[Input]) -> list[Problem]:
    """Correlations that cannot hold at once: one problem a group, at the row that weighs most in what is wrong."""
    problems = []
    for group in groups(ties, inputs):
        too_large = np.argwhere(np.triu(np.abs(group.matrix) >= 1, 1))
        if len(too_large):
            j, k = too_large[0]
            message = (
                f"{group.addresses[j]} and {group.addresses[k]} cannot have this rank: they load too much on factors"
            )
            hint = "lower the rank or the loadings"
        elif is_positive_definite(group.matrix):
            continue
        else:
            vector = np.linalg.eigh(group.matrix)[1][:, 0]
            j, k = np.unravel_index(np.argmin(np.triu(np.outer(vector, vector) * group.matrix, 1)), group.matrix.shape)
            message = f"the correlations among {', '.join(group.addresses)} cannot all hold: not positive definite"
            hint = "lower them, or state the pairs left out, which count as uncorrelated"
        pair = {group.addresses[j], group.addresses[k]}
        at = next(tie.path for tie in ties if {tie.first, tie.second} == pair)
        problems.append(problem_below(node.value[at[1]], at, ("rank",), message, hint))
    return problems
