r"""Coordinate descent for lasso, ridge and elastic net: the steps to read, and two fast forms of the same walk.

The objective is scikit-learn's, with r for `l1_ratio`:

.. math:: \frac{1}{2m} \lVert y - X w \rVert^2 + \alpha r \lVert w \rVert_1
          + \frac{\alpha (1 - r)}{2} \lVert w \rVert^2

No intercept is handled here: centre X and y first, or use the estimators.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_floats, check_count, check_not_negative
from toolkit.linear_model.errors import check_penalty, check_problem, check_weights


def soft_threshold(z, threshold):
    r"""Return z moved towards 0 by `threshold`, and exactly 0 where it would cross.

    .. math:: S(z, t) = \mathrm{sign}(z) \max(|z| - t, 0)

    >>> soft_threshold([3.0, -0.5, -2.0], 1.0)
    array([ 2., -0., -1.])
    """
    z, thresholds = as_floats("z", z), as_floats("threshold", threshold)
    if (thresholds < 0).any():
        raise ValueError(f"threshold must be at least 0, got {threshold!r}")
    if thresholds.ndim and thresholds.shape != z.shape:
        raise ValueError(f"threshold must be one number or have the shape of z, {z.shape}, got {thresholds.shape}")
    return _shrunk(z, thresholds)


def _shrunk(z, threshold):
    return np.sign(z) * np.maximum(np.abs(z) - threshold, 0)


def elastic_net_objective(X, y, w, alpha, l1_ratio=1.0):
    """Return the objective of this module at w, a float.

    >>> elastic_net_objective([[1.0], [1.0]], [2.0, 4.0], [1.0], alpha=0.5)
    3.0
    """
    X, y = check_problem(X, y)
    w = check_weights(w, X.shape[1])
    check_penalty(alpha, l1_ratio)
    return _objective(X, y, w, alpha, l1_ratio)


def _objective(X, y, w, alpha, l1_ratio):
    residual = y - X @ w
    penalty = l1_ratio * np.abs(w).sum() + (1 - l1_ratio) / 2 * w @ w
    return float(residual @ residual / (2 * len(y)) + alpha * penalty)


@dataclass(frozen=True, eq=False)
class CoordinateStep:
    """One coordinate made optimal while all others hold still: after = S(rho, threshold) / curvature."""

    sweep: int              # 1 for the first pass over all coordinates
    coordinate: int
    before: float           # weight before
    after: float            # and after
    rho: float              # x_j'(residual without feature j) / m: what this feature could still explain
    threshold: float        # alpha l1_ratio; |rho| up to it gives exactly 0
    curvature: float        # x_j'x_j / m + alpha (1 - l1_ratio)
    objective: float        # after the step; it never rises
    w: np.ndarray           # (n,) all weights after the step

    @property
    def zeroed(self):
        """Whether the threshold ate all that the feature could explain."""
        return self.after == 0


def coordinate_descent_steps(X, y, alpha, l1_ratio=1.0, w=None, *, sweeps=None, tol=1e-12):
    r"""Yield a `CoordinateStep` for each coordinate in turn, until a whole sweep changes next to nothing.

    .. math:: w_j \leftarrow \frac{S(\rho_j, \alpha r)}{x_j^T x_j / m + \alpha (1 - r)}, \quad
              \rho_j = \frac{1}{m} x_j^T (y - X w + x_j w_j)

    Parameters
    ----------
    X : array (m, n)
    y : array (m,)
    alpha : float
        At least 0.
    l1_ratio : float
        1 lasso, 0 ridge, between them elastic net.
    w : array (n,), optional
        The start; zeros unless given.
    sweeps : int, optional
        How many at most; no bound unless given.
    tol : float
        Stop after a sweep in which no weight moved by more than this share of the largest weight.

    Yields
    ------
    CoordinateStep

    Examples
    --------
    >>> step = next(coordinate_descent_steps([[1.0], [1.0]], [2.0, 4.0], alpha=0.5))
    >>> step.rho, step.after
    (3.0, 2.5)
    """
    X, y = check_problem(X, y)
    w = np.zeros(X.shape[1]) if w is None else check_weights(w, X.shape[1])
    check_penalty(alpha, l1_ratio)
    check_not_negative(tol=tol)
    if sweeps is not None:
        check_count("sweeps", sweeps)
    return _coordinate_walk(X, y, alpha, l1_ratio, w.copy(), sweeps, tol)


def _coordinate_walk(X, y, alpha, l1_ratio, w, sweeps, tol):
    m = len(y)
    curvature = (X**2).sum(axis=0) / m + alpha * (1 - l1_ratio)
    threshold = alpha * l1_ratio
    for sweep in itertools.count(1) if sweeps is None else range(1, sweeps + 1):
        start = w.copy()
        for j in np.flatnonzero(curvature):                     # a column of zeros keeps its weight
            before = w[j]
            rho = X[:, j] @ (y - X @ w + X[:, j] * before) / m
            w[j] = _shrunk(rho, threshold) / curvature[j] + 0.0                 # + 0.0: no negative zero
            objective = _objective(X, y, w, alpha, l1_ratio)
            yield CoordinateStep(sweep, int(j), float(before), float(w[j]), float(rho), threshold,
                                 float(curvature[j]), objective, w.copy())
        if np.abs(w - start).max() <= tol * np.abs(w).max():
            return


def duality_gap(correlation, residual2, y_residual, w, l1, l2):
    """Return an upper bound on how far the objective at w is above its minimum, in sums (m times the objective).

    The residual, scaled down until no feature correlates with it by more than the penalty allows, is feasible for the
    dual problem; its dual value is a lower bound on the minimum. The L2 part counts as n more rows, sqrt(l2) w.

    Parameters
    ----------
    correlation : array (n,)
        X'(y - Xw) - l2 w.
    residual2, y_residual : float
        Squared length of the residual r = y - Xw, and y'r.
    w : array (n,)
    l1, l2 : float
        m alpha l1_ratio, greater than 0, and m alpha (1 - l1_ratio).
    """
    augmented2 = residual2 + l2 * (w @ w)
    largest = np.abs(correlation).max()
    scale = min(1.0, l1 / largest) if largest else 1.0
    primal = augmented2 / 2 + l1 * np.abs(w).sum()
    return float(primal - (scale * y_residual - scale**2 / 2 * augmented2))


def solve_gram(gram, target, y2, l1, l2, w, tol, max_iter):
    """Return (w, gap, sweeps): coordinate descent that sees the data only as X'X, X'y and y'y.

    A sweep costs n² operations whatever the number of rows, so this is the form for many more rows than columns.
    Stops when the duality gap is at most tol y'y, or after max_iter sweeps.
    """
    w = np.array(w, dtype=float)
    correlation = target - gram @ w                             # X'(y - Xw), kept up to date
    diagonal = gram.diagonal().tolist()
    coordinates = [j for j, square in enumerate(diagonal) if square + l2 > 0]
    for sweep in range(1, max_iter + 1):
        moved = False
        for j in coordinates:
            before, square = w[j], diagonal[j]
            rho = correlation[j] + square * before
            after = (abs(rho) - l1) / (square + l2) if abs(rho) > l1 else 0.0
            after = after if rho > 0 else -after
            if after != before:
                moved = True
                w[j] = after
                correlation -= gram[j] * (after - before)
        explained = w @ target
        residual2 = max(y2 - explained - w @ correlation, 0.0)
        gap = duality_gap(correlation - l2 * w, residual2, y2 - explained, w, l1, l2)
        if gap <= tol * y2 or not moved or sweep == max_iter:
            return w + 0.0, gap, sweep


def solve_residual(X, y, l1, l2, w, tol, max_iter):
    """Return (w, gap, sweeps): coordinate descent that keeps the residual, for wide data where X'X would not fit.

    A sweep costs m n operations. X should be in column order. The gap is looked at whenever the weights have nearly
    stopped, and every ten sweeps.
    """
    w = np.array(w, dtype=float)
    residual = y - X @ w
    squares = np.einsum("ij,ij->j", X, X).tolist()
    columns = [(j, X[:, j], square) for j, square in enumerate(squares) if square + l2 > 0]
    y2 = y @ y
    for sweep in range(1, max_iter + 1):
        largest_move = 0.0
        for j, column, square in columns:
            before = w[j]
            rho = column @ residual + square * before
            after = (abs(rho) - l1) / (square + l2) if abs(rho) > l1 else 0.0
            after = after if rho > 0 else -after
            if after != before:
                w[j] = after
                residual -= column * (after - before)
                largest_move = max(largest_move, abs(after - before))
        if largest_move <= tol * np.abs(w).max(initial=0) or sweep % 10 == 0 or sweep == max_iter:
            gap = duality_gap(residual @ X - l2 * w, residual @ residual, y @ residual, w, l1, l2)
            if gap <= tol * y2 or largest_move == 0 or sweep == max_iter:
                return w + 0.0, gap, sweep
