"""Regularisation paths against the tables of storyboard 03-3, scikit-learn and the laws of a path."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import linear_model as sk
from sklearn.exceptions import ConvergenceWarning

from toolkit.data import diabetes
from toolkit.linear_model import Knot, curvature, enet_path, lasso_knots, lasso_path

LASSO = {
    0.01: ("-0.45 -11.39 24.74 15.41 -36.06 21.43 4.04 8.14 35.15 3.21", 10, 2859.7),
    0.1: ("-0.28 -11.16 24.85 15.24 -26.48 13.76 0 7.04 31.59 3.16", 9, 2861.9),
    1: ("0 -9.32 24.83 14.09 -4.84 0 -10.62 0 24.42 2.56", 7, 2886.2),
    5: ("0 -2.16 24.22 10.33 0 0 -7.03 0 21.23 0", 5, 3028.7),
    10: ("0 0 22.60 6.80 0 0 -3.09 0 19.59 0", 4, 3209.9),
    20: ("0 0 18.03 0.89 0 0 0 0 15.18 0", 3, 3741.5),
    45.2: ("0 0 0 0 0 0 0 0 0 0", 0, 5929.9),
}
KNOTS = [("bmi", 45.160, True), ("s5", 42.300, True), ("bp", 21.542, True), ("s3", 15.034, True), ("sex", 6.190, True),
         ("s6", 4.223, True), ("s1", 3.280, True), ("s4", 0.950, True), ("s2", 0.261, True), ("age", 0.242, True),
         ("s3", 0.1038, False), ("s3", 0.0623, True)]


@pytest.fixture(scope="module")
def data():
    return diabetes()


@pytest.mark.parametrize("alpha", LASSO)
def test_lasso_coefficients_of_the_diabetes_data_are_those_of_the_storyboard(data, alpha):
    printed, non_zero, train_mse = LASSO[alpha]
    w = lasso_path(data.X, data.y, [alpha])[1][:, 0]
    np.testing.assert_allclose(w, np.array(printed.split(), dtype=float), atol=0.00501)
    assert np.count_nonzero(w) == non_zero
    assert np.mean((data.y - data.X @ w) ** 2) == pytest.approx(train_mse, abs=0.0501)


def test_lasso_knots_are_those_of_the_storyboard_and_s3_returns_with_the_other_sign(data):
    knots = lasso_knots(data.X, data.y)
    assert [(data.names[knot.feature], knot.enters) for knot in knots] == [(name, enters) for name, _, enters in KNOTS]
    for knot, (_, alpha, _) in zip(knots, KNOTS, strict=True):
        assert knot.alpha == pytest.approx(alpha, abs=5.01e-5 if alpha in (0.1038, 0.0623) else 5.01e-4)
    s3 = data.names.index("s3")
    at_1, between, at_0 = lasso_path(data.X, data.y, [1, 0.08, 0])[1][s3]
    assert (at_1.round(2), between, at_0.round(2)) == (-10.62, 0, 4.81)


def test_lasso_knots_agree_with_the_path_and_with_scikit_learn(data):
    knots = lasso_knots(data.X, data.y)
    alphas = [knot.alpha for knot in knots]
    np.testing.assert_allclose(np.array([knot.w for knot in knots]).T, lasso_path(data.X, data.y, alphas)[1], atol=2e-5)
    reference, _, _ = sk.lars_path(data.X, data.y, method="lasso")
    np.testing.assert_allclose(alphas, reference[:-1], rtol=1e-9)


@pytest.mark.parametrize(("alpha", "smallest"), [(0.1, 0.062), (1, 0.281), (10, 0.044), (100, 0.028)])
def test_ridge_never_reaches_zero(data, alpha, smallest):
    w = enet_path(data.X, data.y, [alpha], l1_ratio=0)[1]
    assert np.count_nonzero(w) == 10
    assert np.abs(w).min() == pytest.approx(smallest, abs=5.01e-4)


@pytest.mark.parametrize(("alpha", "non_zero"), [(5, 9), (20, 8), (40, 6), (90, 1), (90.33, 0)])
def test_elastic_net_keeps_as_many_as_the_storyboard_says(data, alpha, non_zero):
    assert np.count_nonzero(enet_path(data.X, data.y, [alpha], l1_ratio=0.5)[1]) == non_zero


def test_two_features_of_the_right_panel(data):
    X = data.X[:, [2, 3]]
    assert curvature(X) == pytest.approx((1.209, 2.791), abs=5.01e-4)
    # the exact value at 10 is 11.9646 (between the knots 0 and 26.70 the path is a line); the storyboard has 11.97
    lasso = {0: (37.595, 19.131), 10: (30.43, 11.9646), 20: (23.26, 4.80), 30: (15.16, 0), 45.161: (0, 0)}
    np.testing.assert_allclose(lasso_path(X, data.y, list(lasso))[1].T, list(lasso.values()), atol=0.00501)
    ridge = {0.5: (25.93, 15.83), 1: (20.00, 13.04), 2: (13.80, 9.51)}
    np.testing.assert_allclose(enet_path(X, data.y, list(ridge), l1_ratio=0)[1].T, list(ridge.values()), atol=0.00501)
    assert lasso_knots(X, data.y)[1].alpha == pytest.approx(26.70, abs=0.00501)


def test_test_error_of_the_split_is_that_of_the_storyboard(data):
    from sklearn.datasets import load_diabetes

    raw = load_diabetes()
    order = np.random.default_rng(0).permutation(442)
    train, test = order[:300], order[300:]
    mean, sd, offset = raw.data[train].mean(axis=0), raw.data[train].std(axis=0), raw.target[train].mean()
    X, X_test = (raw.data[train] - mean) / sd, (raw.data[test] - mean) / sd
    alphas = np.geomspace(0.01, 100, 61)
    for l1_ratio, best, at in [(1, 3113.2, 2.93), (0, 3101.8, 0.34), (0.5, 3098.6, 0.63)]:
        coefs = enet_path(X, raw.target[train] - offset, alphas, l1_ratio)[1]
        errors = ((raw.target[test, None] - offset - X_test @ coefs) ** 2).mean(axis=0)
        assert errors.min() == pytest.approx(best, abs=0.0501)
        assert alphas[errors.argmin()] == pytest.approx(at, abs=0.00501)
        assert errors[0] == pytest.approx(3200, abs=20) and errors[-1] > 5095


@pytest.mark.parametrize("shape", [(60, 8), (8, 12)], ids=["tall", "wide"])
@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.1])
def test_path_is_scikit_learns_in_the_order_asked_for(shape, l1_ratio):
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    alphas = np.array([0.1, 1.0, 0.01, 0.3])
    given_back, coefs = enet_path(X, y, alphas, l1_ratio)
    reference_alphas, reference, _ = sk.enet_path(X, y, l1_ratio=l1_ratio, alphas=alphas, tol=1e-13, max_iter=200_000)
    np.testing.assert_array_equal(given_back, alphas)
    order = np.argsort(-alphas)
    np.testing.assert_array_equal(reference_alphas, alphas[order])
    np.testing.assert_allclose(coefs[:, order], reference, atol=2e-6)


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_penalty_paid_falls_as_alpha_grows(seed, l1_ratio):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    coefs = enet_path(X, y, np.geomspace(1e-3, 1, 12), l1_ratio)[1]
    penalty = l1_ratio * np.abs(coefs).sum(axis=0) + (1 - l1_ratio) / 2 * (coefs**2).sum(axis=0)
    fit = ((y[:, None] - X @ coefs) ** 2).sum(axis=0)
    assert (np.diff(penalty) <= 1e-9).all() and (np.diff(fit) >= -1e-9).all()


def test_alpha_zero_is_least_squares_and_the_shortest_one_where_many_fit():
    rng = np.random.default_rng(0)
    for shape in ((20, 4), (4, 9)):
        X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
        for l1_ratio in (0, 0.5, 1):
            w = enet_path(X, y, [0.0], l1_ratio)[1][:, 0]
            np.testing.assert_allclose(w, np.linalg.lstsq(X, y)[0], atol=1e-12)


@pytest.mark.parametrize(("alphas", "l1_ratio", "message"), [
    ([-1.0], 1, "alpha must be a number of at least 0, got -1.0"),
    ([np.nan], 1, "alpha must be a number of at least 0, got nan"),
    ([], 1, r"alphas must be a vector \(k,\) with at least one entry, got shape \(0,\)"),
    (1.0, 1, r"alphas must be a vector .* got shape \(\)"),
    ([1.0], 1.5, r"l1_ratio must lie between 0 \(ridge\) and 1 \(lasso\), got 1.5"),
])
def test_bad_input_is_named(data, alphas, l1_ratio, message):
    with pytest.raises(ValueError, match=message):
        enet_path(data.X, data.y, alphas, l1_ratio)


def test_features_that_enter_together_both_enter():
    knots = lasso_knots(2 * np.eye(3), [3.0, 3.0, -1.0])
    assert [(knot.alpha, knot.feature, knot.enters) for knot in knots] == [(2, 0, True), (2, 1, True),
                                                                           (pytest.approx(2 / 3), 2, True)]


@given(st.integers(0, 10_000))
def test_between_two_knots_the_path_is_a_line(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((12, 4)) @ rng.standard_normal((4, 4))
    y = rng.standard_normal(12)
    knots = lasso_knots(X, y)
    assert [knot.alpha for knot in knots] == sorted((knot.alpha for knot in knots), reverse=True)
    ends = [*knots, Knot(0.0, 0, True, np.linalg.lstsq(X, y)[0])]
    for above, below in itertools.pairwise(ends):
        alpha, w = (above.alpha + below.alpha) / 2, (above.w + below.w) / 2
        correlation = X.T @ (y - X @ w) / len(y)        # optimal: alpha sign(w) where w is not zero, at most alpha else
        active = np.abs(w) > 1e-12
        np.testing.assert_allclose(correlation[active], alpha * np.sign(w[active]), atol=1e-8)
        assert (np.abs(correlation) <= alpha + 1e-8).all()


def test_a_target_that_no_feature_explains_has_no_knots():
    assert lasso_knots([[1.0], [-1.0]], [1.0, 1.0]) == []


def test_too_few_sweeps_warn_and_name_the_alpha(data):
    for X in (data.X, data.X[:5]):
        with pytest.warns(ConvergenceWarning, match=r"at alpha = 0.01 .* max_iter = 2 sweeps with a duality gap"):
            lasso_path(X, data.y[:len(X)], [0.01], max_iter=2)


def test_knots_refuse_dependent_columns():
    X = np.array([[1.0, 2], [2, 4], [3, 6]])
    with pytest.raises(ValueError, match="linearly independent, got 2 columns of rank 1"):
        lasso_knots(X, [1.0, 2, 3])
