"""Bad input to toolkit.figures and toolkit.widgets: rows of (public name, call, exception, what the message says)."""

import numpy as np
import traitlets

from tests.bad_input.common import INF, NAN, T, V, X, Y, each
from toolkit import widgets
from toolkit.figures import degree, descent, learning, least_squares, model_selection, regularisation
from toolkit.linear_model import Ridge
from toolkit.model_selection import GridSearchCV, KFold, decompose_error
from toolkit.widgets import base

TWO, EYE = [1.0, 2.0], np.eye(2)
PARTS = decompose_error([[1.0, 2], [2, 3]], TWO, 0.1)
GOOD = {                        # arguments that draw; a row changes one of them
    "descent.level_curve": (descent.level_curve, {"A": EYE}),
    "descent.valley": (descent.valley, {"hessian": EYE, "optimum": TWO}),
    "descent.path": (descent.path, {"w": EYE}),
    "descent.losses": (descent.losses, {"curves": {"a": TWO}}),
    "degree.fit": (degree.fit, {"x": TWO, "y": TWO, "grid": TWO, "curve": TWO}),
    "degree.errors": (degree.errors, {"train": TWO, "test": TWO}),
    "least_squares.squares": (least_squares.squares, {"x": TWO, "y": TWO, "slope": 1, "intercept": 1}),
    "least_squares.areas": (least_squares.areas, {"x": TWO, "y": TWO}),
    "regularisation.path": (regularisation.path, {"alphas": TWO, "coefs": EYE, "names": ["a", "b"]}),
    "regularisation.constraint": (regularisation.constraint, {"A": EYE, "optimum": TWO, "w": TWO, "l1_ratio": 1}),
    "regularisation.penalty_shape": (regularisation.penalty_shape, {"w": TWO, "l1_ratio": 0.5}),
    "learning.learning_curve": (learning.learning_curve, {"train_sizes": TWO, "train_scores": EYE, "test_scores": EYE}),
    "learning.validation_curve": (learning.validation_curve, {"param_range": TWO, "train_scores": EYE,
                                                              "test_scores": EYE, "name": "alpha"}),
    "learning.bias_variance": (learning.bias_variance, {"complexity": TWO, "results": [PARTS, PARTS]}),
    "learning.fan": (learning.fan, {"x": TWO, "result": PARTS}),
    "model_selection.folds": (model_selection.folds, {"splits": [([0, 1], [2])]}),
    "model_selection.holdout": (model_selection.holdout, {"parts": {"training": 3, "test": 1}}),
    "model_selection.grid_scores": (model_selection.grid_scores, {
        "search": GridSearchCV(Ridge(), {"alpha": [1, 2], "fit_intercept": [True, False]}, cv=2).fit(X, Y),
        "row": "alpha", "column": "fit_intercept"}),
}
WITHOUT_AXES = ("descent.level_curve", "regularisation.penalty_shape")


def draws(name, argument, error, message, *values):
    function, good = GOOD[name]
    return each(f"figures.{name}", lambda value: function(**{**good, argument: value}), error, message, *values)


def vectors(name, *arguments):
    """Yield what is the same for every argument that is a vector of numbers."""
    for argument in arguments:
        yield from draws(name, argument, T, "must be an array of numbers, got None", None)
        yield from draws(name, argument, V, "(must|shape|one result for each of)", 1.0, [[1.0, 2], [3, 4]], [1.0, 2, 3])
        yield from draws(name, argument, V, "must hold real numbers, got", ["a", "b"], [1j, 2])


ROWS = [
    *(row for name in GOOD if name not in WITHOUT_AXES for row in draws(
        name, "ax", T, "ax must be the axes of matplotlib to draw on, or None for a new figure, got",
        "left", 3, [None], np.array([None, None]))),
    *draws("descent.level_curve", "A", V, r"symmetric matrix \(2, 2\), got shape", 1.0, TWO, np.eye(3), [[1, 2], [3,
                                                            4]]),
    *draws("descent.level_curve", "A", V, "positive definite matrix, got eigenvalues", -EYE, 0 * EYE),
    *draws("descent.level_curve", "A", V, "the matrix of a level curve holds NaN", NAN * EYE),
    *draws("descent.level_curve", "points", V, "points must be a whole number of at least 2, got {}", 1, 2.5, "a",
           None),
    *draws("descent.valley", "hessian", V, "(symmetric|holds NaN|hessian must hold)", 1.0, NAN * EYE, [["a"]]),
    *draws("descent.valley", "hessian", T, "hessian must be an array of numbers, got None", None),
    *vectors("descent.valley", "optimum"),
    *draws("descent.valley", "optimum", V, "optimum holds NaN", [NAN, 1]),
    *draws("descent.valley", "levels", V, "levels (must|holds)", [-1, 1], [0], 3, [NAN], "ab"),
    *draws("descent.path", "w", V, r"an array \(k, 2\), got shape", TWO, np.eye(3), np.empty((0, 2)), 1.0),
    *draws("descent.path", "w", V, "w must hold real numbers", [["a", "b"]]),
    *draws("descent.path", "w", T, "w must be an array of numbers, got None", None),
    *draws("descent.path", "color", V, "'sky' is not a valid value for color", "sky"),
    *draws("descent.losses", "curves", T, "curves must be a dict by the name of the run, got", None, TWO, "a"),
    *draws("descent.losses", "curves", V, "draws at least one run, got none", {}),
    *draws("descent.losses", "curves", V, "the run 'a' must", {"a": 3}, {"a": [[1, 2]]}, {"a": "b"}, {"a": (TWO,)}),
    *draws("descent.losses", "curves", V, "the losses of the run 'a' must have 2 entries, got 3", {"a": (TWO, [1, 2,
                                                            3])}),
    *draws("descent.losses", "chosen", V, "chosen must be one of the runs a, got {}", "b", 3),
    *draws("descent.losses", "floor", V, "floor must be a finite number, got {}", "a", NAN, [1]),
    *draws("descent.losses", "labels", T, "labels must be a dict by the name of the run, got {}", "a", [1]),
    *vectors("degree.fit", "x", "y", "curve"),
    *draws("degree.fit", "truth", V, "truth (must|holds)", 1.0, [1.0, 2, 3], [[1.0, 2]], ["a", "b"], [NAN, 1]),
    *draws("degree.fit", "grid", V, "(grid|curve) must", 1.0, [1.0], ["a", "b"]),
    *draws("degree.fit", "others", V, r"others must have one row a sample.* \(samples, 2\), got shape", TWO, [[1.0]]),
    *draws("degree.fit", "others", V, "others must hold real numbers", "ab"),
    *vectors("degree.errors", "train", "test"),
    *draws("degree.errors", "degree", V, "degree must be .*got {}", 2, -1, 0.5, "a", True),
    *draws("degree.errors", "noise", V, "noise must be a number of at least 0, got {}", -1, NAN, "a"),
    ("figures.degree.errors", lambda: degree.errors([], []), V, r"one error a degree, got shapes \(0,\) and \(0,\)"),
    ("figures.degree.errors", lambda: degree.errors([1], [NAN]), V, "test holds NaN or infinity in 1 places"),
    *vectors("least_squares.squares", "x", "y"),
    *(row for a in ("slope", "intercept") for row in draws("least_squares.squares", a, V,
                                                           f"{a} must be a finite number, got {{}}", None, "a", NAN,
                                                           [1])),
    *(row for name in ("squares", "areas") for a in ("xlim", "ylim") for row in draws(
        f"least_squares.{name}", a, V, f"{a} (must|holds)", 3, [1], (2, 2), "ab", (0, INF))),
    ("figures.least_squares.squares", lambda: least_squares.squares([], [], 1, 1), V, "at least one entry"),
    *vectors("least_squares.areas", "x", "y"),
    *draws("least_squares.areas", "x", V, "at least two different x, got 1 only", [1, 1]),
    *draws("least_squares.areas", "slope", V, "a line has a slope and an intercept, got slope = 1 and .* None", 1),
    *draws("least_squares.areas", "intercept", V, "got slope = None and intercept = 1", 1),
    *draws("least_squares.areas", "levels", V, "levels (must|holds)", [-1], 3, [NAN]),
    *vectors("regularisation.path", "alphas"),
    *draws("regularisation.path", "alphas", V, "alphas must rise, got", [2, 1], [1, 1]),
    *draws("regularisation.path", "alphas", V, "alphas must be greater than 0, .* got", [0, 1], [-1, 1]),
    *draws("regularisation.path", "coefs", V, r"coefs needs a row for each name .*\(2, 2\), got", TWO, np.ones((2,
                                                            3)), 1),
    *draws("regularisation.path", "coefs", V, "coefs holds NaN", NAN * EYE),
    *draws("regularisation.path", "names", T, "names must be a list of names, got {}", None, "ab", 3),
    *draws("regularisation.path", "names", V, r"shape \(1, 2\), got \(2, 2\)", ["a"]),
    *draws("regularisation.path", "alpha", V, "alpha must be a number greater than 0, got {}", 0, -1, NAN, "a"),
    *draws("regularisation.path", "zero", V, "zero must be a number of at least 0, got {}", -1, NAN, None, "a"),
    *draws("regularisation.constraint", "A", V, "symmetric matrix", 1.0, np.eye(3)),
    *vectors("regularisation.constraint", "optimum", "w"),
    *draws("regularisation.constraint", "levels", V, "levels (must|holds)", [-1], 3),
    *(row for name in ("constraint", "penalty_shape") for row in draws(
        f"regularisation.{name}", "l1_ratio", V, "l1_ratio must lie between 0 and 1, got {}", -1, 1.5, NAN, None, "a")),
    *vectors("regularisation.penalty_shape", "w"),
    *draws("regularisation.penalty_shape", "w", V, "w holds NaN", [NAN, 1]),
    *draws("regularisation.penalty_shape", "points", V, "points must be a whole number of at least 2, got {}", 1, 2.5),
    *(row for name in ("learning_curve", "validation_curve") for row in [
        *draws(f"learning.{name}", "train_scores", V, "one row of training scores for each of the 2 values",
               np.eye(3), 1,
               np.ones((2, 2, 2)), []),
        *draws(f"learning.{name}", "test_scores", V, "one row of validation scores .* got shape", np.eye(3), 1),
        *draws(f"learning.{name}", "test_scores", V, "validation scores must hold real numbers", "ab"),
        *draws(f"learning.{name}", "test_scores", T, "validation scores must be an array of numbers, got None", None)]),
    *vectors("learning.learning_curve", "train_sizes"),
    *vectors("learning.validation_curve", "param_range"),
    *draws("learning.validation_curve", "chosen", V, "chosen must be .*got {}", "best", 2, -1, 0.5, True, [1]),
    *draws("learning.validation_curve", "test_scores", V, "all 2 mean validation scores are NaN", NAN * EYE),
    *vectors("learning.bias_variance", "complexity"),
    *draws("learning.bias_variance", "complexity", V, "complexity must rise", [2, 1]),
    *draws("learning.bias_variance", "results", T, "results must be a list of BiasVariance, got", None, PARTS, [1, 2]),
    *draws("learning.bias_variance", "results", V, "one result for each of the 2 values of degree is drawn, got 1",
           [PARTS]),
    ("figures.learning.bias_variance", lambda: learning.bias_variance([1], [PARTS]), V,
     "at least 2 values of degree, got 1"),
    *vectors("learning.fan", "x"),
    *draws("learning.fan", "result", T, "result must be a BiasVariance, got", None, TWO),
    *draws("learning.fan", "shown", V, "shown must be a whole number of at least 1, got {}", 0, -1, 2.5, "a", None),
    *draws("learning.fan", "sample", V, r"(sample must be a pair \(x, y\), got|x and y must)", 3, TWO, [[1], [1, 2]]),
    *draws("model_selection.folds", "splits", T, "splits must be what the split of a splitter yields", None, 3,
           KFold(2)),
    *draws("model_selection.folds", "splits", V, "at least one split, got none", []),
    *draws("model_selection.folds", "splits", V, r"a split is a pair \(train, test\) of row numbers, got", [1], "ab",
           [(1, 2, 3)]),
    *draws("model_selection.folds", "splits", V, "rows of a split are whole numbers of at least 0", [([0], [-1])],
           [([0], [0.5])], [([0], ["a"])], [([0], [])]),
    *draws("model_selection.folds", "y", V, "y must be a vector with a class for each of the 3 rows, got", 3, [1],
           "abc",
           [[1], [2], [3]]),
    *draws("model_selection.holdout", "parts", T, "parts must be a dict .* got", None, 3, [1], "a"),
    *draws("model_selection.holdout", "parts", V, "parts of at least 0 rows, got", {"a": -1}, {"a": 2.5}, {"a": "b"},
           {"a": NAN}, {"a": None}),
    *draws("model_selection.holdout", "parts", V, "at least one row, got", {}, {"a": 0}),
    *draws("model_selection.grid_scores", "search", V, "a search that has been fitted, got", None, 3,
           GridSearchCV(Ridge(), {"alpha": [1]})),
    *draws("model_selection.grid_scores", "column", V, "grids of 'alpha' and 'beta' only, got a setting of", "beta"),
    *draws("model_selection.grid_scores", "column", V, "row and column must be the names of two parameters", "alpha", 3,
           ["a"], None),
    # widgets
    *((f"widgets.{name}", lambda name=name: getattr(widgets, name)(3), T,
       rf"{name}\(\) takes 0 positional arguments but 1")
      for name in ("degree", "descent", "least_squares", "regularisation_path")),
    *((f"widgets.{name}", lambda name=name: getattr(widgets, name)(seed=3), T, "unexpected keyword argument 'seed'")
      for name in ("degree", "descent", "least_squares", "regularisation_path")),
    ("widgets.Demo", lambda: widgets.Demo("title"), T, "takes 1 positional argument but 2 were given"),
    ("widgets.Demo", lambda: widgets.Demo(titel="?"), T, "Demo has no titel; its words and data are title, caption"),
    *(("widgets.Demo", lambda name=name, value=value: widgets.Demo(**{name: value}), traitlets.TraitError,
       f"'{name}' trait of a Demo instance") for name, value in (
          ("title", 3), ("caption", None), ("alt", 1.5), ("questions", "why?"), ("questions", [["why?"]]), ("data",
                                                            [1]),
          ("data", None))),
    *each("widgets.Demo", lambda value: widgets.Demo(data={"a": value}), traitlets.TraitError,
          "the data of a Demo must be plain JSON", NAN, INF, np.ones(2), {1, 2}, 1j),
    ("widgets.Demo", lambda: type("Lost", (widgets.Demo,), {}, view="lost"), FileNotFoundError, "should be in lost.js"),
    *((f"widgets.Demo.{name}", lambda name=name: getattr(widgets.Demo(), name)(), NotImplementedError,
       r"Demo must draw its static picture in picture\(\)") for name in ("picture", "png", "page")),
    ("widgets.Demo.png", lambda: type("Blank", (widgets.Demo,), {"picture": lambda self: None},
                                      view="descent")().png(), T,
     r"picture\(\) of Blank must return a matplotlib Figure, got None"),
    *each("widgets.base.rounded", base.rounded, V, "values must hold real numbers, got", "a", ["a"], 1j),
    *each("widgets.base.rounded", base.rounded, T, "values must be an array of numbers, got", None, {"a": 1}),
    *each("widgets.base.rounded", lambda n: base.rounded(1.5, n), V,
          "digits must be a whole number of at least 1, got {}",
          0, 2.5, "a", None),
    *each("widgets.base.packed", lambda v: base.packed(v, 0, 1), V, "(values must hold|cannot carry NaN)", "a",
          [NAN], 1j),
    *each("widgets.base.packed", lambda low: base.packed([0.5], low, 1), V,
          "(low must be a finite|needs low < high, got)",
          None, "a", NAN, -INF, 1, 2),
]
