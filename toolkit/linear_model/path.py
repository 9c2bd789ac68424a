"""How the coefficients change with alpha: paths on a grid by warm starts, and the exact knots of the lasso."""

import warnings
from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_floats, check_count, check_not_negative
from toolkit.linear_model.coordinate_descent import solve_gram, solve_residual
from toolkit.linear_model.errors import check_penalty, check_problem


def enet_path(X, y, alphas, l1_ratio=0.5, *, tol=1e-12, max_iter=10_000):
    r"""Return the elastic net's coefficients at each alpha, solved from the largest alpha down with warm starts.

    .. math:: \min_w \frac{1}{2m} \lVert y - X w \rVert^2 + \alpha r \lVert w \rVert_1
              + \frac{\alpha (1 - r)}{2} \lVert w \rVert^2

    one objective for all r: 1 is the lasso, 0 is ridge (scikit-learn's ``Ridge(alpha=m * alpha)``).

    Parameters
    ----------
    X : array (m, n)
        Centred columns; no intercept is fitted here.
    y : array (m,)
        Centred.
    alphas : array (k,)
        At least 0, in any order.
    l1_ratio : float
        r, between 0 and 1.
    tol : float
        Duality gap at which to stop, as a share of y'y.
    max_iter : int
        Sweeps for each alpha.

    Returns
    -------
    alphas : array (k,)
        As given.
    coefs : array (n, k)
        Zeros are exact.

    Warns
    -----
    ConvergenceWarning
        Scikit-learn's, where max_iter sweeps were not enough for tol; naming alpha.

    Examples
    --------
    >>> enet_path([[1.0], [-1.0]], [2.0, -2.0], [0.5, 3.0], l1_ratio=1)[1]
    array([[1.5, 0. ]])
    """
    X, y = check_problem(X, y)
    alphas = as_floats("alphas", alphas, finite=False)
    if alphas.ndim != 1 or not alphas.size:
        raise ValueError(f"alphas must be a vector (k,) with at least one entry, got shape {alphas.shape}")
    for alpha in alphas:
        check_penalty(float(alpha), l1_ratio)
    check_not_negative(tol=tol)
    check_count("max_iter", max_iter)
    m, n = X.shape
    solve = _gram_solver(X, y) if m > n else _residual_solver(X, y)
    ridge = _ridge_solver(X, y)
    coefs, w = np.empty((n, len(alphas))), np.zeros(n)
    for k in np.argsort(-alphas, kind="stable"):
        l1, l2 = m * alphas[k] * l1_ratio, m * alphas[k] * (1 - l1_ratio)
        if l1 == 0:
            w = ridge(l2)
        else:
            w, gap, sweeps = solve(l1, l2, w, tol, max_iter)
            if sweeps == max_iter and gap > tol * (y @ y):
                _warn(alphas[k], max_iter, gap / (y @ y), tol)
        coefs[:, k] = w
    return alphas, coefs


def _warn(alpha, max_iter, share, tol):
    from sklearn.exceptions import ConvergenceWarning  # here, as nothing else in this module needs scikit-learn

    warnings.warn(f"at alpha = {alpha:g} coordinate descent stopped at max_iter = {max_iter} sweeps with a duality gap "
                  f"of {share:.3g} y'y, above tol = {tol:g}: raise max_iter or tol", ConvergenceWarning, stacklevel=3)


def lasso_path(X, y, alphas, *, tol=1e-12, max_iter=10_000):
    """Return (alphas, coefs) of the lasso: `enet_path` with l1_ratio 1."""
    return enet_path(X, y, alphas, l1_ratio=1.0, tol=tol, max_iter=max_iter)


def _gram_solver(X, y):
    gram, target, y2 = X.T @ X, y @ X, y @ y
    return lambda l1, l2, w, tol, max_iter: solve_gram(gram, target, y2, l1, l2, w, tol, max_iter)


def _residual_solver(X, y):
    X = np.asfortranarray(X)
    return lambda l1, l2, w, tol, max_iter: solve_residual(X, y, l1, l2, w, tol, max_iter)


def _ridge_solver(X, y):
    """Return l2 -> the weights of least |y - Xw|² + l2 |w|²; for l2 = 0 the shortest least-squares solution."""
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > s[0] * max(X.shape) * np.finfo(float).eps
    U, s, Vt = U[:, kept], s[kept], Vt[kept]
    return lambda l2: (s / (s**2 + l2) * (y @ U)) @ Vt


@dataclass(frozen=True, eq=False)
class Knot:
    """An alpha at which the lasso path bends, because a coefficient becomes non-zero or returns to zero."""

    alpha: float
    feature: int
    enters: bool            # as alpha falls; False: the coefficient goes back to zero here
    w: np.ndarray           # (n,) coefficients at the knot


def lasso_knots(X, y):
    """Return every `Knot` of the lasso path, from the largest alpha down to 0, by the homotopy (LARS) method.

    Between two knots the coefficients are linear in alpha: the active features keep the same correlation m alpha with
    the residual, so their weights move along (X_A'X_A)^-1 sign. The next knot is where another feature's correlation
    catches up, or an active weight reaches zero.

    Parameters
    ----------
    X : array (m, n)
        Centred columns, linearly independent.
    y : array (m,)
        Centred.

    Returns
    -------
    list of Knot

    References
    ----------
    Efron et al. 2004, section 3.1 (the lasso modification); Osborne, Presnell and Turlach 2000.

    Examples
    --------
    >>> [(knot.alpha, knot.feature) for knot in lasso_knots([[1.0, 1], [-1, 1], [0, -2]], [3.0, -1, -2])]
    [(2.0, 1), (1.3333333333333333, 0)]
    """
    X, y = check_problem(X, y)
    m, n = X.shape
    rank = np.linalg.matrix_rank(X)
    if rank < n:
        raise ValueError(f"the columns of X must be linearly independent, got {n} columns of rank {rank}")
    gram, w, correlation = X.T @ X, np.zeros(n), y @ X
    level = np.abs(correlation).max()                   # m alpha
    active, knots = [int(np.abs(correlation).argmax())], []
    if level > 0:
        knots.append(Knot(float(level / m), active[0], True, w.copy()))
    smallest, dropped = level * 1e-10, None             # shorter moves are rounding, not events
    while level > smallest:
        direction = np.linalg.solve(gram[np.ix_(active, active)], np.sign(correlation[active]))
        falls = gram[:, active] @ direction             # each correlation falls at this speed, the active ones at ±1
        leaving = [(-w[j] / speed, j) for j, speed in zip(active, direction, strict=True) if w[j] * speed < 0]
        entering = [((level - sign * correlation[j]) / (1 - sign * falls[j]), j)
                    for j in range(n) if j not in active for sign in (1, -1) if sign * falls[j] < 1]
        events = [(max(move, 0.0), j) for move, j in leaving + entering
                  if move > smallest or j not in (dropped, *active)]        # what has just moved does not move back
        move, feature = min(events, default=(level, None))
        if feature is None or move >= level - smallest:
            break
        w[active] += move * direction
        correlation, level = y @ X - gram @ w, level - move
        dropped = feature if feature in active else None
        if dropped is None:
            active.append(feature)
        else:
            w[feature] = 0.0
            active.remove(feature)
        knots.append(Knot(float(level / m), feature, dropped is None, w.copy()))
    return knots
