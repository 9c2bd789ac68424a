"""Which rows train and which judge, and what a search over a grid found."""

import numbers
from collections.abc import Mapping

import numpy as np

from toolkit._checks import shown
from toolkit.figures._axes import own_axes
from toolkit.figures.palette import CLASSES, GHOST, TEST, TRAIN, TRUTH


def folds(splits, *, y=None, ax=None):
    """Draw the rounds of cross-validation as one strip each: which rows train, which validate.

    Parameters
    ----------
    splits : iterable of (train, test) index arrays, or of Round
        As the ``split`` of a splitter yields them, or `toolkit.model_selection.cross_validation_steps`; a Round's score
        is written beside its strip.
    y : array (m,), optional
        Classes, drawn as a strip below, so that one sees whether the folds keep their shares.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    from matplotlib.patches import Patch

    if not np.iterable(splits):
        raise TypeError(f"splits must be what the split of a splitter yields, pairs (train, test), got {shown(splits)}")
    rounds = list(splits)
    if not rounds:
        raise ValueError("folds draws at least one split, got none")
    pairs = [_pair(each) for each in rounds]
    m = 1 + max(max(train.max(), test.max()) for train, test in pairs)
    if y is not None and (np.ndim(y) != 1 or len(y) < m):
        raise ValueError(f"y must be a vector with a class for each of the {m} rows, got {shown(y)}")
    ax = own_axes(ax)
    for number, (train, test) in enumerate(pairs):
        _strip(ax, train, number, color=TRAIN)
        _strip(ax, test, number, color=TEST, hatch="///")
    for number, this in enumerate(rounds):
        if hasattr(this, "score"):
            ax.annotate(f"{this.score:.3f}", (1.01, number), xycoords=("axes fraction", "data"), va="center")
    labels = [f"round {number + 1}" for number in range(len(pairs))]
    handles = [Patch(facecolor=TRAIN, label="train"), Patch(facecolor=TEST, hatch="///", label="validate")]
    if y is not None:
        handles += _class_strip(ax, np.asarray(y), len(pairs))
        labels.append("class")
    ax.set(yticks=range(len(labels)), yticklabels=labels, xlabel="row", xlim=(-0.5, m - 0.5))
    ax.set_ylim(len(labels) - 0.4, -0.6)                     # round 1 on top
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(handles), frameon=False)
    return ax


def holdout(parts, *, ax=None):
    """Draw one bar that says how the rows are shared out.

    Parameters
    ----------
    parts : dict
        Name -> number of rows, such as ``{"training": 265, "validation": 88, "test": 89}``.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    if not isinstance(parts, Mapping):
        raise TypeError(f"parts must be a dict of name -> number of rows, got {shown(parts)}")
    counts = list(parts.values())
    if not all(isinstance(count, numbers.Integral) and count >= 0 for count in counts):
        raise ValueError(f"holdout draws parts of at least 0 rows, got {parts!r}")
    if sum(counts) == 0:
        raise ValueError(f"holdout draws at least one row, got {parts!r}")
    ax = own_axes(ax)
    looks = [{"color": TRAIN}, {"color": TEST, "hatch": "///"}, {"color": GHOST, "hatch": ".."}]
    start, m = 0, sum(parts.values())
    for number, (name, count) in enumerate(parts.items()):
        ax.barh(0, count, left=start, height=0.6, edgecolor="white", linewidth=2, **looks[min(number, 2)])
        ax.annotate(f"{name}\n{count} ({count / m:.0%})", (start + count / 2, 0.36), ha="center", va="bottom")
        start += count
    ax.set(xlim=(0, m), ylim=(-0.4, 0.9), yticks=[], xlabel="rows")
    ax.spines[["left", "right", "top"]].set_visible(False)
    return ax


def grid_scores(search, row, column, *, score="mean validation score", ax=None):
    """Draw the mean validation score of every setting of a two-parameter grid as a heat map, the best one framed.

    Parameters
    ----------
    search : fitted GridSearchCV
        Of a grid of exactly the parameters `row` and `column`.
    row, column : str
        Parameter names, downwards and to the right.
    score : str
        Label of the colours.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    from matplotlib.patches import Rectangle

    if not hasattr(search, "cv_results_"):
        raise ValueError(f"grid_scores draws a search that has been fitted, got {shown(search)}")
    if not (isinstance(row, str) and isinstance(column, str)) or row == column:
        raise ValueError(f"row and column must be the names of two parameters, got {shown(row)} and {shown(column)}")
    settings = search.cv_results_["params"]
    strange = next((s for s in settings if set(s) != {row, column}), None)
    if strange is not None:
        raise ValueError(f"grid_scores draws grids of {row!r} and {column!r} only, got a setting of {sorted(strange)}")
    ax = own_axes(ax)
    rows, columns = (list(dict.fromkeys(s[name] for s in settings)) for name in (row, column))
    table = np.full((len(rows), len(columns)), np.nan)
    for setting, value in zip(settings, search.cv_results_["mean_test_score"], strict=True):
        table[rows.index(setting[row]), columns.index(setting[column])] = value
    image = ax.imshow(table, cmap="cividis", aspect="auto")
    middle = (np.nanmin(table) + np.nanmax(table)) / 2
    for (i, j), value in np.ndenumerate(table):
        ax.text(j, i, f"{value:.4g}", ha="center", va="center", color="white" if value < middle else "black")
    best = search.best_params_
    ax.add_patch(Rectangle((columns.index(best[column]) - 0.47, rows.index(best[row]) - 0.46), 0.94, 0.92, fill=False,
                           edgecolor=TRUTH, linewidth=3))
    ax.set(xticks=range(len(columns)), xticklabels=[_short(v) for v in columns], xlabel=column,
           yticks=range(len(rows)), yticklabels=[_short(v) for v in rows], ylabel=row)
    ax.figure.colorbar(image, ax=ax, label=score)
    return ax


def _pair(split):
    """Return the row numbers of a Round or a pair (train, test)."""
    pair = (split.train, split.test) if hasattr(split, "train") else split
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"a split is a pair (train, test) of row numbers, got {shown(split)}")
    pair = [np.asarray(rows) for rows in pair]
    for rows in pair:
        if rows.ndim != 1 or not rows.size or rows.dtype.kind not in "iu" or rows.min() < 0:
            raise ValueError(f"the rows of a split are whole numbers of at least 0, at least one, got {shown(split)}")
    return pair


def _strip(ax, rows, height, **look):
    """Draw the rows with these indices as bars, one bar for each run of neighbours."""
    rows = np.sort(np.asarray(rows))
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    ax.broken_barh([(run[0] - 0.5, len(run)) for run in runs if len(run)], (height - 0.35, 0.7), edgecolor="white",
                   linewidth=0.3, facecolor=look.pop("color"), **look)


def _class_strip(ax, y, height):
    """Draw the classes of all rows as one strip; return the handles of its legend."""
    from matplotlib.patches import Patch

    handles = []
    for number, name in enumerate(np.unique(y)):
        look = {"color": (*CLASSES, GHOST)[min(number, 3)], "hatch": ("", "..", "xx", "++")[min(number, 3)]}
        _strip(ax, np.flatnonzero(y == name), height, **look)
        handles.append(Patch(facecolor=look["color"], hatch=look["hatch"], label=f"class {name}"))
    return handles


def _short(value):
    """Return a parameter value as the text of a tick."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
