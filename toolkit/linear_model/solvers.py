"""Gradient descent at full speed: the walks of `descent_steps` without their diary.

Batch descent sees the data through a gradient only: X'X computed once, or X itself. The stochastic walks centre a few
thousand rows at a time, so that no copy of X is made.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from toolkit.linear_model.errors import DivergenceError

CHUNK = 4096                # rows in random order that are copied at a time
RAN_AWAY = 1e6              # a gradient or loss that has grown by this factor does not come back


@dataclass(frozen=True, eq=False)
class Walk:
    """Where a walk ended."""

    w: np.ndarray           # (n,)
    n_iter: int             # steps of batch descent, epochs of the others
    converged: bool         # whether the stopping rule was met
    progress: float         # gradient now / at the start, or loss of the last epoch / of the best


def gram_gradient(gram, target, m):
    """Return w -> 2/m (X'X w - X'y): n² operations a step, whatever m. Pays when m is much larger than n."""
    return lambda w: 2 / m * (gram @ w - target)


def plain_gradient(X, y):
    """Return w -> 2/m X'(Xw - y), the form to read: two passes over X a step."""
    return lambda w: 2 / len(y) * (X @ w - y) @ X


def batch_descent(gradient, n, *, learning_rate, schedule, tol, max_iter):
    """Return the `Walk` of w <- w - rate gradient(w) from zero, n weights.

    Stops when the gradient is `tol` times as long as at the start (tol None: never), or after max_iter steps.

    Raises
    ------
    DivergenceError
        If the gradient leaves the range of floats, grows a million times, or has grown at all after max_iter steps.
    """
    w = np.zeros(n)
    with np.errstate(over="ignore", invalid="ignore"):
        slope = gradient(w)
        start = length = float(np.sqrt(slope @ slope))
        for t in range(max_iter):
            if tol is not None and length <= tol * start:
                return Walk(w, t, True, length / start if start else 0.0)
            w = w - learning_rate * schedule(t) * slope
            slope = gradient(w)
            length = float(np.sqrt(slope @ slope))
            if not length <= RAN_AWAY * start:
                raise DivergenceError(f"the gradient has grown from {start:.3g} to {length:.3g} in {t + 1} steps")
    if length > start:
        raise DivergenceError(f"the gradient has grown from {start:.3g} to {length:.3g} in {max_iter} steps")
    return Walk(w, max_iter, tol is None or length <= tol * start, length / start if start else 0.0)


def mini_batch_descent(X, y, x_mean, batch_size, rng, *, learning_rate, schedule, tol, max_iter, patience=5):
    """Return the `Walk` of stochastic (batch_size 1) or mini-batch descent from zero, max_iter epochs at most.

    Each epoch takes the rows in a new random order, some thousand at a time: the copy stays in the cache, and a batch
    is a slice of it. Stops when the epoch's mean loss, read before each update, has not come `tol` (a share) below the
    best for `patience` epochs.

    Raises
    ------
    DivergenceError
        If the loss of an epoch leaves the range of floats or is a million times that of the start.
    """
    m, n = X.shape
    w, t = np.zeros(n), 0
    update = _single_rows if batch_size == 1 else partial(_slices, batch_size=batch_size)
    chunk = batch_size * max(1, CHUNK // batch_size)            # whole batches, except at the end of the epoch
    start_loss, best, waited, loss = y @ y / m, np.inf, 0, 0.0
    for epoch in range(1, max_iter + 1):
        order, loss = rng.permutation(m)[::-1], 0.0             # batches come from the end of the permutation
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, m, chunk):
                rows = order[start:start + chunk]
                centred = X.take(rows, axis=0)
                centred -= x_mean
                loss += update(centred, y[rows], w, learning_rate, schedule, t) / m
                t += -(-len(rows) // batch_size)
        if not loss <= RAN_AWAY * start_loss:
            raise DivergenceError(f"the loss has grown from {start_loss:.3g} to {loss:.3g} in {epoch} epochs")
        if tol is not None:
            waited = 0 if loss < (1 - tol) * best else waited + 1
            if waited == patience or loss == 0:
                return Walk(w, epoch, True, loss / best if best else 1.0)
        best = min(best, loss)
    return Walk(w, max_iter, tol is None, loss / best if best else 1.0)


def _slices(X, y, w, learning_rate, schedule, t, batch_size):
    """Update w in place, batch by batch; return the sum of the squared residuals that they met."""
    squares = 0.0
    for start in range(0, len(y), batch_size):
        rows = X[start:start + batch_size]
        residual = rows @ w - y[start:start + batch_size]
        squares += residual @ residual
        w -= learning_rate * schedule(t) * 2 / len(residual) * (residual @ rows)
        t += 1
    return float(squares)


def _single_rows(X, y, w, learning_rate, schedule, t):
    """Update w in place, row by row; return the sum of the squared residuals that they met."""
    squares = 0.0
    for x, target in zip(X, y.tolist(), strict=True):
        residual = float(x @ w) - target
        squares += residual * residual
        w -= learning_rate * schedule(t) * 2 * residual * x
        t += 1
    return squares
