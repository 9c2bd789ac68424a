"""Polynomial regression on [0, 1] in Legendre polynomials, whose columns stay nearly orthogonal at any degree."""

import numpy as np
from numpy.polynomial import legendre

from toolkit._checks import as_floats, as_vector, check_count


def legendre_features(x, degree):
    """Return the Legendre polynomials of degree 0 to `degree` of 2x - 1, one a column.

    They span the same functions as 1, x, x², ... but keep the condition number small; powers of x lose all digits.

    Parameters
    ----------
    x : array (m,)
        Between 0 and 1; outside it the polynomials grow fast.
    degree : int
        At least 0.

    Returns
    -------
    array (m, degree + 1)

    Examples
    --------
    >>> legendre_features([0, 0.5, 1], 2)
    array([[ 1. , -1. ,  1. ],
           [ 1. ,  0. , -0.5],
           [ 1. ,  1. ,  1. ]])
    """
    return _features("x", x, degree)


def _features(name, x, degree):
    x = as_vector(name, x)
    check_count("degree", degree, least=0)
    with np.errstate(over="ignore", invalid="ignore"):
        features = legendre.legvander(2 * x - 1, degree)
    if not np.isfinite(features).all():
        raise ValueError(f"{name} holds values up to {np.abs(x).max():.3g}, whose polynomials of degree {degree} leave "
                         "the range of floats; scale them to 0 to 1")
    return features


def polynomial_fit(x, y, degree):
    """Return the Legendre coefficients of the polynomial with the least squared error.

    Parameters
    ----------
    x, y : array (m,)
        At least degree + 1 points.
    degree : int

    Returns
    -------
    array (degree + 1,)

    Raises
    ------
    ValueError
        If there are fewer points, or fewer different x, than coefficients, naming both.
    """
    return np.linalg.lstsq(*_points(x, y, degree))[0]


def _points(x, y, degree):
    """Return the features (m, degree + 1) and y (m,) of enough finite points, or say what came instead."""
    features, y = legendre_features(x, degree), as_floats("y", y)
    if y.shape != (len(features),):
        raise ValueError(f"x and y must be vectors of one length, got shapes ({len(features)},) and {y.shape}")
    if len(y) <= degree:
        raise ValueError(f"a polynomial of degree {degree} has {degree + 1} coefficients, "
                         f"which {len(y)} points cannot determine")
    different = len(np.unique(x))
    if different <= degree:
        raise ValueError(f"a polynomial of degree {degree} has {degree + 1} coefficients, which {len(y)} points at "
                         f"only {different} different x cannot determine")
    return features, y


def polynomial_predict(x, coefficients):
    """Return the values at x, an array (m,), of the polynomial with these Legendre coefficients.

    >>> polynomial_predict([0.0, 1.0], polynomial_fit([0, 0.5, 1], [1, 2, 3], degree=1)).round(12)
    array([1., 3.])
    """
    coefficients = as_floats("coefficients", coefficients)
    if coefficients.ndim != 1 or not len(coefficients):
        raise ValueError(f"coefficients must be a vector (degree + 1,), got shape {coefficients.shape}")
    return legendre_features(x, len(coefficients) - 1) @ coefficients


def polynomial_ladder(x, y, degree, at):
    r"""Return the predictions of the fits of all degrees from 0 to `degree`, by one decomposition.

    With the features of the highest degree written as QR, the fit of degree d uses the first d + 1 columns only, and a
    further column adds its own share to the prediction without changing the shares before it:

    .. math:: \hat y_d(x) = \sum_{j \le d} (\phi(x) R^{-1})_j \, (Q^T y)_j

    Parameters
    ----------
    x, y : array (m,)
        At least degree + 1 points, no more than `degree` of which share an x.
    degree : int
        The highest.
    at : array (p,)
        Where to predict.

    Returns
    -------
    array (p, degree + 1)
        Column d is ``polynomial_predict(at, polynomial_fit(x, y, d))``.

    Examples
    --------
    >>> polynomial_ladder([0, 0.5, 1], [1, 2, 4.5], degree=2, at=[0.0, 1.0]).round(3)
    array([[2.5 , 0.75, 1.  ],
           [2.5 , 4.25, 4.5 ]])
    """
    features, y = _points(x, y, degree)
    Q, R = np.linalg.qr(features)
    shares = np.linalg.solve(R.T, _features("at", at, degree).T).T            # (p, degree + 1)
    return np.cumsum(shares * (y @ Q), axis=1)
