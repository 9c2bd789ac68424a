"""KFold, StratifiedKFold, check_cv: laws, scikit-learn's own folds, errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import model_selection as reference

from toolkit.model_selection import KFold, StratifiedKFold, check_cv


def folds(splitter, X, y=None):
    return [(train.tolist(), test.tolist()) for train, test in splitter.split(X, y)]


@pytest.mark.parametrize("m", [5, 6, 23, 100])
@pytest.mark.parametrize("settings", [{}, {"shuffle": True, "random_state": 7}], ids=["plain", "shuffled"])
def test_folds_are_those_of_scikit_learn(m, settings):
    assert folds(KFold(5, **settings), np.zeros(m)) == folds(reference.KFold(5, **settings), np.zeros(m))


@pytest.mark.parametrize("settings", [{}, {"shuffle": True, "random_state": 7}], ids=["plain", "shuffled"])
@pytest.mark.parametrize("classes", ["number", "text", "negative"])
def test_stratified_folds_are_those_of_scikit_learn(settings, classes):
    names = {"number": [0, 1, 2], "text": ["z", "a", "m"], "negative": [-1, 5, 3]}[classes]
    y = np.random.default_rng(0).choice(names, 61, p=[0.6, 0.25, 0.15])
    ours, theirs = (folds(kind(4, **settings), y, y) for kind in (StratifiedKFold, reference.StratifiedKFold))
    assert ours == theirs


@given(st.integers(2, 12), st.integers(0, 60), st.booleans(), st.integers(0, 2**31))
def test_folds_partition_the_rows_and_differ_by_at_most_one(k, extra, shuffle, seed):
    m = k + extra
    splits = list(KFold(k, shuffle=shuffle, random_state=seed if shuffle else None).split(np.zeros(m)))
    assert len(splits) == k
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(m))
    sizes = [len(test) for _, test in splits]
    assert max(sizes) - min(sizes) <= 1
    for train, test in splits:
        assert sorted([*train, *test]) == list(range(m))          # no row in both, none lost


@given(st.integers(2, 6), st.lists(st.integers(6, 25), min_size=2, max_size=4), st.integers(0, 2**31))
def test_stratified_folds_partition_and_hold_each_class_within_one(k, counts, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    splits = list(StratifiedKFold(k, shuffle=True, random_state=seed).split(y, y))
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(y)))
    table = np.array([np.bincount(y[test], minlength=len(counts)) for _, test in splits])     # (k, classes)
    assert np.all(np.ptp(table, axis=0) <= 1)
    assert np.ptp(table.sum(axis=1)) <= 1
    for train, test in splits:
        assert not set(train) & set(test)


@pytest.mark.parametrize("kind", [KFold, StratifiedKFold])
def test_the_seed_decides_each_time_anew(kind):
    y = np.tile([0, 1], 20)
    fixed = kind(4, shuffle=True, random_state=2)
    assert folds(fixed, y, y) == folds(fixed, y, y)
    assert folds(fixed, y, y) != folds(kind(4, shuffle=True, random_state=3), y, y)
    running = kind(4, shuffle=True, random_state=np.random.default_rng(0))
    assert folds(running, y, y) != folds(running, y, y)


def test_folds_need_only_the_number_of_rows():
    expected = folds(KFold(3), np.zeros(7))
    for X in ([0] * 7, pd.DataFrame({"a": range(7)}), np.zeros((7, 2, 2))):
        assert folds(KFold(3), X) == expected


def test_stratified_folds_leave_the_classes_as_they_were():
    y = np.array(["b", "a", "b", "a", "a", "b"])
    before = y.copy()
    list(StratifiedKFold(3, shuffle=True, random_state=0).split(y, y))
    np.testing.assert_array_equal(y, before)


@pytest.mark.parametrize("kind", [KFold, StratifiedKFold])
@pytest.mark.parametrize(("settings", "message"), [
    ({"n_splits": 1}, "at least 2, got n_splits=1"),
    ({"n_splits": 2.5}, "whole number of folds, at least 2, got n_splits=2.5"),
    ({"n_splits": True}, "got n_splits=True"),
    ({"n_splits": 3, "random_state": 0}, "random_state=0 with shuffle=False"),
])
def test_a_wrong_setting_is_named(kind, settings, message):
    with pytest.raises(ValueError, match=message):
        kind(**settings)


def test_shuffle_must_be_a_truth_value():
    with pytest.raises(TypeError, match="shuffle=True or False, got 'yes'"):
        KFold(3, shuffle="yes")


def test_more_folds_than_rows_is_an_error_that_names_both():
    with pytest.raises(ValueError, match="n_splits=4 folds of only n_samples=3"):
        next(KFold(4).split(np.zeros(3)))


def test_more_folds_than_members_of_every_class_is_an_error():
    with pytest.raises(ValueError, match=r"n_splits=4 .* each class; the largest class has 3"):
        next(StratifiedKFold(4).split(np.zeros(6), [0, 0, 0, 1, 1, 1]))


def test_more_folds_than_members_of_one_class_is_a_warning_that_names_it():
    y = ["common"] * 8 + ["rare"] * 2
    with pytest.warns(UserWarning, match="fewer members than n_splits=4 has class 'rare': 2"):
        splits = list(StratifiedKFold(4).split(y, y))
    assert len(splits) == 4


@pytest.mark.parametrize(("y", "message"), [
    (None, "need the classes y, got None"),
    ([0.1, 0.2, 0.7, 0.9], "got a continuous target"),
    ([0, 1, np.nan, 1], "y contains NaN"),
    ([0, 1, 1], "inconsistent numbers of samples"),
])
def test_stratified_folds_say_what_is_wrong_with_the_classes(y, message):
    with pytest.raises(ValueError, match=message):
        next(StratifiedKFold(2).split(np.zeros(4), y))


def test_a_number_means_stratified_folds_only_for_a_classifier_with_classes():
    assert check_cv(3, [0, 1, 0, 1], classifier=True) == StratifiedKFold(3)
    assert check_cv(3, [0, 1, 0, 1], classifier=False) == KFold(3)
    assert check_cv(3, [0.5, 1.5, 2.25], classifier=True) == KFold(3)
    assert check_cv(None) == KFold(5)


def test_a_splitter_passes_and_an_iterable_becomes_one():
    theirs = reference.ShuffleSplit(2)
    assert check_cv(theirs) is theirs
    pairs = [([0, 1], [2]), ([1, 2], [0])]
    fixed = check_cv(pair for pair in pairs)
    assert fixed.get_n_splits() == 2
    assert list(fixed.split()) == list(fixed.split()) == pairs


@pytest.mark.parametrize("cv", ["five", 2.5, object()], ids=["text", "fraction", "object"])
def test_anything_else_is_refused(cv):
    with pytest.raises(ValueError, match="cv must be a number of folds, a splitter or an iterable"):
        check_cv(cv)
