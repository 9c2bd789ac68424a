"""Every estimator keeps scikit-learn's contract."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from toolkit.linear_model import ElasticNet, Lasso, LinearRegression, Ridge

ESTIMATORS = [
    LinearRegression(),
    LinearRegression("qr"),
    LinearRegression("gd"),
    LinearRegression("gd", gram=False, schedule="exponential"),
    LinearRegression("sgd", random_state=0),
    LinearRegression("mini_batch", schedule="inverse_time", random_state=0),
    Ridge(),
    Lasso(),
    ElasticNet(),
    ElasticNet(precompute=False, warm_start=True),
]


# The checks fit a few steps, or data with repeated columns, on purpose, and do not look at these two warnings.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::scipy.linalg.LinAlgWarning")
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)
