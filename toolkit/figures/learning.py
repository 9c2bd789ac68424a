"""How a model learns: scores against training size or a hyperparameter, and what the test error is made of."""

import numbers

import numpy as np

from toolkit._checks import as_floats, as_points, as_vector, check_count
from toolkit._checks import shown as _shown
from toolkit.figures._axes import check_rising, own_axes
from toolkit.figures.palette import CLASSES, GHOST, TEST, TRAIN, TRUTH


def learning_curve(train_sizes, train_scores, test_scores, *, score="score", ax=None):
    """Draw the scores of training and validation rows against the number of training rows.

    Parameters
    ----------
    train_sizes : array (n_sizes,)
    train_scores, test_scores : arrays (n_sizes, n_splits)
        As `toolkit.model_selection.learning_curve` returns them. The line is the mean over the splits, the band one
        standard deviation to either side.
    score : str
        Label of the vertical axis, with its unit.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    x, *scores = _three(train_sizes, train_scores, test_scores, "train_sizes")
    ax = own_axes(ax)
    _two_curves(ax, x, *scores)
    ax.set(xlabel="training rows", ylabel=score)
    ax.legend()
    return ax


def validation_curve(param_range, train_scores, test_scores, *, name, score="score", chosen="highest", ax=None):
    """Draw the scores of training and validation rows against one hyperparameter, its best value ringed.

    Parameters
    ----------
    param_range : array (n_values,)
        Rising. The axis is logarithmic where all values are positive and span a factor of 100 or more.
    train_scores, test_scores : arrays (n_values, n_splits)
        As `toolkit.model_selection.validation_curve` returns them, or one column where there is only one split.
    name : str
        Label of the horizontal axis.
    score : str
        Label of the vertical axis, with its unit.
    chosen : "highest", "lowest", int or None
        Which value gets the ring: the one of the highest mean validation score, of the lowest (where the scores are
        errors), one by its number, or none.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    x, *scores = _three(param_range, train_scores, test_scores, "param_range")
    i = _chosen(chosen, scores[1].mean(axis=1))
    ax = own_axes(ax)
    test = _two_curves(ax, x, *scores)
    if i is not None:
        _ring(ax, x[i], test[i], f"chosen: {x[i]:.4g}")
    if x.min() > 0 and x.max() >= 100 * x.min():
        ax.set_xscale("log")
    ax.set(xlabel=name, ylabel=score)
    ax.legend()
    return ax


def bias_variance(complexity, results, *, name="degree", ax=None):
    """Draw bias², variance and noise as areas that pile up to the expected test error.

    Parameters
    ----------
    complexity : array (k,)
        Rising, such as the degrees of polynomials.
    results : list of k BiasVariance
        As `toolkit.model_selection.bias_variance` returns them.
    name : str
        Label of the horizontal axis.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    x = as_vector("complexity", complexity)
    check_rising("complexity", x)
    if not isinstance(results, list | tuple) or not all(hasattr(result, "bias2") for result in results):
        raise TypeError(f"results must be a list of BiasVariance, got {_shown(results)}")
    if len(x) != len(results):
        raise ValueError(f"one result for each of the {len(x)} values of {name} is drawn, got {len(results)}")
    if len(x) < 2:
        raise ValueError(f"areas are drawn between at least 2 values of {name}, got {len(x)}")
    ax = own_axes(ax)
    parts = np.array([[r.noise, r.bias2, r.variance] for r in results]).T                 # (3, k)
    areas = ax.stackplot(x, parts, labels=["noise", "bias²", "variance"], colors=[GHOST, CLASSES[2], CLASSES[1]],
                         alpha=0.75)
    for area, hatch in zip(areas, ("", "//", "\\\\"), strict=True):
        area.set(hatch=hatch, edgecolor="white")
    total = parts.sum(axis=0)
    ax.plot(x, total, color=TRUTH, linewidth=1.5, marker=".", label="expected test error")
    best = int(np.argmin(total))
    _ring(ax, x[best], total[best], f"smallest: {total[best]:.3f} at {x[best]:.4g}")
    ax.set(xlabel=name, ylabel="mean squared error", xlim=(x[0], x[-1]), ylim=(0, None))
    ax.legend()
    return ax


def fan(x, result, *, shown=20, sample=None, name="x", ax=None):
    """Draw fits to several training samples, their average and the true function: the spread is the variance.

    Parameters
    ----------
    x : array (n_points,)
        The points of `result`, rising.
    result : BiasVariance
    shown : int
        How many fits, at most all.
    sample : pair of arrays, optional
        One training sample (x, y), drawn as dots.
    name : str
        Label of the horizontal axis.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    if not hasattr(result, "mean_prediction"):
        raise TypeError(f"result must be a BiasVariance, got {_shown(result)}")
    x = as_vector("x", x, len(result.truth))
    check_count("shown", shown)
    if sample is not None:
        if not isinstance(sample, tuple | list) or len(sample) != 2:
            raise ValueError(f"sample must be a pair (x, y), got {_shown(sample)}")
        sample = as_points(*sample)
    ax = own_axes(ax)
    fits = result.predictions[:shown]
    ax.plot(x, fits.T, color=GHOST, linewidth=0.8, alpha=0.7, label=[f"{len(fits)} fits", *["_"] * (len(fits) - 1)])
    ax.plot(x, result.truth, color=TRUTH, linewidth=1.5, label="true function")
    ax.plot(x, result.mean_prediction, color=TRAIN, linewidth=2, linestyle="--",
            label=f"average of {len(result.predictions)} fits")
    if sample is not None:
        ax.plot(*sample, color=TRAIN, marker="o", linestyle="none", markersize=5, label="one training sample")
    low, high = result.truth.min(), result.truth.max()
    margin = max(0.75 * (high - low), 3 * np.sqrt(result.noise)) or 1.0
    ax.set(xlabel=name, ylabel="prediction", ylim=(low - margin, high + margin))     # wilder fits leave the picture
    ax.legend()
    return ax


def _ring(ax, x, y, label):
    """Ring the point (x, y); the ring may reach over the edge of the axes."""
    ax.plot(x, y, marker="o", markersize=14, fillstyle="none", color=TRUTH, markeredgewidth=2, linestyle="none",
            clip_on=False, label=label)


def _three(x, train_scores, test_scores, name):
    """Return the values and both tables of scores (values, splits) as floats; NaN where a fit failed."""
    x, tables = as_vector(name, x), []
    for label, scores in (("training", train_scores), ("validation", test_scores)):
        scores = as_floats(f"the {label} scores", scores, finite=False)
        scores = scores[:, None] if scores.ndim == 1 else scores
        if scores.ndim != 2 or len(scores) != len(x) or not scores.size:
            raise ValueError(f"one row of {label} scores for each of the {len(x)} values is drawn, "
                             f"got shape {scores.shape}")
        tables.append(scores)
    return x, *tables


def _chosen(chosen, test):
    """Return the number of the value that gets the ring, or None."""
    best = {"highest": np.nanargmax, "lowest": np.nanargmin}
    if chosen is None:
        return None
    if isinstance(chosen, str) and chosen in best:
        if np.isnan(test).all():
            raise ValueError(f"no value can be the {chosen}: all {len(test)} mean validation scores are NaN")
        return int(best[chosen](test))
    if isinstance(chosen, str) or not isinstance(chosen, numbers.Integral) or isinstance(chosen, bool):
        raise ValueError(f"chosen must be 'highest', 'lowest', the number of a value or None, got {_shown(chosen)}")
    check_count("chosen", chosen, len(test) - 1, " (values are counted from 0)", least=0)
    return chosen


def _two_curves(ax, x, train_scores, test_scores):
    """Draw mean and spread of both scores over `x`; return the mean test score."""
    for scores, colour, marker, line, label in ((train_scores, TRAIN, "o", "-", "training"),
                                                (test_scores, TEST, "s", "--", "validation")):
        mean, spread = scores.mean(axis=1), scores.std(axis=1)
        ax.plot(x, mean, color=colour, marker=marker, linestyle=line, label=label,
                markerfacecolor=colour if label == "training" else "none")
        ax.fill_between(x, mean - spread, mean + spread, color=colour, alpha=0.15, linewidth=0)
    return mean
