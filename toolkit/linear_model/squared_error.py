"""The mean squared error of a linear model: value, gradient, curvature, and the weights where the gradient is zero.

No intercept is handled here: a model with one has a column of ones in X.
"""

import numpy as np

from toolkit._checks import as_matrix, as_points, check_number
from toolkit.linear_model.errors import check_problem, check_weights


def mse(X, y, w):
    r"""Return the mean squared error of the weights w.

    .. math:: J(w) = \frac{1}{m} \lVert X w - y \rVert^2

    Parameters
    ----------
    X : array (m, n)
    y : array (m,)
    w : array (n,)

    Returns
    -------
    float

    References
    ----------
    Lecture 3, "Linear Regression - Cost Function". The descent slides there drop the 1/m and keep the gradient's 2/m;
    here both have it.

    Examples
    --------
    >>> mse([[1, 0], [0, 1]], [1, 3], [0, 0])
    5.0
    """
    X, y = check_problem(X, y)
    w = check_weights(w, X.shape[1], finite=False)
    with np.errstate(over="ignore", invalid="ignore"):          # the loss of weights that have run away is infinite
        residual = X @ w - y
        return float(residual @ residual / len(y))


def mse_gradient(X, y, w):
    r"""Return the gradient of the mean squared error at w.

    .. math:: \nabla J(w) = \frac{2}{m} X^T (X w - y)

    For one instance, m = 1, the factor is 2: an unbiased estimate of the gradient over all instances.

    Parameters
    ----------
    X : array (m, n)
    y : array (m,)
    w : array (n,)

    Returns
    -------
    array (n,)

    Examples
    --------
    >>> mse_gradient([[1, 0], [0, 1]], [1, 3], [0, 0])
    array([-1., -3.])
    """
    X, y = check_problem(X, y)
    w = check_weights(w, X.shape[1], finite=False)
    with np.errstate(over="ignore", invalid="ignore"):
        return 2 / len(y) * (X @ w - y) @ X


def hessian(X):
    """Return the second derivative of the mean squared error, 2/m X'X, an array (n, n); it does not depend on w."""
    X = as_matrix("X", X)
    return 2 / len(X) * X.T @ X


def curvature(X):
    """Return the smallest and the largest curvature of the mean squared error.

    These are the eigenvalues mu and L of the Hessian 2/m X'X. Gradient descent with a constant rate comes down below
    2/L, and diverges above it. L/mu is the condition number.

    Parameters
    ----------
    X : array (m, n)

    Returns
    -------
    mu, L : float
        mu is 0 where X has fewer rows than columns.

    Examples
    --------
    >>> curvature([[1, 0], [0, 3]])
    (1.0, 9.0)
    """
    X = as_matrix("X", X)
    m, n = X.shape
    if m < n:                                       # the non-zero eigenvalues of X'X and XX' are the same
        return 0.0, float(2 / m * np.linalg.eigvalsh(X @ X.T)[-1])
    eigenvalues = np.linalg.eigvalsh(hessian(X)).clip(min=0)
    return float(eigenvalues[0]), float(eigenvalues[-1])


def normal_equation(X, y):
    """Return the weights at which the gradient of the mean squared error is zero.

    .. math:: X^T X w = X^T y

    solved as it stands: the form to read. `LinearRegression` centres, uses that X'X is symmetric and positive, and
    notices when the columns of X nearly repeat each other.

    Parameters
    ----------
    X : array (m, n)
        With its own column of ones, if the model is to have an intercept.
    y : array (m,)

    Returns
    -------
    array (n,)

    Raises
    ------
    ValueError
        If X'X is singular: a column of X is a combination of others, exactly or nearly, or there are fewer rows than
        columns.

    References
    ----------
    Lecture 3, "Normal Equation".

    Examples
    --------
    >>> normal_equation([[1, 0], [1, 1], [1, 2]], [5, 7, 9]).round(12)
    array([5., 2.])
    """
    X, y = check_problem(X, y)
    rank = np.linalg.matrix_rank(X)
    if rank < X.shape[1]:
        raise ValueError(f"X'X is singular: X has {X.shape[1]} columns and rank {rank}, so that many weights fit "
                         "equally well; drop a column, or use LinearRegression, which takes the shortest solution")
    gram = X.T @ X
    lengths = np.sqrt(gram.diagonal())
    eigenvalues = np.linalg.eigvalsh(gram / np.multiply.outer(lengths, lengths))        # whatever the features' units
    if eigenvalues[0] <= len(gram) * np.finfo(float).eps * eigenvalues[-1]:
        raise ValueError("X'X is singular in floats: the columns of X nearly repeat each other, so that no digit of "
                         "the weights would be right; drop a column, or use LinearRegression, which notices")
    return np.linalg.solve(gram, X.T @ y)


def leverage(X):
    r"""Return how much each prediction follows its own target, the diagonal of the hat matrix.

    .. math:: h_i = (X (X^T X)^{-1} X^T)_{ii}, \quad \hat y = H y

    Parameters
    ----------
    X : array (m, n)
        With its own column of ones, if the model has an intercept.

    Returns
    -------
    array (m,)
        Between 0 and 1; the sum is the rank of X.

    Examples
    --------
    >>> leverage([[1, 0], [1, 1], [1, 2]]).round(4)
    array([0.8333, 0.3333, 0.8333])
    """
    X = as_matrix("X", X)
    U, singular_values, _ = np.linalg.svd(X, full_matrices=False)
    kept = singular_values > singular_values[0] * max(X.shape) * np.finfo(float).eps
    return (U[:, kept] ** 2).sum(axis=1)


def square_areas(x, y, slope, intercept):
    """Return the area of the square on each residual of a line: (y - slope x - intercept)².

    Parameters
    ----------
    x, y : array (m,)
    slope, intercept : float

    Returns
    -------
    array (m,)
        In squared units of y; their mean is the mean squared error.

    Examples
    --------
    >>> square_areas([0, 1, 2], [1, 3, 4], 1, 1)
    array([0., 1., 1.])
    """
    x, y = as_points(x, y)
    check_number(slope=slope, intercept=intercept)
    return (y - slope * x - intercept) ** 2
