"""ParameterGrid: its combinations and its errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import model_selection as reference

from toolkit.model_selection import ParameterGrid

GRIDS = [
    {"alpha": [0.1, 0.01], "l1_ratio": [0.0, 1.0]},
    {"b": [1, 2, 3], "a": ["x", None], "c": (True,)},
    {"a": np.array([1.5, 2.5]), "b": range(3)},
    [{"kernel": ["linear"]}, {"kernel": ["rbf"], "gamma": [1, 10]}],
    {},
]


@pytest.mark.parametrize("grid", GRIDS, ids=["two", "three", "array", "several", "no name"])
def test_combinations_and_their_order_are_those_of_scikit_learn(grid):
    ours, theirs = ParameterGrid(grid), reference.ParameterGrid(grid)
    assert list(ours) == list(theirs)
    assert len(ours) == len(theirs) == len(list(ours))


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(), min_size=1, max_size=4), max_size=4))
def test_a_combination_by_number_is_the_one_that_iteration_gives(grid):
    both = ParameterGrid([grid, {"z": [1, 2]}])
    assert [both[i] for i in range(len(both))] == list(both)


def test_E29_the_grid_is_written_after_the_estimator_that_it_names():
    """The lecture's code adds ``lr.regParam`` to the grid one line before ``val lr = ...``."""
    printed = "grid = {lr.alpha_name: [0.1, 0.01], lr.ratio_name: [0.0, 1.0]}\nlr = Estimator()"
    world = {"Estimator": type("Estimator", (), {"alpha_name": "alpha", "ratio_name": "l1_ratio"})}
    with pytest.raises(NameError, match="lr"):
        exec(printed, dict(world))
    reordered = "\n".join(reversed(printed.splitlines()))
    exec(reordered, world)
    assert len(ParameterGrid(world["grid"])) == 4
    assert list(ParameterGrid(world["grid"])) == list(ParameterGrid({"alpha": [0.1, 0.01], "l1_ratio": [0.0, 1.0]}))


@pytest.mark.parametrize(("grid", "error", "message"), [
    ([], ValueError, r"the parameter grid is empty, got \[\]"),
    ({"alpha": []}, ValueError, "no value for 'alpha'"),
    ({"alpha": np.array([])}, ValueError, "no value for 'alpha'"),
    ({"alpha": 0.1}, TypeError, r"values of 'alpha' must be a list .* got 0.1 \(float\); one value alone is \[0.1\]"),
    ({"kernel": "rbf"}, TypeError, r"got 'rbf' \(str\)"),
    ({"alpha": np.eye(2)}, TypeError, "one-dimensional array"),
    ({"alpha": {0.1, 1.0}}, TypeError, r"\(set\)"),
    ("alpha", TypeError, r"dict of name -> values, or a list of such dicts; got 'alpha' \(str\)"),
    ([{"alpha": [1]}, "alpha"], TypeError, "each parameter grid is a dict .* got 'alpha'"),
])
def test_a_wrong_grid_says_what_came(grid, error, message):
    with pytest.raises(error, match=message):
        ParameterGrid(grid)


def test_a_number_beyond_the_grid_is_an_error():
    grid = ParameterGrid({"a": [1, 2], "b": [1, 2]})
    for number in (4, -1):
        with pytest.raises(IndexError, match=f"4 combinations has no number {number}"):
            grid[number]
