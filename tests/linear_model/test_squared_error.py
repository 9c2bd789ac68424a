"""The lecture's five houses to the printed digit, storyboard 03-4, and the laws of the squared error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import five_houses
from toolkit.linear_model import curvature, leverage, mse, mse_gradient, normal_equation, square_areas
from toolkit.testing import gradient_check

PRINTED_INVERSE = ("4.90366455e+00", "7.48766737e-04", "-2.09302326e+00", "2.75281889e-06", "-2.18023256e-03",
                   "2.22674419e+00")
PRINTED_WEIGHTS = ("-7.04346018e+01", "6.38433756e-02", "1.03436047e+02")


@pytest.fixture
def houses():
    X, y = five_houses()
    return np.column_stack([np.ones(5), X]), y


def test_G033_gradient_of_the_lectures_function_of_three_variables():
    def function(x):
        return x[0] - x[0] * x[1] + x[2] ** 2

    def gradient(x):
        return np.array([1 - x[1], -x[0], 2 * x[2]])

    gradient_check(function, gradient, np.array([1.0, -2.0, 0.5]))


def test_G034_gram_matrix_of_the_five_houses(houses):
    X, _ = houses
    np.testing.assert_array_equal(X.T @ X, [[5, 10520, 15], [10520, 23751872, 33144], [15, 33144, 47]])


def test_G035_inverse_of_the_gram_matrix_to_nine_digits(houses):
    X, _ = houses
    inverse = np.linalg.inv(X.T @ X)
    assert tuple(f"{value:.8e}" for value in inverse[np.triu_indices(3)]) == PRINTED_INVERSE


def test_G036_gram_target_of_the_five_houses(houses):
    X, y = houses
    np.testing.assert_array_equal(X.T @ y, [1871, 4203712, 5921])


def test_G037_weights_of_the_five_houses_to_nine_digits(houses):
    assert tuple(f"{value:.8e}" for value in normal_equation(*houses)) == PRINTED_WEIGHTS


def test_G038_prediction_and_training_error_of_the_five_houses(houses):
    X, y = houses
    w = normal_equation(X, y)
    assert np.array([1, 4000, 4]) @ w == pytest.approx(598.68309, abs=5e-6)
    assert round(np.array([1, 4000, 4]) @ w) == 599
    assert mse(X, y, w) == pytest.approx(288.829, abs=5e-4)
    assert np.sqrt(mse(X, y, w)) == pytest.approx(16.99497, abs=5e-6)


def test_G042_derivative_of_the_square_at_minus_one():
    # J(w) = w²: one instance x = 1, y = 0
    np.testing.assert_array_equal(mse_gradient([[1.0]], [0.0], [-1.0]), [-2.0])


def test_E08_the_gradient_with_two_over_m_belongs_to_the_mean_not_to_the_sum(houses):
    X, y = houses[0] / [1, 1000, 1], houses[1]
    w = np.array([1.0, -2.0, 3.0])
    gradient_check(lambda w: mse(X, y, w), lambda w: mse_gradient(X, y, w), w)
    with pytest.raises(AssertionError, match="gradient"):
        gradient_check(lambda w: len(y) * mse(X, y, w), lambda w: mse_gradient(X, y, w), w)


def test_M03_01_the_gradient_of_a_mean_does_not_grow_when_the_data_are_copied():
    X, y = np.array([[1.0, 1], [1, 2], [1, 3]]), np.array([1.0, 2, 4])
    gradient = mse_gradient(X, y, [0, 0])
    np.testing.assert_allclose(gradient, [-14 / 3, -34 / 3], rtol=1e-14)
    np.testing.assert_allclose(mse_gradient(np.vstack([X, X]), np.r_[y, y], [0, 0]), gradient, rtol=1e-14)


def test_M03_03_a_column_of_targets_is_refused_instead_of_broadcast():
    with pytest.raises(ValueError, match=r"y must have shape \(3,\).*got shape \(3, 1\)"):
        mse(np.eye(3), np.ones((3, 1)), np.zeros(3))


@pytest.mark.parametrize(("slope", "intercept", "area"), [
    (12, 120, 9557), (0, 374.2, 50_356.8), (10, 150, 14_061.3), (15, 50, 6_988.5), (20, -40, 8_435.1),
    (16.5119, 26.7899, 6248.92),
])
def test_areas_of_the_storyboard(slope, intercept, area):
    X, y = five_houses()
    total = square_areas(X[:, 0] / 100, y, slope, intercept).sum()
    assert total == pytest.approx(area, abs=0.501 if area == 9557 else 0.0501)


def test_the_best_line_and_the_leverages_of_the_storyboard():
    X, y = five_houses()
    line = np.column_stack([np.ones(5), X[:, 0] / 100])
    assert normal_equation(line, y) == pytest.approx([26.7899, 16.5119], abs=5.01e-5)
    h = leverage(line)
    np.testing.assert_allclose(h, [.200, .357, .254, .493, .696], atol=5.01e-4)
    assert h.sum() == pytest.approx(2, abs=1e-12)
    for house, change in enumerate((0, -3.115, 1.830, -4.253, 5.538)):
        moved = normal_equation(line, y + 100 * (np.arange(5) == house))[1] - normal_equation(line, y)[1]
        assert moved == pytest.approx(change, abs=5.01e-4)
    assert normal_equation(line[:4], y[:4])[1] == pytest.approx(13.2567, abs=5.01e-5)


@given(st.integers(0, 10_000))
def test_leverage_is_how_a_prediction_follows_its_own_target(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((7, 3)), rng.standard_normal(7)
    i = int(rng.integers(7))
    moved = X[i] @ (normal_equation(X, y + np.eye(7)[i]) - normal_equation(X, y))
    assert leverage(X)[i] == pytest.approx(moved, abs=1e-9)


@given(st.integers(0, 10_000))
def test_normal_equation_is_numpys_least_squares_and_has_gradient_zero(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((9, 4)), rng.standard_normal(9)
    w = normal_equation(X, y)
    np.testing.assert_allclose(w, np.linalg.lstsq(X, y)[0], atol=1e-8)
    np.testing.assert_allclose(mse_gradient(X, y, w), 0, atol=1e-9)


@given(st.integers(0, 10_000))
def test_gradient_of_the_mean_squared_error_is_its_derivative(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.standard_normal((6, 3)), rng.standard_normal(6), rng.standard_normal(3)
    gradient_check(lambda w: mse(X, y, w), lambda w: mse_gradient(X, y, w), w)


def test_curvature_of_wide_data_has_a_flat_direction_and_the_same_largest_value():
    X = np.random.default_rng(0).standard_normal((4, 9))
    mu, largest = curvature(X)
    assert mu == 0 and largest == pytest.approx(np.linalg.eigvalsh(2 / 4 * X.T @ X)[-1], rel=1e-12)


@pytest.mark.parametrize("X", [np.array([[1.0, 2], [2, 4], [3, 6]]), np.ones((1, 2))], ids=["repeated", "one row"])
def test_singular_systems_are_refused_by_name(X):
    with pytest.raises(ValueError, match="X'X is singular: X has 2 columns and rank 1"):
        normal_equation(X, np.ones(len(X)))


def test_bad_shapes_are_named():
    with pytest.raises(ValueError, match=r"x and y must be vectors of one length, got shapes \(2,\) and \(3,\)"):
        square_areas([1, 2], [1, 2, 3], 0, 0)
    with pytest.raises(ValueError, match=r"w must have shape \(2,\).*got shape \(3,\)"):
        mse_gradient(np.ones((4, 2)), np.ones(4), np.ones(3))
    with pytest.raises(ValueError, match=r"got shape \(0, 3\)"):
        leverage(np.empty((0, 3)))
