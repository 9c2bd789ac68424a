"""Good data for the tables of bad input: whatever a row does not spoil is right. Nobody may write into it."""

import numpy as np

NAN, INF = np.nan, np.inf
rng = np.random.default_rng(0)
X = rng.standard_normal((6, 2)) + np.array([1, 5])
Y = X @ [2.0, -1.0] + 3 + 0.1 * rng.standard_normal(6)
X_NAN = X.copy()
X_NAN[0, 0] = NAN
CLASSES = np.array([0, 0, 0, 1, 1, 1])
X.setflags(write=False)
Y.setflags(write=False)
V, T = ValueError, TypeError


def each(name, call, error, message, *values):
    """Return one row for each of several values that are wrong in the same way; `{}` in the message is the value."""
    return [(name, (lambda value=value: call(value)), error, message.replace("{}", told(value))) for value in values]


def told(value):
    """Return a value as an error message tells it, ready for a regular expression."""
    return "".join(f"\\{c}" if c in "[](){}.+*?" else c for c in repr(value))
