"""Coordinate descent: the threshold, the steps, and the two fast forms that must walk the same way."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.data import diabetes
from toolkit.linear_model import (
    ElasticNet,
    Lasso,
    coordinate_descent_steps,
    elastic_net_objective,
    enet_path,
    soft_threshold,
)
from toolkit.linear_model.coordinate_descent import duality_gap, solve_gram, solve_residual

numbers = st.floats(-1e6, 1e6)
thresholds = st.floats(0, 1e6)


@given(numbers, thresholds)
def test_soft_threshold_shrinks_by_the_threshold_and_never_changes_the_sign(z, t):
    s = float(soft_threshold(z, t))
    assert abs(s) == max(abs(z) - t, 0)
    assert s * z >= 0


@given(numbers, thresholds)
def test_soft_threshold_is_odd(z, t):
    assert soft_threshold(-z, t) == -soft_threshold(z, t)


@given(numbers, numbers, thresholds)
def test_soft_threshold_never_moves_two_points_apart(a, b, t):
    assert abs(soft_threshold(a, t) - soft_threshold(b, t)) <= abs(a - b) + 1e-9


@given(numbers, thresholds, thresholds)
def test_soft_thresholds_add_up(z, s, t):
    assert soft_threshold(soft_threshold(z, s), t) == pytest.approx(float(soft_threshold(z, s + t)), abs=1e-6)


@given(st.floats(-5, 5), st.floats(0, 3))
def test_soft_threshold_minimises_half_the_square_plus_the_price(z, t):
    grid = np.linspace(-6, 6, 1201)
    s = float(soft_threshold(z, t))
    assert (s - z) ** 2 / 2 + t * abs(s) <= ((grid - z) ** 2 / 2 + t * np.abs(grid)).min() + 1e-12


def test_soft_threshold_refuses_a_negative_threshold():
    with pytest.raises(ValueError, match="threshold must be at least 0, got -1"):
        soft_threshold(1.0, -1)


def problem(seed, m=20, n=4):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((m, n)) @ rng.standard_normal((n, n))
    return X, X @ rng.standard_normal(n) + rng.standard_normal(m)


@given(st.integers(0, 10_000), st.floats(0, 2), st.floats(0, 1))
def test_objective_never_rises_along_the_steps(seed, alpha, l1_ratio):
    X, y = problem(seed)
    steps = list(coordinate_descent_steps(X, y, alpha, l1_ratio, sweeps=5))
    values = [elastic_net_objective(X, y, np.zeros(4), alpha, l1_ratio), *(step.objective for step in steps)]
    assert all(after <= before + 1e-12 * values[0] for before, after in itertools.pairwise(values))


@given(st.integers(0, 10_000), st.floats(0.001, 2), st.floats(0, 1))
def test_a_step_says_why_the_weight_is_what_it_is(seed, alpha, l1_ratio):
    X, y = problem(seed)
    w = np.zeros(4)
    for step in coordinate_descent_steps(X, y, alpha, l1_ratio, sweeps=2):
        assert step.before == w[step.coordinate]
        others = np.delete(np.arange(4), step.coordinate)
        unexplained = y - X[:, others] @ w[others]
        assert step.rho == pytest.approx(X[:, step.coordinate] @ unexplained / len(y), abs=1e-9)
        assert step.after == pytest.approx(float(soft_threshold(step.rho, step.threshold)) / step.curvature)
        assert step.zeroed == (abs(step.rho) <= step.threshold)
        w[step.coordinate] = step.after
        np.testing.assert_array_equal(step.w, w)


@pytest.mark.parametrize(("alpha", "l1_ratio"), [(0.5, 1.0), (0.1, 0.5), (2.0, 0.2), (0.3, 0.0)])
def test_steps_end_where_the_estimator_ends(alpha, l1_ratio):
    X, y = problem(3, m=50, n=6)
    X, y = X - X.mean(axis=0), y - y.mean()
    last = list(coordinate_descent_steps(X, y, alpha, l1_ratio))[-1]
    for precompute in (True, False):
        model = ElasticNet(alpha, l1_ratio=l1_ratio, tol=1e-14, max_iter=100_000, precompute=precompute).fit(X, y)
        np.testing.assert_allclose(model.coef_, last.w, atol=1e-6)
        np.testing.assert_array_equal(model.coef_ == 0, last.w == 0)


def test_the_fast_forms_take_the_very_steps_that_are_told():
    X, y = problem(8, m=30, n=5)
    alpha, l1_ratio = 0.2, 0.7
    l1, l2 = 30 * alpha * l1_ratio, 30 * alpha * (1 - l1_ratio)
    sweeps = {step.sweep: step.w for step in coordinate_descent_steps(X, y, alpha, l1_ratio, sweeps=6)}
    for sweep, w in sweeps.items():
        gram, _, taken = solve_gram(X.T @ X, y @ X, y @ y, l1, l2, np.zeros(5), 0.0, sweep)
        residual, _, _ = solve_residual(np.asfortranarray(X), y, l1, l2, np.zeros(5), 0.0, sweep)
        assert taken == sweep
        np.testing.assert_allclose(gram, w, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(residual, w, rtol=1e-9, atol=1e-10)


@given(st.integers(0, 10_000), st.floats(0.01, 2), st.floats(0.05, 1))
def test_the_gap_bounds_the_distance_to_the_minimum(seed, alpha, l1_ratio):
    X, y = problem(seed)
    m = len(y)
    l1, l2 = m * alpha * l1_ratio, m * alpha * (1 - l1_ratio)
    w = np.random.default_rng(seed).standard_normal(4)
    residual = y - X @ w
    gap = duality_gap(residual @ X - l2 * w, residual @ residual, y @ residual, w, l1, l2)
    best = enet_path(X, y, [alpha], l1_ratio, tol=1e-13)[1][:, 0]
    above = elastic_net_objective(X, y, w, alpha, l1_ratio) - elastic_net_objective(X, y, best, alpha, l1_ratio)
    assert above <= gap / m + 1e-9


def test_zeros_are_exact_and_positive():
    X, y, _ = diabetes()
    for precompute in (True, False):
        w = Lasso(alpha=10, precompute=precompute).fit(X, y).coef_
        zeros = w[np.abs(w) < 1e-6]
        assert len(zeros) == 6 and (zeros == 0).all() and not np.signbit(zeros).any()


@pytest.mark.parametrize("start", [-1.0, 1.0])
def test_no_zero_is_negative_whichever_side_it_is_reached_from(start):
    X, y = problem(2)
    w = np.full(4, start)
    ends = [list(coordinate_descent_steps(X, y, 1e3, w=w, sweeps=1))[-1].w,
            solve_gram(X.T @ X, y @ X, y @ y, 1e5, 0.0, w, 0.0, 1)[0], solve_residual(X, y, 1e5, 0.0, w, 0.0, 1)[0]]
    for end in ends:
        assert not end.any() and not np.signbit(end).any()


@given(st.integers(0, 10_000))
def test_above_the_largest_correlation_all_weights_are_zero_and_just_below_one_is_not(seed):
    X, y = problem(seed)
    correlation = np.abs(X.T @ y) / len(y)
    assume(np.sort(correlation)[-2] < 0.99 * correlation.max())
    _, coefs = enet_path(X, y, [1.0001 * correlation.max(), 0.995 * correlation.max()], l1_ratio=1)
    assert not coefs[:, 0].any()
    assert np.flatnonzero(coefs[:, 1]).tolist() == [correlation.argmax()]


def test_a_column_of_zeros_keeps_its_weight_at_zero():
    X, y = problem(1)
    X[:, 2] = 0
    assert {step.coordinate for step in coordinate_descent_steps(X, y, 0.1)} == {0, 1, 3}
    for precompute in (True, False):
        assert Lasso(0.1, precompute=precompute).fit(X, y).coef_[2] == 0


@pytest.mark.parametrize(("change", "message"), [
    ({"alpha": -1}, "alpha must be a number of at least 0, got -1"),
    ({"alpha": "strong"}, "alpha must be a number of at least 0, got 'strong'"),
    ({"l1_ratio": 1.5}, "l1_ratio must lie between 0 .* and 1 .*, got 1.5"),
    ({"sweeps": 0}, "sweeps must be a whole number of at least 1, got 0"),
    ({"w": [0.0]}, r"w must have shape \(4,\).*got shape \(1,\)"),
    ({"y": [[1.0]]}, r"y must have shape \(20,\).*got shape \(1, 1\)"),
])
def test_bad_input_is_named_before_the_first_step(change, message):
    X, y = problem(0)
    with pytest.raises(ValueError, match=message):
        coordinate_descent_steps(**{"X": X, "y": y, "alpha": 0.1} | change)
