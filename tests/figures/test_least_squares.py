"""Pictures of least squares: squares that are square, and a landscape with the right bottom."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import five_houses

X, y = five_houses()
x = X[:, 0] / 100


@pytest.fixture
def ax():
    return Figure(figsize=(7, 5)).subplots()


def test_the_squares_are_square_on_the_screen_and_as_high_as_their_residuals(ax):
    figures.least_squares.squares(x, y, 12, 120, xlim=(12, 32), ylim=(150, 600), ax=ax)
    ax.figure.draw_without_rendering()
    heights = []
    for square in ax.patches:
        box = square.get_window_extent()
        assert box.width == pytest.approx(box.height, rel=1e-6)
        heights.append(square.get_height())
    assert heights == pytest.approx(np.abs(y - 12 * x - 120))


def test_no_square_leaves_the_picture_to_the_right(ax):
    figures.least_squares.squares(x, y, 5, 150, ax=ax)
    assert max(square.get_x() + square.get_width() for square in ax.patches) <= ax.get_xlim()[1]


def test_areas_have_their_cross_at_the_best_line_and_equal_areas_on_their_lines(ax):
    figures.least_squares.areas(x, y, slope=12, intercept=120, levels=[4000], ax=ax)
    level, cross, dot = ax.lines
    assert cross.get_xydata()[0] == pytest.approx([16.5119, 26.7899], abs=1e-4)
    assert dot.get_xydata()[0] == pytest.approx([12, 120])
    sums = [((y - slope * x - intercept) ** 2).sum() for slope, intercept in level.get_xydata()[::8]]
    assert sums == pytest.approx([6248.92 + 4000] * len(sums), abs=0.01)


def test_points_of_different_lengths_are_refused(ax):
    with pytest.raises(ValueError, match=r"one length, got shapes \(5,\) and \(4,\)"):
        figures.least_squares.squares(x, y[:4], 1, 1, ax=ax)
