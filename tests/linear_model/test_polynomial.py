"""Polynomial regression against the tables of storyboard 03-2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import sine_sample, true_sine
from toolkit.linear_model import legendre_features, polynomial_fit, polynomial_ladder, polynomial_predict

TRAIN = (.506, .205, .204, .104, .099, .096, .095, .088, .088, .061, .061, .053, .044)
TEST = (.563, .250, .248, .091, .099, .108, .108, .126, .123, .370, .366, 2.84, 8.93)
SPREAD = {1: (.082, .120), 3: (.109, .243), 5: (.141, .417), 9: (.220, .541), 12: (.258, 1.957)}


def error(x, y, coefficients):
    return np.mean((polynomial_predict(x, coefficients) - y) ** 2)


@pytest.mark.parametrize("degree", range(13))
def test_train_and_test_error_are_those_of_the_storyboard(degree):
    x, y = sine_sample(20, np.random.default_rng(1))
    x_test, y_test = sine_sample(200, np.random.default_rng(1000))
    coefficients = polynomial_fit(x, y, degree)
    assert error(x, y, coefficients) == pytest.approx(TRAIN[degree], abs=5.01e-4)
    assert error(x_test, y_test, coefficients) == pytest.approx(TEST[degree], abs=5.01e-3 if degree > 10 else 5.01e-4)


@pytest.mark.parametrize("degree", SPREAD)
def test_the_spread_of_twenty_fits_is_that_of_the_storyboard(degree):
    rng = np.random.default_rng(2)
    fits = [polynomial_fit(*sine_sample(20, rng), degree) for _ in range(20)]
    at = np.array([polynomial_predict([0.75, 0.98], fit) for fit in fits])
    assert at.std(axis=0) == pytest.approx(SPREAD[degree], abs=5.01e-4)


@pytest.mark.parametrize(("degree", "bias2", "variance"), [(0, .4975, .0050), (3, .0046, .0190), (9, .0003, .144)])
def test_G043_E20_error_over_many_samples_is_bias_plus_variance_plus_noise(degree, bias2, variance):
    rng = np.random.default_rng(7)
    x = np.linspace(0, 1, 201)
    truth, noise = true_sine(x), 0.09
    fits = np.array([polynomial_predict(x, polynomial_fit(*sine_sample(20, rng), degree)) for _ in range(1000)])
    found_bias2 = np.mean((fits.mean(axis=0) - truth) ** 2)
    found_variance = fits.var(axis=0).mean()
    assert found_bias2 == pytest.approx(bias2, abs=0.004)           # the storyboard's grid of x is not stated
    assert found_variance == pytest.approx(variance, rel=0.1)
    test_error = np.mean((fits - truth - 0.3 * rng.standard_normal(fits.shape)) ** 2)
    whole = found_bias2 + found_variance + noise
    assert test_error == pytest.approx(whole, rel=0.01)
    assert test_error != pytest.approx(whole - noise, rel=0.01)     # the printed "sum of bias and variance"


@given(st.integers(0, 8), st.integers(0, 1000))
def test_a_polynomial_is_found_again_from_its_own_values(degree, seed):
    rng = np.random.default_rng(seed)
    coefficients = rng.standard_normal(degree + 1)
    x = rng.permutation(np.linspace(0, 1, 2 * degree + 2))
    np.testing.assert_allclose(polynomial_fit(x, polynomial_predict(x, coefficients), degree), coefficients, atol=1e-9)


@given(st.integers(0, 11))
def test_training_error_never_rises_with_the_degree(degree):
    x, y = sine_sample(20, np.random.default_rng(5))
    higher, lower = (error(x, y, polynomial_fit(x, y, d)) for d in (degree + 1, degree))
    assert higher <= lower + 1e-12


def test_legendre_columns_are_far_better_conditioned_than_powers():
    x = (np.arange(40) + 0.5) / 40
    assert np.linalg.cond(legendre_features(x, 12)) < 10
    assert np.linalg.cond(np.vander(x, 13)) > 1e8


@pytest.mark.parametrize(("x", "y", "degree", "message"), [
    ([0.1, 0.2], [1, 2], 2, "degree 2 has 3 coefficients, which 2 points cannot determine"),
    ([0.1, 0.2], [1, 2, 3], 1, r"vectors of one length, got shapes \(2,\) and \(3,\)"),
    ([[0.1], [0.2]], [1, 2], 1, r"x must be a vector \(m,\), got shape \(2, 1\)"),
    ([0.1, 0.2], [1, 2], -1, "degree must be a whole number of at least 0, got -1"),
    ([0.1, 0.2], [1, 2], 1.0, "degree must be a whole number of at least 0, got 1.0"),
    ([0.1, np.nan], [1, 2], 1, "x holds NaN or infinity in 1 places"),
])
def test_bad_input_is_named(x, y, degree, message):
    with pytest.raises(ValueError, match=message):
        polynomial_fit(x, y, degree)
    with pytest.raises(ValueError, match=r"coefficients must be a vector \(degree \+ 1,\), got shape \(0,\)"):
        polynomial_predict([0.5], [])


@pytest.mark.parametrize("degree", [0, 1, 5, 12])
def test_the_ladder_has_the_fit_of_every_degree_in_its_columns(degree):
    rng = np.random.default_rng(3)
    x, y = sine_sample(20, rng)
    at = np.linspace(0, 1, 31)
    ladder = polynomial_ladder(x, y, degree, at)
    assert ladder.shape == (31, degree + 1)
    for d in range(degree + 1):
        np.testing.assert_allclose(ladder[:, d], polynomial_predict(at, polynomial_fit(x, y, d)), rtol=1e-9, atol=1e-9)


def test_the_ladder_says_when_the_points_are_too_few():
    with pytest.raises(ValueError, match="degree 3 has 4 coefficients, which 3 points cannot determine"):
        polynomial_ladder([0, 0.5, 1], [1, 2, 3], 3, [0.5])
