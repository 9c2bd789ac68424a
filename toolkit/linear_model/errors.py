"""The error of a walk that runs away, and the checks of a problem that the plain algorithms share.

The estimators use scikit-learn's checks of X and y, and these for their parameters.
"""

from toolkit._checks import as_floats, as_matrix, check_not_negative, check_share, refuse_bad_values


class DivergenceError(ValueError):
    """Gradient descent ran away: the learning rate is too large for the curvature of the loss."""


def check_problem(X, y):
    """Return X (m, n) and y (m,) as float arrays, or say what came instead."""
    X, y = as_matrix("X", X), as_floats("y", y, finite=False)
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},), one target for each row of X, got shape {y.shape}")
    refuse_bad_values("y", y)
    return X, y


def check_weights(w, n, *, finite=True):
    """Return w as a float array (n,); not finite only where a loss is read, which may be after a divergence."""
    w = as_floats("w", w, finite=finite)
    if w.shape != (n,):
        raise ValueError(f"w must have shape ({n},), one weight for each column of X, got shape {w.shape}")
    return w


def check_penalty(alpha, l1_ratio=1.0, names=("alpha", "l1_ratio")):
    """Raise unless alpha is at least 0 and l1_ratio between 0 and 1; `names` is what the caller calls the two."""
    check_not_negative(**{names[0]: alpha})
    check_share(names[1], l1_ratio, "0 (ridge)", "1 (lasso)")
