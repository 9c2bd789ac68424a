"""Gradient descent on a quadratic: the valley, the way down, and the loss on the way."""

from collections.abc import Mapping

import numpy as np

from toolkit._checks import as_floats, as_vector, check_count, check_number, shown
from toolkit.figures._axes import own_axes, positive_levels
from toolkit.figures.palette import GHOST, TRAIN, TRUTH

LEVELS = 25.0 * 2.0 ** np.arange(9)         # excess losses 25, 50, ... 6400: geometric, or the valley floor is one blot


def level_curve(A, points=73):
    """Return the curve on which a quadratic is 1 above its minimum, as offsets from the minimum.

    The curve of excess e is this one times the square root of e.

    Parameters
    ----------
    A : array (2, 2)
        Symmetric and positive definite; the quadratic is d'Ad for an offset d.
    points : int
        The last repeats the first.

    Returns
    -------
    array (points, 2)

    Examples
    --------
    >>> level_curve([[1, 0], [0, 4]], points=5).round(12) + 0.0
    array([[ 1. ,  0. ],
           [ 0. ,  0.5],
           [-1. ,  0. ],
           [ 0. , -0.5],
           [ 1. ,  0. ]])
    """
    A = as_floats("the matrix of a level curve", A)
    check_count("points", points, least=2)
    if A.shape != (2, 2) or not np.allclose(A, A.T):
        raise ValueError(f"a level curve needs a symmetric matrix (2, 2), got shape {A.shape}"
                         + (f", entries {A.tolist()}" if A.shape == (2, 2) else ""))
    curvatures, axes = np.linalg.eigh(A)
    if curvatures[0] <= 0:
        raise ValueError(f"a level curve needs a positive definite matrix, got eigenvalues {curvatures}")
    angle = np.linspace(0, 2 * np.pi, points)
    return (np.stack([np.cos(angle), np.sin(angle)], axis=1) / np.sqrt(curvatures)) @ axes.T


def valley(hessian, optimum, *, levels=LEVELS, ax=None):
    """Draw level lines of a quadratic loss over two weights, with a cross at its minimum.

    Parameters
    ----------
    hessian : array (2, 2)
        Second derivative of the loss.
    optimum : array (2,)
    levels : array (k,)
        Excess losses, each a line.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
        With the same scale on both axes: only then is the gradient perpendicular to the level lines.
    """
    curve = level_curve(as_floats("hessian", hessian) / 2)
    optimum, levels = as_vector("optimum", optimum, 2), positive_levels(levels)
    ax = own_axes(ax)
    for level in levels:
        ax.plot(*(optimum + np.sqrt(level) * curve).T, color=GHOST, linewidth=0.8, zorder=1)
    ax.plot(*optimum, "x", color=TRUTH, markersize=9, markeredgewidth=2, zorder=4)
    ax.set_aspect("equal")
    ax.set_xlabel("$w_1$ (thousand euro per sd of area)")
    ax.set_ylabel("$w_2$ (thousand euro per sd of rooms)")
    return ax


def path(w, *, label=None, color=TRAIN, ax=None):
    """Draw the way of two weights: a line with a dot at each step, a ring at the start.

    Parameters
    ----------
    w : array (k, 2)
        The weights after each step, the start first.
    label, color : optional
    ax : matplotlib Axes, optional
        Such as the one that `valley` returns.

    Returns
    -------
    matplotlib Axes
    """
    w = as_floats("w", w, finite=False)
    if w.ndim != 2 or w.shape[1] != 2 or not len(w):
        raise ValueError(f"a path is drawn from two weights a step, an array (k, 2), got shape {w.shape}")
    ax = own_axes(ax)
    ax.plot(*w.T, "-o", color=color, markersize=3, linewidth=1.2, label=label, zorder=3)
    ax.plot(*w[0], "o", color="white", markeredgecolor=color, markersize=8, markeredgewidth=2, zorder=3)
    return ax


def losses(curves, *, chosen=None, floor=None, labels=None, ax=None):
    """Draw the loss after each step for several runs, on a log axis.

    Parameters
    ----------
    curves : dict of name -> array (k,) or (steps (k,), losses (k,))
        NaN where a run has diverged.
    chosen : str, optional
        The run to draw thick; the others stay in the background.
    floor : float, optional
        The smallest possible loss, drawn as a thin line.
    labels : dict of name -> str, optional
        Words at the end of a run instead of its name.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    for what, value in (("curves", curves), ("labels", labels or {})):
        if not isinstance(value, Mapping):
            raise TypeError(f"{what} must be a dict by the name of the run, got {shown(value)}")
    if not curves:
        raise ValueError("losses draws at least one run, got none")
    if chosen is not None and chosen not in list(curves):
        raise ValueError(f"chosen must be one of the runs {', '.join(map(str, curves))}, got {shown(chosen)}")
    if floor is not None:
        check_number(floor=floor)
    runs = {name: _run(name, curve) for name, curve in curves.items()}
    ax = own_axes(ax)
    for name, (steps, loss) in runs.items():
        color, width, order = (TRAIN, 2.5, 3) if name == chosen else (GHOST, 1.2, 2)
        ax.plot(steps, loss, color=color, linewidth=width, zorder=order, label=(labels or {}).get(name, name))
    if floor is not None:
        ax.axhline(floor, color=TRUTH, linewidth=0.8, linestyle=":", label=f"smallest possible: {floor:.4g}")
    ax.set_yscale("log")
    ax.set_xlabel("step")
    ax.set_ylabel("mean squared error (thousand euro)²")
    return ax


def _run(name, curve):
    """Return the steps of a run and its loss after each."""
    if not isinstance(curve, tuple):
        loss = as_vector(f"the run {name!r}", curve, finite=False)
        return np.arange(len(loss)), loss
    if len(curve) != 2:
        raise ValueError(f"the run {name!r} must be its losses or a pair (steps, losses), got {shown(curve)}")
    steps = as_vector(f"the steps of the run {name!r}", curve[0])
    return steps, as_vector(f"the losses of the run {name!r}", curve[1], len(steps), finite=False)
