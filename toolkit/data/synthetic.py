"""Generated problems whose answer is known: a narrow valley for descent, a noisy sine for over- and underfitting."""

import numbers

import numpy as np

from toolkit._checks import as_floats, is_number, shown

VALLEY_OPTIMUM = (40.0, 60.0)       # thousand euro per standard deviation of area, of rooms
VALLEY_START = (-60.0, 100.0)       # a start from which the way down shows the valley
SINE_NOISE = 0.3


def narrow_valley():
    """Return 200 houses with two correlated features whose second moments are exact.

    The features (area, rooms) have mean 0, variance 1 and correlation 0.9; the target is the price minus its mean,
    40 area + 60 rooms plus a residual of variance 400 that no linear model can see. So the Hessian of the mean squared
    error is [[2, 1.8], [1.8, 2]], its eigenvalues are 3.8 and 0.2, and the loss has its minimum 400 at (40, 60).

    Returns
    -------
    X : array (200, 2)
        Area and rooms, in standard deviations.
    y : array (200,)
        Price minus its mean, thousand euro.

    Examples
    --------
    >>> X, y = narrow_valley()
    >>> (2 / len(X) * X.T @ X).round(12)
    array([[2. , 1.8],
           [1.8, 2. ]])
    """
    m, correlation = 200, 0.9
    gaussian = np.random.default_rng(3).standard_normal((m, 3))
    gaussian -= gaussian.mean(axis=0)
    orthogonal, _ = np.linalg.qr(gaussian)
    orthogonal *= np.sqrt(m) * np.sign((orthogonal * gaussian).sum(axis=0))     # QR leaves the signs open
    area, independent, residual = orthogonal.T
    rooms = correlation * area + np.sqrt(1 - correlation**2) * independent
    X = np.column_stack([area, rooms])
    return X, X @ np.array(VALLEY_OPTIMUM) + 20 * residual


def true_sine(x):
    """Return sin(2 pi x), the function behind `sine_sample`.

    >>> true_sine(0.25)
    np.float64(1.0)
    """
    return np.sin(2 * np.pi * as_floats("x", x))


def sine_sample(m, rng, noise=SINE_NOISE):
    r"""Return m noisy points of one period of a sine, one in each m-th part of [0, 1].

    .. math:: x_i = (i + u_i) / m, \quad y_i = \sin(2 \pi x_i) + \sigma \varepsilon_i

    The jittered grid leaves no gap at the ends; with uniform x the test error of a polynomial of degree 12 would vary
    by many orders of magnitude between samples. All uniforms are drawn before the normals.

    Parameters
    ----------
    m : int
        How many points, at least 1.
    rng : numpy.random.Generator
        The stream to draw from; two calls in a row give two independent samples.
    noise : float
        Standard deviation of the noise, at least 0.

    Returns
    -------
    x : array (m,), rising
    y : array (m,)
    """
    if not isinstance(m, numbers.Integral) or isinstance(m, bool) or m < 1:
        raise ValueError(f"a sample needs a whole number of points m >= 1, got {shown(m)}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator such as np.random.default_rng(1), "
                        f"got {type(rng).__name__}")
    if not (is_number(noise) and noise >= 0):
        raise ValueError(f"noise is a standard deviation and must be at least 0, got {shown(noise)}")
    x = (np.arange(m) + rng.uniform(size=m)) / m
    return x, true_sine(x) + noise * rng.standard_normal(m)
