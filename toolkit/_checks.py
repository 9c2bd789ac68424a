"""Checks at the border of every room: each returns what came, made ready, or says what came and what was expected.

A value of the wrong kind (None, a dict, a sparse matrix, no axes) is a TypeError; a value that is out of range, of
another shape or not a number is a ValueError. Loops inside a room do not check again.
"""

import math
import numbers

import numpy as np

EXTREME = 1e140             # sums of squares of larger numbers, and of their reciprocals, leave the range of floats
_KINDS = {"U": "text", "S": "bytes", "c": "complex numbers", "M": "dates", "m": "time spans", "V": "records"}


def shown(value):
    """Return a value in a few words, for an error message.

    >>> shown(np.eye(2)), shown("fast"), shown(None)
    ('an array of shape (2, 2)', "'fast'", 'None')
    """
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        kind = "an array" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
        return f"{kind} of shape {shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


# --------------------------------------------------------------------------------------------------------------------
# Arrays


def as_floats(name, values, *, finite=True):
    """Return an array of floats; an array that is one already comes back itself, not a copy.

    What NumPy would turn into numbers in silence is refused: the real part of complex numbers, dates, text, the values
    behind a mask, None (as NaN). With `finite`, so are NaN and infinity.
    """
    ready = type(values) is np.ndarray and values.dtype == float            # the usual case, in little time
    array = values if ready else _converted(name, values)
    if finite and array.size:
        _refuse_not_finite(name, array, array.min(), array.max())
    return array


def _converted(name, values):
    refuse_hidden(name, values)
    if hasattr(values, "toarray"):
        raise TypeError(f"{name} must be a dense array, got {shown(values)}, which is sparse; use toarray()")
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a rectangular array of numbers, got rows of different lengths or of things "
                         f"that do not go together: {shown(values)}") from None
    if array.dtype.kind == "O":
        array = _numbers_of(name, array)
    elif array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers, got {_KINDS[array.dtype.kind]}"
                         + (f" such as {_first_that_is_no_number(array)!r}" if array.size else ""))
    return array.astype(float, copy=False)


def _refuse_not_finite(name, array, lowest, highest):
    if not (math.isfinite(lowest) and math.isfinite(highest)):              # NaN shows there, too
        raise ValueError(f"{name} holds NaN or infinity in {np.count_nonzero(~np.isfinite(array))} places; "
                         "fill or drop them first")


def refuse_hidden(name, values):
    """Raise where a conversion to floats would show what a mask hides, or count the days of dates."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} has {np.ma.count_masked(values)} entries behind a mask; fill or drop them first")
    is_frame = hasattr(values, "columns") and hasattr(values, "dtypes")
    for dtype in list(values.dtypes) if is_frame else [getattr(values, "dtype", None)]:
        if getattr(dtype, "kind", "") in ("M", "m"):
            raise ValueError(f"{name} must hold real numbers, got {_KINDS[dtype.kind]}: {shown(values)}")


def _numbers_of(name, array):
    if array.ndim == 0 and not isinstance(array.item(), numbers.Number):
        raise TypeError(f"{name} must be an array of numbers, got {shown(array.item())} "
                        f"({type(array.item()).__name__})")
    try:
        return array.astype(float)
    except (TypeError, ValueError):
        culprit = _first_that_is_no_number(array)
        raise ValueError(f"{name} must hold real numbers, got {shown(culprit)} ({type(culprit).__name__})") from None


def _first_that_is_no_number(array):
    for value in array.flat:
        value = value.item() if isinstance(value, np.generic) else value       # a NumPy complex has a float, a warning
        try:
            float(value)
        except (TypeError, ValueError):
            return value
    return array.flat[0]


def as_vector(name, values, length=None, *, finite=True):
    """Return a vector of floats with at least one entry, or exactly `length`."""
    array = as_floats(name, values, finite=finite)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a vector ({'m' if length is None else length},), got shape {array.shape}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} entries, got {len(array)}")
    if not len(array):
        raise ValueError(f"{name} must have at least one entry, got shape (0,)")
    return array


def as_matrix(name, values):
    """Return a matrix (m, n) of floats with at least one row and one column, none of them too large to be squared."""
    array = as_floats(name, values, finite=False)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} must be a matrix (m, n) with at least one row and one column, "
                         f"got shape {array.shape}")
    refuse_bad_values(name, array)
    return array


def as_points(x, y):
    """Return x and y as vectors of one length with at least one finite entry."""
    x, y = as_floats("x", x), as_floats("y", y)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y must be vectors of one length, got shapes {x.shape} and {y.shape}")
    if not len(x):
        raise ValueError("x and y must have at least one entry, got shape (0,)")
    return x, y


def refuse_bad_values(name, array):
    """Raise where an array holds NaN or infinity, or values that cannot be squared; two passes over it."""
    lowest, highest = array.min(), array.max()
    _refuse_not_finite(name, array, lowest, highest)
    refuse_extremes(name, lowest, highest)


def refuse_extremes(name, lowest, highest):
    """Raise where the squares of numbers between `lowest` and `highest` overflow, or all become zero."""
    largest = max(highest, -lowest)
    if not (largest == 0 or 1 / EXTREME < largest < EXTREME):
        raise ValueError(f"{name} holds values up to {largest:.3g}, whose squares leave the range of floats; "
                         "scale them")


# --------------------------------------------------------------------------------------------------------------------
# Numbers, switches, functions, randomness


def is_number(value):
    """Return whether value is a finite real number; True and False are not."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and bool(-np.inf < value < np.inf)


def check_number(**values):
    """Raise unless every value is a finite number."""
    for name, value in values.items():
        if not is_number(value):
            raise ValueError(f"{name} must be a finite number, got {shown(value)}")


def check_positive(**values):
    """Raise unless every value is a finite number greater than 0."""
    for name, value in values.items():
        if not (is_number(value) and value > 0):
            raise ValueError(f"{name} must be a number greater than 0, got {shown(value)}")


def check_not_negative(**values):
    """Raise unless every value is a finite number of at least 0."""
    for name, value in values.items():
        if not (is_number(value) and value >= 0):
            raise ValueError(f"{name} must be a number of at least 0, got {shown(value)}")


def check_share(name, value, low="0", high="1"):
    """Raise unless value is a number from 0 to 1; `low` and `high` are what the message calls these two."""
    if not (is_number(value) and 0 <= value <= 1):
        raise ValueError(f"{name} must lie between {low} and {high}, got {shown(value)}")


def check_count(name, value, most=None, among="", *, least=1):
    """Raise unless value is a whole number from `least` up to `most`."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {shown(value)}")
    if most is not None and value > most:
        raise ValueError(f"{name} must be at most {most}{among}, got {value}")


def check_switch(name, value, *words):
    """Raise unless value is True or False, or one of the words."""
    if not isinstance(value, bool | np.bool_) and not (isinstance(value, str) and value in words):
        raise ValueError(f"{name} must be {', '.join([*map(repr, words), 'True'])} or False, got {shown(value)}")


def check_function(name, value, signature):
    """Raise unless value can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function {signature}, got {shown(value)}")


def as_generator(name, seed):
    """Return a numpy.random.Generator: a given one as it is, one from a seed, or a fresh one for None."""
    try:
        if isinstance(seed, bool | str):
            raise TypeError
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be None, a whole number of at least 0 or a numpy.random.Generator, "
                         f"got {shown(seed)}") from None
