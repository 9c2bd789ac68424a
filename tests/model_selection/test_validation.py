"""Cross-validation, learning and validation curves: against scikit-learn on the same folds, and their laws."""

import numpy as np
import pandas as pd
import pytest
from sklearn import model_selection as reference
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_iris, make_regression
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from toolkit.model_selection import (
    KFold,
    StratifiedKFold,
    cross_val_score,
    cross_validation_steps,
    learning_curve,
    validation_curve,
)
from toolkit.model_selection.validation import absolute_sizes

X, Y = load_diabetes(return_X_y=True)
FLOWERS, SPECIES = load_iris(return_X_y=True)


class Fragile(RegressorMixin, BaseEstimator):
    """A mean that cannot be fitted on a target larger than its limit."""

    def __init__(self, limit=1.0):
        self.limit = limit

    def fit(self, X, y):
        if np.max(y) > self.limit:
            raise ValueError(f"{np.max(y)} is over the limit")
        self.mean_ = np.mean(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


@pytest.mark.parametrize("scoring", [None, "neg_mean_squared_error", lambda model, X, y: float(model.coef_[0])],
                         ids=["own", "name", "callable"])
@pytest.mark.parametrize("cv", [3, KFold(4, shuffle=True, random_state=1), [(range(300), range(300, 442))]],
                         ids=["number", "splitter", "pairs"])
def test_scores_are_those_of_scikit_learn_on_the_same_folds(scoring, cv):
    ours = cross_val_score(Ridge(), X, Y, cv=cv, scoring=scoring)
    np.testing.assert_array_equal(ours, reference.cross_val_score(Ridge(), X, Y, cv=cv, scoring=scoring))


def test_a_classifier_gets_stratified_folds():
    model = GaussianNB()
    ours = cross_val_score(model, FLOWERS, SPECIES)
    np.testing.assert_array_equal(ours, cross_val_score(model, FLOWERS, SPECIES, cv=StratifiedKFold(5)))
    np.testing.assert_array_equal(ours, reference.cross_val_score(model, FLOWERS, SPECIES))


def test_a_model_without_target_is_scored_without_one():
    model = KMeans(3, n_init=1, random_state=0)
    np.testing.assert_allclose(cross_val_score(model, FLOWERS, cv=3), reference.cross_val_score(model, FLOWERS, cv=3))


def test_data_frames_and_lists_give_the_scores_of_arrays():
    expected = cross_val_score(Ridge(), X, Y, cv=3)
    np.testing.assert_array_equal(cross_val_score(Ridge(), pd.DataFrame(X), pd.Series(Y), cv=3), expected)
    np.testing.assert_allclose(cross_val_score(Ridge(), X.tolist(), Y.tolist(), cv=3), expected)


def test_neither_the_estimator_nor_the_data_is_touched():
    model, before = Ridge(), (X.copy(), Y.copy())
    cross_val_score(model, X, Y, cv=3)
    assert not hasattr(model, "coef_")
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(Y, before[1])


@pytest.mark.slow
def test_two_processes_give_the_scores_of_one():
    settings = {"cv": KFold(4, shuffle=True, random_state=0)}
    one, two = (cross_val_score(Ridge(), X, Y, n_jobs=n, **settings) for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_steps_tell_the_story_behind_the_scores():
    cv = KFold(4, shuffle=True, random_state=0)
    rounds = list(cross_validation_steps(Ridge(), X, Y, cv, scoring="r2"))
    np.testing.assert_array_equal([r.score for r in rounds], cross_val_score(Ridge(), X, Y, cv=cv, scoring="r2"))
    for number, (this, (train, test)) in enumerate(zip(rounds, cv.split(X), strict=True)):
        assert this.number == number
        np.testing.assert_array_equal(this.train, train)
        np.testing.assert_array_equal(this.test, test)
        assert not set(this.train) & set(this.test)
        alone = Ridge().fit(X[train], Y[train])
        np.testing.assert_array_equal(this.estimator.coef_, alone.coef_)
        assert this.score == alone.score(X[test], Y[test])
        assert this.train_score == alone.score(X[train], Y[train])


def test_M03_08_the_scaler_of_a_pipeline_learns_from_training_rows_only():
    x, y = np.arange(20.0)[:, None], 2 * np.arange(20.0)
    x[10:] += 90                                               # the second half lies far away: 100..109
    y[10:] = 2 * x[10:, 0]
    model = make_pipeline(StandardScaler(), Ridge(alpha=1e-9))
    first = next(cross_validation_steps(model, x, y, [(np.arange(10), np.arange(10, 20))]))
    assert first.estimator[0].mean_[0] == 4.5                  # of rows 0..9; all rows would give 54.5
    np.testing.assert_allclose(first.estimator.predict(x[10:]), np.arange(200, 220, 2), rtol=1e-6)
    by_itself = first.estimator[1].predict(StandardScaler().fit_transform(x[10:]))
    np.testing.assert_allclose(by_itself, np.arange(0, 20, 2), atol=1e-6)      # the belief: 0..18 again


@pytest.mark.parametrize("sizes", [[0.1, 0.5, 1.0], [20, 100, 200], (0.1, 0.325, 0.55, 0.775, 1.0)], ids=str)
def test_learning_curve_is_that_of_scikit_learn(sizes):
    settings = {"cv": KFold(4), "train_sizes": sizes, "scoring": "neg_mean_squared_error"}
    ours, theirs = (f(Ridge(), X, Y, **settings) for f in (learning_curve, reference.learning_curve))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_learning_curve_shuffles_each_training_set_by_the_seed():
    settings = {"cv": 3, "train_sizes": [0.2], "shuffle": True, "random_state": 0}
    ours, theirs = (f(Ridge(), X, Y, **settings) for f in (learning_curve, reference.learning_curve))
    np.testing.assert_array_equal(ours[2], theirs[2])
    plain = learning_curve(Ridge(), X, Y, cv=3, train_sizes=[0.2])
    assert not np.array_equal(ours[2], plain[2])


def test_more_data_brings_training_and_test_error_together():
    X_easy, y = make_regression(400, 30, noise=30, random_state=0)
    sizes, train, test = learning_curve(Ridge(1e-6), X_easy, y, train_sizes=[40, 80, 160, 320], cv=5)
    gaps = (train - test).mean(axis=1)
    assert sizes.tolist() == [40, 80, 160, 320]
    assert np.all(np.diff(gaps) < 0) and gaps[-1] < gaps[0] / 10


def test_sizes_that_fall_together_are_merged_with_a_warning():
    with pytest.warns(RuntimeWarning, match=r"\[0.1, 0.11, 1.0\] mean only 2 different numbers of rows: \[1, 10\]"):
        assert absolute_sizes([0.1, 0.11, 1.0], 10).tolist() == [1, 10]


@pytest.mark.parametrize(("sizes", "message"), [
    ([0.0, 0.5], r"shares in \(0, 1\]; got 0.0 to 0.5"),
    ([0.5, 1.5], "got 0.5 to 1.5"),
    ([0, 10], r"numbers of rows in 1..50.* got 0 to 10"),
    ([10, 51], "got 10 to 51"),
    ([], "non-empty list of numbers"),
    (["all"], "non-empty list of numbers"),
    ([[0.1], [0.2]], "non-empty list of numbers"),
    ([0.5, np.nan], r"shares in \(0, 1\]"),
])
def test_train_sizes_out_of_range_are_named(sizes, message):
    with pytest.raises(ValueError, match=message):
        absolute_sizes(sizes, 50)


def test_validation_curve_is_that_of_scikit_learn():
    settings = {"param_name": "alpha", "param_range": [0.01, 1.0, 100.0], "cv": KFold(3)}
    ours, theirs = (f(Ridge(), X, Y, **settings) for f in (validation_curve, reference.validation_curve))
    assert ours[0].shape == (3, 3)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_validation_curve_reaches_into_a_pipeline():
    model = make_pipeline(StandardScaler(), KNeighborsRegressor())
    train, test = validation_curve(model, X, Y, param_name="kneighborsregressor__n_neighbors", param_range=[1, 15])
    assert train[0].mean() == 1.0 and test[0].mean() < test[1].mean()      # one neighbour remembers, and overfits


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: cross_val_score(Ridge(), X, Y[:-1]), ValueError, r"inconsistent numbers of samples: \[442, 441\]"),
    (lambda: cross_val_score(Ridge(), X[:3], Y[:3], cv=4), ValueError, "n_splits=4 folds of only n_samples=3"),
    (lambda: cross_val_score(Ridge(), X, Y, scoring="mse"), ValueError, "'mse' is not a valid scoring value"),
    (lambda: cross_val_score(Ridge(), X, Y, scoring=["r2", "max_error"]), ValueError, "one scorer or a callable"),
    (lambda: cross_val_score(Ridge(), X, Y, error_score="nan"), ValueError, 'a number or "raise", got \'nan\''),
    (lambda: cross_val_score(Ridge(), X, Y, scoring=lambda m, X, y: "good", error_score="raise"), ValueError,
     r"scoring must return a number, got 'good' \(str\)"),
    (lambda: cross_val_score(StandardScaler(), X, Y), TypeError, "score"),
    (lambda: validation_curve(Ridge(), X, Y, param_name="alfa", param_range=[1]), ValueError,
     r"Invalid parameter 'alfa' for estimator Ridge\(\). Valid parameters are: \['alpha'"),
    (lambda: validation_curve(Ridge(), X, Y, param_name="alpha", param_range=[]), ValueError,
     "at least one value of alpha, got none"),
])
def test_a_wrong_argument_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_fit_that_fails_scores_nan_and_is_reported():
    x, y = np.zeros((6, 1)), np.array([0.0, 0, 1, 1, 0, 9])       # 9 is in the test fold of the last round only
    with pytest.warns(FitFailedWarning, match=r"2 of 3 fits failed; their score is nan(.|\n)*9.0 is over the limit"):
        scores = cross_val_score(Fragile(), x, y, cv=3, scoring="neg_mean_squared_error")
    assert np.isnan(scores).tolist() == [True, True, False]
    with pytest.warns(FitFailedWarning, match="score is -1.0"):
        assert cross_val_score(Fragile(), x, y, cv=3, error_score=-1.0)[0] == -1.0


def test_a_fit_that_fails_can_stop_everything():
    with pytest.raises(ValueError, match=r"^9.0 is over the limit"):
        cross_val_score(Fragile(), np.zeros((4, 1)), [9.0] * 4, cv=2, error_score="raise")


def test_if_every_fit_fails_the_first_reason_is_the_error():
    with pytest.raises(ValueError, match=r"All the 2 fits failed(.|\n)*9.0 is over the limit"):
        cross_val_score(Fragile(), np.zeros((4, 1)), [9.0] * 4, cv=2)


def test_a_bar_is_shown_on_standard_output_on_request(capsys):
    cross_val_score(Ridge(), X, Y, cv=3)
    assert capsys.readouterr() == ("", "")
    cross_val_score(Ridge(), X, Y, cv=3, verbose=1)
    out, err = capsys.readouterr()
    assert "rounds: 100%" in out and "3/3" in out and not err
