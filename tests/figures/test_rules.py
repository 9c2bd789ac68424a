"""What holds for every module of pictures."""

import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from toolkit import figures

CALLS = {
    "valley": lambda ax: figures.descent.valley(np.eye(2), (0, 0), ax=ax),
    "path": lambda ax: figures.descent.path([[0, 0], [1, 1]], ax=ax),
    "losses": lambda ax: figures.descent.losses({"a": [2, 1]}, ax=ax),
    "fit": lambda ax: figures.degree.fit([0], [0], [0, 1], [0, 1], ax=ax),
    "errors": lambda ax: figures.degree.errors([2, 1], [2, 3], ax=ax),
    "regularisation path": lambda ax: figures.regularisation.path([1, 10], [[1, 0]], ["a"], ax=ax),
    "constraint": lambda ax: figures.regularisation.constraint(np.eye(2), (2, 1), (1, 0.5), 1, ax=ax),
    "squares": lambda ax: figures.least_squares.squares([0, 1, 2], [1, 3, 4], 1, 1, ax=ax),
    "areas": lambda ax: figures.least_squares.areas([0, 1, 2], [1, 3, 4], ax=ax),
}


def test_importing_pictures_loads_no_pyplot():
    modules = "degree, descent, least_squares, regularisation"
    program = f"from toolkit.figures import {modules}; import sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", list(CALLS))
def test_a_picture_draws_where_it_is_told_or_makes_its_own_axes_and_changes_no_setting(name):
    matplotlib.use("agg")                                           # chosen before, so that no drawing chooses it
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context():
        own, given = CALLS[name](None), plt.figure().subplots()
        assert CALLS[name](given) is given and own is not given
        own.figure.draw_without_rendering()
        plt.close("all")
    assert dict(matplotlib.rcParams) == before
