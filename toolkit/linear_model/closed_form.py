"""Least squares and ridge without iterations: moments of the data, then one small linear system.

Everything here works on centred data, so that the intercept is never punished and never makes a system worse.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgWarning, solve_triangular
from scipy.linalg.lapack import dpocon, dpotrf, dpotrs

CANCELLED = 1e-6            # centred / raw square below which the subtraction has cost too many digits
CONSTANT = 1e-28            # ... and below which a column is constant up to rounding
ILL_CONDITIONED = 1e-9      # reciprocal condition of X'X below which its solution keeps less than about 7 digits
BLOCK = 4096                # rows that are centred at a time, so that no copy of X is made


@dataclass(frozen=True, eq=False)
class Moments:
    """All that least squares needs to know about data with many rows."""

    m: int
    gram: np.ndarray            # (n, n) of the centred columns, X'X - m mean mean'
    target: np.ndarray          # (n,) X'y, centred
    y2: float                   # y'y, centred
    x_mean: np.ndarray          # (n,) zeros without an intercept
    y_mean: float


def moments(X, y, fit_intercept=True):
    """Return the `Moments` of data in one pass over X, without a copy of it.

    Centring is done on the Gram matrix. Where that would cancel (a column whose mean is more than a thousand times its
    standard deviation), a second pass subtracts the means first, block by block. The rows and columns of features that
    are constant up to rounding are exactly zero.

    Raises
    ------
    ValueError
        If squares of the data leave the range of floats. NaN and infinity pass through into the moments.
    """
    m, n = X.shape
    if not fit_intercept:
        gram, target = _products(X, y)
        _refuse_underflow(X, gram)
        return Moments(m, gram, target, float(y @ y), np.zeros(n), 0.0)
    y_mean = y.mean()
    y = y - y_mean
    gram, target = _products(X, y)
    _refuse_underflow(X, gram)
    with np.errstate(over="ignore", invalid="ignore"):
        x_mean = np.full(m, 1 / m) @ X
        raw = gram.diagonal().copy()
        gram -= m * np.multiply.outer(x_mean, x_mean)
        target -= y.sum() * x_mean
        centred = gram.diagonal()
        if (centred < CANCELLED * raw).any():
            gram, target = _two_pass(X, y, x_mean)
            constant = gram.diagonal() <= CONSTANT * raw
            gram[constant], gram[:, constant], target[constant] = 0, 0, 0
    return Moments(m, gram, target, float(y @ y), x_mean, float(y_mean))


def _products(X, y):
    with np.errstate(over="ignore", invalid="ignore"):
        return X.T @ X, y @ X


def _refuse_underflow(X, gram):
    vanished = np.flatnonzero(gram.diagonal() == 0)
    for j in vanished:
        if X[:, j].any():
            raise ValueError(f"column {j} of X holds values up to {np.abs(X[:, j]).max():.3g}, so small that their "
                             "squares are 0 in floats; scale it")


def _two_pass(X, y, x_mean):
    gram, target, left_over = np.zeros((X.shape[1],) * 2), np.zeros(X.shape[1]), np.zeros(X.shape[1])
    for start in range(0, len(X), BLOCK):
        block = X[start:start + BLOCK] - x_mean
        gram += block.T @ block
        target += y[start:start + BLOCK] @ block
        left_over += block.sum(axis=0)              # what rounding left of the mean
    return gram - np.multiply.outer(left_over, left_over) / len(X), target - y.sum() / len(X) * left_over


def solve_positive(gram, target):
    r"""Return (w, rcond) with gram w = target for a symmetric positive gram, by Cholesky on a unit diagonal.

    .. math:: D^{-1} G D^{-1} = L L^T, \quad D = \sqrt{\mathrm{diag}(G)}

    The scaling makes the answer, and the reciprocal condition number, independent of the units of the features.
    Zero rows (constant features) get the weight 0. w is None where the matrix is not positive in floats.
    """
    scale = np.sqrt(gram.diagonal().clip(min=0))
    free = np.flatnonzero(scale)
    if len(free) == 0:
        return np.zeros(len(gram)), 1.0
    if len(free) < len(gram):
        gram, target = gram[np.ix_(free, free)], target[free]
    unit = gram / np.multiply.outer(scale[free], scale[free])
    factor, info = dpotrf(unit, lower=False)
    if info:
        return None, 0.0
    rcond, _ = dpocon(factor, np.abs(unit).sum(axis=0).max(), uplo="U")
    solution, _ = dpotrs(factor, target / scale[free], lower=False)
    w = np.zeros(len(scale))
    w[free] = solution / scale[free]
    return w, float(rcond)


def solve_normal(X, y, found, alpha=0.0):
    """Return (w, solver) of least ``|y - Xw|² + alpha |w|²`` from the moments, or by SVD where they cannot tell.

    Parameters
    ----------
    X, y : array (m, n), array (m,)
        Looked at only in the fallback.
    found : Moments
    alpha : float
    """
    gram = found.gram + alpha * np.eye(len(found.gram)) if alpha else found.gram
    w, rcond = solve_positive(gram, found.target)
    if w is not None and rcond >= ILL_CONDITIONED:
        return w, "normal"
    warnings.warn(f"X'X is ill-conditioned (reciprocal condition number {rcond:.1e}, needs {ILL_CONDITIONED:g}): "
                  "columns of X nearly repeat each other. Solved by a singular value decomposition of X instead, which "
                  "is slower; drop columns or add a penalty", LinAlgWarning, stacklevel=4)
    return solve_svd(centre(X, found.x_mean), y - found.y_mean, alpha), "svd"


def centre(X, x_mean):
    """Return a copy of X without its column means; columns that are constant up to rounding become exactly zero."""
    centred = X - x_mean
    centred[:, np.abs(centred).max(axis=0) <= np.sqrt(CONSTANT) * np.abs(x_mean)] = 0
    return centred


def solve_svd(X, y, alpha=0.0):
    """Return the shortest w of least ``|y - Xw|² + alpha |w|²`` for centred data, whatever the rank of X."""
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > s[0] * max(X.shape) * np.finfo(float).eps
    U, s, Vt = U[:, kept], s[kept], Vt[kept]
    return (s / (s**2 + alpha) * (y @ U)) @ Vt


def solve_dual(X, y, alpha):
    r"""Return the ridge weights of centred wide data from an m x m system.

    .. math:: w = X^T (X X^T + \alpha I)^{-1} y
    """
    w_dual, rcond = solve_positive(X @ X.T + alpha * np.eye(len(X)), y)
    if w_dual is None or rcond < ILL_CONDITIONED:
        return solve_svd(X, y, alpha)
    return w_dual @ X


def solve_qr(X, y):
    """Return (w, solver) of least squares for centred data by X = QR, at the condition of X and not of its square.

    y rides along as a last column: what Q' does to it stands beside R, and Q itself is never formed. Where R is
    singular in floats, a warning and the singular value decomposition.
    """
    lengths = np.sqrt(np.einsum("ij,ij->j", X, X))
    free = np.flatnonzero(lengths)                                  # constant features have the weight 0
    n, w = len(free), np.zeros(X.shape[1])
    R = np.linalg.qr(np.column_stack([X[:, free], y]), mode="r")
    diagonal = np.abs(R[:n, :n].diagonal())
    if (diagonal > lengths[free] * max(X.shape) * np.finfo(float).eps).all():
        w[free] = solve_triangular(R[:n, :n], R[:n, n])
        return w, "qr"
    warnings.warn("a column of X is a combination of the others in floats, so that R is singular; took the shortest "
                  "solution by a singular value decomposition", LinAlgWarning, stacklevel=4)
    return solve_svd(X, y), "svd"
