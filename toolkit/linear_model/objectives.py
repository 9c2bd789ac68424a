r"""One penalty, four ways to write it: the lecture, scikit-learn's elastic net, scikit-learn's ridge, Spark.

==============================  ==================================================================================
whose                           objective
==============================  ==================================================================================
here                            1/(2m) SSE + l1 \|w\|₁ + l2/2 \|w\|²
lecture (lambda, alpha)         1/m SSE + alpha lambda \|w\|₁ + (1 - alpha) lambda \|w\|²
scikit-learn (alpha, l1_ratio)  1/(2m) SSE + alpha l1_ratio \|w\|₁ + alpha (1 - l1_ratio)/2 \|w\|²
scikit-learn Ridge (alpha)      SSE + alpha \|w\|²
Spark (regParam, elasticNet)    1/(2m) SSE + regParam (elasticNet \|w\|₁ + (1 - elasticNet)/2 \|w\|²), standardised
==============================  ==================================================================================

SSE is the sum of the squared residuals. Two objectives have the same minimum where one is a positive multiple of the
other; that is all that the conversions use.
"""

from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_vector, check_count, check_not_negative
from toolkit.linear_model.errors import check_penalty, check_problem


@dataclass(frozen=True)
class Penalty:
    """The prices l1 and l2 in 1/(2m) SSE + l1 |w|₁ + l2/2 |w|²."""

    l1: float
    l2: float

    def __post_init__(self):
        check_not_negative(l1=self.l1, l2=self.l2)

    def to_sklearn(self):
        """Return (alpha, l1_ratio) for scikit-learn's and our ElasticNet."""
        alpha = self.l1 + self.l2
        return alpha, self.l1 / alpha if alpha else 1.0

    def to_lecture(self):
        """Return (lambda, alpha) as in the lecture: MSE + alpha lambda |w|₁ + (1 - alpha) lambda |w|²."""
        strength = 2 * self.l1 + self.l2
        return strength, 2 * self.l1 / strength if strength else 1.0

    def to_ridge(self, m):
        """Return the alpha of scikit-learn's and our Ridge for m instances."""
        check_count("m", m)
        if self.l1:
            raise ValueError(f"ridge has no L1 part, got l1 = {self.l1}")
        return m * self.l2


def from_sklearn(alpha, l1_ratio):
    """Return the `Penalty` of scikit-learn's ElasticNet.

    >>> from_sklearn(alpha=2.0, l1_ratio=0.25)
    Penalty(l1=0.5, l2=1.5)
    """
    check_penalty(alpha, l1_ratio)
    return Penalty(alpha * l1_ratio, alpha * (1 - l1_ratio))


def from_lecture(lambda_, alpha):
    """Return the `Penalty` of the lecture's elastic net; its lambda stands once, in front.

    The half in front of our SSE halves both prices, and the half of our l2/2 takes that back for the second one.

    >>> from_lecture(lambda_=1.0, alpha=0.5)
    Penalty(l1=0.25, l2=0.5)
    """
    check_penalty(lambda_, alpha, ("lambda_", "alpha"))
    return Penalty(alpha * lambda_ / 2, (1 - alpha) * lambda_)


def from_ridge(alpha, m):
    """Return the `Penalty` of scikit-learn's Ridge, whose squared error is a sum over m instances.

    >>> from_ridge(alpha=10.0, m=5)
    Penalty(l1=0.0, l2=2.0)
    """
    check_penalty(alpha)
    check_count("m", m)
    return Penalty(0.0, alpha / m)


@dataclass(frozen=True, eq=False)
class Standardised:
    """Spark's problem in scikit-learn's terms: fit ElasticNet(alpha, l1_ratio) on X and y, then `restore`."""

    X: np.ndarray               # (m, n) columns with mean 0, standard deviation 1 (ddof 0)
    y: np.ndarray               # (m,) the same
    alpha: float
    l1_ratio: float
    x_mean: np.ndarray
    x_sd: np.ndarray
    y_mean: float
    y_sd: float

    def restore(self, coef):
        """Return (w, b) in the units of the original data."""
        w = as_vector("coef", coef, len(self.x_sd)) * self.y_sd / self.x_sd
        return w, float(self.y_mean - self.x_mean @ w)


def from_spark(X, y, reg_param, elastic_net_param=0.0):
    """Return the `Standardised` problem that Spark's LinearRegression(regParam, elasticNetParam) solves.

    Spark punishes the weights of standardised features (``standardization=True``, its default) and divides the target
    by its standard deviation too, and regParam with it.

    Parameters
    ----------
    X : array (m, n)
        At least two rows, no constant column.
    y : array (m,)
        Not constant.
    reg_param, elastic_net_param : float
        Spark's regParam and elasticNetParam.

    Returns
    -------
    Standardised
    """
    X, y = check_problem(X, y)
    check_penalty(reg_param, elastic_net_param, ("reg_param", "elastic_net_param"))
    if len(X) < 2:
        raise ValueError(f"a standard deviation needs at least 2 rows, got {len(X)}")
    for name, column in (("y", y), *((f"column {j} of X", X[:, j]) for j in range(X.shape[1]))):
        if np.ptp(column) == 0:
            raise ValueError(f"a constant column cannot be standardised: {name}")
    x_mean, y_mean = X.mean(axis=0), y.mean()
    x_sd, y_sd = X.std(axis=0), y.std()        # ddof 0, as the numbers of PySpark 4.3 in the tests need
    return Standardised((X - x_mean) / x_sd, (y - y_mean) / y_sd, float(reg_param / y_sd), float(elastic_net_param),
                        x_mean, x_sd, float(y_mean), float(y_sd))
