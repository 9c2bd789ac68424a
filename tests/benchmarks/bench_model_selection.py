"""What our splits and our search cost beside scikit-learn's, on the same estimator."""

import numpy as np

from tests.benchmarks.registry import registry


@registry.ratio("grid search, 20 x 5 fits of a small Ridge / sklearn GridSearchCV", at_most=1)
def grid_search():
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV as Reference

    from toolkit.model_selection import GridSearchCV

    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 5))
    y = X @ rng.standard_normal(5) + rng.standard_normal(200)
    grid = {"alpha": np.geomspace(1e-3, 1e3, 20).tolist()}
    ours, reference = GridSearchCV(Ridge(), grid), Reference(Ridge(), grid)
    np.testing.assert_allclose(ours.fit(X, y).cv_results_["mean_test_score"],
                               reference.fit(X, y).cv_results_["mean_test_score"], rtol=1e-12)
    return (lambda: ours.fit(X, y)), (lambda: reference.fit(X, y))


@registry.ratio("ten stratified folds of a million rows / sklearn StratifiedKFold", at_most=1.5, repeats=5)
def stratified_folds():
    from sklearn.model_selection import StratifiedKFold as Reference

    from toolkit.model_selection import StratifiedKFold

    y = np.random.default_rng(0).integers(0, 5, 1_000_000)
    ours, reference = StratifiedKFold(10), Reference(10)
    for (_, a), (_, b) in zip(ours.split(y, y), reference.split(y, y), strict=True):
        np.testing.assert_array_equal(a, b)
    return (lambda: list(ours.split(y, y))), (lambda: list(reference.split(y, y)))
