"""A search is an estimator like any other: scikit-learn's own checks."""

import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

from toolkit.model_selection import GridSearchCV

SEARCHES = [
    GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=2, error_score="raise"),
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, error_score="raise"),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(SEARCHES)
def test_search_keeps_the_estimator_contract(estimator, check):
    check(estimator)
