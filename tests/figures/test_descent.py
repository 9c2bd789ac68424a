"""Pictures of descent: what is drawn where."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import VALLEY_OPTIMUM, narrow_valley
from toolkit.linear_model import descent_steps, hessian, mse


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.mark.parametrize("A", [[[1, 0.9], [0.9, 1]], [[4, 0], [0, 0.25]], [[2, -1], [-1, 3]]])
def test_a_quadratic_is_one_on_its_level_curve(A):
    curve = figures.descent.level_curve(A)
    assert np.einsum("ki,ij,kj->k", curve, np.array(A), curve) == pytest.approx(np.ones(len(curve)))
    assert curve[0] == pytest.approx(curve[-1])


def test_the_losses_on_the_valleys_lines_are_what_they_say(ax):
    X, y = narrow_valley()
    figures.descent.valley(hessian(X), VALLEY_OPTIMUM, levels=[25, 400], ax=ax)
    for line, excess in zip(ax.lines, (25, 400), strict=False):
        w = np.transpose(line.get_data())[::9]
        assert [mse(X, y, each) for each in w] == pytest.approx([400 + excess] * len(w))
    assert ax.lines[-1].get_xydata() == pytest.approx(np.array([VALLEY_OPTIMUM]))
    assert ax.get_aspect() == 1, "else the gradient does not look perpendicular"


def test_a_path_has_a_point_a_step_and_a_ring_at_the_start(ax):
    X, y = narrow_valley()
    w = np.array([step.w for step in descent_steps(X, y, 0.1, steps=5)])
    assert figures.descent.path(w, label="batch", ax=ax) is ax
    assert ax.lines[0].get_xydata() == pytest.approx(w)
    assert ax.lines[1].get_xydata() == pytest.approx(w[:1])


def test_the_chosen_loss_is_the_thick_one_and_the_axis_is_logarithmic(ax):
    curves = {"a": [3, 2, 1], "b": ([0, 200], [9.0, 4.0])}
    figures.descent.losses(curves, chosen="b", floor=0.5, labels={"a": "slow"}, ax=ax)
    widths = {line.get_label(): line.get_linewidth() for line in ax.lines}
    assert widths["b"] > widths["slow"] and "smallest possible: 0.5" in widths
    assert ax.lines[1].get_xdata() == pytest.approx([0, 200])
    assert ax.get_yscale() == "log"


@pytest.mark.parametrize(("A", "message"), [
    (np.eye(3), r"symmetric matrix \(2, 2\), got shape \(3, 3\)"), ([[1, 2], [0, 1]], "symmetric"),
    ([[1, 2], [2, 1]], "positive definite matrix, got eigenvalues")])
def test_a_level_curve_refuses_what_has_none(A, message):
    with pytest.raises(ValueError, match=message):
        figures.descent.level_curve(A)


def test_a_path_needs_two_weights_a_step(ax):
    with pytest.raises(ValueError, match=r"array \(k, 2\), got shape \(4, 3\)"):
        figures.descent.path(np.zeros((4, 3)), ax=ax)
