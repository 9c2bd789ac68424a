"""Least squares as it is named: squares on the residuals, and their summed area as a landscape over all lines."""

import numpy as np

from toolkit._checks import as_points, check_number
from toolkit.figures._axes import check_limits, own_axes, positive_levels
from toolkit.figures.descent import level_curve
from toolkit.figures.palette import ATTACKER, GHOST, TRAIN, TRUTH

AREA_LEVELS = 1000.0 * 2.0 ** np.arange(9)      # summed area above the smallest possible


def squares(x, y, slope, intercept, *, xlim=None, ylim=None, ax=None):
    """Draw points, a line, and on each residual the real square whose area least squares adds up.

    The side of a square is the residual as it is seen on the y axis, in both directions.

    Parameters
    ----------
    x, y : array (m,)
    slope, intercept : float
        Of the line.
    xlim, ylim : (low, high), optional
        Set before drawing, because they decide how wide a square is; a little more than the data unless given.
    ax : matplotlib Axes, optional
        Gets a fixed ratio of height to width.

    Returns
    -------
    matplotlib Axes
    """
    from matplotlib.patches import Rectangle

    x, y = as_points(x, y)
    check_number(slope=slope, intercept=intercept)
    line = slope * x + intercept
    xlim = check_limits("xlim", xlim) or _around(x)
    ylim = check_limits("ylim", ylim) or _around(np.concatenate([y, line]))
    ax = own_axes(ax)
    ratio = 0.8                                                         # height over width of the box
    ax.set(xlim=xlim, ylim=ylim, box_aspect=ratio)
    sides = np.abs(y - line)
    widths = sides * ratio * (xlim[1] - xlim[0]) / (ylim[1] - ylim[0])
    left = np.where(x + widths > xlim[1], x - widths, x)        # to the right of the residual if there is room
    for at, low, width, side in zip(left, np.minimum(y, line), widths, sides, strict=True):
        ax.add_patch(Rectangle((at, low), width, side, facecolor=ATTACKER, edgecolor=ATTACKER, alpha=0.15))
    ax.vlines(x, line, y, color=ATTACKER, linewidth=1.2)
    ax.plot(xlim, slope * np.array(xlim) + intercept, color=TRAIN, linewidth=2.5)
    ax.plot(x, y, "o", color=TRAIN, markersize=7, markeredgecolor="white", zorder=3)
    return ax


def areas(x, y, *, slope=None, intercept=None, xlim=None, ylim=None, levels=AREA_LEVELS, ax=None):
    """Draw level lines of the summed area over slope and intercept, with a cross at the best line.

    Parameters
    ----------
    x, y : array (m,)
    slope, intercept : float, optional
        A line to mark with a dot.
    xlim, ylim : (low, high), optional
        Of slope and intercept.
    levels : array (k,)
        Areas above the smallest possible, each a level line.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    x, y = as_points(x, y)
    if np.ptp(x) == 0:
        raise ValueError(f"areas needs at least two different x, got {x[0]:g} only: any slope fits as well")
    if (slope is None) != (intercept is None):
        raise ValueError(f"a line has a slope and an intercept, got slope = {slope!r} and intercept = {intercept!r}")
    if slope is not None:
        check_number(slope=slope, intercept=intercept)
    xlim, ylim, levels = check_limits("xlim", xlim), check_limits("ylim", ylim), positive_levels(levels)
    ax = own_axes(ax)
    features = np.column_stack([x, np.ones(len(x))])
    best = np.linalg.lstsq(features, y)[0]
    curve = level_curve(features.T @ features)
    for level in levels:
        ax.plot(*(best + np.sqrt(level) * curve).T, color=GHOST, linewidth=0.8, zorder=1)
    ax.plot(*best, "x", color=TRUTH, markersize=9, markeredgewidth=2, zorder=4)
    if slope is not None:
        ax.plot(slope, intercept, "o", color=TRAIN, markersize=9, markeredgecolor="white", zorder=4)
    ax.set(xlabel="slope", ylabel="intercept", xlim=xlim, ylim=ylim)
    return ax


def _around(values):
    margin = 0.08 * (np.ptp(values) or 1.0)
    return values.min() - margin, values.max() + margin
