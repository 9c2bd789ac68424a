"""Moments and the small linear systems behind the closed forms, where floats are at their worst."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.linear_model.closed_form import (
    BLOCK,
    centre,
    moments,
    solve_dual,
    solve_normal,
    solve_positive,
    solve_qr,
    solve_svd,
)


@given(st.integers(1, 30), st.integers(1, 4), st.sampled_from([0.0, 3.0, 1e5, 1e8]))
def test_moments_are_those_of_the_centred_data(m, n, offset):
    rng = np.random.default_rng(m + 100 * n)
    X, y = rng.standard_normal((m, n)) + offset, rng.standard_normal(m) - offset
    found = moments(X, y)
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    tolerance = 1e-12 + 1e-15 * offset * m
    np.testing.assert_allclose(found.gram, Xc.T @ Xc, atol=tolerance * 10, rtol=1e-7)
    np.testing.assert_allclose(found.target, yc @ Xc, atol=tolerance * 10, rtol=1e-7)
    assert found.y2 == pytest.approx(yc @ yc)
    np.testing.assert_allclose(found.x_mean, X.mean(axis=0))


def test_moments_without_an_intercept_are_the_raw_products():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 3)) + 4, rng.standard_normal(9)
    found = moments(X, y, fit_intercept=False)
    np.testing.assert_array_equal(found.gram, X.T @ X)
    np.testing.assert_allclose(found.target, X.T @ y, rtol=1e-14)
    assert not found.x_mean.any() and found.y_mean == 0


def test_the_second_pass_covers_all_blocks_of_long_data():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((2 * BLOCK + 17, 2)) + 1e7, rng.standard_normal(2 * BLOCK + 17)
    Xc = X - X.mean(axis=0)
    np.testing.assert_allclose(moments(X, y).gram, Xc.T @ Xc, rtol=1e-9, atol=1e-5)
    np.testing.assert_allclose(moments(X, y).target, (y - y.mean()) @ Xc, rtol=1e-8, atol=1e-5)


def test_what_rounding_leaves_of_the_mean_is_taken_out_again():
    rng = np.random.default_rng(1)
    steps = rng.integers(-3, 4, 100_000).astype(float)              # exact in floats, also on top of 2**45
    X = (steps + 2.0**45)[:, None]
    exact = ((steps - steps.mean()) ** 2).sum()
    np.testing.assert_allclose(moments(X, steps).gram, exact, rtol=1e-10)
    np.testing.assert_allclose(moments(X, steps).target, exact, rtol=1e-10)


def test_rows_and_columns_of_constant_features_are_exactly_zero():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.standard_normal(100), np.full(100, 0.1), np.full(100, 1e9 + 0.3), np.zeros(100)])
    found = moments(X, X[:, 0] + 5)
    assert found.gram[0, 0] > 0 and not found.gram[1:].any() and not found.gram[:, 1:].any()
    assert not found.target[1:].any()
    assert not centre(X, X.mean(axis=0))[:, 1:].any()


@given(st.integers(0, 10_000))
def test_solve_positive_is_scale_free(seed):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((12, 4))
    gram, target = A.T @ A, rng.standard_normal(4)
    w, rcond = solve_positive(gram, target)
    np.testing.assert_allclose(gram @ w, target, rtol=1e-8, atol=1e-8)
    units = 10.0 ** rng.integers(-9, 9, 4)
    scaled, same = solve_positive(gram * np.outer(units, units), target * units)
    np.testing.assert_allclose(scaled * units, w, rtol=1e-6, atol=1e-9)
    assert same == pytest.approx(rcond, rel=1e-6)


def test_solve_positive_says_when_it_cannot():
    assert solve_positive(np.array([[1.0, 2], [2, 1]]), np.ones(2)) == (None, 0.0)
    w, rcond = solve_positive(np.zeros((2, 2)), np.zeros(2))
    assert not w.any() and rcond == 1


@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_the_four_ways_to_solve_agree(seed, alpha):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((15, 4)), rng.standard_normal(15)
    X, y = X - X.mean(axis=0), y - y.mean()
    ridge, how = solve_normal(X, y, moments(X, y), alpha)
    assert how == "normal"
    np.testing.assert_allclose(solve_svd(X, y, alpha), ridge, atol=1e-9)
    np.testing.assert_allclose(solve_dual(X, y, alpha), ridge, atol=1e-8)
    np.testing.assert_allclose(solve_qr(X, y)[0], solve_normal(X, y, moments(X, y))[0], atol=1e-9)


def test_qr_works_at_the_condition_of_x_where_the_normal_equation_squares_it():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(200)
    X = np.column_stack([x, x + 1e-6 * rng.standard_normal(200)])
    X -= X.mean(axis=0)
    y = X @ [1.0, 1.0]
    qr_error = np.abs(solve_qr(X, y)[0] - 1).max()
    normal_error = np.abs(solve_positive(X.T @ X, y @ X)[0] - 1).max()
    assert qr_error < 1e-8 and normal_error > 100 * qr_error


def test_svd_takes_the_shortest_of_many_solutions():
    X, y = np.array([[1.0, 1.0]]), np.array([2.0])
    np.testing.assert_allclose(solve_svd(X, y), [1, 1], atol=1e-15)
    np.testing.assert_array_equal(solve_svd(np.zeros((3, 2)), np.ones(3)), [0, 0])
