"""Errors and checks of arrays that the plain algorithms share; the estimators use scikit-learn's checks."""

import numbers

import numpy as np


class DivergenceError(ValueError):
    """Gradient descent ran away: the learning rate is too large for the curvature of the loss."""


def check_problem(X, y, w=None):
    """Return X (m, n), y (m,) and w (n,) as float arrays, or say what came instead.

    Weights may be infinite, so that a loss can be read after a divergence; data may not.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must be a matrix (m, n) with at least one row and one column, got shape {X.shape}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},), one target for each row of X, got shape {y.shape}")
    for name, array in (("X", X), ("y", y)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or infinity in {np.count_nonzero(~np.isfinite(array))} places; "
                             "fill or drop them first")
    if w is None:
        return X, y
    w = np.asarray(w, dtype=float)
    if w.shape != X.shape[1:]:
        raise ValueError(f"w must have shape ({X.shape[1]},), one weight for each column of X, got shape {w.shape}")
    return X, y, w


def check_positive(**values):
    """Raise unless every value is a finite number greater than 0."""
    for name, value in values.items():
        if not isinstance(value, numbers.Real) or not 0 < value < np.inf:
            raise ValueError(f"{name} must be a number greater than 0, got {value!r}")


def check_penalty(alpha, l1_ratio=1.0, names=("alpha", "l1_ratio")):
    """Raise unless alpha is at least 0 and l1_ratio between 0 and 1; `names` is what the caller calls the two."""
    if not isinstance(alpha, numbers.Real) or not 0 <= alpha < np.inf:
        raise ValueError(f"{names[0]} must be a number of at least 0, got {alpha!r}")
    if not isinstance(l1_ratio, numbers.Real) or not 0 <= l1_ratio <= 1:
        raise ValueError(f"{names[1]} must lie between 0 (ridge) and 1 (lasso), got {l1_ratio!r}")


def check_count(name, value, most=None, among=""):
    """Raise unless value is a whole number from 1 up to `most`."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}{among}, got {value}")
