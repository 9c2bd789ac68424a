"""Bad input to toolkit.model_selection: rows of (public name, call, exception, what the message says)."""

import numpy as np
import scipy.sparse
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit

import toolkit.model_selection as ms
from tests.bad_input.common import CLASSES, INF, NAN, X_NAN, T, V, X, Y, each
from toolkit.linear_model import Ridge
from toolkit.model_selection import GridSearchCV, KFold, ParameterGrid, StratifiedKFold

SEED = "(random_state must be a whole number|cannot be used to seed).*"
NO_SEED = ("a", -1, 2.5, True, NAN)
LENGTHS = "inconsistent numbers of samples: \\[6, 5\\]"
NO_CV = "cv must be a number of folds, a splitter or an iterable of .train, test. indices, got"
PARTS = (lambda x, y, points: points, lambda rng: (None, None), [1.0, 2.0], [1.0, 2.0], 0.1, 2)


def judge(name, **settings):
    """Return a call of a function that judges by cross-validation, with two folds unless the settings say more."""
    own = {"validation_curve": {"param_name": "alpha", "param_range": [1.0]}, "learning_curve": {"train_sizes": [1.0]}}
    settings = {"estimator": Ridge(), "X": X, "y": Y, "cv": 2, **own.get(name, {}), **settings}
    if name == "GridSearchCV.fit":
        X_, y_ = settings.pop("X"), settings.pop("y")
        return lambda: GridSearchCV(**{"param_grid": {"alpha": [1.0]}, **settings}).fit(X_, y_)
    if name == "cross_validation_steps":
        settings = {key: settings[key] for key in settings if key not in ("n_jobs", "verbose", "error_score")}
    return lambda: getattr(ms, name)(**settings)


def judges(name):
    """Yield what is the same for all that judge by cross-validation."""
    for settings, error, message in (
        ({"estimator": None}, T, "None"),
        ({"estimator": "ridge"}, (V, T), "'?ridge'?"),
        ({"estimator": Ridge}, T, "instance"),
        ({"X": None}, T, r"expected rows in an array, .*, got None \(NoneType\)"),
        ({"X": "houses.csv"}, T, r"got 'houses.csv' \(str\)"),
        ({"X": {"area": [1]}}, T, r"got .* \(dict\)"),
        ({"X": 3.0}, T, "at least 1 dimension"),
        ({"y": Y[1:]}, V, LENGTHS),
        ({"y": None}, V, "(a Ridge|Ridge) requires y to be passed, but the target y is None"),
        ({"y": "price"}, T, r"got 'price' \(str\)"),
        ({"X": X[:0], "y": Y[:0]}, V, "n_splits=2 folds of only n_samples=0"),
        *(({"cv": cv}, V, f"at least 2, got n_splits={cv}") for cv in (1, 0, -1, True)),
        *(({"cv": cv}, V, NO_CV) for cv in ("five", 2.5, NAN, KFold, 1j)),
        ({"cv": 7}, V, "n_splits=7 folds of only n_samples=6"),
        ({"cv": []}, V, r"cv=\[\] gives no split"),
        ({"cv": [1, 2]}, V, r"a split of cv is a pair \(train, test\) of row numbers, got 1"),
        ({"cv": [([0, 1], [9])]}, V, "test rows of a split must lie between 0 and 5, .* got 9 to 9"),
        ({"cv": [([0, 1], [-1])]}, V, "test rows of a split must lie between 0 and 5, .* got -1 to -1"),
        ({"cv": [([0, 1], [])]}, V, "test rows of a split must be a list of at least one row number"),
        ({"cv": [([0.5], [1])]}, V, "train rows of a split must be a list of at least one row number"),
        ({"scoring": "mse"}, V, "'mse' is not a valid scoring value"),
        ({"scoring": ["r2"]}, V, "the name of one scorer or a callable, got .'r2'."),
        ({"scoring": 3}, V, "the name of one scorer or a callable, got 3"),
    ):
        yield f"model_selection.{name}", judge(name, **settings), error, message
    for settings, message in (
        *(({"n_jobs": n}, "n_jobs must be None or a whole number of processes, -1 for all cores, got")
          for n in (0, 2.5, "all", INF, True)),
        *(({"verbose": n}, "verbose must be 0 or 1, got") for n in ("yes", -1, NAN * 1j)),
        *(({"error_score": score}, "error_score must be a number or \"raise\", got") for score in ("nan", None, True,
                                                            1j)),
        ({"X": X[:, 0]}, "All the . fits failed(.|\n)*Expected 2D array, got 1D array"),
        ({"X": X[:, :0]}, "All the . fits failed(.|\n)*0 feature"),
        ({"X": X_NAN, "cv": [([0, 1], [2, 3])]}, "All the 1 fits failed(.|\n)*X contains NaN"),
        ({"y": list("abcdef")}, "All the . fits failed(.|\n)*y must hold real numbers, got text such as"),
        ({"X": scipy.sparse.csr_matrix(X)}, "All the . fits failed(.|\n)*Sparse data was passed"),
    ):
        if name != "cross_validation_steps":
            yield f"model_selection.{name}", judge(name, **settings), V, message


def searched(**settings):
    return GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2, **settings)


def parts(**changes):
    names = ("fit_predict", "draw", "x", "truth", "noise", "repeats")
    return lambda: ms.bias_variance(**{**dict(zip(names, PARTS, strict=True)), **changes})


LOGISTIC = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2)
ROWS = [
    # one split
    *each("model_selection.train_test_split", lambda size: ms.train_test_split(X, Y, test_size=size), V,
          "test_size must be a share in .* or a whole number of rows from 1 to 5 .* got {}",
          0, 0.0, 1.0, 2.5, 6, 7, -1, -0.1, NAN, INF, True, "a quarter", [1]),
    *each("model_selection.train_test_split", lambda size: ms.train_test_split(X, train_size=size), V,
          "train_size must be a share .* got {}", 0, 6, 1.5, NAN, "half"),
    *each("model_selection.train_test_split", lambda n: ms.train_test_split(X, test_size=n, train_size=5), V,
          "train_size=5 and test_size={} ask for 5 . {} rows of only 6", 2, 3),
    *each("model_selection.train_test_split", lambda seed: ms.train_test_split(X, random_state=seed), V, SEED,
          *NO_SEED),
    *each("model_selection.train_test_split", lambda on: ms.train_test_split(X, shuffle=on), V,
          "shuffle must be True or False, got {}", None, "yes", 1),
    *each("model_selection.train_test_split", ms.train_test_split, T, "expected rows in an array, .*got",
          None, "abcd", {"a": 1, "b": 2}, {1, 2}),
    *each("model_selection.train_test_split", ms.train_test_split, V, "with . rows?, .*both need at least one",
          [], [1], X[:1]),
    ("model_selection.train_test_split", ms.train_test_split, V, "needs at least one array, got none"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, Y[1:]), V, LENGTHS),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, 3.0), T, "at least 1 dimension"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, stratify=Y), V, "got a continuous target"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, stratify=[1, 1]), V,
     "for each of the 6 .* got 2"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, stratify=[1, 1, 1, 1, 1, 2]), V,
     "only one .* 2"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, stratify="a"), V, "array-like .*got 'a'"),
    ("model_selection.train_test_split", lambda: ms.train_test_split(X, stratify=CLASSES, shuffle=False), V,
     "when stratify is given, got shuffle=False"),
    # folds
    *(row for kind in (KFold, StratifiedKFold) for name in [f"model_selection.{kind.__name__}"] for row in [
        *each(name, kind, V, "needs a whole number of folds, at least 2, got n_splits={}",
              1, 0, -1, 2.5, NAN, True, None, "five", [5]),
        *each(name, lambda on, kind=kind: kind(2, shuffle=on), T, "needs shuffle=True or False, got {}", None, "yes",
              1),
        (name, lambda kind=kind: kind(2, random_state=1), V, "uses random_state only to shuffle, got random_state=1"),
        *each(f"{name}.split", lambda seed, kind=kind: next(kind(2, shuffle=True, random_state=seed).split(X, CLASSES)),
              V, SEED, *NO_SEED),
        *each(f"{name}.split", lambda x, kind=kind: next(kind(2).split(x, CLASSES)), T, "expected rows in an array",
              None, "abcdef", {"a": 1}),
        (f"{name}.split", lambda kind=kind: next(kind(7).split(X, CLASSES)), V, "n_splits=7 folds of only n_samples=6"),
        (f"{name}.split", lambda kind=kind: next(kind(2).split(X, CLASSES[1:])), V, LENGTHS),
        (f"{name}.split", lambda kind=kind: kind(2).split(), T, "missing .* required positional argument"),
        (f"{name}.get_n_splits", lambda kind=kind: kind(2).get_n_splits(1, 2, 3, 4), T,
         "takes from 1 to 4 positional")]),
    *(("model_selection.StratifiedKFold.split", lambda y=y: next(StratifiedKFold(2).split(X, y)), error, message)
      for y, error, message in (
          (None, V, "need the classes y, got None"), (Y, V, "got a continuous target"),
          (list("abcdef"), V, "n_splits=2 .* each class; the largest class has 1"),
          ([1, 1, 1, 1, 1, None], V, "y contains NaN or None"), (["a", "a", "a", "b", "b", NAN], V, "y contains NaN"),
          (np.ones((6, 2)), V, "got a multilabel-indicator target"),
          ([1, 1, 1, 1, 1, 2], UserWarning, "fewer members than n_splits=2 has class 2: 1"))),
    *each("model_selection.check_cv", ms.check_cv, V, NO_CV, "five", 2.5, NAN, KFold, object()),
    *each("model_selection.check_cv", ms.check_cv, V, "at least 2, got n_splits={}", 0, 1, -1, True),
    *each("model_selection.check_cv", ms.check_cv, V, "a split of cv is a pair", [1, 2], {"a": 1}, [(1, 2, 3)],
          ["ab", 3]),
    # cross-validation
    *(row for name in ("cross_val_score", "cross_validation_steps", "learning_curve", "validation_curve",
                       "GridSearchCV.fit") for row in judges(name)),
    ("model_selection.cross_val_score", lambda: ms.cross_val_score(Ridge(), X, Y, 2), T, "from 2 to 3 positional"),
    ("model_selection.cross_val_score", judge("cross_val_score", scoring=lambda m, X, y: "good"), V,
     "got 'good' .str."),
    ("model_selection.cross_val_score", judge("cross_val_score", scoring=lambda: 1), V, "takes 0 positional arguments"),
    ("model_selection.cross_val_score", judge("cross_val_score", estimator=LogisticRegression(), y=np.zeros(6)), V,
     "only one class"),
    ("model_selection.cross_val_score", judge("cross_val_score", cv=ShuffleSplit(2, test_size=9)), V, "test_size=9"),
    ("model_selection.Round", lambda: ms.Round(0), T, "missing 5 required positional arguments: 'train'"),
    *(("model_selection.learning_curve", judge("learning_curve", train_sizes=sizes), V, message) for sizes, message in (
        ([0.5, 2.0], r"shares in \(0, 1\]; got 0.5 to 2.0"), ([0, 2], "numbers of rows in 1..3, .* got 0 to 2"),
        ([4], "got 4 to 4"), ([-0.1], "got -0.1"), ([NAN], "got nan"), (["half"], "list of numbers, got .'half'."),
        (0.5, "list of numbers, got 0.5"), ([], "list of numbers, got"), (None, "list of numbers, got None"))),
    *(("model_selection.learning_curve", judge("learning_curve", **{"shuffle": True, **settings}), V, message)
      for settings, message in (({"shuffle": "yes"}, "shuffle must be True or False, got 'yes'"),
                                *(({"random_state": seed}, SEED) for seed in NO_SEED))),
    *(("model_selection.validation_curve", judge("validation_curve", **settings), error, message)
      for settings, error, message in (
          ({"param_name": "alfa"}, V,
           r"Invalid parameter 'alfa' for estimator Ridge\(\). Valid parameters are: ..alpha"),
          ({"param_name": 3}, T, "param_name must be the name of a parameter, got 3"),
          ({"param_name": None}, T, "got None"), ({"param_name": ["alpha"]}, T, "got .'alpha'."),
          ({"param_range": []}, V, "at least one value of alpha, got none"),
          ({"param_range": 1.0}, T, "must be a list of values of alpha, got 1.0"),
          ({"param_range": None}, T, "list of values of alpha, got None"), ({"param_range": "12"}, T, "got '12'"),
          ({"param_range": [-1.0]}, V, "All the 2 fits failed(.|\n)*alpha must be .*got -1.0"))),
    # search
    *each("model_selection.ParameterGrid", ParameterGrid, T, "a parameter grid is a dict .*got {}", None, "alpha", 3,
          NAN),
    *each("model_selection.ParameterGrid", ParameterGrid, T, "each parameter grid is a dict", [1], ["alpha"]),
    *each("model_selection.ParameterGrid", lambda v: ParameterGrid({"a": v}), T, "values of 'a' must be a list", 1,
          "ab",
          {1, 2}, np.ones((2, 2)), None),
    ("model_selection.ParameterGrid", lambda: ParameterGrid([]), V, r"the parameter grid is empty, got \[\]"),
    ("model_selection.ParameterGrid", lambda: ParameterGrid({"a": []}), V, "no value for 'a'"),
    ("model_selection.ParameterGrid", lambda: ParameterGrid({1: [2]}), T, r"names in a parameter grid are text, got 1"),
    *each("model_selection.ParameterGrid.__getitem__", ParameterGrid({"a": [1, 2]}).__getitem__, IndexError,
          "a grid of 2 combinations has no number {}", 2, -1),
    *each("model_selection.ParameterGrid.__getitem__", ParameterGrid({"a": [1, 2]}).__getitem__, T,
          "must be a whole number, got {}", "a", 0.5, None),
    ("model_selection.GridSearchCV", lambda: GridSearchCV(Ridge()), T, "missing 1 required positional argument"),
    *(("model_selection.GridSearchCV.fit", judge("GridSearchCV.fit", **settings), error, message)
      for settings, error, message in (
          ({"param_grid": {"alfa": [1]}}, V, "Invalid parameter 'alfa' for estimator Ridge.*Valid parameters are"),
          ({"param_grid": {"alpha": []}}, V, "no value for 'alpha'"), ({"param_grid": []}, V,
                                                            "the parameter grid is empty"),
          ({"param_grid": {"alpha": 1}}, T, "values of 'alpha' must be a list .*got 1 "),
          ({"param_grid": "alpha"}, T, "a parameter grid is a dict .*got 'alpha'"),
          ({"param_grid": {"alpha": ["a"]}}, V, "All the 2 fits failed(.|\n)*alpha must be .*got 'a'"),
          *(({"refit": refit}, V, "refit must be True or False, got") for refit in ("r2", None, 1)),
          *(({"refit": lambda results, i=i: i}, IndexError, "number of a candidate, 0 to 0; got") for i in ("a", 1,
                                                            True)),
          ({"return_train_score": "yes"}, V, "return_train_score must be True or False, got 'yes'"),
          ({"estimator": LogisticRegression(), "param_grid": {"C": [1]}, "y": np.zeros(6)}, V, "only one class"))),
    *((f"model_selection.GridSearchCV.{name}", call, NotFittedError, "GridSearchCV instance is not fitted yet")
      for name, call in (("predict", lambda: searched().predict(X)), ("score", lambda: searched().score(X, Y)),
                         ("predict_proba", lambda: LOGISTIC.predict_proba(X)),
                         ("predict_log_proba", lambda: LOGISTIC.predict_log_proba(X)),
                         ("decision_function", lambda: LOGISTIC.decision_function(X)),
                         ("transform", lambda: GridSearchCV(PCA(), {"n_components": [1]}).transform(X)),
                         ("inverse_transform", lambda: GridSearchCV(PCA(),
                                                            {"n_components": [1]}).inverse_transform(X)))),
    ("model_selection.GridSearchCV.predict", lambda: searched().fit(X, Y).predict(X[:, :1]), V, "X has 1 features"),
    ("model_selection.GridSearchCV.predict", lambda: searched().fit(X, Y).predict(None), V, "got scalar array"),
    ("model_selection.GridSearchCV.predict", lambda: searched(refit=False).fit(X, Y).predict(X), AttributeError,
     "predict needs the best estimator .* refit=False"),
    ("model_selection.GridSearchCV.score", lambda: searched().fit(X, Y).score(X, Y[1:]), V, r"\[5, 6\]|\[6, 5\]"),
    ("model_selection.GridSearchCV.predict_proba", lambda: searched().predict_proba(X), AttributeError,
     "predict_proba"),
    # bias and variance
    *(("model_selection.bias_variance", parts(**changes), error, message) for changes, error, message in (
        ({"fit_predict": None}, T, "fit_predict must be a function .* got None"),
        ({"draw": 3}, T, r"draw must be a function rng -> \(x_train, y_train\), got 3"),
        ({"draw": lambda rng: 3}, V, r"draw must return a training sample .* got 3"),
        ({"draw": lambda rng: (1, 2, 3)}, V, r"draw must return .* got \(1, 2, 3\)"),
        ({"x": 1.0}, V, r"each point of x, shape \(\)"), ({"x": []}, V, r"shape \(0,\)"), ({"x": "ab"}, V,
                                                            "x must hold"),
        ({"x": [NAN, 1]}, V, "x holds NaN"), ({"x": None}, T, "x must be an array of numbers, got None"),
        ({"truth": [1.0]}, V, r"one value for each point of x, shape \(2,\); got shape \(1,\)"),
        ({"truth": None}, T, "truth must be an array of numbers, got None"), ({"truth": [NAN, 1]}, V,
                                                            "truth holds NaN"),
        ({"truth": lambda x: "a"}, V, "truth must hold real numbers, got text such as 'a'"),
        *(({"noise": s}, V, "noise is a standard deviation, at least 0, got") for s in (-1, NAN, INF, None, "a", True)),
        *(({"repeats": n}, V, "whole number of repeats, at least 2, got") for n in (1, 0, 2.5, None, "a", True)),
        *(({"rng": seed}, V, "rng must be None, a whole number .* got") for seed in NO_SEED),
        ({"fit_predict": lambda x, y, at: np.ones((2, 1))}, V, r"one prediction a point, shape \(2,\); got \(2, 1\)"),
        ({"fit_predict": lambda x, y, at: [NAN, 1]}, V, "what fit_predict returns holds NaN or infinity"),
        ({"fit_predict": lambda x, y, at: None}, T, "what fit_predict returns must be an array of numbers, got None"))),
    *each("model_selection.decompose_error", lambda p: ms.decompose_error(p, [1.0, 2], 0), V, "predictions ",
          1.0, [1.0, 2], [[1.0]], [["a", "b"]], [[NAN, 1]], np.empty((0, 2))),
    *each("model_selection.decompose_error", lambda s: ms.decompose_error([[1.0]], [1.0], s), V, "noise .*got {}",
          -1, NAN, None, "a"),
    ("model_selection.decompose_error", lambda: ms.decompose_error([[1.0]], [NAN], 0), V, "truth holds NaN"),
    ("model_selection.BiasVariance", lambda: ms.BiasVariance(1), T, "missing 5 required positional arguments"),
    *each("model_selection.BiasVariance.test_error", lambda seed: ms.decompose_error([[1.0]], [1.0],
                                                            0).test_error(seed),
          V, "rng must be None, a whole number .* got {}", *NO_SEED),
]
