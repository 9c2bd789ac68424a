"""How good a prediction is: scikit-learn's names and conventions, in the shape of the formulas."""

import numpy as np

from toolkit._checks import as_floats, refuse_extremes


def mean_squared_error(y_true, y_pred, *, sample_weight=None):
    r"""Return the mean of the squared residuals, in squared units of y.

    .. math:: \mathrm{MSE} = \frac{1}{m} \sum_i (y^{(i)} - \hat y^{(i)})^2

    Parameters
    ----------
    y_true, y_pred : array (m,)
    sample_weight : array (m,), optional
        At least 0; a weight of 2 counts an instance twice.

    Returns
    -------
    float

    Examples
    --------
    >>> mean_squared_error([1, 2, 3], [1, 2, 5])
    1.3333333333333333
    """
    y_true, y_pred, weight = _checked(y_true, y_pred, sample_weight)
    return float(np.average((y_true - y_pred) ** 2, weights=weight))


def root_mean_squared_error(y_true, y_pred, *, sample_weight=None):
    """Return the root of the mean squared error, in units of y.

    >>> root_mean_squared_error([0, 0], [3, 3])
    3.0
    """
    return float(np.sqrt(mean_squared_error(y_true, y_pred, sample_weight=sample_weight)))


def mean_absolute_error(y_true, y_pred, *, sample_weight=None):
    r"""Return the mean of the absolute residuals, :math:`\frac{1}{m} \sum_i |y^{(i)} - \hat y^{(i)}|`, in units of y.

    >>> mean_absolute_error([1, 2, 3], [1, 2, 5])
    0.6666666666666666
    """
    y_true, y_pred, weight = _checked(y_true, y_pred, sample_weight)
    return float(np.average(np.abs(y_true - y_pred), weights=weight))


def r2_score(y_true, y_pred, *, sample_weight=None):
    r"""Return the share of the variance of y that a prediction explains.

    .. math:: R^2 = 1 - \frac{\sum_i (y^{(i)} - \hat y^{(i)})^2}{\sum_i (y^{(i)} - \bar y)^2}

    1 is a perfect prediction, 0 as good as the mean, and there is no lower bound: it is not the squared correlation,
    which a forecast that is always double would pass.

    Returns
    -------
    float
        Where all targets are equal there is nothing to explain: 1 if the prediction is perfect, else 0 (as
        scikit-learn has it).

    Raises
    ------
    ValueError
        For a single instance, whose variance is not defined.

    Examples
    --------
    >>> r2_score([1, 2, 3], [2, 4, 6])
    -6.0
    """
    y_true, y_pred, weight = _checked(y_true, y_pred, sample_weight)
    if len(y_true) < 2:
        raise ValueError(f"R² compares with the variance of y and needs at least 2 instances, got {len(y_true)}")
    weight = np.ones_like(y_true) if weight is None else weight
    unexplained = weight @ (y_true - y_pred) ** 2
    spread = weight @ (y_true - np.average(y_true, weights=weight)) ** 2
    if spread == 0:
        return 1.0 if unexplained == 0 else 0.0
    return float(1 - unexplained / spread)


def _checked(y_true, y_pred, weight):
    """Return the three as float vectors of one length; a column (m, 1) is an error, not something to broadcast."""
    arrays = {"y_true": y_true, "y_pred": y_pred} | ({} if weight is None else {"sample_weight": weight})
    arrays = {name: as_floats(name, values) for name, values in arrays.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) > 1 or arrays["y_true"].ndim != 1 or not arrays["y_true"].size:
        raise ValueError("expected vectors of one length with at least one entry, got "
                         + ", ".join(f"{name} of shape {array.shape}" for name, array in arrays.items()))
    both = [arrays["y_true"], arrays["y_pred"]]
    refuse_extremes("y_true or y_pred", min(array.min() for array in both), max(array.max() for array in both))
    if weight is not None and (arrays["sample_weight"].min() < 0 or not arrays["sample_weight"].any()):
        raise ValueError("sample_weight must be at least 0 everywhere and greater than 0 somewhere, "
                         f"got {arrays['sample_weight'].tolist()}")
    return arrays["y_true"], arrays["y_pred"], arrays.get("sample_weight")
