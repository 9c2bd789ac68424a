"""Cross-validation: what an estimator scores on rows that it has not seen."""

import numbers
import sys
import time
import traceback
import warnings
from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier
from sklearn.exceptions import FitFailedWarning
from sklearn.metrics import check_scoring, get_scorer
from sklearn.utils import get_tags
from tqdm import tqdm

from toolkit._checks import check_switch, shown
from toolkit.model_selection.rows import n_rows, random_generator, read_rows, take_rows
from toolkit.model_selection.splits import check_cv, check_split


@dataclass(frozen=True)
class Round:
    """One round of cross-validation: fit on some rows, score on the others."""

    number: int
    train: np.ndarray        # row indices
    test: np.ndarray         # row indices, none of them in train
    score: float             # on the test rows
    train_score: float
    estimator: object        # the copy that was fitted in this round


@dataclass(frozen=True)
class Trial:
    """What one fit and its scores gave."""

    test_score: float
    train_score: float               # NaN unless asked for
    fit_seconds: float
    score_seconds: float
    error: str | None = None         # the traceback if the fit or a score failed


def cross_validation_steps(estimator, X, y=None, cv=None, *, scoring=None):
    """Yield a Round for every split of `cv`.

    Parameters
    ----------
    estimator : estimator
        Is copied for each round, never fitted itself.
    X : array (m, n) or another table with m rows
    y : array (m,), optional
    cv : int, splitter or iterable, optional
        As for `check_cv`.
    scoring : str or callable, optional
        A scikit-learn scorer name or ``scorer(estimator, X, y)``; by default the estimator's own ``score``.
    """
    X, y, scorer, splits = prepare(estimator, X, y, cv, scoring)
    return _rounds(estimator, X, y, scorer, splits)


def _rounds(estimator, X, y, scorer, splits):
    for number, (train, test) in enumerate(splits):
        trial, fitted = fit_and_score(estimator, X, y, train, test, scorer, train_score=True, error_score="raise")
        yield Round(number, np.asarray(train), np.asarray(test), trial.test_score, trial.train_score, fitted)


def cross_val_score(estimator, X, y=None, *, scoring=None, cv=None, n_jobs=None, verbose=0, error_score=np.nan):
    """Return the score of `estimator` in each round of cross-validation, an array (n_splits,).

    Parameters
    ----------
    estimator, X, y, scoring, cv
        As for `cross_validation_steps`.
    n_jobs : int, optional
        Processes (joblib); -1 for all cores.
    verbose : int
        1 shows a progress bar on standard output.
    error_score : float or "raise"
        The score of a round whose fit fails; ``"raise"`` stops there.

    Raises
    ------
    ValueError
        If every round fails, with the first traceback.

    References
    ----------
    Lecture 03, "Cross-validation".
    """
    X, y, scorer, splits = prepare(estimator, X, y, cv, scoring)
    trials = run([(estimator, X, y, train, test, scorer) for train, test in splits],
                 n_jobs=n_jobs, verbose=verbose, error_score=error_score, description="rounds")
    return np.array([trial.test_score for trial in trials])


def learning_curve(estimator, X, y=None, *, train_sizes=(0.1, 0.325, 0.55, 0.775, 1.0), cv=None, scoring=None,
                   n_jobs=None, verbose=0, shuffle=False, random_state=None, error_score=np.nan):
    """Return scores for growing training sets, which say whether more data helps.

    Parameters
    ----------
    estimator, X, y, scoring, cv, n_jobs, verbose, error_score
        As for `cross_val_score`.
    train_sizes : array (n_sizes,)
        Shares in (0, 1] of the smallest training set of `cv`, or numbers of rows. Each is taken from its front.
    shuffle : bool
        Shuffle each training set first; needed where the rows have an order.
    random_state : int, Generator or RandomState, optional

    Returns
    -------
    train_sizes : array (n_sizes,)
        In rows, sorted, without doubles.
    train_scores, test_scores : arrays (n_sizes, n_splits)

    Raises
    ------
    ValueError
        If a size is out of range.
    """
    check_switch("shuffle", shuffle)
    X, y, scorer, splits = prepare(estimator, X, y, cv, scoring)
    sizes = absolute_sizes(train_sizes, min(len(train) for train, _ in splits))
    if shuffle:
        rng = random_generator(random_state)
        splits = [(rng.permutation(train), test) for train, test in splits]
    tasks = [(estimator, X, y, train[:size], test, scorer) for train, test in splits for size in sizes]
    trials = run(tasks, n_jobs=n_jobs, verbose=verbose, error_score=error_score, train_score=True, description="fits")
    train_scores, test_scores = score_tables(trials, len(splits), len(sizes))
    return sizes, train_scores.T, test_scores.T


def absolute_sizes(train_sizes, largest):
    """Return `train_sizes`, shares of `largest` or numbers of rows, as sorted distinct numbers of rows.

    Examples
    --------
    >>> absolute_sizes([0.5, 1.0], 9)
    array([4, 9])
    """
    sizes = np.asarray(train_sizes)
    if sizes.ndim != 1 or sizes.size == 0 or sizes.dtype.kind not in "iuf":
        raise ValueError(f"train_sizes must be a non-empty list of numbers, got {train_sizes!r}")
    shares = sizes.dtype.kind == "f"
    low, high = (0, 1) if shares else (1, largest)
    if not np.all((sizes >= low) & (sizes <= high) & (sizes > 0)):
        what = "shares in (0, 1]" if shares else f"numbers of rows in 1..{largest}, the smallest training set"
        raise ValueError(f"train_sizes must be {what}; got {sizes.min()} to {sizes.max()}")
    rows = np.maximum((sizes * largest).astype(int), 1) if shares else sizes
    distinct = np.unique(rows)
    if len(distinct) < len(rows):
        warnings.warn(f"train_sizes {sizes.tolist()} mean only {len(distinct)} different numbers of rows: "
                      f"{distinct.tolist()}", RuntimeWarning, stacklevel=3)
    return distinct


def validation_curve(estimator, X, y=None, *, param_name, param_range, cv=None, scoring=None, n_jobs=None, verbose=0,
                     error_score=np.nan):
    """Return scores for each value of one hyperparameter, which show where it underfits and overfits.

    Parameters
    ----------
    estimator, X, y, scoring, cv, n_jobs, verbose, error_score
        As for `cross_val_score`.
    param_name : str
        A parameter of `estimator`; ``step__parameter`` in a pipeline.
    param_range : array (n_values,)

    Returns
    -------
    train_scores, test_scores : arrays (n_values, n_splits)

    Raises
    ------
    ValueError
        If the estimator has no such parameter, naming those that it has, or there is no value.
    """
    if not isinstance(param_name, str):
        raise TypeError(f"param_name must be the name of a parameter, got {shown(param_name)}")
    if isinstance(param_range, str | Mapping | Set) or not np.iterable(param_range):
        raise TypeError(f"param_range must be a list of values of {param_name}, got {shown(param_range)}")
    if len(param_range) == 0:
        raise ValueError(f"param_range must hold at least one value of {param_name}, got none")
    X, y, scorer, splits = prepare(estimator, X, y, cv, scoring)
    candidates = [clone(estimator).set_params(**{param_name: value}) for value in param_range]
    tasks = [(candidate, X, y, train, test, scorer) for train, test in splits for candidate in candidates]
    trials = run(tasks, n_jobs=n_jobs, verbose=verbose, error_score=error_score, train_score=True, description="fits")
    train_scores, test_scores = score_tables(trials, len(splits), len(candidates))
    return train_scores.T, test_scores.T


# --------------------------------------------------------------------------------------------------------------------
# What all of them, and the search, are made of


def prepare(estimator, X, y, cv, scoring):
    """Return X, y, the scorer and the list of splits for an estimator, or say what came instead."""
    X, y = read_rows(X, y)
    scorer = one_scorer(estimator, scoring)
    splitter = check_cv(cv, y, classifier=is_classifier(estimator))
    if y is None and get_tags(estimator).target_tags.required:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    splits = list(splitter.split(X, y))
    if not splits:
        raise ValueError(f"cv={cv!r} gives no split, so that nothing can be judged")
    for split in splits:
        check_split(split, n_rows(X))
    return X, y, scorer, splits


def fit_and_score(estimator, X, y, train, test, scorer, *, train_score=False, error_score=np.nan):
    """Fit a copy of `estimator` on the rows `train`, score it on the rows `test`; return the Trial and the copy."""
    estimator = clone(estimator)
    X_train, y_train = take_rows(X, train), targets(take_rows(y, train))
    X_test, y_test = take_rows(X, test), targets(take_rows(y, test))
    score_on_train = np.nan
    started = fitted = time.perf_counter()
    try:
        estimator.fit(X_train, *y_train)
        fitted = time.perf_counter()
        score = as_number(scorer(estimator, X_test, *y_test))
        scored = time.perf_counter()
        if train_score:
            score_on_train = as_number(scorer(estimator, X_train, *y_train))
    except Exception:
        if error_score == "raise":
            raise
        failed = time.perf_counter()
        trial = Trial(error_score, error_score, fitted - started, failed - fitted, traceback.format_exc())
    else:
        trial = Trial(score, score_on_train, fitted - started, scored - fitted)
    return trial, estimator


def _trial(*task, **settings):
    """Return the Trial alone: a fitted estimator need not travel back from another process."""
    return fit_and_score(*task, **settings)[0]


def targets(y):
    """Return the arguments that pass `y` on: none where there is no target."""
    return () if y is None else (y,)


def as_number(score):
    """Return `score` as a float; a scorer that gives anything but a number is named."""
    if np.ndim(score) != 0 or np.asarray(score).dtype.kind not in "biuf":
        raise ValueError(f"scoring must return a number, got {score!r} ({type(score).__name__})")
    return float(score)


def one_scorer(estimator, scoring):
    """Return ``scorer(estimator, X, y)`` for `scoring`, a name, a callable or None."""
    if scoring is not None and not isinstance(scoring, str) and not callable(scoring):
        raise ValueError(f"scoring must be the name of one scorer or a callable, got {shown(scoring)}")
    return get_scorer(scoring) if isinstance(scoring, str) else check_scoring(estimator, scoring=scoring)


def run(tasks, *, n_jobs=None, verbose=0, error_score=np.nan, train_score=False, description="fits"):
    """Return the Trial of every task (the first six arguments of `fit_and_score`), in order.

    Raises
    ------
    ValueError
        If `error_score`, `n_jobs` or `verbose` makes no sense, or every fit failed. If only some failed, a
        FitFailedWarning says how many and shows the first traceback.
    """
    if not (isinstance(error_score, str) and error_score == "raise") and (
            not isinstance(error_score, numbers.Real) or isinstance(error_score, bool)):
        raise ValueError(f'error_score must be a number or "raise", got {shown(error_score)}')
    if n_jobs is not None and (not isinstance(n_jobs, numbers.Integral) or isinstance(n_jobs, bool) or n_jobs == 0):
        raise ValueError(f"n_jobs must be None or a whole number of processes, -1 for all cores, got {shown(n_jobs)}")
    if not isinstance(verbose, numbers.Real) or verbose < 0:
        raise ValueError(f"verbose must be 0 or 1, got {shown(verbose)}")
    settings = {"train_score": train_score, "error_score": error_score}
    trials = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(_trial)(*task, **settings) for task in tasks)
    trials = list(tqdm(trials, total=len(tasks), desc=description, file=sys.stdout, disable=not verbose))
    errors = [trial.error for trial in trials if trial.error]
    if errors:
        if len(errors) == len(trials):
            raise ValueError(f"All the {len(trials)} fits failed. The first error:\n{errors[0]}")
        warnings.warn(f"{len(errors)} of {len(trials)} fits failed; their score is {error_score}. "
                      f"The first error:\n{errors[0]}", FitFailedWarning, stacklevel=3)
    return trials


def score_tables(trials, n_rows, n_columns):
    """Return the training and the test scores of `trials` as two tables (n_rows, n_columns)."""
    return tuple(np.array([getattr(trial, which) for trial in trials]).reshape(n_rows, n_columns)
                 for which in ("train_score", "test_score"))
