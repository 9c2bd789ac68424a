"""The decomposition of the test error: E20, the storyboard's table, and the identity itself."""

import numpy as np
import pytest

from toolkit.data import sine_sample, true_sine
from toolkit.linear_model import legendre_features, polynomial_fit, polynomial_predict
from toolkit.model_selection import bias_variance, decompose_error

X = np.linspace(0, 1, 201)

# degree: (bias², variance, total) of 1,000 samples of 20 points, seed 7 (storyboard 03-2, as printed there)
TABLE = {
    0: (".4975", ".0050", ".592"), 1: (".1997", ".0101", ".300"), 2: (".1997", ".0157", ".305"),
    3: (".0046", ".0190", ".114"), 4: (".0047", ".0246", ".119"), 5: (".0000", ".0306", ".121"),
    6: (".0000", ".0405", ".131"), 7: (".0000", ".0551", ".145"), 8: (".0000", ".0798", ".170"),
    9: (".0003", ".144", ".234"), 10: (".0009", ".348", ".438"), 11: (".0015", ".834", ".925"),
    12: (".0004", "2.54", "2.63"),
}


def polynomial(degree):
    """Return the learner that fits a polynomial; the features of X are made once."""
    features = legendre_features(X, degree)
    return lambda x, y, points: features @ polynomial_fit(x, y, degree)


def decompose(degree, repeats=1000, seed=7, noise=0.3):
    return bias_variance(polynomial(degree), lambda rng: sine_sample(20, rng, noise), X, true_sine, noise,
                         repeats, np.random.default_rng(seed))


def as_printed(value, printed):
    """Return `value` with as many digits as `printed` has."""
    return f"{value:.{len(printed.split('.')[1])}f}".removeprefix("0")


@pytest.mark.parametrize("degree", TABLE)
def test_G043_parts_are_those_of_the_storyboard(degree):
    result = decompose(degree)
    ours = (result.bias2, result.variance, result.total)
    assert tuple(as_printed(a, b) for a, b in zip(ours, TABLE[degree], strict=True)) == TABLE[degree]


def test_more_freedom_trades_bias_for_variance():
    results = [decompose(degree, repeats=200) for degree in (0, 1, 3, 5, 9, 12)]
    assert np.all(np.diff([r.variance for r in results]) > 0)
    assert np.all(np.diff([r.bias2 for r in results[:4]]) < 0)
    assert np.argmin([r.total for r in results]) == 2


@pytest.mark.parametrize("degree", [0, 1, 3, 9])
def test_E20_test_error_is_bias_and_variance_and_noise(degree):
    """The printed sum misses nothing only if its last term is the noise's variance and its bias is against f."""
    result = decompose(degree)
    measured = result.test_error(np.random.default_rng(1))
    error = 4 * np.sqrt(2 * 0.09**2 + 4 * 0.09 * (result.total - 0.09)) / np.sqrt(result.predictions.size)
    assert measured == pytest.approx(result.total, abs=error)
    assert abs(measured - (result.bias2 + result.variance)) > 10 * error           # without the noise: far off
    y = true_sine(X) + 0.3 * np.random.default_rng(2).standard_normal(X.size)
    against_y = np.mean((result.mean_prediction - y) ** 2)                         # the deck's bias, E[ŷ] - y
    printed = against_y + result.variance + result.noise                           # counts the noise twice
    assert abs(printed - measured) > 10 * error


def test_M03_11_without_the_noise_the_sum_is_far_below_the_test_error():
    line = decompose(1, repeats=2000, noise=0.5, seed=0)
    assert line.noise == 0.25
    assert line.bias2 + line.variance < 0.7 * line.test_error(np.random.default_rng(0))


def test_without_noise_a_rich_enough_learner_has_no_error_at_all():
    result = bias_variance(lambda x, y, points: polynomial_predict(points, polynomial_fit(x, y, 2)),
                           lambda rng: (x := rng.uniform(size=10), 1 + x * x), X, lambda x: 1 + x * x, 0.0, 20, 0)
    assert result.total == pytest.approx(0, abs=1e-20)
    assert result.noise == 0.0


def test_bias_and_variance_are_the_distance_from_the_truth_to_the_last_digit():
    result = decompose(4, repeats=50)
    distance = np.mean((result.predictions - result.truth) ** 2)
    assert result.bias2 + result.variance == pytest.approx(distance, rel=1e-12)
    assert result.total == result.bias2 + result.variance + result.noise
    assert result.predictions.shape == (50, 201)
    np.testing.assert_allclose(np.mean(result.spread**2), result.variance, rtol=1e-12)


def test_the_seed_decides_and_the_truth_may_be_values():
    again = bias_variance(polynomial(3), lambda rng: sine_sample(20, rng), X, true_sine(X), 0.3, 50, 7)
    np.testing.assert_array_equal(again.predictions, decompose(3, repeats=50).predictions)


def one(x, y, points):
    return np.ones(len(points))


@pytest.mark.parametrize(("settings", "message"), [
    ({"noise": -0.1}, "standard deviation, at least 0, got -0.1"),
    ({"noise": np.nan}, "at least 0, got nan"),
    ({"repeats": 1}, "at least 2, got 1"),
    ({"repeats": 2.5}, "whole number of repeats, at least 2, got 2.5"),
    ({"truth": np.zeros(4)}, r"each point of x, shape \(201,\); got shape \(4,\)"),
    ({"x": np.array([])}, r"got shape \(0,\)"),
    ({"x": np.array(0.5)}, r"shape \(\)"),
    ({"fit_predict": lambda x, y, points: np.ones((201, 1))}, r"one prediction a point, .* got \(201, 1\)"),
])
def test_a_wrong_argument_is_named(settings, message):
    arguments = {"fit_predict": one, "draw": lambda rng: (None, None), "x": X, "truth": true_sine, "noise": 0.3,
                 "repeats": 3}
    with pytest.raises(ValueError, match=message):
        bias_variance(**{**arguments, **settings})


@pytest.mark.parametrize("shape", [(3,), (4, 2), (0, 3)])
def test_predictions_of_another_shape_are_refused_with_theirs(shape):
    with pytest.raises(ValueError, match=r"\(repeats, 3\); got shape"):
        decompose_error(np.zeros(shape), np.zeros(3), 0.1)
