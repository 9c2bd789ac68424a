"""Search for good hyperparameters: try a grid, each setting by cross-validation."""

import time
from copy import deepcopy

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from toolkit._checks import check_switch
from toolkit.model_selection.grid import ParameterGrid
from toolkit.model_selection.results import results_table
from toolkit.model_selection.validation import prepare, run, targets


def _estimator_has(method):
    """Return a check that the estimator of a search, refitted or not yet, has `method`; its AttributeError is kept."""
    def check(search):
        getattr(getattr(search, "best_estimator_", search.estimator), method)
        return True
    return check


class GridSearchCV(MetaEstimatorMixin, BaseEstimator):
    """Try every setting of a grid by cross-validation and keep the best, fitted again on all the rows.

    Its fits are counted: a 2 x 2 grid with 3 folds means 12, and the last one on all rows is the 13th.

    Parameters
    ----------
    estimator : estimator
        Is copied, never fitted itself.
    param_grid : dict or list of dict
        As for `ParameterGrid`.
    scoring : str or callable, optional
        The name of a scikit-learn scorer or ``scorer(estimator, X, y)``, higher is better; by default the
        estimator's own ``score``.
    n_jobs : int, optional
        Processes (joblib); -1 for all cores.
    refit : bool or callable
        Fit the best setting on all rows at the end. A callable chooses: ``refit(cv_results_) -> best_index_``.
    cv : int, splitter or iterable, optional
        As for `check_cv`.
    verbose : int
        1 shows a progress bar on standard output.
    error_score : float or "raise"
        The score of a fit that fails; ``"raise"`` stops there.
    return_train_score : bool

    Attributes
    ----------
    cv_results_ : dict of arrays (n_candidates,)
        ``params``, ``param_<name>``, ``split<i>_test_score``, ``mean_test_score``, ``std_test_score``,
        ``rank_test_score``, fit and score times in seconds, and the same of the training scores if asked for.
    best_index_, best_params_, best_score_ : int, dict, float
        Of the candidate with the best mean test score, the first of equals. `best_score_` has been chosen as the best
        of many: it promises too much, and only rows that the search never saw tell the truth.
    best_estimator_, refit_time_ : only with `refit`
    n_splits_, n_fits_ : int
        Rounds for each candidate; all fits, the refit included.
    scorer_ : callable

    References
    ----------
    Lecture 03, "Hyperparameters and cross-validation".
    """

    def __init__(self, estimator, param_grid, *, scoring=None, n_jobs=None, refit=True, cv=None, verbose=0,
                 error_score=np.nan, return_train_score=False):
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.error_score = error_score
        self.return_train_score = return_train_score

    def fit(self, X, y=None):
        """Search, refit, return self.

        Parameters
        ----------
        X : array (m, n) or another table with m rows
        y : array (m,), optional

        Raises
        ------
        ValueError
            If the grid is empty, names a parameter that the estimator does not have (the message lists those that it
            has), or every fit fails.
        """
        if not callable(self.refit):
            check_switch("refit", self.refit)
        check_switch("return_train_score", self.return_train_score)
        if y is None and get_tags(self).target_tags.required:
            raise ValueError(f"this search of a {type(self.estimator).__name__} requires y to be passed, "
                             "but the target y is None")
        candidates = list(ParameterGrid(self.param_grid))
        settings = [clone(self.estimator).set_params(**clone(params, safe=False)) for params in candidates]
        X, y, self.scorer_, splits = prepare(self.estimator, X, y, self.cv, self.scoring)
        trials = run([(setting, X, y, train, test, self.scorer_) for setting in settings for train, test in splits],
                     n_jobs=self.n_jobs, verbose=self.verbose, error_score=self.error_score,
                     train_score=self.return_train_score)
        self.n_splits_ = len(splits)
        self.n_fits_ = len(trials)
        self.cv_results_ = results_table(candidates, trials, self.n_splits_, self.return_train_score)
        self.best_index_ = self._choose()
        self.best_params_ = candidates[self.best_index_]
        if not callable(self.refit):
            self.best_score_ = self.cv_results_["mean_test_score"][self.best_index_]
        if self.refit:
            self._refit(clone(settings[self.best_index_]), X, y)
        return self

    def _choose(self):
        """Return the number of the best candidate."""
        if not callable(self.refit):
            return int(np.argmin(self.cv_results_["rank_test_score"]))
        index = self.refit(self.cv_results_)
        n_candidates = len(self.cv_results_["params"])
        if not isinstance(index, int | np.integer) or isinstance(index, bool) or not 0 <= index < n_candidates:
            raise IndexError(f"refit must return the number of a candidate, 0 to {n_candidates - 1}; got {index!r}")
        return int(index)

    def _refit(self, estimator, X, y):
        started = time.perf_counter()
        self.best_estimator_ = estimator.fit(X, *targets(y))
        self.refit_time_ = time.perf_counter() - started
        self.n_fits_ += 1
        if hasattr(estimator, "feature_names_in_"):
            self.feature_names_in_ = estimator.feature_names_in_

    def score(self, X, y=None):
        """Return the score of the best estimator on `X` and `y`, by the same scorer as in the search."""
        self._check_refitted("score")
        return self.scorer_(self.best_estimator_, X, *targets(y))

    @available_if(_estimator_has("predict"))
    def predict(self, X):
        """Return the predictions of the best estimator."""
        return self._ask("predict", X)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Return the class probabilities of the best estimator."""
        return self._ask("predict_proba", X)

    @available_if(_estimator_has("predict_log_proba"))
    def predict_log_proba(self, X):
        """Return the logarithms of the class probabilities of the best estimator."""
        return self._ask("predict_log_proba", X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X):
        """Return the decision values of the best estimator."""
        return self._ask("decision_function", X)

    @available_if(_estimator_has("transform"))
    def transform(self, X):
        """Return `X` transformed by the best estimator."""
        return self._ask("transform", X)

    @available_if(_estimator_has("inverse_transform"))
    def inverse_transform(self, X):
        """Return `X` transformed back by the best estimator."""
        return self._ask("inverse_transform", X)

    def _ask(self, method, X):
        self._check_refitted(method)
        return getattr(self.best_estimator_, method)(X)

    def _check_refitted(self, method):
        if not self.refit:
            raise AttributeError(f"{method} needs the best estimator fitted on all rows, but this search has "
                                 f"refit={self.refit!r}; fit one with best_params_ yourself or set refit=True")
        check_is_fitted(self)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "best_estimator_")

    @property
    def classes_(self):
        """The classes of the best estimator."""
        _estimator_has("classes_")(self)
        return self.best_estimator_.classes_

    @property
    def n_features_in_(self):
        """The number of features of the best estimator."""
        if not hasattr(self, "best_estimator_"):
            raise AttributeError(f"{type(self).__name__} has no n_features_in_ before it is fitted")
        return self.best_estimator_.n_features_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = deepcopy(inner.classifier_tags)
        tags.regressor_tags = deepcopy(inner.regressor_tags)
        tags.target_tags = deepcopy(inner.target_tags)
        tags.input_tags.pairwise = inner.input_tags.pairwise
        tags.input_tags.sparse = inner.input_tags.sparse
        return tags
