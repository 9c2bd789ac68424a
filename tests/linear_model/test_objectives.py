"""The lecture's, scikit-learn's and Spark's objectives are one objective in other units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import linear_model as sk

from toolkit.linear_model import ElasticNet, Penalty, from_lecture, from_ridge, from_sklearn, from_spark, mse
from toolkit.linear_model.coordinate_descent import elastic_net_objective

prices = st.floats(1e-3, 10)
shares = st.floats(0, 1)
# PySpark 4.3, LinearRegression(regParam=0.5, elasticNetParam=..., tol=1e-12, maxIter=1000) on `spark_data()`
SPARK = {0.0: ((1.8350891135107625, 0.21263532904150173), 10.497604899117405),
         0.5: ((1.7717116007344167, 0.1869025905189434), 10.686345012258466),
         1.0: ((1.700229171881534, 0.15673534828197982), 10.899517402899061)}


def spark_data():
    rng = np.random.default_rng(50)
    X = rng.standard_normal((50, 2)) * [1, 5] + [3, 0]
    return X, X @ [2, 0.3] + 10 + rng.standard_normal(50)


def lecture(X, y, w, lambda_, alpha):
    return mse(X, y, w) + alpha * lambda_ * np.abs(w).sum() + (1 - alpha) * lambda_ * (w @ w)


@given(st.integers(0, 10_000), prices, shares)
def test_G044_the_lectures_objective_is_twice_scikit_learns_with_the_converted_penalty(seed, lambda_, alpha):
    rng = np.random.default_rng(seed)
    X, y, w = rng.standard_normal((8, 3)), rng.standard_normal(8), rng.standard_normal(3)
    converted = elastic_net_objective(X, y, w, *from_lecture(lambda_, alpha).to_sklearn())
    assert lecture(X, y, w, lambda_, alpha) == pytest.approx(2 * converted, rel=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1.0], ids=["zero is L2", "one is L1"])
def test_G044_the_ends_of_the_lectures_elastic_net(alpha):
    penalty = from_lecture(0.6, alpha)
    assert (penalty.l1 == 0, penalty.l2 == 0) == (alpha == 0, alpha == 1)


def test_G044_scikit_learn_finds_the_minimum_of_the_lectures_objective():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((40, 3))
    y = X @ [1.0, 0, -2] + 0.1 * rng.standard_normal(40)
    for lambda_, alpha in [(0.3, 1.0), (0.3, 0.0), (0.5, 0.4)]:
        a, r = from_lecture(lambda_, alpha).to_sklearn()
        model = (sk.ElasticNet(a, l1_ratio=r, fit_intercept=False, tol=1e-12) if r else
                 sk.Ridge(from_lecture(lambda_, alpha).to_ridge(40), fit_intercept=False)).fit(X, y)
        best = lecture(X, y, model.coef_, lambda_, alpha)
        for _ in range(50):
            assert lecture(X, y, model.coef_ + 0.01 * rng.standard_normal(3), lambda_, alpha) > best


def test_E21_lambda_twice_and_a_forgotten_half_are_other_problems():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((40, 3))
    y = X @ [1.0, 0.5, -2] + 0.1 * rng.standard_normal(40)
    lambda_, alpha = 0.5, 0.4

    def minimum(penalty):
        a, r = penalty.to_sklearn()
        return ElasticNet(a, l1_ratio=r, fit_intercept=False, tol=1e-13).fit(X, y).coef_

    right = minimum(from_lecture(lambda_, alpha))
    printed = minimum(from_lecture(lambda_ * lambda_, alpha))       # J = MSE + lambda R(w), R with a lambda of its own
    unhalved = minimum(from_sklearn(lambda_, alpha))                # taking the lecture's numbers for scikit-learn's
    step = 1e-6 * np.eye(3)
    slope = [(lecture(X, y, right + h, lambda_, alpha) - lecture(X, y, right - h, lambda_, alpha)) / 2e-6 for h in step]
    np.testing.assert_allclose(slope, 0, atol=1e-4)
    assert np.abs(printed - right).max() > 0.05 and np.abs(unhalved - right).max() > 0.05


@given(prices, shares)
def test_every_conversion_comes_back(price, share):
    assert from_sklearn(price, share).to_sklearn() == pytest.approx((price, share))
    assert from_lecture(price, share).to_lecture() == pytest.approx((price, share))
    assert from_ridge(price, 7).to_ridge(7) == pytest.approx(price)


def test_no_penalty_converts_to_no_penalty():
    assert Penalty(0.0, 0.0).to_sklearn() == (0, 1) and Penalty(0.0, 0.0).to_lecture() == (0, 1)


@given(st.integers(0, 1000), prices)
def test_M03_06_ridge_and_elastic_net_are_the_same_up_to_the_number_of_instances(seed, alpha):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    a, r = from_ridge(alpha, 20).to_sklearn()
    net = ElasticNet(a, l1_ratio=r).fit(X, y)
    np.testing.assert_allclose(net.coef_, sk.Ridge(alpha).fit(X, y).coef_, atol=1e-9)


@pytest.mark.parametrize("elastic_net_param", SPARK)
def test_M03_07_spark_solves_the_standardised_problem(elastic_net_param):
    X, y = spark_data()
    problem = from_spark(X, y, 0.5, elastic_net_param)
    model = ElasticNet(problem.alpha, l1_ratio=problem.l1_ratio, fit_intercept=False, tol=1e-14, max_iter=10_000)
    w, b = problem.restore(model.fit(problem.X, problem.y).coef_)
    weights, intercept = SPARK[elastic_net_param]
    np.testing.assert_allclose(w, weights, rtol=1e-6)
    assert b == pytest.approx(intercept, rel=1e-7)


def test_M03_07_taking_sparks_reg_param_for_scikit_learns_alpha_is_another_problem():
    X, y = spark_data()
    spark = np.array(SPARK[0.0][0])
    for believed in (sk.Ridge(0.5).fit(X, y).coef_, sk.ElasticNet(0.5, l1_ratio=1e-9).fit(X, y).coef_):
        assert np.abs(believed / spark - 1).max() > 0.05


@pytest.mark.parametrize(("call", "message"), [
    (lambda: from_lecture(-1, 0.5), "lambda_ must be a number of at least 0, got -1"),
    (lambda: from_lecture(1, 2), "alpha must lie between 0 .*, got 2"),
    (lambda: from_sklearn(1, 2), "l1_ratio must lie between 0 .*, got 2"),
    (lambda: from_spark([[1.0], [2]], [1.0, 2], -3), "reg_param must be a number of at least 0, got -3"),
    (lambda: from_spark([[1.0], [2]], [1.0, 2], 1, 2), "elastic_net_param must lie between 0 .*, got 2"),
    (lambda: from_ridge(1, 0), "m must be a whole number of at least 1, got 0"),
    (lambda: Penalty(0.1, 0.0).to_ridge(5), "ridge has no L1 part, got l1 = 0.1"),
    (lambda: Penalty(-0.1, 0.0), "l1 must be a number of at least 0, got -0.1"),
    (lambda: from_spark([[1.0]], [1.0], 0.1), "needs at least 2 rows, got 1"),
    (lambda: from_spark([[1.0, 0.1], [2, 0.1], [3, 0.1]], [1.0, 2, 4], 0.1), "cannot be standardised: column 1 of X"),
    (lambda: from_spark([[1.0], [2]], [1.0, 1], 0.1), "constant column cannot be standardised: y"),
])
def test_bad_penalties_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
