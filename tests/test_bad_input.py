"""What a student or an instructor gives by mistake to every public name of the toolkit, and what they are told.

The tables are in tests/bad_input/, one module a few rooms. A row is (public name, call, exception, regular expression
of its message); the message names what came. A new public name fails here until it has a row.
"""

import importlib
import inspect
import pkgutil
import types
import warnings

import matplotlib.pyplot
import numpy as np
import pandas as pd
import pytest

from tests.bad_input import models, pictures, rooms, selection
from tests.bad_input.common import X, Y
from toolkit import data, figures, linear_model, metrics, model_selection, testing, widgets

matplotlib.use("agg")
ROWS = [*models.ROWS, *selection.ROWS, *rooms.ROWS, *pictures.ROWS]
LEAKS = (KeyError, ZeroDivisionError, OverflowError, RuntimeWarning, np.linalg.LinAlgError, RecursionError)


def own_callables(module):
    """Return the public functions and classes that a module without __all__ defines, by name."""
    return {name: value for name, value in vars(module).items()
            if callable(value) and not name.startswith("_") and value.__module__ == module.__name__}


def public_names():
    """Yield every public name of the toolkit that can be called, methods of the toolkit's classes included."""
    for room in (linear_model, model_selection, data, widgets):
        yield from names_of(room, {name: getattr(room, name) for name in room.__all__})
    for room in (metrics, testing):
        yield from names_of(room, own_callables(room))
    for topic in pkgutil.iter_modules(figures.__path__):
        if not topic.name.startswith("_"):
            module = importlib.import_module(f"toolkit.figures.{topic.name}")
            yield from names_of(module, own_callables(module))


def names_of(module, things):
    for name, thing in things.items():
        full = f"{module.__name__.removeprefix('toolkit.')}.{name}"
        if callable(thing):
            yield full
        if inspect.isclass(thing):
            yield from (f"{full}.{method}" for method in own_methods(thing))


def own_methods(cls):
    """Return the names of the methods, and of calls and square brackets, that a class has from the toolkit."""
    ours = {name for base in cls.__mro__ if base.__module__.startswith("toolkit.") for name in vars(base)}
    return sorted(name for name in ours if (not name.startswith("_") or name in ("__call__", "__getitem__"))
                  and not name.endswith("_request")                         # of scikit-learn's metadata routing
                  and callable(getattr(cls, name, None)))


def test_every_public_name_has_a_row_and_every_row_a_public_name():
    with_rows, public = {name for name, *_ in ROWS}, set(public_names())
    assert public - with_rows == set(), "give these public names rows in tests/bad_input/"
    helpers = {"widgets.base.rounded", "widgets.base.packed"}              # for those who write demos
    assert with_rows - public - helpers == set(), "these rows are about no public name"


def test_a_name_without_a_row_is_found(monkeypatch):
    """The law above can fail: a new function, a new method and a new topic's function are all seen."""
    monkeypatch.setattr(linear_model, "__all__", [*linear_model.__all__, "loss"])
    monkeypatch.setattr(linear_model, "loss", lambda: None, raising=False)
    monkeypatch.setattr(linear_model.Penalty, "to_spark", lambda self: None, raising=False)
    new = types.FunctionType((lambda: None).__code__, {"__name__": "toolkit.figures.descent"}, "arrows")
    monkeypatch.setattr(figures.descent, "arrows", new, raising=False)
    found = set(public_names()) - {name for name, *_ in ROWS}
    assert found == {"linear_model.loss", "linear_model.Penalty.to_spark", "figures.descent.arrows"}


@pytest.mark.parametrize(("name", "call", "error", "message"), ROWS,
                         ids=[f"{row[0]}-{number}" for number, row in enumerate(ROWS)])
def test_a_mistake_is_told_in_words_that_name_what_came(name, call, error, message):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=message) as caught:
            call()
    told = caught.value
    assert not isinstance(told, LEAKS) and not type(told).__module__.startswith("numpy"), f"from the depths: {told!r}"
    assert isinstance(told, AssertionError) == (error is AssertionError), "a bare assert"
    if name.startswith("figures") and "color" not in message:
        assert not matplotlib.pyplot.get_fignums(), "a mistake leaves no empty figure"


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    matplotlib.pyplot.close("all")


TAKEN = {
    "lists": lambda a: a.tolist(),
    "tuples": lambda a: tuple(map(tuple, a)) if a.ndim == 2 else tuple(a),
    "a data frame or a series": lambda a: pd.DataFrame(a) if a.ndim == 2 else pd.Series(a, index=range(9, 3, -1)),
    "objects": lambda a: a.astype(object),
    "column order": np.asfortranarray,
    "a mask that hides nothing": np.ma.asarray,
    "every second row of more": lambda a: np.repeat(a, 2, axis=0)[::2],
}


@pytest.mark.parametrize("form", TAKEN)
@pytest.mark.parametrize("name", [*models.PLAIN, *models.ESTIMATORS])
def test_what_is_no_mistake_gives_the_same_answer(name, form):
    make = (models.PLAIN | models.ESTIMATORS)[name]
    answer, same = (plain(make(convert(X), convert(Y))) for convert in (np.array, TAKEN[form]))
    np.testing.assert_allclose(same, answer, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [*models.PLAIN, *models.ESTIMATORS])
@pytest.mark.parametrize("dtype", [int, np.int8, np.float32, bool])
def test_numbers_of_any_real_type_are_taken(name, dtype):
    x, y = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0]], dtype), np.array([1, 0, 1, 1, 0], dtype)
    make = (models.PLAIN | models.ESTIMATORS)[name]
    np.testing.assert_allclose(plain(make(x, y)), plain(make(x.astype(float), y.astype(float))), rtol=1e-6, atol=1e-6)


def plain(result):
    """Return what a row's call gives as an array of numbers."""
    if hasattr(result, "coef_"):
        return result.coef_
    if inspect.isgenerator(result):
        return next(result).w
    if isinstance(result, linear_model.Standardised):
        return result.X
    if isinstance(result, list):
        return [knot.alpha for knot in result]
    return result[1] if isinstance(result, tuple) else result
