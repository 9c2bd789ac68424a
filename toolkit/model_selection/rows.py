"""Rows and classes of whatever holds data: arrays, sparse matrices, data frames, lists."""

import numbers
from collections.abc import Mapping, Set

import numpy as np
from sklearn.utils import assert_all_finite, check_random_state, indexable
from sklearn.utils.multiclass import type_of_target

from toolkit._checks import shown


def read_rows(*arrays):
    """Return the arrays, all of one length, with rows that can be taken by number; all but the first may be None."""
    for i, array in enumerate(arrays):
        if isinstance(array, str | bytes | Mapping | Set) or (array is None and i == 0):
            raise TypeError(f"expected rows in an array, data frame, sparse matrix or list, got {shown(array)} "
                            f"({type(array).__name__})")
    return indexable(*arrays)                               # says so if lengths differ


def n_rows(data):
    """Return how many rows `data` has (anything with a shape or a length)."""
    return data.shape[0] if hasattr(data, "shape") else len(data)


def take_rows(data, indices):
    """Return the rows of `data` at `indices`, as the kind of thing that `data` is; None stays None."""
    if data is None:
        return None
    if hasattr(data, "iloc"):
        return data.iloc[indices]
    if hasattr(data, "shape"):
        return data[indices]
    return [data[i] for i in indices]


def random_generator(random_state):
    """Return a source of random numbers that is not NumPy's global one.

    An integer gives scikit-learn's stream for that seed, so that both libraries make the same splits; a Generator or
    RandomState is used as it is; None gives fresh randomness.
    """
    if random_state is None:
        return np.random.default_rng()
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, bool) or (isinstance(random_state, numbers.Integral) and not 0 <= random_state < 2**32):
        raise ValueError(f"random_state must be a whole number from 0 to 2**32 - 1, got {random_state!r}")
    return check_random_state(random_state)


def target_kind(y):
    """Return what `y` holds in scikit-learn's words: binary, multiclass, continuous, ..."""
    if isinstance(y, list | tuple) and any(value is None or value != value for value in y if np.ndim(value) == 0):
        raise ValueError(f"y contains NaN or None, got {shown(y)}")         # NumPy would make it the class 'nan'
    assert_all_finite(np.asarray(y), input_name="y")
    return type_of_target(y, input_name="y")


def classes_of(y):
    """Return the classes of `y` in order of appearance, the class number of each row, and the class counts."""
    if y is None:
        raise ValueError("stratified folds need the classes y, got None")
    kind = target_kind(y)
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"stratified splits need classes, binary or multiclass; got a {kind} target")
    values, first, codes, counts = np.unique(np.ravel(y), return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    return values[order], np.argsort(order)[codes], counts[order]


def names_of(classes, most=5):
    """Return up to `most` class names as text."""
    shown = ", ".join(repr(c) for c in classes[:most].tolist())
    return shown + (f" and {len(classes) - most} more" if len(classes) > most else "")
