"""Pictures of polynomial degree: fits and errors."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from toolkit import figures

GRID = np.linspace(0, 1, 5)


@pytest.fixture
def ax():
    return Figure().subplots()


def test_other_samples_lie_behind_and_are_named_once(ax):
    figures.degree.fit([0.5], [1], GRID, GRID, truth=GRID**2, others=[GRID, 2 * GRID, 3 * GRID], ax=ax)
    labels = [line.get_label() for line in ax.lines if not line.get_label().startswith("_")]
    assert labels == ["3 other samples", "true curve", "fit to these points"]
    assert len(ax.lines) == 6


def test_the_cross_marks_the_smallest_test_error_and_the_ring_the_chosen_degree(ax):
    figures.degree.errors([4, 3, 2, 1], [4, 2, 3, 9], degree=3, noise=0.5, ax=ax)
    points = {line.get_marker(): line.get_xydata()[0].tolist() for line in ax.lines if line.get_marker() != "None"}
    assert points["x"] == [1, 2] and points["o"] == [3, 9]
    assert ax.get_yscale() == "log" and "noise 0.5" in [line.get_label() for line in ax.lines]


def test_errors_need_one_value_a_degree_each(ax):
    with pytest.raises(ValueError, match=r"one error a degree, got shapes \(3,\) and \(2,\)"):
        figures.degree.errors([1, 2, 3], [1, 2], ax=ax)
