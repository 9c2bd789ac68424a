"""GridSearchCV: against scikit-learn's on the same folds, its count of fits, and what a best score promises."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn import model_selection as reference
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from toolkit.linear_model import ElasticNet as OurElasticNet
from toolkit.model_selection import GridSearchCV, KFold, train_test_split

X, Y = load_diabetes(return_X_y=True)
FLOWERS, SPECIES = load_iris(return_X_y=True)
GRID = {"alpha": [0.1, 0.01], "l1_ratio": [0.0, 1.0]}


@pytest.fixture(scope="module")
def search():
    return GridSearchCV(ElasticNet(), {"alpha": [0.1, 0.01], "l1_ratio": [0.2, 1.0]}, cv=3).fit(X, Y)


def test_G045_two_by_two_settings_and_three_folds_are_twelve_fits_and_the_refit_is_the_thirteenth():
    fits = []

    class Counted(Ridge):
        def __init__(self, alpha=1.0, l1_ratio=0.0):
            super().__init__(alpha)
            self.l1_ratio = l1_ratio

        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    search = GridSearchCV(Counted(), GRID, cv=3).fit(X, Y)
    assert search.n_fits_ == len(fits) == 13
    assert fits[-1] == len(X) and max(fits[:-1]) < len(X)
    assert search.n_splits_ == 3 and len(search.cv_results_["params"]) == 4
    assert GridSearchCV(Counted(), GRID, cv=3, refit=False).fit(X, Y).n_fits_ == 12


def test_G045_the_same_count_for_the_elastic_net_of_this_course():
    search = GridSearchCV(OurElasticNet(), GRID, cv=3, scoring="neg_root_mean_squared_error").fit(X, Y)
    assert search.n_fits_ == 13
    np.testing.assert_array_equal(search.best_estimator_.coef_, OurElasticNet(**search.best_params_).fit(X, Y).coef_)


CASES = {
    "elastic net": (ElasticNet(), {"alpha": [1.0, 0.1, 0.01], "l1_ratio": [0.2, 1.0]}, {}),
    "another score": (Ridge(), {"alpha": [0.1, 1, 10]}, {"scoring": "neg_mean_absolute_error", "cv": 4}),
    "with ties": (Ridge(), {"alpha": [1.0, 1.0, 2.0], "copy_X": [True, False]}, {"return_train_score": True}),
    "pipeline": (make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [0.1, 1.0]}, {"cv": 3}),
    "several grids": (SVC(), [{"kernel": ["linear"], "C": [1, 10]}, {"kernel": ["rbf"], "gamma": [0.1, 1.0]}], {}),
    "step as value": (make_pipeline(StandardScaler(), Ridge()),
                      {"standardscaler": ["passthrough", StandardScaler()]}, {"cv": KFold(3)}),
    "shuffled": (Ridge(), {"alpha": [0.1, 1]}, {"cv": reference.KFold(4, shuffle=True, random_state=3)}),
}


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_of_scikit_learn(case):
    estimator, grid, settings = CASES[case]
    data = (FLOWERS, SPECIES) if isinstance(estimator, SVC) else (X, Y)
    ours, theirs = (kind(clone(estimator), grid, **settings).fit(*data)
                    for kind in (GridSearchCV, reference.GridSearchCV))
    assert ours.best_index_ == theirs.best_index_
    assert ours.best_score_ == pytest.approx(theirs.best_score_, rel=1e-12)
    assert repr(ours.best_params_) == repr(theirs.best_params_)
    np.testing.assert_allclose(ours.predict(data[0]), theirs.predict(data[0]), rtol=1e-12)
    assert ours.score(*data) == pytest.approx(theirs.score(*data), rel=1e-12)
    assert set(ours.cv_results_) == set(theirs.cv_results_)
    for key, column in theirs.cv_results_.items():
        if key.endswith("_score"):
            np.testing.assert_allclose(ours.cv_results_[key], column, rtol=1e-12, err_msg=key)
            assert ours.cv_results_[key].dtype == column.dtype
        elif key.startswith("param_"):
            assert repr(ours.cv_results_[key].tolist()) == repr(column.tolist())
            np.testing.assert_array_equal(ours.cv_results_[key].mask, column.mask)


def test_the_table_reads_as_a_data_frame(search):
    table = pd.DataFrame(search.cv_results_)
    assert len(table) == 4
    assert table.loc[search.best_index_, "rank_test_score"] == 1
    assert (table[[c for c in table if "time" in c]] >= 0).all(axis=None)


def test_times_belong_to_their_candidate_and_round(monkeypatch):
    clock = itertools.count()                                   # each look at the clock is a second later

    class Slow(Ridge):
        def __init__(self, looks=0):
            super().__init__()
            self.looks = looks

        def fit(self, X, y):
            for _ in range(self.looks):
                next(clock)
            return super().fit(X, y)

    monkeypatch.setattr("toolkit.model_selection.validation.time.perf_counter", lambda: next(clock))
    results = GridSearchCV(Slow(), {"looks": [0, 30, 10]}, cv=2, refit=False).fit(X, Y).cv_results_
    assert results["mean_fit_time"].tolist() == [1, 31, 11]
    assert results["mean_score_time"].tolist() == [1, 1, 1]
    assert results["std_fit_time"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("asked", "calls"), [(False, 6), (True, 12)])
def test_training_rows_are_scored_on_request_only(asked, calls):
    scored = []

    def scorer(model, X, y):
        scored.append(len(X))
        return model.score(X, y)

    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=3, scoring=scorer, return_train_score=asked).fit(X, Y)
    assert len(scored) == calls


def test_the_best_is_refitted_on_all_rows(search):
    alone = ElasticNet(**search.best_params_).fit(X, Y)
    np.testing.assert_array_equal(search.best_estimator_.coef_, alone.coef_)
    np.testing.assert_array_equal(search.predict(X), alone.predict(X))
    assert search.score(X, Y) == alone.score(X, Y)
    assert search.n_features_in_ == 10 and search.refit_time_ > 0


def test_names_of_features_are_kept():
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(10)])
    assert GridSearchCV(Ridge(), {"alpha": [1]}).fit(frame, Y).feature_names_in_[3] == "x3"


def test_neither_estimator_nor_grid_nor_data_is_touched():
    estimator, grid, before = Ridge(alpha=5), {"alpha": [0.1, 1]}, (X.copy(), Y.copy())
    GridSearchCV(estimator, grid).fit(X, Y)
    assert estimator.alpha == 5 and not hasattr(estimator, "coef_")
    assert grid == {"alpha": [0.1, 1]}
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(Y, before[1])


def test_a_classifier_keeps_its_other_answers():
    search = GridSearchCV(LogisticRegression(C=0.1, tol=0.1), {"C": [0.1]}, cv=3).fit(FLOWERS, SPECIES)
    best = search.best_estimator_
    assert search.classes_.tolist() == [0, 1, 2]
    for answer in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        np.testing.assert_array_equal(getattr(search, answer)(FLOWERS), getattr(best, answer)(FLOWERS))
    assert not hasattr(search, "transform")


def test_a_transformer_keeps_its_other_answers():
    search = GridSearchCV(PCA(), {"n_components": [1, 2]}, cv=3).fit(FLOWERS)
    flat = search.transform(FLOWERS)
    np.testing.assert_array_equal(flat, search.best_estimator_.transform(FLOWERS))
    np.testing.assert_array_equal(search.inverse_transform(flat), search.best_estimator_.inverse_transform(flat))
    assert not hasattr(search, "predict")


def test_a_search_can_be_searched():
    inner = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=3)
    outer = GridSearchCV(inner, {"estimator__fit_intercept": [True, False]}, cv=3).fit(X, Y)
    assert outer.best_params_ == {"estimator__fit_intercept": True}
    assert outer.best_estimator_.n_fits_ == 7


def test_every_candidate_meets_the_same_folds():
    search = GridSearchCV(Ridge(), {"alpha": [1.0, 1.0]}, cv=KFold(3, shuffle=True)).fit(X, Y)
    same, as_well = zip(*(search.cv_results_[f"split{i}_test_score"] for i in range(3)), strict=True)
    assert same == as_well


@pytest.mark.slow
def test_two_processes_find_what_one_finds(capsys, search):
    two = clone(search).set_params(n_jobs=2, verbose=1).fit(X, Y)
    np.testing.assert_array_equal(two.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"])
    assert two.best_params_ == search.best_params_ and two.n_fits_ == 13
    assert "12/12" in capsys.readouterr().out


def test_a_bar_is_shown_on_standard_output_on_request(capsys):
    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=3, verbose=1).fit(X, Y)
    out, err = capsys.readouterr()
    assert "6/6" in out and not err


def test_refit_may_choose_by_its_own_rule():
    def simplest(results):
        """Return the strongest penalty within one standard deviation of the best."""
        good = results["mean_test_score"] >= results["mean_test_score"].max() - results["std_test_score"].max()
        return int(np.flatnonzero(good)[-1])

    search = GridSearchCV(Ridge(), {"alpha": [0.01, 0.1, 1.0, 100.0]}, refit=simplest).fit(X, Y)
    assert search.best_params_ == {"alpha": 0.1}
    assert search.best_estimator_.alpha == 0.1
    assert not hasattr(search, "best_score_")


@pytest.mark.parametrize("answer", [2, -1, 1.0, "first"])
def test_a_choice_that_is_no_candidate_is_an_error(answer):
    with pytest.raises(IndexError, match="number of a candidate, 0 to 1; got"):
        GridSearchCV(Ridge(), {"alpha": [1, 2]}, refit=lambda results: answer).fit(X, Y)


def test_without_refit_there_is_a_best_setting_but_no_best_model():
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 100.0]}, refit=False).fit(X, Y)
    assert search.best_params_ == {"alpha": 0.1} and search.best_score_ > 0.4
    assert not hasattr(search, "best_estimator_")
    for use in (lambda: search.predict(X), lambda: search.score(X, Y)):
        with pytest.raises(AttributeError, match="this search has refit=False"):
            use()


def test_before_fit_there_is_no_answer():
    search = GridSearchCV(Ridge(), {"alpha": [1]})
    with pytest.raises(NotFittedError):
        search.predict(X)
    assert not hasattr(search, "n_features_in_")


def test_a_setting_that_cannot_be_fitted_ranks_last():
    with pytest.warns(FitFailedWarning, match="3 of 9 fits failed"):
        search = GridSearchCV(Ridge(), {"alpha": [-1.0, 1.0, 0.1]}, cv=3).fit(X, Y)
    assert search.cv_results_["rank_test_score"].tolist() == [3, 2, 1]
    assert np.isnan(search.cv_results_["mean_test_score"][0])


@pytest.mark.parametrize(("settings", "message"), [
    ({"param_grid": {"alfa": [1]}}, r"Invalid parameter 'alfa' for .* Valid parameters are: \['alpha'"),
    ({"param_grid": [{"alpha": [1]}, {"gamma": [1]}]}, "Invalid parameter 'gamma'"),
    ({"param_grid": []}, "the parameter grid is empty"),
    ({"param_grid": {"alpha": []}}, "no value for 'alpha'"),
    ({"cv": 1}, "at least 2, got n_splits=1"),
    ({"cv": []}, r"cv=\[\] gives no split"),
    ({"cv": 500}, "n_splits=500 folds of only n_samples=442"),
    ({"scoring": "accuracyy"}, "'accuracyy' is not a valid scoring value"),
    ({"param_grid": {"alpha": [-1.0]}}, r"All the 5 fits failed(.|\n)*-1.0"),
    ({"param_grid": {"alpha": [-1.0]}, "error_score": "raise"}, "Got -1.0 instead"),
])
def test_a_wrong_setting_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        GridSearchCV(**{"estimator": Ridge(), "param_grid": {"alpha": [1.0]}, **settings}).fit(X, Y)


def test_a_missing_target_and_unequal_lengths_are_named():
    with pytest.raises(ValueError, match="search of a Ridge requires y to be passed"):
        GridSearchCV(Ridge(), {"alpha": [1]}).fit(X)
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[442, 10\]"):
        GridSearchCV(Ridge(), {"alpha": [1]}).fit(X, Y[:10])


class CoinFlip(ClassifierMixin, BaseEstimator):
    """A model that learns nothing: it tosses a coin, seeded by `seed` and the size of the question."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, X):
        return np.random.default_rng([self.seed, len(X)]).integers(0, 2, len(X))


def test_M03_14_the_best_of_many_scores_promises_too_much():
    """A hundred coins, fifty validation cases: the best coin looks good, and is a coin all the same."""
    promised, kept = [], []
    for repeat in range(8):
        rng = np.random.default_rng(repeat)
        x, y = np.zeros((2000, 1)), rng.integers(0, 2, 2000)
        x_search, x_new, y_search, y_new = train_test_split(x, y, train_size=100, random_state=repeat)
        search = GridSearchCV(CoinFlip(), {"seed": list(range(100))}, cv=[(range(50), range(50, 100))])
        search.fit(x_search, y_search)
        promised.append(search.best_score_)
        kept.append(search.score(x_new, y_new))
    assert 0.64 < np.mean(promised) < 0.71                      # .6765 over 200 runs
    assert abs(np.mean(kept) - 0.5) < 0.02
