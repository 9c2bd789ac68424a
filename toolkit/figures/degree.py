"""Polynomials of growing degree: the fit among its resamples, training and test error."""

import numpy as np

from toolkit._checks import as_floats, as_points, as_vector, check_count, check_not_negative
from toolkit.figures._axes import own_axes
from toolkit.figures.palette import GHOST, TEST, TRAIN, TRUTH


def fit(x, y, grid, curve, *, truth=None, others=None, ax=None):
    """Draw points, the curve fitted to them, the true curve, and the fits to other samples behind.

    Parameters
    ----------
    x, y : array (m,)
        Training points.
    grid, curve : array (k,)
        Where the fit was evaluated, and its values.
    truth : array (k,), optional
    others : array (samples, k), optional
        Fits of the same model to other samples: their spread is the variance.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    x, y = as_points(x, y)
    grid = as_vector("grid", grid)
    curve = as_vector("curve", curve, len(grid), finite=False)
    truth = None if truth is None else as_vector("truth", truth, len(grid))
    others = np.empty((0, len(grid))) if others is None else as_floats("others", others, finite=False)
    if others.ndim != 2 or others.shape[1] != len(grid):
        raise ValueError(f"others must have one row a sample and one column a point of grid, (samples, {len(grid)}), "
                         f"got shape {others.shape}")
    ax = own_axes(ax)
    for i, other in enumerate(others):
        label = f"{len(others)} other samples" if i == 0 else None
        ax.plot(grid, other, color=GHOST, linewidth=0.8, alpha=0.55, label=label)
    if truth is not None:
        ax.plot(grid, truth, color=TRUTH, linewidth=1, label="true curve")
    ax.plot(grid, curve, color=TRAIN, linewidth=2.5, label="fit to these points")
    ax.plot(x, y, "o", color=TRAIN, markeredgecolor="white", markersize=6, zorder=4)
    ax.set(xlabel="x", ylabel="y")
    return ax


def errors(train, test, *, degree=None, noise=None, ax=None):
    """Draw training and test error against the degree 0, 1, 2, ... on a log axis.

    Parameters
    ----------
    train, test : array (degrees,)
        Mean squared errors.
    degree : int, optional
        The chosen degree, marked by a dot and a ring; a cross marks the smallest test error.
    noise : float, optional
        Variance of the noise, which no model gets under.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    train, test = as_floats("train", train), as_floats("test", test)
    if train.shape != test.shape or train.ndim != 1 or not len(train):
        raise ValueError(f"train and test need one error a degree, got shapes {train.shape} and {test.shape}")
    if degree is not None:
        check_count("degree", degree, len(test) - 1, " (the errors are of so many)", least=0)
    if noise is not None:
        check_not_negative(noise=noise)
    ax = own_axes(ax)
    degrees, best = np.arange(len(test)), int(np.argmin(test))
    ax.plot(degrees, train, color=TRAIN, linewidth=1.8, label="train")
    ax.plot(degrees, test, color=TEST, linewidth=1.8, linestyle="--", label="test")
    if noise is not None:
        ax.axhline(noise, color=TRUTH, linewidth=0.8, linestyle=":", label=f"noise {noise:g}")
    if degree is not None:
        ax.plot(degree, train[degree], "o", color=TRAIN, markersize=8)
        ax.plot(degree, test[degree], "o", color="white", markeredgecolor=TEST, markersize=11, markeredgewidth=2.5)
    ax.plot(best, test[best], "x", color=TRUTH, markersize=9, markeredgewidth=2, zorder=4)
    ax.set(xlabel="degree", ylabel="mean squared error", yscale="log")
    return ax
