"""Where a figure draws when nobody says where, and checks that several figures share.

A figure checks what it is given before it asks for its axes: a mistake leaves no empty figure in the notebook.
"""

import numpy as np

from toolkit._checks import as_floats, as_vector, shown


def own_axes(ax):
    """Return `ax`, or the axes of a new figure where it is None; pyplot is loaded only then."""
    if ax is None:
        import matplotlib.pyplot as plt

        return plt.subplots(figsize=(5, 4), layout="constrained")[1]
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be the axes of matplotlib to draw on, or None for a new figure, got {shown(ax)}")
    return ax


def check_limits(name, limits):
    """Return two limits of an axis as floats, None as it is."""
    if limits is None:
        return None
    low, high = as_vector(name, limits, 2)
    if low == high:
        raise ValueError(f"{name} must be two different numbers, got {low:g} twice")
    return low, high


def positive_levels(levels):
    """Return the levels of level lines, all greater than 0."""
    levels = as_floats("levels", levels)
    if levels.ndim != 1:
        raise ValueError(f"levels must be a vector (k,), got shape {levels.shape}")
    if (levels <= 0).any():
        raise ValueError(f"levels must be greater than 0, got {levels.min():g}")
    return levels


def check_rising(name, values):
    """Raise unless each value is greater than the one before."""
    if (np.diff(values) <= 0).any():
        raise ValueError(f"{name} must rise, got {shown(values.tolist())}")
