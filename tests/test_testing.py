"""The gradient check passes right gradients and catches the ways in which gradients are wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.linear_model import mse, mse_gradient
from toolkit.testing import central_differences, gradient_check


def quadratic(seed, n=4):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, n))
    return A @ A.T + np.eye(n), rng.standard_normal(n), rng.standard_normal(n)


def ridge(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.standard_normal((9, 4)), rng.standard_normal(9), rng.standard_normal(4)
    return lambda w: mse(X, y, w) + 0.5 * w @ w, lambda w: mse_gradient(X, y, w) + w, w


@given(st.integers(0, 10_000))
def test_a_right_gradient_passes_far_below_the_tolerance(seed):
    A, b, x = quadratic(seed)
    assert gradient_check(lambda x: x @ A @ x / 2 - b @ x, lambda x: A @ x - b, x) < 1e-8


@given(st.integers(0, 10_000))
def test_the_gradient_of_the_ridge_objective_passes(seed):
    assert gradient_check(*ridge(seed)) < 1e-8


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_one_wrong_sign_is_caught_and_named(seed, wrong):
    A, b, x = quadratic(seed)
    sign = np.where(np.arange(4) == wrong, -1, 1)
    with pytest.raises(AssertionError, match=rf"entry \({wrong},\) is .* central differences say .*relative error"):
        gradient_check(lambda x: x @ A @ x / 2 - b @ x, lambda x: sign * (A @ x - b), x)


def test_a_sign_error_of_the_whole_gradient_is_said_to_be_one():
    function, gradient, w = ridge(0)
    with pytest.raises(AssertionError, match="all signs are turned round"):
        gradient_check(function, lambda w: -gradient(w), w)


@pytest.mark.parametrize(("factor", "hint"), [
    (2, "the whole gradient is 2 times too large"), (9, "is 9 times too large"), (0.5, "is 0.5 of what it should be"),
    (-3, "is 3 times too large, and all signs are turned round"),
])
def test_a_missing_factor_is_said_to_be_one(factor, hint):
    function, gradient, w = ridge(1)
    with pytest.raises(AssertionError, match=hint):
        gradient_check(function, lambda w: factor * gradient(w), w)


def test_a_forgotten_term_is_caught():
    function, gradient, w = ridge(2)
    with pytest.raises(AssertionError, match="relative error") as error:
        gradient_check(function, lambda w: gradient(w) - w, w)
    assert "times too large" not in str(error.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_fail_at_their_place(bad):
    with pytest.raises(AssertionError, match=r"entry \(1,\) is (nan|inf)"):
        gradient_check(lambda x: (x**2).sum(), lambda x: np.array([2 * x[0], bad]), [1.0, 2.0])


def test_any_shape_large_values_and_a_ready_array_are_fine():
    x = np.random.default_rng(0).standard_normal((2, 3, 2)) * 1e4
    assert gradient_check(lambda x: (x**2).sum(), 2 * x, x) < 1e-9
    assert gradient_check(lambda x: np.exp(x), lambda x: np.exp(x), 0.5) < 1e-9
    assert gradient_check(lambda x: 0.0, lambda x: x, np.empty(0)) == 0


def test_x_is_not_changed_even_by_a_function_that_writes_into_it():
    x = np.array([1.0, 2.0])

    def greedy(x):
        value = (x**2).sum()
        x[:] = 0
        return value

    assert gradient_check(greedy, lambda x: 2 * x, x) < 1e-9
    np.testing.assert_array_equal(x, [1, 2])


def test_central_differences_are_second_order():
    errors = [abs(central_differences(np.exp, 1.0, step) - np.e) for step in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(("function", "gradient", "options", "message"), [
    (np.sum, lambda x: np.ones(3), {}, r"gradient must have the shape of x, \(2,\), got \(3,\)"),
    (lambda x: x, lambda x: x, {}, r"function must return one number, got an array of shape \(2,\)"),
    (np.sum, np.ones_like, {"step": 0}, "step must be a number greater than 0, got 0"),
])
def test_misuse_is_named(function, gradient, options, message):
    with pytest.raises(ValueError, match=message):
        gradient_check(function, gradient, [1.0, 2.0], **options)
