"""Linear regression with five ways to the same weights."""

import warnings
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import assert_all_finite, check_is_fitted, validate_data

from toolkit._checks import (
    as_floats,
    as_generator,
    check_count,
    check_positive,
    check_switch,
    is_number,
    refuse_extremes,
    refuse_hidden,
    shown,
)
from toolkit.linear_model import closed_form
from toolkit.linear_model.errors import DivergenceError
from toolkit.linear_model.schedule import as_factor
from toolkit.linear_model.solvers import batch_descent, gram_gradient, mini_batch_descent, plain_gradient
from toolkit.linear_model.squared_error import curvature

SOLVERS = ("normal", "qr", "gd", "sgd", "mini_batch")


class LinearModel(RegressorMixin, BaseEstimator):
    """What all linear models share: reading the data, predicting, and the intercept that centring leaves."""

    def predict(self, X):
        """Return X w + b.

        Parameters
        ----------
        X : array (m, n)

        Returns
        -------
        array (m,)
        """
        check_is_fitted(self, "coef_")          # a fit that failed half way leaves other attributes
        refuse_hidden("X", X)
        with np.errstate(invalid="ignore"):     # infinities of both signs: scikit-learn's sum warns before its error
            X = validate_data(self, X, reset=False, dtype=np.float64)
        return X @ self.coef_ + self.intercept_

    def _read(self, X, y):
        """Return X and y as floats; X still has to pass `_moments` or `_means`, which look whether it is finite."""
        check_switch("fit_intercept", self.fit_intercept)
        refuse_hidden("X", X)
        refuse_hidden("y", y)
        with np.errstate(invalid="ignore"):     # as in predict
            X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True, ensure_all_finite=False)
        y = as_floats("y", y, finite=False)
        refuse_extremes("y", y.min(), y.max())
        return X, y

    def _moments(self, X, y):
        """Return the moments of the data. X is finite if its squares are, so that no other look at it is needed."""
        found = closed_form.moments(X, y, self.fit_intercept)
        if not (np.isfinite(found.gram).all() and np.isfinite(found.target).all()):
            self._refuse_bad_values(X)
        return found

    def _means(self, X, y):
        """Return the mean of each column and of y, zeros without an intercept, after a look at X."""
        self._refuse_bad_values(X)
        return (np.full(len(X), 1 / len(X)) @ X, y.mean()) if self.fit_intercept else (np.zeros(X.shape[1]), 0.0)

    def _refuse_bad_values(self, X):
        lowest, highest = X.min(), X.max()                          # NaN and infinity show there, too
        if not (np.isfinite(lowest) and np.isfinite(highest)):
            assert_all_finite(X, estimator_name=type(self).__name__, input_name="X")
        refuse_extremes("X", lowest, highest)

    def _keep(self, w, x_mean, y_mean):
        self.coef_ = w
        self.intercept_ = float(y_mean - x_mean @ w) if self.fit_intercept else 0.0
        return self


class LinearRegression(LinearModel):
    r"""Least squares: the weights w and the intercept b with the smallest mean squared error.

    .. math:: J(w, b) = \frac{1}{m} \sum_{i=1}^m (w^T x^{(i)} + b - y^{(i)})^2

    Parameters
    ----------
    solver : {"normal", "qr", "gd", "sgd", "mini_batch"}
        normal: centred X'X and Cholesky, O(m n² + n³), the fastest for m much larger than n; where X'X is
        ill-conditioned it warns (``scipy.linalg.LinAlgWarning``) and takes the singular value decomposition.
        qr: X = QR, slower and safe where columns are nearly dependent.
        gd: batch gradient descent. sgd: one instance an update. mini_batch: `batch_size` instances an update.
        Where there are not more rows than unknowns, normal and qr both return the shortest of the many solutions.
    fit_intercept : bool
        The intercept is found by centring: descent, too, walks on the centred data.
    learning_rate : float or "auto"
        Greater than 0. "auto" is 1/L_b, where L_b is the expected curvature that a batch of b instances sees: for all
        instances L, the largest eigenvalue of 2/m X'X; for one the largest 2|x|².
    schedule : str or callable
        Factor on the rate of update t: "constant", "inverse_time", "exponential", "annealing" (with their defaults) or
        one of `toolkit.linear_model.schedule`, or any function of t.
    max_iter : int
        Steps of gd, epochs of sgd and mini_batch.
    tol : float or None
        gd stops when the gradient is tol times as long as at the start; the others when an epoch's loss has not come
        down by this share for five epochs. None: max_iter steps exactly, without a warning.
    batch_size : int or "auto"
        Of mini_batch, at most m. "auto": 32, or m where there are fewer.
    gram : {"auto", True, False}
        Whether gd computes X'X and X'y once and then takes steps that cost n² (True), or X @ w at each step (False).
        "auto": True for more rows than columns.
    random_state : int, numpy.random.Generator or None
        Order of the rows in sgd and mini_batch, the same as that of `descent_steps` with this rng.

    Attributes
    ----------
    coef_ : array (n,)
    intercept_ : float
    n_iter_ : int
        Steps or epochs taken; 1 for normal and qr.
    solver_ : str
        What solved it in the end: the solver asked for, or "svd".
    learning_rate_ : float
        The rate used, before the schedule; for the three descents only.
    n_features_in_ : int

    Raises
    ------
    DivergenceError
        If descent runs away, naming the rate and the limit 2/L.

    References
    ----------
    Lecture 3. Rate of "auto": Gower et al. 2019, "SGD: General Analysis and Improved Rates", for batches without
    replacement.

    Examples
    --------
    >>> from toolkit.data import five_houses
    >>> model = LinearRegression().fit(*five_houses())
    >>> float(model.predict([[4000, 4]])[0].round(5))
    598.68309
    """

    def __init__(self, solver="normal", *, fit_intercept=True, learning_rate="auto", schedule="constant", max_iter=1000,
                 tol=1e-6, batch_size="auto", gram="auto", random_state=None):
        self.solver = solver
        self.fit_intercept = fit_intercept
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.gram = gram
        self.random_state = random_state

    def fit(self, X, y):
        """Find the weights.

        Parameters
        ----------
        X : array (m, n)
        y : array (m,)

        Returns
        -------
        self
        """
        self._check_parameters()
        if self.solver in ("normal", "qr"):
            return self._fit_closed_form(X, y)
        return self._fit_batch(X, y) if self.solver == "gd" else self._fit_stochastic(X, y)

    def _fit_closed_form(self, X, y):
        self.n_iter_ = 1
        X, y = self._read(X, y)
        undetermined = X.shape[1] + bool(self.fit_intercept) > len(X)
        if self.solver == "normal" and not undetermined:
            found = self._moments(X, y)
            w, self.solver_ = closed_form.solve_normal(X, y, found)
            return self._keep(w, found.x_mean, found.y_mean)
        x_mean, y_mean = self._means(X, y)
        centred = closed_form.centre(X, x_mean)
        if undetermined:
            w, self.solver_ = closed_form.solve_svd(centred, y - y_mean), "svd"
        else:
            w, self.solver_ = closed_form.solve_qr(centred, y - y_mean)
        return self._keep(w, x_mean, y_mean)

    def _fit_batch(self, X, y):
        X, y = self._read(X, y)
        m, n = X.shape
        if m > n if isinstance(self.gram, str) else self.gram:
            found = self._moments(X, y)
            walk = self._descend(partial(batch_descent, gram_gradient(found.gram, found.target, m), n),
                                 lambda: 2 / m * float(np.linalg.eigvalsh(found.gram)[-1]))
            return self._keep(walk.w, found.x_mean, found.y_mean)
        x_mean, y_mean = self._means(X, y)
        centred = closed_form.centre(X, x_mean)
        walk = self._descend(partial(batch_descent, plain_gradient(centred, y - y_mean), n),
                             lambda: curvature(centred)[1])
        return self._keep(walk.w, x_mean, y_mean)

    def _fit_stochastic(self, X, y):
        X, y = self._read(X, y)
        batch_size = 1 if self.solver == "sgd" else self._batch_size(len(X))
        x_mean, y_mean = self._means(X, y)
        rng = as_generator("random_state", self.random_state)
        walk = self._descend(partial(mini_batch_descent, X, y - y_mean, x_mean, batch_size, rng),
                             lambda: batch_curvature(X - x_mean, batch_size))
        return self._keep(walk.w, x_mean, y_mean)

    def _descend(self, walk, steepest):
        """Walk down; `steepest` gives the curvature L when it is needed, for the rate or for the error."""
        rate = 1 / (steepest() or 1.0) if _is_auto(self.learning_rate) else self.learning_rate
        self.solver_, self.learning_rate_ = self.solver, rate
        try:
            end = walk(learning_rate=rate, schedule=as_factor(self.schedule), tol=self.tol, max_iter=self.max_iter)
        except DivergenceError as error:
            raise DivergenceError(
                f"{self.solver} diverged at learning_rate = {rate:g}: {error}. The rate must stay below 2/L = "
                f"{2 / steepest():.4g}, where L is the largest curvature that a batch sees; standardise the features, "
                "or lower the rate"
            ) from None
        self.n_iter_ = end.n_iter
        if not end.converged:
            where = "gradient / its start" if self.solver == "gd" else "loss / its best"
            warnings.warn(f"{self.solver} stopped at max_iter = {self.max_iter} before its rule was met: {where} = "
                          f"{end.progress:.3g}, tol = {self.tol}. Standardise the features, or raise max_iter or tol",
                          ConvergenceWarning, stacklevel=4)
        return end

    def _batch_size(self, m):
        if _is_auto(self.batch_size):
            return min(32, m)
        check_count("batch_size", self.batch_size, m, f" (the rows of X, {m})")
        return self.batch_size

    def _check_parameters(self):
        """Look at every parameter, also at those that this solver does not use, as scikit-learn does."""
        if not isinstance(self.solver, str) or self.solver not in SOLVERS:
            raise ValueError(f"solver must be one of {', '.join(SOLVERS)}, got {shown(self.solver)}")
        check_count("max_iter", self.max_iter)
        if not _is_auto(self.learning_rate):
            check_positive(learning_rate=self.learning_rate)
        if not _is_auto(self.batch_size):
            check_count("batch_size", self.batch_size)
        if self.tol is not None and not (is_number(self.tol) and self.tol >= 0):
            raise ValueError(f"tol must be None or a number of at least 0, got {shown(self.tol)}")
        check_switch("gram", self.gram, "auto")
        as_factor(self.schedule)
        if self.random_state is not None:
            as_generator("random_state", self.random_state)


def _is_auto(value):
    return isinstance(value, str) and value == "auto"


def batch_curvature(X, batch_size):
    r"""Return the expected largest curvature that a random batch of centred rows sees, between L and the largest 2|x|².

    .. math:: L_b = \frac{m (b - 1)}{b (m - 1)} L + \frac{m - b}{b (m - 1)} \max_i 2 \lVert x_i \rVert^2
    """
    m, b = len(X), batch_size
    steepest = curvature(X)[1]
    if m == 1:
        return steepest
    single = 2 * float(np.einsum("ij,ij->i", X, X).max())
    return (m * (b - 1) * steepest + (m - b) * single) / (b * (m - 1))
