"""Penalties: coefficients against alpha, and why the corners of a diamond give zeros."""

import itertools

import numpy as np

from toolkit._checks import as_floats, as_vector, check_count, check_not_negative, check_positive, check_share, shown
from toolkit.figures._axes import check_rising, own_axes, positive_levels
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
    alphas, coefs = as_vector("alphas", alphas), as_floats("coefs", coefs)
    check_rising("alphas", alphas)
    if alphas[0] <= 0:
        raise ValueError(f"alphas must be greater than 0, as the axis is logarithmic, got {alphas[0]:g}")
    if alpha is not None:
        check_positive(alpha=alpha)
    check_not_negative(zero=zero)
    if isinstance(names, str) or not np.iterable(names):
        raise TypeError(f"names must be a list of names, got {shown(names)}")
    if coefs.shape != (len(names), len(alphas)):
        raise ValueError(f"coefs needs a row for each name and a column for each alpha, shape "
                         f"({len(names)}, {len(alphas)}), got {coefs.shape}")
    ax = own_axes(ax)
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
    optimum, w, levels = as_vector("optimum", optimum, 2), as_vector("w", w, 2), positive_levels(levels)
    A, curve, quadrant = as_floats("A", A), level_curve(A), penalty_shape(w, l1_ratio)
    ax = own_axes(ax)
    for level in levels:
        ax.plot(*(optimum + np.sqrt(level) * curve).T, color=GHOST, linewidth=0.8)
    ax.plot(*(optimum + np.sqrt((w - optimum) @ A @ (w - optimum)) * curve).T, color=TRAIN, linewidth=1.6)
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
    check_share("l1_ratio", l1_ratio)
    check_count("points", points, least=2)
    w, r = np.abs(as_vector("w", w, 2)), float(l1_ratio)
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
