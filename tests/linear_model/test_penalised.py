"""Ridge, lasso and elastic net against scikit-learn, the beliefs that go wrong, laws, and bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import LinAlgWarning
from sklearn import linear_model as sk
from sklearn.exceptions import ConvergenceWarning

from toolkit.data import diabetes
from toolkit.linear_model import ElasticNet, Lasso, LinearRegression, Ridge, elastic_net_objective

SHAPES = [(60, 5), (12, 30), (8, 8)]


def problem(seed, shape=(60, 5)):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal(shape) * rng.uniform(0.5, 2, shape[1]) + rng.uniform(-3, 3, shape[1])
    w = rng.standard_normal(shape[1]) * (rng.uniform(size=shape[1]) < 0.6)
    return X, X @ w + 2 + 0.3 * rng.standard_normal(shape[0])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
def test_ridge_is_scikit_learns(shape, fit_intercept, alpha):
    X, y = problem(1, shape)
    ours = Ridge(alpha, fit_intercept=fit_intercept).fit(X, y)
    reference = sk.Ridge(alpha, fit_intercept=fit_intercept, solver="svd").fit(X, y)
    np.testing.assert_allclose(ours.coef_, reference.coef_, atol=1e-8)
    assert ours.intercept_ == pytest.approx(reference.intercept_, abs=1e-7)
    assert ours.solver_ == ("normal" if shape[0] > shape[1] else "dual")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("precompute", [True, False])
@pytest.mark.parametrize(("alpha", "l1_ratio"), [(0.05, 1.0), (0.5, 1.0), (0.1, 0.5), (0.1, 0.9), (1.0, 0.1)])
def test_elastic_net_is_scikit_learns(shape, fit_intercept, precompute, alpha, l1_ratio):
    X, y = problem(2, shape)
    options = {"fit_intercept": fit_intercept, "l1_ratio": l1_ratio, "max_iter": 200_000}
    ours = ElasticNet(alpha, precompute=precompute, tol=1e-12, **options).fit(X, y)
    reference = sk.ElasticNet(alpha, tol=1e-12, **options).fit(X, y)
    np.testing.assert_allclose(ours.coef_, reference.coef_, atol=2e-5)
    assert ours.intercept_ == pytest.approx(reference.intercept_, abs=1e-4)
    b = ours.intercept_
    values = [elastic_net_objective(X, y - b, w, alpha, l1_ratio) for w in (ours.coef_, reference.coef_)]
    assert values[0] == pytest.approx(values[1], rel=1e-7)


def test_lasso_is_the_elastic_net_without_its_squares():
    X, y = problem(3)
    lasso, net = Lasso(0.1).fit(X, y), ElasticNet(0.1, l1_ratio=1.0).fit(X, y)
    np.testing.assert_array_equal(lasso.coef_, net.coef_)
    assert list(Lasso().get_params()) == ["alpha", "fit_intercept", "max_iter", "precompute", "tol", "warm_start"]


def test_defaults_stop_where_scikit_learns_stop():
    X, y, _ = diabetes()
    for alpha in (0.1, 1.0):
        ours, reference = Lasso(alpha).fit(X, y), sk.Lasso(alpha).fit(X, y)
        assert 0 <= ours.dual_gap_ <= 1e-4 * (y @ y) / len(y)
        values = [elastic_net_objective(X, y, model.coef_, alpha) for model in (ours, reference)]
        assert values[0] == pytest.approx(values[1], rel=1e-4)


def test_M03_05_the_intercept_is_not_punished():
    X, y = np.arange(4.0)[:, None], 2 * np.arange(4.0) + 105
    model = Ridge(1.0).fit(X, y)
    assert (model.intercept_, model.coef_[0]) == pytest.approx((105.5, 5 / 3))
    ones = np.column_stack([np.ones(4), X])
    believed = np.linalg.solve(ones.T @ ones + np.eye(2), ones.T @ y)
    assert believed == pytest.approx([64.92, 17.90], abs=0.01)
    for estimator in (Ridge(1.0), Lasso(0.3), ElasticNet(0.3)):
        here, moved = (type(estimator)(**estimator.get_params()).fit(X, target) for target in (y, y + 100))
        np.testing.assert_allclose(moved.coef_, here.coef_, atol=1e-9)
        assert moved.intercept_ - here.intercept_ == pytest.approx(100)


def test_M03_06_alpha_of_ridge_is_for_the_sum_and_that_of_the_elastic_net_for_the_mean():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 3))
    y = X @ [1, 2, 3] + 0.1 * rng.standard_normal(50)
    right = Ridge(1.0).fit(X, y).coef_
    Xc = X - X.mean(axis=0)
    believed = np.linalg.solve(Xc.T @ Xc + 50 * 1.0 * np.eye(3), (y - y.mean()) @ Xc)
    np.testing.assert_allclose(right, sk.Ridge(1.0).fit(X, y).coef_, rtol=1e-9)
    np.testing.assert_allclose(believed, ElasticNet(1.0, l1_ratio=0).fit(X, y).coef_, rtol=1e-9)
    np.testing.assert_allclose(believed, Ridge(50.0).fit(X, y).coef_, rtol=1e-9)
    assert (believed < 0.8 * right).all()


@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(seed):
    X, y = problem(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    for model in (Ridge(0.5), Lasso(0.1, tol=1e-13), ElasticNet(0.1, tol=1e-13)):
        one, other = (type(model)(**model.get_params()).fit(*data) for data in ((X, y), (X[order], y[order])))
        np.testing.assert_allclose(other.coef_, one.coef_, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(2, 3))
def test_copying_all_data_changes_a_mean_but_weakens_the_price_against_a_sum(seed, copies):
    X, y = problem(seed)
    many = np.tile(X, (copies, 1)), np.tile(y, copies)
    np.testing.assert_allclose(Lasso(0.1, tol=1e-13).fit(*many).coef_, Lasso(0.1, tol=1e-13).fit(X, y).coef_, atol=1e-5)
    np.testing.assert_allclose(Ridge(copies * 2.0).fit(*many).coef_, Ridge(2.0).fit(X, y).coef_, atol=1e-9)


@given(st.integers(0, 10_000), st.floats(0.01, 10), st.floats(1.1, 10))
def test_a_higher_price_never_buys_longer_weights(seed, alpha, factor):
    X, y = problem(seed)
    weak, strong = Ridge(alpha).fit(X, y).coef_, Ridge(alpha * factor).fit(X, y).coef_
    assert strong @ strong <= weak @ weak + 1e-12
    weak, strong = (Lasso(a, tol=1e-13).fit(X, y).coef_ for a in (alpha / 10, alpha * factor / 10))
    assert np.abs(strong).sum() <= np.abs(weak).sum() + 1e-6


def test_bug_15_of_teaching_code_the_penalty_shrinks():
    X, y, _ = diabetes()
    lengths = [np.linalg.norm(Ridge(alpha).fit(X, y).coef_) for alpha in (0, 1, 10, 100, 1000, 2000)]
    assert lengths == sorted(lengths, reverse=True) and lengths[-1] < lengths[0] / 2


def test_alpha_zero_is_least_squares_for_all_three():
    X, y = problem(4)
    reference = LinearRegression().fit(X, y)
    for model in (Ridge(0), Lasso(0), ElasticNet(0)):
        np.testing.assert_allclose(model.fit(X, y).coef_, reference.coef_, atol=1e-10)
    wide = problem(4, (5, 9))
    np.testing.assert_allclose(Ridge(0).fit(*wide).coef_, LinearRegression().fit(*wide).coef_, atol=1e-10)


def test_a_repeated_column_shares_its_weight_under_ridge_without_a_warning():
    X, y = problem(5)
    twice = np.column_stack([X, X[:, 0]])
    coef = Ridge(1.0).fit(twice, y).coef_
    assert coef[0] == pytest.approx(coef[-1])
    with pytest.warns(LinAlgWarning, match="ill-conditioned"):
        Ridge(1e-12).fit(twice, y)


def test_a_constant_column_has_the_weight_zero():
    for shape in SHAPES:
        X, y = problem(6, shape)
        X[:, 1] = 0.1
        for model in (Ridge(0.1), Lasso(0.01, max_iter=100_000), ElasticNet(0.01, max_iter=100_000)):
            assert model.fit(X, y).coef_[1] == pytest.approx(0, abs=1e-12)


def test_too_few_sweeps_warn_and_a_warm_start_takes_them_up_again():
    X, y, _ = diabetes()
    cold = Lasso(0.01, tol=1e-12, max_iter=100_000).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="max_iter = 3 sweeps with a duality gap of .*, above tol y'y"):
        Lasso(0.01, tol=1e-12, max_iter=3).fit(X, y)
    warm = Lasso(0.01, tol=1e-12, max_iter=100_000, warm_start=True).fit(X, y)
    sweeps = warm.n_iter_
    assert sweeps == cold.n_iter_ > warm.fit(X, y).n_iter_
    np.testing.assert_allclose(warm.coef_, cold.coef_, atol=1e-6)
    assert warm.fit(X[:, :4], y).coef_.shape == (4,)            # other data: a cold start, not an error


def test_a_target_without_spread_needs_no_weights():
    X, _ = problem(7)
    for model in (Ridge(), Lasso(), ElasticNet(), Lasso(precompute=False)):
        model.fit(X, np.full(60, 3.0))
        assert not model.coef_.any() and model.intercept_ == 3


@pytest.mark.parametrize(("model", "message"), [
    (Ridge(-1), "alpha must be a number of at least 0, got -1"),
    (Ridge(np.nan), "alpha must be a number of at least 0, got nan"),
    (Ridge("1"), "alpha must be a number of at least 0, got '1'"),
    (Lasso(-0.1), "alpha must be a number of at least 0, got -0.1"),
    (ElasticNet(1, l1_ratio=1.1), "l1_ratio must lie between 0 .* and 1 .*, got 1.1"),
    (ElasticNet(1, l1_ratio=-0.1), "l1_ratio must lie between 0 .* and 1 .*, got -0.1"),
    (Lasso(max_iter=0), "max_iter must be a whole number of at least 1, got 0"),
    (Lasso(precompute="yes"), "precompute must be 'auto', True or False, got 'yes'"),
], ids=str)
def test_bad_options_are_named(model, message):
    with pytest.raises(ValueError, match=message):
        model.fit(*problem(0))


@pytest.mark.parametrize("model", [Ridge(), Lasso(), ElasticNet(precompute=False)], ids=str)
@pytest.mark.parametrize("shape", [(60, 5), (5, 9)], ids=str)
def test_bad_data_are_named(model, shape):
    X, y = problem(0, shape)
    spoilt = X.copy()
    spoilt[1, 1] = np.nan
    with pytest.raises(ValueError, match="X contains NaN"):
        model.fit(spoilt, y)
    spoilt[1, 1] = np.inf
    with pytest.raises(ValueError, match="X contains infinity"):
        model.fit(spoilt, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[1:])
    with pytest.raises(ValueError, match=f"{shape[1] - 1} features, but .* is expecting {shape[1]} features"):
        model.fit(X, y).predict(X[:, 1:])


def test_one_row_gives_its_own_target():
    for model in (Ridge(), Lasso(), ElasticNet()):
        model.fit([[1.0, 2.0]], [5.0])
        assert not model.coef_.any() and model.intercept_ == 5
