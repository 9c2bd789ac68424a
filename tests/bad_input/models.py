"""Bad input to toolkit.linear_model: rows of (public name, call, exception, what the message says)."""

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.exceptions import DataConversionWarning, NotFittedError

import toolkit.linear_model as lm
from tests.bad_input.common import INF, NAN, X_NAN, T, V, X, Y, each
from toolkit.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

W = np.zeros(2)
DATES = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=6), "area": range(6)})
PLAIN = {                       # functions of arrays: our own words
    "mse": lambda x, y: lm.mse(x, y, W),
    "mse_gradient": lambda x, y: lm.mse_gradient(x, y, W),
    "normal_equation": lm.normal_equation,
    "descent_steps": lambda x, y: lm.descent_steps(x, y, 0.1),               # at the call, not at the first step
    "descent_paths": lambda x, y: lm.descent_paths(x, y, [0.1], steps=2),
    "coordinate_descent_steps": lambda x, y: lm.coordinate_descent_steps(x, y, 0.1),
    "elastic_net_objective": lambda x, y: lm.elastic_net_objective(x, y, W, 0.1),
    "enet_path": lambda x, y: lm.enet_path(x, y, [1.0]),
    "lasso_path": lambda x, y: lm.lasso_path(x, y, [1.0]),
    "lasso_knots": lm.lasso_knots,
    "from_spark": lambda x, y: lm.from_spark(x, y, 0.1),
}
ONLY_X = {"hessian": lm.hessian, "curvature": lm.curvature, "leverage": lm.leverage}
ESTIMATORS = {                  # scikit-learn's words, where it has some
    "LinearRegression.fit": lambda x, y: LinearRegression().fit(x, y),
    "Ridge.fit": lambda x, y: Ridge().fit(x, y),
    "Lasso.fit": lambda x, y: Lasso().fit(x, y),
    "ElasticNet.fit": lambda x, y: ElasticNet(precompute=False).fit(x, y),
}
BAD_X = [
    (X[:, 0], V, r"X must be a matrix \(m, n\) .*got shape \(6,\)", "Expected 2D array, got 1D array"),
    (X[None], V, r"got shape \(1, 6, 2\)", "Found array with dim 3"),
    (X[:0], V, r"at least one row and one column, got shape \(0, 2\)", "(0 sample|inconsistent numbers of samples)"),
    (X[:, :0], V, r"got shape \(6, 0\)", "0 feature"),
    (None, T, r"X must be an array of numbers, got None \(NoneType\)", None),
    ({"area": [1, 2]}, T, r"X must be an array of numbers, got \{'area'.* \(dict\)", "not 'dict'"),
    ("houses.csv", V, "X must hold real numbers, got text such as 'houses.csv'", "string to float: 'houses.csv'"),
    ([["1", "a"]] * 6, V, "X must hold real numbers, got text such as 'a'", "string to float: 'a'"),
    (pd.DataFrame({"a": list("uvwxyz")}), V, r"real numbers, got 'u' \(str\)", "string to float: 'u'"),
    (DATES, V, "X must hold real numbers, got dates", "X must hold real numbers, got dates"),
    (X.astype("datetime64[D]"), V, "X must hold real numbers, got dates", "real numbers, got dates"),
    ([[1, 2], [3], [4, 5]], V, "X must be a rectangular array of numbers, got rows of different", "inhomogeneous"),
    (X + 1j, V, "X must hold real numbers, got complex numbers", "Complex data not supported"),
    (np.array([[1, 1j]] * 6, dtype=object), V, r"got 1j \(complex\)", "not 'complex'"),
    (X_NAN, V, "X holds NaN or infinity in 1 places", "X contains NaN"),
    (np.array([[1, None]] * 6), V, "X holds NaN or infinity in 6 places", "X contains NaN"),
    (X * INF, V, "X holds NaN or infinity in 12 places", "X contains infinity"),
    (np.ma.masked_greater(X, 5), V, "X has .* entries behind a mask", "X has .* entries behind a mask"),
    (scipy.sparse.csr_matrix(X), T, "X must be a dense array, got a csr_matrix of shape .* sparse", "Sparse data was"),
    (X * 1e200, V, "X holds values up to .*e.200, whose squares leave", "X holds values up to .*e.200"),
]
BAD_Y = [
    (Y[:, None], V, r"y must have shape \(6,\), one target for each row of X, got shape \(6, 1\)", None),
    (Y[1:], V, r"got shape \(5,\)", r"inconsistent numbers of samples: \[6, 5\]"),
    (np.column_stack([Y, Y]), V, r"got shape \(6, 2\)", "y should be a 1d array, got an array of shape"),
    (None, T, "y must be an array of numbers, got None", None),
    (list("abcdef"), V, "y must hold real numbers, got text such as 'a'", "y must hold real numbers, got text.* 'a'"),
    (Y + 1j, V, "y must hold real numbers, got complex", "Complex data not supported"),
    (pd.to_timedelta(Y), V, "y must hold real numbers, got time spans", "y must hold real numbers, got time spans"),
    (np.ma.masked_less(Y, Y.mean()), V, "y has .* entries behind a mask", "y has .* entries behind a mask"),
    (np.where(Y[0] == Y, NAN, Y), V, "y holds NaN or infinity in 1 places", "y contains NaN"),
    (Y * INF, V, "y holds NaN or infinity in 6 places", "y contains infinity"),
    (Y * 1e200, V, "y holds values up to .*e.20", "y holds values up to .*e.20"),
]


def data_rows():
    for name, call in (PLAIN | {n: lambda x, y, f=f: f(x) for n, f in ONLY_X.items()}).items():
        for bad, error, message, _ in BAD_X:
            yield f"linear_model.{name}", lambda call=call, bad=bad: call(bad, Y), error, message
        for bad, error, message, _ in [] if name in ONLY_X else BAD_Y:
            yield f"linear_model.{name}", lambda call=call, bad=bad: call(X, bad), error, message
    for name, call in ESTIMATORS.items():
        for bad, error, _, message in BAD_X:
            if message is not None:
                yield f"linear_model.{name}", lambda call=call, bad=bad: call(bad, Y), (error, T), message
        for bad, error, _, message in BAD_Y:
            if message is not None:
                yield f"linear_model.{name}", lambda call=call, bad=bad: call(X, bad), error, message
        yield f"linear_model.{name}", lambda call=call: call(None, Y), V, "Expected 2D array, got scalar array"
        yield f"linear_model.{name}", lambda call=call: call(X, None), V, "requires y to be passed, but .* y is None"
        yield (f"linear_model.{name}", lambda call=call: call(X, Y[:, None]), DataConversionWarning,
               "column-vector y was passed when a 1d array was expected")


BAD_W = [(np.zeros(3), V, r"w must have shape \(2,\), one weight for each column of X, got shape \(3,\)"),
         (W[:, None], V, r"got shape \(2, 1\)"), (0.0, V, r"got shape \(\)"), ("ab", V, "w must hold real numbers"),
         ([1j, 0], V, "w must hold real numbers, got complex")]
TAKES_W = {
    "mse": lambda w: lm.mse(X, Y, w),
    "mse_gradient": lambda w: lm.mse_gradient(X, Y, w),
    "elastic_net_objective": lambda w: lm.elastic_net_objective(X, Y, w, 0.1),
    "descent_steps": lambda w: lm.descent_steps(X, Y, 0.1, w=w),
    "descent_paths": lambda w: lm.descent_paths(X, Y, [0.1], steps=2, w=w),
    "coordinate_descent_steps": lambda w: lm.coordinate_descent_steps(X, Y, 0.1, w=w),
}
NOT_POSITIVE = (0, -1, NAN, INF, True, "fast", None, 1j, [1])
NEGATIVE = (-1, NAN, INF, True, "1", None, 1j, [1])
NO_COUNT = (0, -1, 2.5, NAN, INF, True, "many", 1j, [1])
NO_SHARE = (-0.1, 1.1, NAN, True, "half", None)
NO_SEED = ("a", -1, 2.5, True, NAN)
NO_SWITCH = (None, "yes", 0, 1, NAN, [True])
FITS = {"LinearRegression": LinearRegression, "Ridge": Ridge, "Lasso": Lasso, "ElasticNet": ElasticNet}
COUNT, SEED = "must be a whole number of at least 1, got {}", "must be None, a whole number of at least 0 .*, got {}"
POSITIVE, AT_LEAST_0 = "must be a number greater than 0, got {}", "must be a number of at least 0, got {}"


def fits(name, parameter, error, message, *values, **others):
    return each(f"linear_model.{name}.fit", lambda value: FITS[name](**{**others, parameter: value}).fit(X, Y), error,
                f"{parameter} {message}", *values)


def steps(parameter, message, *values):
    return each("linear_model.descent_steps",
                lambda value: lm.descent_steps(**{"X": X, "y": Y, "learning_rate": 0.1, parameter: value}), V,
                f"{parameter} {message}", *values)


def paths(parameter, message, *values):
    return each("linear_model.descent_paths", lambda value: lm.descent_paths(
        **{"X": X, "y": Y, "learning_rates": [0.1], "steps": 2, parameter: value}), V, f"{parameter} {message}",
        *values)


ROWS = [
    *data_rows(),
    *((f"linear_model.{name}", lambda call=call, w=w: call(w), error, message)
      for name, call in TAKES_W.items() for w, error, message in BAD_W),
    ("linear_model.mse", lambda: lm.mse(X, Y, None), T, "w must be an array of numbers, got None"),
    ("linear_model.descent_steps", lambda: lm.descent_steps(X, Y, 1, w=[NAN, 0]), V, "w holds NaN or infinity in 1"),
    ("linear_model.normal_equation", lambda: lm.normal_equation(X[:1], Y[:1]), V, "2 columns and rank 1"),
    ("linear_model.normal_equation", lambda: lm.normal_equation(X[:, [0, 0]] + [[0], [1e-10],
                                                            *[[0]] * 4] * np.eye(2)[1],
                                                                Y), V, "columns of X nearly repeat each other"),
    ("linear_model.lasso_knots", lambda: lm.lasso_knots(X[:, [0, 0]], Y), V, "got 2 columns of rank 1"),
    # descent
    *steps("learning_rate", POSITIVE, *NOT_POSITIVE),
    *steps("steps", "must be a whole number of at least 0, got {}", -1, 2.5, NAN, True, "many"),
    *steps("batch_size", COUNT, *NO_COUNT),
    *steps("batch_size", r"must be at most 6 \(the rows of X, 6\), got {}", 7),
    *steps("schedule", "must be one of constant, .* or a function of the update number t, got {}", "cosine", 0.1, [1]),
    *steps("rng", SEED, *NO_SEED),
    ("linear_model.descent_steps", lambda: lm.descent_steps(X, Y, 1, schedule=lambda: 1), T, "fails for t = 0"),
    ("linear_model.descent_steps", lambda: lm.descent_steps(X, Y, 1, schedule=lambda t: "a"), V, "got 'a' for t = 0"),
    ("linear_model.descent_steps", lambda: lm.descent_steps(X, Y, 1, schedule=lambda t: -1), V, "got -1 for t = 0"),
    *paths("learning_rates", "must be a vector of numbers greater than 0, got", [0.1, -1], [NAN], 0.1, [], [[0.1]]),
    *paths("learning_rates", "must hold real numbers, got", ["fast"], [1j]),
    *paths("steps", COUNT, *NO_COUNT, None),
    *paths("batch_size", COUNT, *NO_COUNT),
    *paths("schedule", "must return a number of at least 0, got None", lambda t: None),
    *paths("rng", SEED, *NO_SEED),
    ("linear_model.Descent", lambda: lm.Descent(0), T, "missing 7 required positional arguments: 'w', 'loss'"),
    # schedules
    *each("linear_model.inverse_time", lm.inverse_time, V, f"half {POSITIVE}", *NOT_POSITIVE),
    *each("linear_model.exponential", lm.exponential, V, f"decay {POSITIVE}", *NOT_POSITIVE),
    *each("linear_model.annealing", lm.annealing, V, f"t0 {POSITIVE}", *NOT_POSITIVE),
    *each("linear_model.annealing", lambda t1: lm.annealing(5, t1), V, f"t1 {POSITIVE}", *NOT_POSITIVE),
    ("linear_model.constant", lambda: lm.constant(0.1), T, "takes 1 positional argument but 2 were given"),
    *(row for name in ("constant", "inverse_time", "exponential", "annealing") for row in
      [*each(f"linear_model.{name}.__call__", getattr(lm, name)(), V, "the number of an update, at least 0, got {}",
             -1, -50, -100, NAN, "a", None, True),
       (f"linear_model.{name}.factor", getattr(lm, name)().factor, T, "missing 1 required positional argument: 't'")]),
    # coordinate descent and paths
    *each("linear_model.coordinate_descent_steps", lambda a: lm.coordinate_descent_steps(X, Y, a), V,
          f"alpha {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.coordinate_descent_steps", lambda r: lm.coordinate_descent_steps(X, Y, 1, r), V,
          r"l1_ratio must lie between 0 \(ridge\) and 1 \(lasso\), got {}", *NO_SHARE),
    *each("linear_model.coordinate_descent_steps", lambda n: lm.coordinate_descent_steps(X, Y, 1, sweeps=n), V,
          f"sweeps {COUNT}", *NO_COUNT),
    *each("linear_model.coordinate_descent_steps", lambda tol: lm.coordinate_descent_steps(X, Y, 1, tol=tol), V,
          f"tol {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.elastic_net_objective", lambda a: lm.elastic_net_objective(X, Y, W, a), V,
          f"alpha {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.soft_threshold", lambda t: lm.soft_threshold([1.0, 2], t), V, "threshold ",
          -1, NAN, INF, "a", 1j, [1, -1], [1, 2, 3]),
    *each("linear_model.soft_threshold", lambda z: lm.soft_threshold(z, 1), V, "z (must hold|holds)", NAN, "a", 1j),
    ("linear_model.soft_threshold", lambda: lm.soft_threshold(None, 1), T, "z must be an array of numbers, got None"),
    ("linear_model.CoordinateStep", lambda: lm.CoordinateStep(1), T, "missing 8 required positional arguments"),
    *(row for name in ("enet_path", "lasso_path") for path in [getattr(lm, name)] for row in [
        *each(f"linear_model.{name}", lambda a, path=path: path(X, Y, a), V, "alphas must be a vector", 1.0, [], [[1]]),
        *each(f"linear_model.{name}", lambda a, path=path: path(X, Y, [a]), V, "alpha ?(s|must).*got", -1, NAN, "a",
              1j),
        *each(f"linear_model.{name}", lambda t, path=path: path(X, Y, [1], tol=t), V, f"tol {AT_LEAST_0}", *NEGATIVE),
        *each(f"linear_model.{name}", lambda n, path=path: path(X, Y, [1], max_iter=n), V, f"max_iter {COUNT}",
              *NO_COUNT, None)]),
    *each("linear_model.enet_path", lambda r: lm.enet_path(X, Y, [1], r), V, "l1_ratio must lie .* got {}", *NO_SHARE),
    ("linear_model.lasso_path", lambda: lm.lasso_path(X, Y, [1], l1_ratio=1), T,
     r"lasso_path\(\) got an unexpected keyword argument 'l1_ratio'"),
    ("linear_model.Knot", lambda: lm.Knot(1), T, "missing 3 required positional arguments: 'feature'"),
    # polynomials
    *(row for name, call in (
        ("legendre_features", lambda x: lm.legendre_features(x, 2)),
        ("polynomial_fit", lambda x: lm.polynomial_fit(x, [1, 2], 1)),
        ("polynomial_predict", lambda x: lm.polynomial_predict(x, [1.0, 2])),
        ("polynomial_ladder", lambda x: lm.polynomial_ladder(x, [1, 2], 1, [0.5]))) for row in [
        *each(f"linear_model.{name}", call, V, r"x must be a vector \(m,\), got shape", 0.5, [[0.1], [0.2]]),
        *each(f"linear_model.{name}", call, V, "x must have at least one entry", []),
        *each(f"linear_model.{name}", call, V, "x must hold real numbers", "ab", [1j, 0]),
        *each(f"linear_model.{name}", call, V, "x holds NaN or infinity in 1 places", [0.1, NAN], [0.1, INF]),
        *each(f"linear_model.{name}", call, T, "x must be an array of numbers, got None", None)]),
    *each("linear_model.legendre_features", lambda d: lm.legendre_features([0.1], d), V,
          "degree must be a whole number of at least 0, got {}", -1, 1.0, True, "two", None),
    ("linear_model.legendre_features", lambda: lm.legendre_features([1e200], 3), V, r"x holds values up to 1e\+200"),
    *each("linear_model.polynomial_fit", lambda d: lm.polynomial_fit([0, 1], [1, 2], d), V, "degree", -1, 0.5, True, 2),
    ("linear_model.polynomial_fit", lambda: lm.polynomial_fit([0, 0, 0], [1, 2, 3], 1), V, "only 1 different x"),
    ("linear_model.polynomial_fit", lambda: lm.polynomial_fit([0, 1], [[1], [2]], 1), V, r"got shapes .* \(2, 1\)"),
    *each("linear_model.polynomial_predict", lambda c: lm.polynomial_predict([0.1], c), V, "coefficients ",
          [], 1.0, [[1]], [NAN], ["a"]),
    ("linear_model.polynomial_ladder", lambda: lm.polynomial_ladder([0, 0, 1], [1, 2, 3], 2, [0.1]), V,
     "3 points at only 2 different x"),
    *each("linear_model.polynomial_ladder", lambda at: lm.polynomial_ladder([0, 1], [1, 2], 1, at), V, "at ",
          0.5, [], [NAN], ["a"], [[0.1]]),
    # objectives
    *each("linear_model.Penalty", lambda l1: lm.Penalty(l1, 0), V, f"l1 {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.Penalty", lambda l2: lm.Penalty(0, l2), V, f"l2 {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.Penalty.to_ridge", lambda m: lm.Penalty(0, 1).to_ridge(m), V, f"m {COUNT}", *NO_COUNT),
    ("linear_model.Penalty.to_ridge", lambda: lm.Penalty(1, 1).to_ridge(5), V, "ridge has no L1 part, got l1 = 1"),
    ("linear_model.Penalty.to_sklearn", lambda: lm.Penalty(1, 1).to_sklearn(5), T, "takes 1 positional argument"),
    ("linear_model.Penalty.to_lecture", lambda: lm.Penalty(1, 1).to_lecture(5), T, "takes 1 positional argument"),
    *each("linear_model.from_sklearn", lambda a: lm.from_sklearn(a, 1), V, f"alpha {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.from_sklearn", lambda r: lm.from_sklearn(1, r), V, "l1_ratio must lie .*{}", *NO_SHARE),
    *each("linear_model.from_lecture", lambda a: lm.from_lecture(a, 1), V, f"lambda_ {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.from_lecture", lambda r: lm.from_lecture(1, r), V, "alpha must lie .*{}", *NO_SHARE),
    *each("linear_model.from_ridge", lambda a: lm.from_ridge(a, 5), V, f"alpha {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.from_ridge", lambda m: lm.from_ridge(1, m), V, f"m {COUNT}", *NO_COUNT),
    *each("linear_model.from_spark", lambda a: lm.from_spark(X, Y, a), V, f"reg_param {AT_LEAST_0}", *NEGATIVE),
    *each("linear_model.from_spark", lambda r: lm.from_spark(X, Y, 1, r), V, "elastic_net_param .*{}", *NO_SHARE),
    ("linear_model.from_spark", lambda: lm.from_spark(X[:1], Y[:1], 1), V, "needs at least 2 rows, got 1"),
    ("linear_model.from_spark", lambda: lm.from_spark(X * [0, 1], Y, 1), V, "cannot be standardised: column 0 of X"),
    *each("linear_model.Standardised.restore", lambda c: lm.from_spark(X, Y, 0.1).restore(c), V, "coef ",
          1.0, [1, 2, 3], [NAN, 1], ["a", "b"], [[1, 2]]),
    ("linear_model.Standardised", lambda: lm.Standardised(X), T, "missing 7 required positional arguments"),
    *each("linear_model.square_areas", lambda s: lm.square_areas([0, 1], [1, 2], s, 0), V,
          "slope must be a finite number, got {}", None, "a", NAN, INF, 1j, True, [1, 2]),
    *each("linear_model.square_areas", lambda b: lm.square_areas([0, 1], [1, 2], 0, b), V,
          "intercept must be a finite number, got {}", None, "a", NAN),
    *each("linear_model.square_areas", lambda x: lm.square_areas(x, [1, 2], 0, 0), V, "x ",
          [1], [[1, 2]], [NAN, 1], "ab", 1),
    ("linear_model.square_areas", lambda: lm.square_areas([], [], 0, 0), V, "at least one entry"),
    ("linear_model.DivergenceError", lambda: LinearRegression("gd", learning_rate=99).fit(X, Y), lm.DivergenceError,
     "gd diverged at learning_rate = 99: .* must stay below 2/L"),
    # estimators
    ("linear_model.LinearRegression", lambda: LinearRegression(X, Y), T, "takes from 1 to 2 positional arguments"),
    ("linear_model.LinearRegression", lambda: LinearRegression(X).fit(X, Y), V, r"got an array of shape \(6, 2\)"),
    ("linear_model.LinearRegression", lambda: LinearRegression().set_params(rate=1), V, "Invalid parameter 'rate'"),
    ("linear_model.LinearRegression", lambda: LinearRegression(rate=1), T, "unexpected keyword argument 'rate'"),
    *fits("LinearRegression", "solver", V, "must be one of normal, .*, got {}", "newton", None, 1, ["gd"]),
    *fits("LinearRegression", "learning_rate", V, POSITIVE, *NOT_POSITIVE),
    *fits("LinearRegression", "schedule", V, "must be one of constant.*, got {}", "cosine", 0.1, [1], solver="gd"),
    *fits("LinearRegression", "schedule", T, "must be a function of the update number t", lambda: 1, solver="gd"),
    *fits("LinearRegression", "schedule", V, "must return a number of at least 0", lambda t: NAN, solver="sgd"),
    *fits("LinearRegression", "max_iter", V, COUNT, *NO_COUNT),
    *fits("LinearRegression", "tol", V, "must be None or a number of at least 0, got {}", -1, NAN, INF, True, "a"),
    *fits("LinearRegression", "batch_size", V, COUNT, *NO_COUNT, solver="mini_batch"),
    *fits("LinearRegression", "batch_size", V, "must be at most 6 .* got {}", 7, solver="mini_batch"),
    *fits("LinearRegression", "gram", V, "must be 'auto', True or False, got {}", *NO_SWITCH, solver="gd"),
    *fits("LinearRegression", "random_state", V, SEED, *NO_SEED, solver="sgd"),
    *(row for name in FITS for row in [
        *fits(name, "fit_intercept", V, "must be True or False, got {}", *NO_SWITCH),
        (f"linear_model.{name}.predict", lambda name=name: FITS[name]().predict(X), NotFittedError,
         f"This {name} inst"),
        (f"linear_model.{name}", lambda name=name: FITS[name]().score(X, Y), NotFittedError, f"This {name} inst"),
        *((f"linear_model.{name}.predict", lambda name=name, bad=bad: FITS[name]().fit(X, Y).predict(bad), V, message)
          for bad, message in ((X[:, :1], "X has 1 features, but .* is expecting 2 features"), (X[0], "got 1D array"),
                               (None, "got scalar array"), (X_NAN, "X contains NaN"), (X[:0], "0 sample"),
                               ([["a", "b"]], "string to float: 'a'"), (X + 1j, "Complex data not supported"),
                               (np.ma.masked_greater(X, 5), "behind a mask"), (DATES, "got dates")))]),
    *(row for name in ("Ridge", "Lasso", "ElasticNet") for row in fits(name, "alpha", V, AT_LEAST_0, *NEGATIVE)),
    ("linear_model.Ridge", lambda: Ridge(lambda_=1), T, "unexpected keyword argument 'lambda_'"),
    *fits("ElasticNet", "l1_ratio", V, r"must lie between 0 \(ridge\) and 1 \(lasso\), got {}", *NO_SHARE),
    *(row for name in ("Lasso", "ElasticNet") for row in [
        *fits(name, "max_iter", V, COUNT, *NO_COUNT),
        *fits(name, "tol", V, AT_LEAST_0, *NEGATIVE),
        *fits(name, "precompute", V, "must be 'auto', True or False, got {}", *NO_SWITCH),
        *fits(name, "warm_start", V, "must be True or False, got {}", *NO_SWITCH),
        (f"linear_model.{name}", lambda name=name: FITS[name](1, 2), T, "takes from 1 to 2 positional arguments"),
        (f"linear_model.{name}.path", lambda name=name: FITS[name].path(X, Y, 1.0), V, "alphas must be a vector")]),
]
