"""The table of a search: one entry a candidate in every array."""

import numpy as np

from toolkit.model_selection.validation import score_tables


def results_table(candidates, trials, n_splits, with_train_score):
    """Return `cv_results_`: one entry a candidate in every array.

    `trials` holds the rounds of the first candidate, then of the second, ...
    """
    n = len(candidates)
    train_scores, test_scores = score_tables(trials, n, n_splits)                    # (n_candidates, n_splits)
    table = {}
    for name, field in (("fit_time", "fit_seconds"), ("score_time", "score_seconds")):
        seconds = np.array([getattr(trial, field) for trial in trials]).reshape(n, n_splits)
        table[f"mean_{name}"], table[f"std_{name}"] = seconds.mean(axis=1), seconds.std(axis=1)
    for name in sorted({name for params in candidates for name in params}):
        table[f"param_{name}"] = _column([params.get(name, np.ma.masked) for params in candidates])
    table["params"] = candidates
    _add_scores(table, "test", test_scores)
    if with_train_score:
        _add_scores(table, "train", train_scores)
    return table


def _add_scores(table, which, scores):
    """Add the scores (n_candidates, n_splits) of the `which` rows, their mean, spread and, for test rows, rank."""
    for i, column in enumerate(scores.T):
        table[f"split{i}_{which}_score"] = column
    table[f"mean_{which}_score"] = mean = scores.mean(axis=1)
    table[f"std_{which}_score"] = scores.std(axis=1)
    if which == "test":
        n_better = np.searchsorted(np.sort(-mean), -mean)      # NaN sorts last: a failed candidate ranks last
        table["rank_test_score"] = (1 + n_better).astype(np.int32)


def _column(values):
    """Return `values` as a masked array (n_candidates,): numbers as numbers, anything else as objects."""
    known = [value for value in values if value is not np.ma.masked]
    numbers = all(isinstance(value, int | float | np.number | np.bool_) for value in known)
    column = np.zeros(len(values), dtype=np.asarray(known).dtype if numbers else object)
    mask = np.array([value is np.ma.masked for value in values])
    for i, value in enumerate(values):
        if not mask[i]:
            column[i] = value
    return np.ma.MaskedArray(column, mask=mask)
