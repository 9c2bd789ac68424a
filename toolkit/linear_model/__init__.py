"""Linear models: closed forms, gradient descent, coordinate descent, and the steps that tell how each of them walks.

Names load on first use: the plain algorithms need NumPy only, the estimators load scikit-learn's base classes.
"""

import importlib

_HOMES = {
    "squared_error": ("curvature", "hessian", "leverage", "mse", "mse_gradient", "normal_equation", "square_areas"),
    "descent": ("Descent", "descent_paths", "descent_steps"),
    "schedule": ("annealing", "constant", "exponential", "inverse_time"),
    "coordinate_descent": ("CoordinateStep", "coordinate_descent_steps", "elastic_net_objective", "soft_threshold"),
    "path": ("Knot", "enet_path", "lasso_knots", "lasso_path"),
    "polynomial": ("legendre_features", "polynomial_fit", "polynomial_ladder", "polynomial_predict"),
    "objectives": ("Penalty", "Standardised", "from_lecture", "from_ridge", "from_sklearn", "from_spark"),
    "errors": ("DivergenceError",),
    "regression": ("LinearRegression",),
    "penalised": ("ElasticNet", "Lasso", "Ridge"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__():
    return __all__
