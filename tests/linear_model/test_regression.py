"""LinearRegression: five solvers, one answer; the lecture's numbers, scikit-learn's answers, laws, and bad input."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import LinAlgWarning
from sklearn import linear_model as sk
from sklearn.exceptions import ConvergenceWarning

from toolkit.data import five_houses, narrow_valley
from toolkit.linear_model import DivergenceError, LinearRegression, curvature, descent_steps, inverse_time
from toolkit.linear_model.regression import batch_curvature

CLOSED = [LinearRegression("normal"), LinearRegression("qr")]
ALL = [
    *CLOSED,
    LinearRegression("gd", tol=1e-12, max_iter=20_000),
    LinearRegression("gd", tol=1e-12, max_iter=20_000, gram=False),
    LinearRegression("sgd", schedule=inverse_time(50), tol=None, max_iter=2000, random_state=0),
    LinearRegression("mini_batch", batch_size=7, schedule=inverse_time(50), tol=None, max_iter=2000, random_state=0),
]


def name(model):
    return f"{model.solver}-gram={model.gram}" if model.solver == "gd" else model.solver


closed = pytest.mark.parametrize("model", CLOSED, ids=name)
every = pytest.mark.parametrize("model", ALL, ids=name)


def problem(seed, m=40, n=4):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, n)) * rng.uniform(0.5, 2, n) + rng.uniform(-5, 5, n)
    return X, X @ rng.standard_normal(n) + 3 + 0.1 * rng.standard_normal(m)


@closed
def test_G037_weights_of_the_five_houses_to_nine_digits(model):
    model.fit(*five_houses())
    assert tuple(f"{value:.8e}" for value in (model.intercept_, *model.coef_)) == (
        "-7.04346018e+01", "6.38433756e-02", "1.03436047e+02")


@closed
def test_G038_prediction_and_score_of_the_five_houses(model):
    X, y = five_houses()
    model.fit(X, y)
    assert model.predict([[4000, 4]]) == pytest.approx(598.68309, abs=5e-6)
    assert model.score(X, y) == pytest.approx(0.97132, abs=5e-6)
    assert np.mean((model.predict(X) - y) ** 2) == pytest.approx(288.829, abs=5e-4)


@closed
def test_G039_sparks_normal_solver_printed_the_same(model):
    model.fit(*five_houses())
    assert (model.intercept_, *model.coef_) == pytest.approx((-70.43460, 0.06384, 103.43605), abs=5e-6)


def test_G040_descent_on_standardised_houses_reaches_the_normal_equation():
    X, y = five_houses()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    normal = LinearRegression().fit(X, y)
    descent = LinearRegression("gd", learning_rate=0.1, tol=1e-12, max_iter=10_000).fit(X, y)
    np.testing.assert_allclose(descent.coef_, normal.coef_, rtol=1e-9)
    assert descent.intercept_ == pytest.approx(normal.intercept_)


@every
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_every_solver_agrees_with_scikit_learn(model, fit_intercept):
    X, y = problem(0)
    if not fit_intercept:
        X, y = X - X.mean(axis=0) + 0.3, y - y.mean() + 1
    ours = type(model)(**model.get_params() | {"fit_intercept": fit_intercept}).fit(X, y)
    reference = sk.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    stochastic = model.solver in ("sgd", "mini_batch")
    np.testing.assert_allclose(ours.coef_, reference.coef_, rtol=1e-8, atol=1e-3 if stochastic else 0)
    assert ours.intercept_ == pytest.approx(reference.intercept_, rel=2e-3 if stochastic else 1e-8)


@closed
@pytest.mark.parametrize("shape", [(30, 3), (30, 29), (10, 30), (5, 5), (1, 3)])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_closed_forms_are_scikit_learns_for_every_shape(model, shape, fit_intercept):
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    ours = type(model)(model.solver, fit_intercept=fit_intercept).fit(X, y)
    reference = sk.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    np.testing.assert_allclose(ours.coef_, reference.coef_, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours.predict(X), reference.predict(X), atol=1e-9)


@given(st.integers(0, 10_000), st.floats(-1e3, 1e3))
def test_moving_y_moves_only_the_intercept(seed, shift):
    X, y = problem(seed)
    one, other = LinearRegression().fit(X, y), LinearRegression().fit(X, y + shift)
    np.testing.assert_allclose(other.coef_, one.coef_, atol=1e-9)
    assert other.intercept_ - one.intercept_ == pytest.approx(shift, abs=1e-8)


@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(seed):
    X, y = problem(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    for solver in ("normal", "qr", "gd"):
        one = LinearRegression(solver, max_iter=5000).fit(X, y)
        other = LinearRegression(solver, max_iter=5000).fit(X[order], y[order])
        np.testing.assert_allclose(other.coef_, one.coef_, atol=1e-8)


@given(st.integers(0, 10_000), st.integers(2, 4))
def test_copying_all_data_changes_no_weight(seed, copies):
    X, y = problem(seed)
    one = LinearRegression().fit(X, y)
    other = LinearRegression().fit(np.tile(X, (copies, 1)), np.tile(y, copies))
    np.testing.assert_allclose(other.coef_, one.coef_, atol=1e-9)


@given(st.integers(0, 10_000), st.floats(-6, 6).map(lambda e: 10**e))
def test_scaling_a_column_scales_its_weight_inversely(seed, scale):
    X, y = problem(seed)
    factors = np.array([1, scale, 1, 1])
    one, other = LinearRegression().fit(X, y), LinearRegression().fit(X * factors, y)
    np.testing.assert_allclose(other.coef_ * factors, one.coef_, rtol=1e-7, atol=1e-9)


@given(st.integers(0, 10_000))
def test_residuals_are_orthogonal_to_the_features_and_sum_to_zero(seed):
    X, y = problem(seed)
    residual = y - LinearRegression().fit(X, y).predict(X)
    np.testing.assert_allclose(residual @ np.column_stack([np.ones(len(y)), X]), 0, atol=1e-8)


def test_gram_descent_and_the_readable_one_take_the_same_steps():
    X, y = problem(2)
    for steps in (1, 2, 10, 100):
        gram, plain = (LinearRegression("gd", gram=gram, learning_rate=0.05, schedule="inverse_time", tol=None,
                                        max_iter=steps).fit(X, y) for gram in (True, False))
        np.testing.assert_allclose(gram.coef_, plain.coef_, rtol=1e-10)
        assert gram.intercept_ == pytest.approx(plain.intercept_, rel=1e-10)


@pytest.mark.parametrize(("solver", "batch_size"), [("gd", None), ("sgd", 1), ("mini_batch", 7), ("mini_batch", 40)])
def test_the_fast_walk_is_the_one_that_descent_steps_tells(solver, batch_size):
    X, y = problem(3)
    epochs, m = 3, len(y)
    model = LinearRegression(solver, batch_size=batch_size or "auto", learning_rate=0.02, schedule="inverse_time",
                             tol=None, max_iter=epochs, random_state=5).fit(X, y)
    updates = epochs * (1 if batch_size is None else -(-m // batch_size))
    *_, last = descent_steps(X - X.mean(axis=0), y - y.mean(), 0.02, steps=updates, batch_size=batch_size,
                             schedule="inverse_time", rng=5)
    np.testing.assert_allclose(model.coef_, last.w, rtol=1e-10)
    assert model.n_iter_ == epochs


def test_an_epoch_of_many_rows_is_walked_in_the_same_order_as_one_of_few():
    rng = np.random.default_rng(0)                  # more rows than the fast path copies at a time
    X = rng.standard_normal((9001, 2))
    y = X @ [1.0, 2.0] + rng.standard_normal(9001)
    for solver, batch_size in (("sgd", 1), ("mini_batch", 100)):
        model = LinearRegression(solver, batch_size=batch_size, learning_rate=0.01, schedule="inverse_time", tol=None,
                                 max_iter=2, random_state=1).fit(X, y)
        *_, last = descent_steps(X - X.mean(axis=0), y - y.mean(), 0.01, steps=2 * -(-9001 // batch_size),
                                 batch_size=batch_size, schedule="inverse_time", rng=1)
        np.testing.assert_allclose(model.coef_, last.w, rtol=1e-9)


def test_the_automatic_rate_is_one_over_the_curvature_that_a_batch_sees():
    X, y = narrow_valley()
    assert LinearRegression("gd").fit(X, y).learning_rate_ == pytest.approx(1 / 3.8)
    assert LinearRegression("gd", gram=False).fit(X, y).learning_rate_ == pytest.approx(1 / 3.8)
    sgd = LinearRegression("sgd", random_state=0).fit(X, y)
    assert 1 / sgd.learning_rate_ == pytest.approx(2 * (X**2).sum(axis=1).max())
    assert batch_curvature(X, 200) == pytest.approx(curvature(X)[1])
    rates = [batch_curvature(X, b) for b in (1, 2, 10, 50, 200)]
    assert rates == sorted(rates, reverse=True)


def test_descent_stops_when_the_gradient_is_as_short_as_asked_and_says_when_it_is_not():
    X, y = narrow_valley()
    for tol in (1e-2, 1e-6):
        model = LinearRegression("gd", tol=tol).fit(X, y)
        length = [step.gradient_norm for step in descent_steps(X, y, 1 / 3.8, steps=model.n_iter_)]
        assert length[-1] <= tol * length[0] < length[-2]
    with pytest.warns(ConvergenceWarning, match="gd stopped at max_iter = 5 .* gradient / its start = .*tol = 1e-06"):
        assert LinearRegression("gd", max_iter=5).fit(X, y).n_iter_ == 5
    with pytest.warns(ConvergenceWarning, match="sgd stopped at max_iter = 2 .* loss / its best"):
        LinearRegression("sgd", max_iter=2, random_state=0).fit(X, y)
    LinearRegression("gd", max_iter=5, tol=None).fit(X, y)          # as many as asked: no warning


def test_stochastic_descent_stops_at_its_noise_floor():
    X, y = narrow_valley()
    model = LinearRegression("mini_batch", batch_size=20, tol=1e-3, random_state=0).fit(X, y)
    assert 5 < model.n_iter_ < 200
    assert np.mean((y - model.predict(X)) ** 2) < 420               # floor 400


@pytest.mark.parametrize("rate", [0.53, 0.6, 10, 1e200])
@pytest.mark.parametrize("gram", [True, False])
def test_divergence_names_the_rate_and_the_limit(rate, gram):
    X, y = narrow_valley()
    with pytest.raises(DivergenceError, match=r"gd diverged at .* must stay below 2/L = 0\.5263,") as error:
        LinearRegression("gd", learning_rate=rate, gram=gram).fit(X, y)
    assert f"learning_rate = {rate:g}:" in str(error.value)


def test_a_walk_that_ends_higher_than_it_began_is_a_divergence_however_slow():
    X, y = narrow_valley()
    with pytest.raises(DivergenceError, match=r"grown from .* in 50 steps.*2/L = 0\.5263"):
        LinearRegression("gd", learning_rate=0.53, max_iter=50).fit(X, y)


@pytest.mark.parametrize("solver", ["sgd", "mini_batch"])
def test_stochastic_divergence_names_the_rate_and_the_limit(solver):
    X, y = narrow_valley()
    for rate in (5, 1e150):
        with pytest.raises(DivergenceError, match=rf"{solver} diverged at learning_rate = .*2/L = 0\.0"):
            LinearRegression(solver, learning_rate=rate, batch_size=2, random_state=0).fit(X, y)


def test_just_below_the_limit_descent_comes_down():
    X, y = narrow_valley()
    model = LinearRegression("gd", learning_rate=0.52, max_iter=5000).fit(X, y)
    np.testing.assert_allclose(model.coef_, [40, 60], atol=1e-3)


def test_M03_13_nearly_repeated_columns_warn_and_are_solved_all_the_same():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(50)
    X, y = np.column_stack([x, 3 * x + 1e-9 * rng.standard_normal(50)]), 1 + 2 * x
    with pytest.warns(LinAlgWarning, match="X'X is ill-conditioned .*singular value decomposition"):
        model = LinearRegression().fit(X, y)
    assert model.solver_ == "svd"
    assert np.mean((y - model.predict(X)) ** 2) < 1e-20
    inverse = np.linalg.inv(np.column_stack([np.ones(50), X]).T @ np.column_stack([np.ones(50), X]))
    believed = inverse @ np.column_stack([np.ones(50), X]).T @ y
    assert np.mean((y - np.column_stack([np.ones(50), X]) @ believed) ** 2) > 1e-3      # no error, no warning, wrong
    assert LinearRegression("qr").fit(X, y).coef_ == pytest.approx([2, 0], abs=1e-5)


@closed
def test_an_exactly_repeated_column_warns_and_takes_the_shortest_solution(model):
    X, y = problem(5)
    X = np.column_stack([X, X[:, 0]])
    with pytest.warns(LinAlgWarning):
        ours = type(model)(model.solver).fit(X, y)
    assert ours.solver_ == "svd"
    np.testing.assert_allclose(ours.coef_, sk.LinearRegression().fit(X, y).coef_, atol=1e-9)


@every
@pytest.mark.parametrize("value", [0.0, 7.0, 1e9, 0.1])
def test_a_constant_column_has_the_weight_zero_and_changes_nothing(model, value):
    X, y = problem(6)
    with_constant = np.insert(X, 2, value, axis=1)
    one, other = (type(model)(**model.get_params()).fit(data, y) for data in (X, with_constant))
    assert abs(other.coef_[2]) * max(value, 1) < 1e-6
    np.testing.assert_allclose(np.delete(other.coef_, 2), one.coef_, rtol=1e-6)


@closed
@pytest.mark.parametrize("offset", [1e3, 1e6, 1e9])
def test_features_far_from_zero_lose_no_more_digits_than_the_data_have(model, offset):
    X, y = problem(7)
    here = LinearRegression("qr").fit(X, y).coef_
    there = type(model)(model.solver).fit(X + offset, y).coef_
    np.testing.assert_allclose(there, here, rtol=1e-15 * offset + 1e-9)


@closed
def test_units_that_differ_by_many_powers_of_ten_do_no_harm(model):
    X, y = problem(8)
    units = np.array([1e-12, 1, 1e6, 1e12])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaled = type(model)(model.solver).fit(X * units, y)
    np.testing.assert_allclose(scaled.coef_ * units, LinearRegression("qr").fit(X, y).coef_, rtol=1e-8)


def test_bug_1_of_teaching_code_exact_weights_are_found_exactly():
    X = np.random.default_rng(0).standard_normal((30, 5))
    for solver in ("normal", "qr"):
        np.testing.assert_allclose(LinearRegression(solver).fit(X, X @ np.arange(5.0)).coef_, np.arange(5), atol=1e-12)


@every
def test_bug_11_of_teaching_code_the_data_are_not_changed(model):
    X, y = problem(9)
    X_before, y_before = X.copy(), y.copy()
    X.setflags(write=False)
    y.setflags(write=False)
    type(model)(**model.get_params() | {"max_iter": 3, "tol": None}).fit(X, y).predict(X)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_bug_14_of_teaching_code_memory_stays_far_below_a_copy_of_the_data():
    import tracemalloc

    X = np.random.default_rng(0).standard_normal((50_000, 20))
    y = X.sum(axis=1)
    for model in (LinearRegression(), LinearRegression("gd"),
                  LinearRegression("mini_batch", learning_rate=0.01, batch_size=256, max_iter=1, tol=None)):
        tracemalloc.start()
        model.fit(X, y)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 0.5 * X.nbytes, (model, peak / X.nbytes)


@pytest.mark.parametrize("solver", ["sgd", "mini_batch"])
def test_the_seed_decides_the_walk_and_a_model_survives_pickling(solver):
    X, y = problem(10)
    options = {"learning_rate": 0.01, "max_iter": 2, "tol": None}
    one, again, other = (LinearRegression(solver, random_state=seed, **options).fit(X, y) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.coef_, again.coef_)
    assert (one.coef_ != other.coef_).any()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(one)).predict(X), one.predict(X))


@pytest.mark.parametrize(("options", "message"), [
    ({"solver": "newton"}, "solver must be one of normal, qr, gd, sgd, mini_batch, got 'newton'"),
    ({"solver": "gd", "learning_rate": 0}, "learning_rate must be a number greater than 0, got 0"),
    ({"solver": "sgd", "learning_rate": -1}, "learning_rate must be a number greater than 0, got -1"),
    ({"solver": "gd", "learning_rate": "adaptive"}, "learning_rate must be a number greater than 0, got 'adaptive'"),
    ({"solver": "gd", "max_iter": 0}, "max_iter must be a whole number of at least 1, got 0"),
    ({"solver": "gd", "tol": -1}, "tol must be None or a number of at least 0, got -1"),
    ({"solver": "gd", "gram": "yes"}, "gram must be 'auto', True or False, got 'yes'"),
    ({"solver": "gd", "schedule": "cosine"}, "schedule must be one of .*, got 'cosine'"),
    ({"solver": "mini_batch", "batch_size": 41}, r"batch_size must be at most 40 \(the rows of X, 40\), got 41"),
    ({"solver": "mini_batch", "batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
])
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        LinearRegression(**options).fit(*problem(0))


def with_last(array, value):
    array = array.copy()
    array.flat[-1] = value
    return array


@every
@pytest.mark.parametrize(("spoil", "message"), [
    (lambda X, y: (with_last(X, np.nan), y), "X contains NaN"),
    (lambda X, y: (with_last(X, np.inf), y), "X contains infinity"),
    (lambda X, y: (X, with_last(y, np.nan)), "y contains NaN"),
    (lambda X, y: (X[:0], y[:0]), "Found array with 0 sample"),
    (lambda X, y: (X, y[:-1]), r"inconsistent numbers of samples: \[40, 39\]"),
    (lambda X, y: (X[:, 0], y), "Expected 2D array, got 1D array instead"),
    (lambda X, y: (X, np.column_stack([y, y])), "y should be a 1d array"),
], ids=["nan", "inf", "nan in y", "empty", "lengths", "one dimension", "two targets"])
def test_bad_data_is_named_by_every_solver(model, spoil, message):
    with pytest.raises(ValueError, match=message):
        type(model)(**model.get_params()).fit(*spoil(*problem(0)))


@every
def test_numbers_too_large_or_too_small_to_square_are_named(model):
    X, y = problem(0)
    model = type(model)(**model.get_params())
    with pytest.raises(ValueError, match=r"^X holds values up to .*e\+200, whose squares leave the range of floats"):
        model.fit(X * 1e200, y)
    for factor in (1e200, 1e-200):
        with pytest.raises(ValueError, match=r"^y holds values up to .*, whose squares leave the range of floats"):
            model.fit(X, y * factor)
    with pytest.raises(ValueError, match=r"(column 0 of )?X holds values up to .*e-200, .* scale (it|them)"):
        model.fit(X * 1e-200, y)
