"""train_test_split: sizes, laws, scikit-learn's own rows, errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import train_test_split as reference

from toolkit.model_selection import train_test_split
from toolkit.model_selection.holdout import apportion, split_sizes

SIZES = [{}, {"test_size": 0.3}, {"test_size": 7}, {"train_size": 0.3}, {"train_size": 5},
         {"test_size": 0.21, "train_size": 0.5}, {"test_size": 3, "train_size": 0.5}, {"test_size": np.int64(4)}]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("shuffle", [True, False])
def test_rows_are_those_of_scikit_learn(sizes, shuffle):
    rows = np.arange(23)
    settings = {"shuffle": shuffle, **({"random_state": 5} if shuffle else {})}
    for ours, theirs in zip(train_test_split(rows, rows * 2, **sizes, **settings),
                            reference(rows, rows * 2, **sizes, **settings), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(st.integers(2, 60), st.floats(0.01, 0.99), st.integers(0, 2**31))
def test_the_parts_are_disjoint_and_together_everything(m, share, seed):
    if m - int(np.ceil(share * m)) < 1:
        return
    train, test = train_test_split(np.arange(m), test_size=share, random_state=seed)
    assert sorted([*train, *test]) == list(range(m))
    assert len(test) == int(np.ceil(share * m))


def test_all_arrays_are_split_at_the_same_rows_and_keep_their_kind():
    frame = pd.DataFrame({"area": np.arange(10.0), "name": list("abcdefghij")}, index=np.arange(10) + 100)
    matrix, names, y = sparse.csr_matrix(np.eye(10)), list("abcdefghij"), np.arange(10)
    parts = train_test_split(frame, matrix, names, y, test_size=3, random_state=0)
    for a, s, n, t in (parts[0::2], parts[1::2]):
        assert isinstance(a, pd.DataFrame) and sparse.issparse(s) and isinstance(n, list)
        assert a["name"].tolist() == n == [names[i] for i in t]
        np.testing.assert_array_equal(a.index, t + 100)
        np.testing.assert_array_equal(s.toarray(), np.eye(10)[t])


def test_the_seed_decides_and_the_global_stream_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002  (it is the global stream that is watched)
    x = np.arange(50)
    once, again, other = (train_test_split(x, random_state=s)[1] for s in (3, 3, 4))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)
    assert not np.array_equal(train_test_split(x)[1], train_test_split(x)[1])
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    by_generator = train_test_split(x, random_state=np.random.default_rng(8))[1]
    np.testing.assert_array_equal(by_generator, np.random.default_rng(8).permutation(50)[:13])


def test_the_input_is_not_changed():
    x = np.arange(20.0)
    train, _ = train_test_split(x, random_state=0)
    train[:] = -1
    np.testing.assert_array_equal(x, np.arange(20.0))


@given(st.lists(st.integers(2, 30), min_size=2, max_size=5), st.floats(0.2, 0.8), st.integers(0, 2**31))
def test_stratified_parts_keep_every_class_within_one_of_its_share(counts, share, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    m = len(y)
    n_train, n_test = split_sizes(m, share)
    if min(n_train, n_test) < len(counts):
        return
    train, test = train_test_split(np.arange(m), test_size=share, random_state=seed, stratify=y)
    assert sorted([*train, *test]) == list(range(m))
    exact = np.array(counts) * n_test / m
    assert np.all(np.abs(np.bincount(y[test], minlength=len(counts)) - exact) < 1)


def test_stratified_counts_are_those_of_scikit_learn_where_no_remainders_tie():
    y = np.repeat(["a", "b", "c"], [53, 31, 17])
    ours = train_test_split(y, test_size=0.23, random_state=1, stratify=y)
    theirs = reference(y, test_size=0.23, random_state=1, stratify=y)
    for a, b in zip(ours, theirs, strict=True):
        assert np.unique(a, return_counts=True)[1].tolist() == np.unique(b, return_counts=True)[1].tolist()


def test_stratified_rows_are_drawn_at_random_within_a_class():
    y = np.repeat([0, 1], 40)
    a, b = (train_test_split(np.arange(80), stratify=y, random_state=s)[1] for s in (0, 1))
    assert set(a) != set(b)
    assert np.any(np.diff(a) < 0)
    assert np.any(np.diff(y[a]) < 0)                           # the classes are mixed, not one after the other


def test_stratified_parts_may_leave_rows_out():
    y = np.repeat([0, 1], [60, 30])
    train, test = train_test_split(np.arange(90), train_size=30, test_size=15, stratify=y, random_state=0)
    assert np.bincount(y[train]).tolist() == [20, 10] and np.bincount(y[test]).tolist() == [10, 5]
    assert not set(train) & set(test)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.data())
def test_apportion_gives_away_exactly_the_total_and_never_more_than_there_is(counts, data):
    counts = np.array(counts)
    total = data.draw(st.integers(0, int(counts.sum())))
    share = apportion(counts, total)
    assert share.sum() == total and np.all(share <= counts) and np.all(share >= 0)


@pytest.mark.parametrize(("arguments", "settings", "message"), [
    ((), {}, "at least one array, got none"),
    (([1, 2, 3], [1, 2]), {}, r"inconsistent numbers of samples: \[3, 2\]"),
    ((range(10),), {"test_size": 10}, r"test_size must be a share in \(0, 1\) or a whole number of rows from 1 to 9"),
    ((range(10),), {"test_size": 0}, "test_size .* got 0"),
    ((range(10),), {"test_size": 1.0}, "test_size .* got 1.0"),
    ((range(10),), {"test_size": -0.5}, "test_size .* got -0.5"),
    ((range(10),), {"test_size": "half"}, "test_size .* got 'half'"),
    ((range(10),), {"test_size": True}, "test_size .* got True"),
    ((range(10),), {"test_size": float("nan")}, "test_size .* got nan"),
    ((range(10),), {"train_size": 0.0}, "train_size .* got 0.0"),
    ((range(10),), {"train_size": 8, "test_size": 3}, r"ask for 8 \+ 3 rows of only 10"),
    ((range(1),), {}, "with 1 rows"),
    ((range(2),), {"test_size": 0.9}, "training set would have 0 rows"),
    ((range(10),), {"train_size": 0.05}, "training set would have 0 rows"),
    ((range(4),), {"stratify": [0, 0, 1, 1], "shuffle": False}, "shuffle=False"),
    ((range(4),), {"stratify": [0, 0, 0, 7]}, "at least two members of every class.*class 7"),
    ((range(4),), {"stratify": [0, 0]}, "one class for each of the 4 rows, got 2"),
    ((range(4),), {"stratify": [0.1, 0.2, 0.3, 0.4]}, "got a continuous target"),
    ((range(6),), {"stratify": [0, 0, 1, 1, 2, 2], "test_size": 2}, "a row for each of the 3 classes.*2 for testing"),
])
def test_an_impossible_split_says_what_came(arguments, settings, message):
    with pytest.raises(ValueError, match=message):
        train_test_split(*(list(a) for a in arguments), **settings)
