"""Gradient descent on the mean squared error, told step by step: batch, stochastic and mini-batch are one loop.

`descent_steps` tells one walk; `descent_paths` walks with many learning rates at once, for pictures that compare them.
The fast paths of the same walk are in `toolkit.linear_model.solvers`; tests say that they agree.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_floats, as_generator, check_count, check_positive, shown
from toolkit.linear_model.errors import check_problem, check_weights
from toolkit.linear_model.schedule import as_factor


@dataclass(frozen=True, eq=False)
class Descent:
    """Where gradient descent stands after `iteration` updates, and which update led there."""

    iteration: int                  # updates made so far; 0 at the start
    w: np.ndarray                   # (n,) weights now
    loss: float                     # mean squared error over all rows at w
    gradient: np.ndarray            # (n,) of that loss at w: zero at the optimum
    learning_rate: float            # of the update that led here, schedule included; 0 at the start
    batch: np.ndarray | None        # rows that the update read; None at the start, and where it read all of them
    estimate: np.ndarray | None     # (n,) gradient that the update went against; None at the start
    rows_read: int                  # by all updates so far

    @property
    def gradient_norm(self):
        """Length of the gradient over all rows, the lecture's stopping criterion."""
        return float(np.linalg.norm(self.gradient))


def batches(m, batch_size, rng):
    """Yield index arrays of `batch_size` rows for ever: a new permutation each epoch, taken from its end.

    The last batch of an epoch holds the rows that are left, which may be fewer.
    """
    while True:
        left = rng.permutation(m)
        while len(left):
            left, batch = left[:-batch_size], left[-batch_size:]
            yield batch[::-1]


def descent_steps(X, y, learning_rate, *, w=None, steps=None, batch_size=None, schedule=None, rng=None):
    r"""Yield a `Descent` for the start and after every update.

    .. math:: w \leftarrow w - \eta_t \, \frac{2}{b} X_B^T (X_B w - y_B)

    where B holds the b rows of the batch: all of them (batch), one (stochastic) or a few (mini-batch).

    Parameters
    ----------
    X : array (m, n)
        With its own column of ones, if the model is to have an intercept.
    y : array (m,)
    learning_rate : float
        Greater than 0. With all rows and a constant rate descent converges below 2/L, see `curvature`.
    w : array (n,), optional
        The start; zeros unless given.
    steps : int, optional
        How many updates; without it the generator goes on until the caller stops, or the loss is not finite.
    batch_size : int, optional
        Rows an update reads: None all, 1 stochastic, else mini-batch; at most m.
    schedule : str or callable, optional
        Factor on the rate of update t = 0, 1, ...; see `toolkit.linear_model.schedule`.
    rng : numpy.random.Generator or int, optional
        Draws the order of the rows, a new permutation each epoch.

    Yields
    ------
    Descent
        The last one has an infinite or undefined loss if descent diverges beyond the range of floats.

    Examples
    --------
    >>> for step in descent_steps([[1.0], [1.0]], [2.0, 4.0], learning_rate=0.25, steps=2):
    ...     print(step.iteration, step.w, step.loss)
    0 [0.] 10.0
    1 [1.5] 3.25
    2 [2.25] 1.5625
    """
    X, y, w = _start(X, y, w)
    check_positive(learning_rate=learning_rate)
    if steps is not None:
        check_count("steps", steps, least=0)
    _check_batch_size(batch_size, len(y))
    return _walk(X, y, w, learning_rate, steps, batch_size, as_factor(schedule), as_generator("rng", rng))


def descent_paths(X, y, learning_rates, *, w=None, steps, batch_size=None, schedule=None, rng=None):
    """Return the walks of `descent_steps` for several learning rates side by side, on the same batches.

    For pictures of many rates: the weights of all walks are one matrix, so a step costs about the same for 30 as for 1.

    Parameters
    ----------
    X, y, w, batch_size, schedule, rng
        As for `descent_steps`.
    learning_rates : array (k,)
        Each greater than 0.
    steps : int
        How many updates, at least 1.

    Returns
    -------
    weights : array (steps + 1, k, n)
        Of every walk after every update, the start included. A walk that diverges ends in infinity or NaN.
    losses : array (steps + 1, k)
        Mean squared error over all rows.

    Examples
    --------
    >>> weights, losses = descent_paths([[1.0], [1.0]], [2.0, 4.0], [0.25, 0.5], steps=2)
    >>> losses
    array([[10.    , 10.    ],
           [ 3.25  ,  1.    ],
           [ 1.5625,  1.    ]])
    """
    X, y, w = _start(X, y, w)
    rates = as_floats("learning_rates", learning_rates, finite=False)
    if rates.ndim != 1 or not rates.size or not (np.isfinite(rates) & (rates > 0)).all():
        raise ValueError(f"learning_rates must be a vector of numbers greater than 0, got {shown(learning_rates)}")
    check_count("steps", steps)
    _check_batch_size(batch_size, len(y))
    schedule, rng = as_factor(schedule), as_generator("rng", rng)
    order = itertools.repeat(slice(None)) if batch_size is None else batches(len(y), batch_size, rng)
    weights = np.empty((steps + 1, len(rates), len(w)))
    weights[0] = w
    with np.errstate(over="ignore", invalid="ignore"):          # diverging walks end in infinity
        for t, batch in zip(range(steps), order, strict=False):
            X_B, y_B = X[batch], y[batch]
            estimate = 2 / len(y_B) * (weights[t] @ X_B.T - y_B) @ X_B                  # (k, n)
            weights[t + 1] = weights[t] - (rates * schedule(t))[:, None] * estimate
        optimum = np.linalg.lstsq(X, y)[0]
        residual = X @ optimum - y
        moved = (weights - optimum) @ np.linalg.qr(X, mode="r").T       # |X d|² = |R d|², X = QR
        losses = (residual @ residual + (moved**2).sum(axis=2)) / len(y)
    return weights, losses


def _start(X, y, w):
    X, y = check_problem(X, y)
    return X, y, np.zeros(X.shape[1]) if w is None else check_weights(w, X.shape[1])


def _check_batch_size(batch_size, m):
    if batch_size is not None:
        check_count("batch_size", batch_size, m, f" (the rows of X, {m})")


def _walk(X, y, w, learning_rate, steps, batch_size, schedule, rng):
    loss, gradient = _loss_and_gradient(X, y, w)
    rows_read = 0
    yield Descent(0, w, loss, gradient, 0.0, None, None, rows_read)
    order = itertools.repeat(None) if batch_size is None else batches(len(y), batch_size, rng)
    updates = itertools.count() if steps is None else range(steps)
    for t, batch in zip(updates, order, strict=False):
        if not np.isfinite(loss):
            return
        estimate = gradient if batch is None else _loss_and_gradient(X[batch], y[batch], w)[1]
        rate = learning_rate * schedule(t)
        w = w - rate * estimate
        loss, gradient = _loss_and_gradient(X, y, w)
        rows_read += len(y) if batch is None else len(batch)
        yield Descent(t + 1, w, loss, gradient, rate, batch, estimate, rows_read)


def _loss_and_gradient(X, y, w):
    with np.errstate(over="ignore", invalid="ignore"):          # a diverging walk ends in infinity, and says so
        residual = X @ w - y
        return float(residual @ residual / len(y)), 2 / len(y) * residual @ X
