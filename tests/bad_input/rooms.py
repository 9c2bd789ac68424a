"""Bad input to the small rooms, toolkit.metrics, testing and data: (public name, call, exception, message)."""

import numpy as np
import scipy.sparse

from tests.bad_input.common import INF, NAN, T, V, each
from toolkit import data, metrics, testing

TWO = [1.0, 2.0]
METRICS = ("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score")


def squares(x):
    return (x**2).sum()


def twice(x):
    return 2 * x


def check(function=squares, gradient=twice, x=(1.0, 2.0), **options):
    return lambda: testing.gradient_check(function, gradient, x, **options)


ROWS = [
    *(row for name in METRICS for metric in [getattr(metrics, name)] for full in [f"metrics.{name}"] for row in [
        *each(full, lambda y, metric=metric: metric(y, TWO), V, r"expected vectors of one length.* y_true of shape",
              1.0, [1], [], [[1.0], [2.0]], [[1.0, 2.0]]),
        *each(full, lambda y, metric=metric: metric(TWO, y), V, "y_pred must hold real numbers, got", ["a", "b"],
              ["1", "2"], [1j, 2]),
        *each(full, lambda y, metric=metric: metric(TWO, y), V, "y_pred holds NaN or infinity in 1 places",
              [NAN, 1], [1, None], [INF, 1]),
        (full, lambda metric=metric: metric(None, TWO), T, "y_true must be an array of numbers, got None"),
        (full, lambda metric=metric: metric(TWO, scipy.sparse.csr_matrix([TWO])), T, "y_pred must be a dense array"),
        (full, lambda metric=metric: metric(np.ma.masked_equal(TWO, 1), TWO), V, "y_true has 1 entries behind a mask"),
        (full, lambda metric=metric: metric(TWO, [1e200, 1]), V, r"y_true or y_pred holds values up to 1e\+200"),
        (full, lambda metric=metric: metric([1e-200, 2e-200], [0, 0]), V, "values up to 2e-200, whose squares"),
        *each(full, lambda w, metric=metric: metric(TWO, TWO, sample_weight=w), V, "sample_weight", [1], [-1, 2], [0,
                                                            0],
              [NAN, 1], ["a", "b"], 1.0),
        (full, lambda metric=metric: metric(TWO, TWO, TWO), T, "takes 2 positional arguments but 3 were given")]),
    ("metrics.r2_score", lambda: metrics.r2_score([1], [1]), V, "at least 2 instances, got 1"),
    # testing
    ("testing.gradient_check", check(x=[NAN, 1]), V, "x holds NaN or infinity in 1 places"),
    ("testing.gradient_check", check(x=[INF, 1]), V, "x holds NaN or infinity"),
    ("testing.gradient_check", check(x=None), T, "x must be an array of numbers, got None"),
    ("testing.gradient_check", check(x=["a"]), V, "x must hold real numbers, got text such as 'a'"),
    ("testing.gradient_check", check(x=[1j]), V, "x must hold real numbers, got complex"),
    ("testing.gradient_check", check(function=None), T, "function must be a function of x .* got None"),
    ("testing.gradient_check", check(function=3.0), T, "function must be a function of x .* got 3.0"),
    ("testing.gradient_check", check(function=twice), V, r"must return one number, got an array of shape \(2,\)"),
    ("testing.gradient_check", check(function=lambda x: None), T, "value of the function must be .* got None"),
    ("testing.gradient_check", check(function=lambda x: "a"), V, "value of the function must hold .* 'a'"),
    ("testing.gradient_check", check(function=lambda x: 1j), V, "value of the function must hold real numbers, got 1j|"
                                                                "got complex"),
    ("testing.gradient_check", check(function=lambda x: NAN), AssertionError,
     r"entry \(0,\) is 2, .* say nan .*nan\)$"),
    ("testing.gradient_check", check(gradient=lambda x: None), T, "the gradient must be an array of numbers, got None"),
    ("testing.gradient_check", check(gradient=None), T, "the gradient must be an array of numbers, got None"),
    ("testing.gradient_check", check(gradient=lambda x: x[:, None]), V, r"shape of x, \(2,\), got \(2, 1\)"),
    ("testing.gradient_check", check(gradient=1.0), V, r"shape of x, \(2,\), got \(\)"),
    ("testing.gradient_check", check(gradient=lambda x: x * 1j), V, "the gradient must hold real numbers, got complex"),
    *each("testing.gradient_check", lambda s: check(step=s)(), V, "step must be a number greater than 0, got {}",
          0, -1, NAN, INF, True, "a"),
    *each("testing.gradient_check", lambda t: check(tolerance=t)(), V,
          "tolerance must be a number of at least 0, got {}",
          -1, NAN, INF, True, "a", None),
    ("testing.central_differences", lambda: testing.central_differences(None, [1.0]), T, "function .* got None"),
    ("testing.central_differences", lambda: testing.central_differences(squares, [NAN]), V, "x holds NaN"),
    ("testing.central_differences", lambda: testing.central_differences(squares, TWO, 0), V, "step .* got 0"),
    # data
    *((f"data.{name}", lambda name=name: getattr(data, name)(3), T, rf"{name}\(\) takes 0 positional arguments but 1")
      for name in ("five_houses", "narrow_valley", "diabetes")),
    *each("data.house_prices", data.house_prices, V, "whole number of houses m >= 1, got {}",
          0, -1, 2.5, NAN, True, "a", None, [3]),
    *each("data.house_prices", lambda s: data.house_prices(3, s), V, "random_state must be None, .* got {}",
          "a", -1, 2.5, True),
    *(row for name in ("expected_price", "price_noise") for f in [getattr(data, name)] for row in [
        *each(f"data.{name}", f, V, "expected the 4 columns area, rooms, age, distance, got an array of shape",
              [1.0, 2, 3, 4], [[1.0, 2]], np.empty((0, 4)), 3.0),
        *each(f"data.{name}", f, V, "X (holds|must hold)", [[1, 2, 3, NAN]], [[1, 2, 3, "a"]]),
        *each(f"data.{name}", f, T, "X must be an array of numbers, got None", None)]),
    *each("data.expected_price", lambda h: data.expected_price(np.ones((2, 4)), h), V,
          "harbour must be True, False or one of them for each of the 2 houses, got", "yes", 1, None, [1, 0],
          [True, False, True], NAN),
    *each("data.true_sine", data.true_sine, V, "x (holds|must hold)", NAN, INF, "a", 1j),
    *each("data.true_sine", data.true_sine, T, "x must be an array of numbers, got None", None),
    *each("data.sine_sample", lambda m: data.sine_sample(m, np.random.default_rng(0)), V,
          "whole number of points m >= 1, got {}", 0, -1, 2.5, True, "a", None),
    *each("data.sine_sample", lambda rng: data.sine_sample(3, rng), T, "rng must be a numpy.random.Generator .* got",
          None, 1, "a", np.random.RandomState(0)),
    *each("data.sine_sample", lambda s: data.sine_sample(3, np.random.default_rng(0), s), V,
          "noise is a standard deviation and must be at least 0, got {}", -1, NAN, INF, None, "a", True),
    ("data.Houses", lambda: data.Houses(1), T, "missing 6 required positional arguments"),
    ("data.Diabetes", lambda: data.Diabetes(1), T, "missing 2 required positional arguments"),
]
