"""Penalties: coefficients against alpha, and why the corners of a diamond give zeros."""

import itertools

import numpy as np

from toolkit.figures._axes import own_axes
from toolkit.figures.descent import level_curve
from toolkit.figures.palette import CLASSES, GHOST, TRAIN, TRUTH

EXCESS = 50.0 * 2.0 ** np.arange(8)             # mean squared error above the smallest possible


def path(alphas, coefs, names, *, alpha=None, zero=0.0, ax=None):
    """Draw each coefficient against alpha, weak on the left, strong on the right, with its name at the weak end.

    Parameters
    ----------
    alphas : array (k,)
        Rising.
    coefs : array (n, k)
    names : sequence of n str
    alpha : float, optional
        A vertical line; coefficients that are exactly zero there are grey.
    zero : float
        What counts as zero; 0 for a solver with exact zeros.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = own_axes(ax)
    alphas, coefs = np.asarray(alphas, dtype=float), np.asarray(coefs, dtype=float)
    if coefs.shape != (len(names), len(alphas)):
        raise ValueError(f"coefs needs a row for each name and a column for each alpha, shape "
                         f"({len(names)}, {len(alphas)}), got {coefs.shape}")
    at = np.abs(np.log(alphas / alpha)).argmin() if alpha is not None else 0
    heights = _apart(coefs[:, 0], gap=0.045 * np.ptp(coefs))
    for name, coef, height in zip(names, coefs, heights, strict=True):
        alive = abs(coef[at]) > zero
        ax.plot(alphas, coef, color=TRAIN if alive else GHOST, linewidth=1.8 if alive else 1)
        ax.annotate(name, (alphas[0], coef[0]), (alphas[0] / 1.25, height), ha="right", va="center", fontsize=9)
    ax.axhline(0, color=TRUTH, linewidth=0.8)
    if alpha is not None:
        ax.axvline(alpha, color=TRUTH, linewidth=0.8, linestyle=":")
    ax.set(xscale="log", xlim=(alphas[0] / 3, alphas[-1]), xlabel="alpha (weak → strong)", ylabel="coefficient")
    return ax


def constraint(A, optimum, w, l1_ratio, *, levels=EXCESS, ax=None):
    """Draw the level lines of a quadratic loss of two weights and the shape that a penalty confines them to.

    Parameters
    ----------
    A : array (2, 2)
        The loss is (w - optimum)' A (w - optimum) above its minimum.
    optimum : array (2,)
        Without a penalty.
    w : array (2,)
        The penalised solution: the level line through it touches the shape.
    l1_ratio : float
        1 diamond, 0 circle, between them a rounded diamond.
    levels : array (k,)
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
        With the same scale on both axes.
    """
    ax = own_axes(ax)
    optimum, w = np.asarray(optimum, dtype=float), np.asarray(w, dtype=float)
    curve = level_curve(A)
    for level in levels:
        ax.plot(*(optimum + np.sqrt(level) * curve).T, color=GHOST, linewidth=0.8)
    ax.plot(*(optimum + np.sqrt((w - optimum) @ A @ (w - optimum)) * curve).T, color=TRAIN, linewidth=1.6)
    quadrant = penalty_shape(w, l1_ratio)
    shape = np.concatenate([quadrant * signs if flip > 0 else (quadrant * signs)[::-1]
                            for signs, flip in (((1, 1), 1), ((-1, 1), -1), ((-1, -1), 1), ((1, -1), -1))])
    ax.fill(*shape.T, facecolor=CLASSES[2], alpha=0.2)
    ax.plot(*np.vstack([shape, shape[:1]]).T, color=CLASSES[2], linewidth=1.4)
    ax.plot(*optimum, "x", color=TRUTH, markersize=9, markeredgewidth=2, zorder=4)
    ax.plot(*w, "o", color=TRAIN, markersize=9, markeredgecolor="white", zorder=4)
    ax.axhline(0, color=TRUTH, linewidth=0.6)
    ax.axvline(0, color=TRUTH, linewidth=0.6)
    ax.set_aspect("equal")
    return ax


def penalty_shape(w, l1_ratio, points=13):
    r"""Return the first quadrant of all weights with the same penalty as w, from the first axis to the second.

    .. math:: r \lVert w \rVert_1 + \frac{1 - r}{2} \lVert w \rVert^2 = \text{constant}

    Parameters
    ----------
    w : array (2,)
    l1_ratio : float
        r. For r = 1 the shape is straight and has two points.
    points : int

    Returns
    -------
    array (points, 2)

    Examples
    --------
    >>> penalty_shape([2.0, -1.0], 1.0)
    array([[3., 0.],
           [0., 3.]])
    """
    w, r = np.abs(np.asarray(w, dtype=float)), float(l1_ratio)
    if not 0 <= r <= 1:
        raise ValueError(f"l1_ratio must be between 0 and 1, got {l1_ratio!r}")
    if r == 1:
        return w.sum() * np.array([[1.0, 0.0], [0.0, 1.0]])
    angle = np.linspace(0, np.pi / 2, points)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    b, c = r * direction.sum(axis=1), r * w.sum() + (1 - r) / 2 * w @ w
    radius = (np.sqrt(b**2 + 2 * (1 - r) * c) - b) / (1 - r)              # of (1 - r)/2 s² + b s = c
    return radius[:, None] * direction


def _apart(positions, gap):
    """Return positions moved upwards where needed, so that any two are at least a gap apart, and then centred again."""
    placed = np.array(positions, dtype=float)
    order = placed.argsort()
    for lower, upper in itertools.pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + gap)
    return placed - (placed - positions).mean()
