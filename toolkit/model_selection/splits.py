"""Many splits: folds that take turns as the test set."""

import numbers
import warnings
from dataclasses import KW_ONLY, dataclass

import numpy as np

from toolkit._checks import shown
from toolkit.model_selection.rows import classes_of, n_rows, names_of, random_generator, read_rows, target_kind


@dataclass
class KFold:
    """K folds of the rows; each is the test set once, the others together train.

    The first ``m % n_splits`` folds have one row more than the others.

    Parameters
    ----------
    n_splits : int
        How many folds, at least 2.
    shuffle : bool
        Shuffle the rows first; otherwise folds are runs of neighbours.
    random_state : int, Generator or RandomState, optional
        Only with `shuffle`.

    References
    ----------
    Lecture 03, "Cross-validation".

    Examples
    --------
    >>> [test.tolist() for train, test in KFold(3).split(range(7))]
    [[0, 1, 2], [3, 4], [5, 6]]
    """

    n_splits: int = 5
    _: KW_ONLY
    shuffle: bool = False
    random_state: object = None

    def __post_init__(self):
        name, k = type(self).__name__, self.n_splits
        if not isinstance(k, numbers.Integral) or isinstance(k, bool) or k < 2:
            raise ValueError(f"{name} needs a whole number of folds, at least 2, got n_splits={k!r}")
        if not isinstance(self.shuffle, bool | np.bool_):
            raise TypeError(f"{name} needs shuffle=True or False, got {self.shuffle!r}")
        if self.random_state is not None and not self.shuffle:
            raise ValueError(f"{name} uses random_state only to shuffle, got random_state={self.random_state!r} "
                             "with shuffle=False; leave it out or set shuffle=True")

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of folds."""
        return self.n_splits

    def split(self, X, y=None, groups=None):
        """Yield (train, test) arrays of row indices, each sorted, one pair a fold.

        Parameters
        ----------
        X : anything with m rows
        y : array (m,), optional
            Read by the stratified folds only.
        groups : ignored

        Raises
        ------
        ValueError
            If there are fewer rows than folds.
        """
        X, y = read_rows(X, y)
        if n_rows(X) < self.n_splits:
            raise ValueError(f"{type(self).__name__} cannot make n_splits={self.n_splits} folds "
                             f"of only n_samples={n_rows(X)}")
        fold_of = self._fold_of(n_rows(X), y)
        for fold in range(self.n_splits):
            yield np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)

    def _fold_of(self, m, y):
        """Return the number of each row's fold, an array (m,)."""
        order = np.arange(m)
        if self.shuffle:
            random_generator(self.random_state).shuffle(order)
        fold_of = np.empty(m, dtype=int)
        for fold, rows in enumerate(np.array_split(order, self.n_splits)):
            fold_of[rows] = fold
        return fold_of


@dataclass
class StratifiedKFold(KFold):
    """K folds that each hold every class in nearly its overall share.

    The rows, sorted by class, are dealt to the folds like cards: folds differ by at most one row, and by at most one
    row of each class. Within a class, neighbours stay together unless `shuffle`.

    Parameters
    ----------
    n_splits, shuffle, random_state
        As for `KFold`.

    Examples
    --------
    >>> y = ["a", "a", "a", "a", "b", "b"]
    >>> [test.tolist() for train, test in StratifiedKFold(2).split(y, y)]
    [[0, 1, 4], [2, 3, 5]]
    """

    def split(self, X, y, groups=None):
        """Yield (train, test) arrays of row indices, each sorted, one pair a fold.

        Parameters
        ----------
        X : anything with m rows
        y : array (m,)
            The classes.
        groups : ignored

        Raises
        ------
        ValueError
            If `y` holds no classes, or every class has fewer members than there are folds. If only some have, a
            UserWarning names them.
        """
        return super().split(X, y, groups)

    def _fold_of(self, m, y):
        classes, codes, counts = classes_of(y)
        few = counts < self.n_splits
        if few.all():
            raise ValueError(f"n_splits={self.n_splits} cannot be greater than the number of members in each class; "
                             f"the largest class has {counts.max()}")
        if few.any():
            warnings.warn(f"fewer members than n_splits={self.n_splits} has class {names_of(classes[few])}: "
                          f"{', '.join(map(str, counts[few]))}; some test folds lack it", UserWarning, stacklevel=4)
        sorted_codes = np.sort(codes)
        rng = random_generator(self.random_state) if self.shuffle else None
        fold_of = np.empty(m, dtype=int)
        dealt = np.array([np.bincount(sorted_codes[fold::self.n_splits], minlength=len(classes))
                          for fold in range(self.n_splits)])              # (n_splits, k): how many of which class
        for code in range(len(classes)):
            folds = np.repeat(np.arange(self.n_splits), dealt[:, code])
            if rng is not None:
                rng.shuffle(folds)
            fold_of[codes == code] = folds
        return fold_of


@dataclass(frozen=True)
class FixedSplits:
    """Splits that somebody else made, with the interface of a splitter."""

    splits: tuple

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits."""
        return len(self.splits)

    def split(self, X=None, y=None, groups=None):
        """Yield the (train, test) pairs."""
        yield from self.splits


def check_cv(cv=5, y=None, *, classifier=False):
    """Return a splitter for `cv`.

    Parameters
    ----------
    cv : int, splitter, iterable or None
        A number of folds (None: 5), stratified for a classifier; or an object with ``split`` and ``get_n_splits``;
        or an iterable of (train, test) index arrays.
    y : array (m,), optional
    classifier : bool

    Raises
    ------
    ValueError
        If `cv` is none of these.
    """
    cv = 5 if cv is None else cv
    if isinstance(cv, numbers.Integral):
        stratified = classifier and y is not None and target_kind(y) in ("binary", "multiclass")
        return StratifiedKFold(cv) if stratified else KFold(cv)
    if hasattr(cv, "split") and hasattr(cv, "get_n_splits") and not isinstance(cv, type):
        return cv
    if isinstance(cv, str | type) or not hasattr(cv, "__iter__"):
        raise ValueError("cv must be a number of folds, a splitter or an iterable of (train, test) indices, "
                         f"got {shown(cv)}")
    splits = tuple(cv)
    if not splits:
        raise ValueError(f"cv={cv!r} gives no split, so that nothing can be judged")
    for split in splits:
        check_split(split)
    return FixedSplits(splits)


def check_split(split, m=None):
    """Raise unless `split` is a pair (train, test) of non-empty lists of row numbers, all of them below m if given."""
    if not isinstance(split, tuple | list | np.ndarray) or len(split) != 2:
        raise ValueError(f"a split of cv is a pair (train, test) of row numbers, got {shown(split)}")
    for name, rows in zip(("train", "test"), split, strict=True):
        rows = np.asarray(rows)
        if rows.ndim != 1 or not rows.size or rows.dtype.kind not in "iub":
            raise ValueError(f"the {name} rows of a split must be a list of at least one row number, got {shown(rows)}")
        if m is not None and rows.dtype.kind != "b" and not (rows.min() >= 0 and rows.max() < m):
            raise ValueError(f"the {name} rows of a split must lie between 0 and {m - 1}, the rows of X, "
                             f"got {rows.min()} to {rows.max()}")
