"""Importing the toolkit is cheap, and each room loads what it needs and no more."""

import json
import statistics
import subprocess
import sys

import pytest

import toolkit

HEAVY = ("matplotlib", "sklearn", "scipy.linalg", "scipy.sparse", "scipy.special", "scipy.optimize",
         "pandas", "tensorflow", "keras", "torch", "pyspark", "IPython", "ipywidgets", "anywidget")
BUDGET = 0.05           # CPU seconds over those of NumPy
TELL = "import json, sys; print(json.dumps(sorted(sys.modules)))"
CLOCK = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


@pytest.mark.parametrize("code", [
    "import toolkit",
    "import toolkit; toolkit.data.five_houses(); toolkit.data.narrow_valley()",
    "from toolkit.linear_model import descent_steps, mse_gradient, enet_path, coordinate_descent_steps, polynomial_fit",
    "from toolkit.linear_model import from_lecture, inverse_time; import toolkit.testing, toolkit.metrics",
])
def test_plain_algorithms_load_numpy_and_nothing_heavy(code):
    loaded = set(python(f"{code}; {TELL}"))
    assert "numpy" in loaded and "toolkit" in loaded
    assert not loaded.intersection(HEAVY)


@pytest.mark.slow
def test_importing_the_toolkit_costs_little_more_than_numpy():
    costs = {code: [] for code in ("import numpy", "import toolkit")}
    for _ in range(5):
        for code, seconds in costs.items():
            seconds.append(python(CLOCK.format(code)))
    numpy, ours = (statistics.median(seconds) for seconds in costs.values())
    assert ours - numpy <= BUDGET, f"import toolkit takes {ours:.3f} s, NumPy alone {numpy:.3f} s"


def test_rooms_load_on_first_use_and_an_unknown_one_lists_the_rooms():
    assert toolkit.linear_model.LinearRegression is not None
    assert {"data", "linear_model", "metrics", "model_selection", "testing"} <= set(dir(toolkit))
    with pytest.raises(AttributeError, match=r"no attribute 'linear_models'; its rooms are .*linear_model"):
        _ = toolkit.linear_models


def test_every_name_that_linear_model_promises_is_there():
    names = toolkit.linear_model.__all__
    assert names == sorted(set(names)) == dir(toolkit.linear_model)
    assert all(callable(getattr(toolkit.linear_model, name)) for name in names)
    with pytest.raises(AttributeError, match=r"'toolkit.linear_model' has no attribute 'SVM'; it has .*Ridge"):
        _ = toolkit.linear_model.SVM
