"""Ridge, lasso and elastic net with scikit-learn's objectives."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from toolkit._checks import check_count, check_not_negative, check_switch
from toolkit.linear_model import closed_form
from toolkit.linear_model.coordinate_descent import solve_gram, solve_residual
from toolkit.linear_model.errors import check_penalty
from toolkit.linear_model.path import enet_path, lasso_path
from toolkit.linear_model.regression import LinearModel


class Ridge(LinearModel):
    r"""Least squares with a price on the squared length of the weights.

    .. math:: \lVert y - X w - b \rVert^2 + \alpha \lVert w \rVert^2

    The squared error is a sum, not a mean: for the mean, as in the lecture, see `toolkit.linear_model.objectives`. The
    intercept is not punished.

    Parameters
    ----------
    alpha : float
        At least 0. 0 is least squares.
    fit_intercept : bool

    Attributes
    ----------
    coef_ : array (n,)
    intercept_ : float
    solver_ : {"normal", "dual", "svd"}
        normal: X'X + alpha I by Cholesky; dual: the same from XX' for fewer rows than columns; svd where the system is
        ill-conditioned (with a warning).

    References
    ----------
    Lecture 3, "Regularization".

    Examples
    --------
    >>> Ridge(alpha=1.0).fit([[0], [1], [2], [3]], [105, 107, 109, 111]).coef_.round(3)
    array([1.667])
    """

    def __init__(self, alpha=1.0, *, fit_intercept=True):
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    def fit(self, X, y):
        """Find the weights for X, array (m, n), and y, array (m,); return self."""
        check_penalty(self.alpha)
        X, y = self._read(X, y)
        if len(X) > X.shape[1]:
            found = self._moments(X, y)
            w, self.solver_ = closed_form.solve_normal(X, y, found, self.alpha)
            return self._keep(w, found.x_mean, found.y_mean)
        x_mean, y_mean = self._means(X, y)
        X, y = closed_form.centre(X, x_mean), y - y_mean
        if self.alpha:
            w, self.solver_ = closed_form.solve_dual(X, y, self.alpha), "dual"
        else:
            w, self.solver_ = closed_form.solve_svd(X, y), "svd"
        return self._keep(w, x_mean, y_mean)


class ElasticNet(LinearModel):
    r"""Least squares with a price on the absolute and on the squared weights, by coordinate descent.

    .. math:: \frac{1}{2m} \lVert y - X w - b \rVert^2 + \alpha r \lVert w \rVert_1
              + \frac{\alpha (1 - r)}{2} \lVert w \rVert^2

    The squared error is half a mean. The intercept is not punished.

    Parameters
    ----------
    alpha : float
        At least 0. 0 is least squares.
    l1_ratio : float
        r: 1 is the lasso, 0 is scikit-learn's ``Ridge(alpha=m * alpha)``.
    fit_intercept : bool
    precompute : {"auto", True, False}
        Whether to walk on X'X (True), so that a sweep costs n² whatever m, or on the residual (False). "auto": True for
        more rows than columns.
    max_iter : int
        Sweeps over all coordinates.
    tol : float
        Stop when the duality gap, which bounds the distance to the minimum, is at most tol y'y.
    warm_start : bool
        Start from the weights of the last fit.

    Attributes
    ----------
    coef_ : array (n,)
        With exact zeros.
    intercept_ : float
    n_iter_ : int
        Sweeps.
    dual_gap_ : float
        At the end, in units of the objective.

    References
    ----------
    Lecture 3, "Regularization"; Friedman, Hastie and Tibshirani 2010, "Regularization Paths".

    Examples
    --------
    >>> model = ElasticNet(alpha=0.5, l1_ratio=1).fit([[-1, 0.1], [1, -0.1], [0, 0.2]], [-2, 2, 0])
    >>> model.coef_.round(3)
    array([1.25, 0.  ])
    """

    def __init__(self, alpha=1.0, *, l1_ratio=0.5, fit_intercept=True, precompute="auto", max_iter=1000, tol=1e-4,
                 warm_start=False):
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.tol = tol
        self.warm_start = warm_start

    path = staticmethod(enet_path)

    def fit(self, X, y):
        """Find the weights for X, array (m, n), and y, array (m,); return self."""
        check_penalty(self.alpha, self.l1_ratio)
        check_count("max_iter", self.max_iter)
        check_not_negative(tol=self.tol)
        check_switch("precompute", self.precompute, "auto")
        check_switch("warm_start", self.warm_start)
        X, y = self._read(X, y)
        m, n = X.shape
        l1, l2 = m * self.alpha * self.l1_ratio, m * self.alpha * (1 - self.l1_ratio)
        if l1 == 0:
            return self._fit_smooth(X, y, l2)
        start = self.coef_ if self.warm_start and np.shape(getattr(self, "coef_", None)) == (n,) else np.zeros(n)
        if m > n if isinstance(self.precompute, str) else self.precompute:
            found = self._moments(X, y)
            x_mean, y_mean, y2 = found.x_mean, found.y_mean, found.y2
            w, gap, sweeps = solve_gram(found.gram, found.target, y2, l1, l2, start, self.tol, self.max_iter)
        else:
            x_mean, y_mean = self._means(X, y)
            centred, residual = np.asfortranarray(closed_form.centre(X, x_mean)), y - y_mean
            y2 = residual @ residual
            w, gap, sweeps = solve_residual(centred, residual, l1, l2, start, self.tol, self.max_iter)
        self.n_iter_, self.dual_gap_ = sweeps, gap / m
        if gap > max(self.tol, 1e-15) * y2 and sweeps == self.max_iter:
            warnings.warn(f"coordinate descent stopped at max_iter = {sweeps} sweeps with a duality gap of {gap:.3g}, "
                          f"above tol y'y = {self.tol * y2:.3g}: raise max_iter, tol or alpha", ConvergenceWarning,
                          stacklevel=2)
        return self._keep(w, x_mean, y_mean)

    def _fit_smooth(self, X, y, l2):
        """Without an L1 part there is a closed form."""
        smooth = Ridge(alpha=l2, fit_intercept=self.fit_intercept).fit(X, y)
        self.coef_, self.intercept_, self.n_iter_, self.dual_gap_ = smooth.coef_, smooth.intercept_, 1, 0.0
        return self


class Lasso(ElasticNet):
    r"""Least squares with a price on the absolute weights, which makes many of them exactly zero.

    .. math:: \frac{1}{2m} \lVert y - X w - b \rVert^2 + \alpha \lVert w \rVert_1

    Parameters and attributes are those of `ElasticNet` with l1_ratio 1.

    Examples
    --------
    >>> from toolkit.data import diabetes
    >>> X, y, names = diabetes()
    >>> [name for name, w in zip(names, Lasso(alpha=10).fit(X, y).coef_) if w]
    ['bmi', 'bp', 's3', 's5']
    """

    def __init__(self, alpha=1.0, *, fit_intercept=True, precompute="auto", max_iter=1000, tol=1e-4, warm_start=False):
        super().__init__(alpha=alpha, l1_ratio=1.0, fit_intercept=fit_intercept, precompute=precompute,
                         max_iter=max_iter, tol=tol, warm_start=warm_start)

    path = staticmethod(lasso_path)
