"""Data sets that come with scikit-learn, in the form in which the lectures use them."""

from typing import NamedTuple

import numpy as np


class Diabetes(NamedTuple):
    """The diabetes data, ready for a linear model without an intercept."""

    X: np.ndarray           # (442, 10), every column with mean 0 and standard deviation 1 (ddof 0)
    y: np.ndarray           # (442,), disease progression after one year minus its mean, score points
    names: tuple            # of the ten columns


def diabetes():
    """Return scikit-learn's diabetes data with standardised columns and a centred target.

    A coefficient then reads as score points per standard deviation, and no intercept is needed.

    Returns
    -------
    Diabetes
        Unpacks as ``X, y, names``.

    References
    ----------
    Efron, Hastie, Johnstone and Tibshirani 2004, "Least Angle Regression". Ships with scikit-learn (BSD-3).

    Examples
    --------
    >>> X, y, names = diabetes()
    >>> X.shape, names[:4]
    ((442, 10), ('age', 'sex', 'bmi', 'bp'))
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes()
    X = bunch.data - bunch.data.mean(axis=0)
    return Diabetes(X / X.std(axis=0), bunch.target - bunch.target.mean(), tuple(bunch.feature_names))
