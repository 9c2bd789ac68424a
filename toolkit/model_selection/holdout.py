"""One split: some rows to learn from, the others to judge by."""

import math
import numbers

import numpy as np

from toolkit._checks import check_switch, shown
from toolkit.model_selection.rows import classes_of, n_rows, names_of, random_generator, read_rows, take_rows


def train_test_split(*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None):
    """Split every array into a training and a test part, all at the same rows.

    Parameters
    ----------
    *arrays : arrays, data frames, sparse matrices or lists with the same number m of rows
    test_size, train_size : int or float, optional
        A number of rows, or a share of them in (0, 1): the test part is rounded up, the training part down. One that
        is missing is what the other leaves; with neither, a quarter is for testing.
    random_state : int, Generator or RandomState, optional
    shuffle : bool
        Without it, the last rows are for testing.
    stratify : array (m,), optional
        Classes whose shares are kept, each count within one of its exact share.

    Returns
    -------
    list
        ``[train, test]`` of the first array, then of the second, ...

    Raises
    ------
    ValueError
        If lengths differ, a size is out of range, a part would be empty or lack a class.

    References
    ----------
    Lecture 03, "Training data and test data".

    Examples
    --------
    >>> train_test_split([10, 20, 30, 40], shuffle=False)
    [[10, 20, 30], [40]]
    """
    if not arrays:
        raise ValueError("train_test_split needs at least one array, got none")
    check_switch("shuffle", shuffle)
    arrays = read_rows(*arrays)
    m = n_rows(arrays[0])
    n_train, n_test = split_sizes(m, test_size, train_size)
    if stratify is not None:
        if not shuffle:
            raise ValueError("train_test_split draws rows at random when stratify is given, got shuffle=False")
        train, test = _stratified_rows(stratify, m, n_train, n_test, random_generator(random_state))
    elif shuffle:
        order = random_generator(random_state).permutation(m)
        test, train = order[:n_test], order[n_test:n_test + n_train]
    else:
        train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)
    return [part for array in arrays for part in (take_rows(array, train), take_rows(array, test))]


def split_sizes(m, test_size=None, train_size=None, default_test_size=0.25):
    """Return how many of `m` rows are for training and for testing.

    Raises
    ------
    ValueError
        If a size is not a share in (0, 1) or a count in 1..m-1, if both together ask for more than `m`, or if nothing
        is left to train on.

    Examples
    --------
    >>> split_sizes(10), split_sizes(10, test_size=3), split_sizes(10, train_size=0.55)
    ((7, 3), (7, 3), (5, 5))
    """
    if test_size is None and train_size is None:
        test_size = default_test_size
    n_test = _row_count("test_size", test_size, m, math.ceil)
    n_train = _row_count("train_size", train_size, m, math.floor)
    n_test = m - n_train if n_test is None else n_test
    n_train = m - n_test if n_train is None else n_train
    if n_train + n_test > m:
        raise ValueError(f"train_size={train_size} and test_size={test_size} ask for {n_train} + {n_test} rows "
                         f"of only {m}")
    if n_train < 1 or n_test < 1:
        raise ValueError(f"with {m} rows, test_size={test_size} and train_size={train_size} the training set would "
                         f"have {n_train} rows and the test set {n_test}: both need at least one")
    return n_train, n_test


def _row_count(name, size, m, rounding):
    """Return the count that `size`, a share or a count or None, means for `m` rows."""
    if size is None:
        return None
    if isinstance(size, numbers.Integral) and not isinstance(size, bool) and 0 < size < m:
        return int(size)
    if isinstance(size, numbers.Real) and not isinstance(size, numbers.Integral) and 0 < size < 1:
        return rounding(size * m)
    raise ValueError(f"{name} must be a share in (0, 1) or a whole number of rows from 1 to {m - 1} "
                     f"(there are {m}), got {shown(size)}")


def _stratified_rows(y, m, n_train, n_test, rng):
    """Return training and test rows, in random order, that keep the shares of the classes in `y`."""
    classes, codes, counts = classes_of(y)
    if len(codes) != m:
        raise ValueError(f"stratify must have one class for each of the {m} rows, got {len(codes)}")
    if counts.min() < 2:
        raise ValueError(f"stratify needs at least two members of every class, one for each part; "
                         f"only one has class {names_of(classes[counts < 2])}")
    if min(n_train, n_test) < len(classes):
        raise ValueError(f"both parts need a row for each of the {len(classes)} classes, "
                         f"got {n_train} rows for training and {n_test} for testing")
    for_test = apportion(counts, n_test)
    for_train = apportion(counts - for_test, n_train)
    train, test = [], []
    for code, (a, b) in enumerate(zip(for_train, for_test, strict=True)):
        rows = rng.permutation(np.flatnonzero(codes == code))
        test.append(rows[:b])
        train.append(rows[b:b + a])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def apportion(counts, total):
    """Divide `total` among groups in proportion to `counts`, in whole numbers.

    Each gets its exact share rounded down; what is left goes to the largest remainders, the first of equals first.

    Examples
    --------
    >>> apportion(np.array([50, 30, 20]), 7)
    array([4, 2, 1])
    """
    share, remainder = np.divmod(np.asarray(counts) * total, np.sum(counts))    # integers: no rounding of floats
    most_cut = np.argsort(-remainder, kind="stable")[:total - share.sum()]
    share[most_cut] += 1
    return share
