"""Choose a model and say how good it is: splits, cross-validation, grid search, bias and variance.

Names, arguments and results are scikit-learn's. The splits and the search are written here to be read; only the
estimator interface (cloning, scorers, input checks) is scikit-learn's own.
"""

from toolkit.model_selection.bias_variance import BiasVariance, bias_variance, decompose_error
from toolkit.model_selection.grid import ParameterGrid
from toolkit.model_selection.holdout import train_test_split
from toolkit.model_selection.search import GridSearchCV
from toolkit.model_selection.splits import KFold, StratifiedKFold, check_cv
from toolkit.model_selection.validation import (
    Round,
    cross_val_score,
    cross_validation_steps,
    learning_curve,
    validation_curve,
)

__all__ = [
    "BiasVariance",
    "GridSearchCV",
    "KFold",
    "ParameterGrid",
    "Round",
    "StratifiedKFold",
    "bias_variance",
    "check_cv",
    "cross_val_score",
    "cross_validation_steps",
    "decompose_error",
    "learning_curve",
    "train_test_split",
    "validation_curve",
]
