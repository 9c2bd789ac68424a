"""Pictures of penalties: paths with names, shapes on which the penalty is the same."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.data import diabetes
from toolkit.linear_model import enet_path

ALPHAS = np.geomspace(0.01, 100, 9)


@pytest.fixture
def ax():
    return Figure().subplots()


def test_each_coefficient_is_a_line_with_its_name_and_zeros_are_grey(ax):
    X, y, names = diabetes()
    _, coefs = enet_path(X, y, ALPHAS, 1.0)
    figures.regularisation.path(ALPHAS, coefs, names, alpha=10, ax=ax)
    assert [text.get_text() for text in ax.texts] == list(names)
    grey = [line.get_color() == figures.palette.GHOST for line in ax.lines[:10]]
    assert grey == (coefs[:, np.abs(ALPHAS - 10).argmin()] == 0).tolist()
    assert ax.get_xscale() == "log" and "weak" in ax.get_xlabel()


def test_names_do_not_lie_on_each_other(ax):
    figures.regularisation.path([1, 10], [[3, 0], [3, 0], [3.1, 0], [-9, 0]], list("abcd"), ax=ax)
    heights = sorted(text.xyann[1] for text in ax.texts)
    assert np.diff(heights).min() >= 0.045 * 12 - 1e-9


@pytest.mark.parametrize("l1_ratio", [0, 0.25, 0.5, 0.9, 1])
def test_the_penalty_is_the_same_all_along_its_shape(l1_ratio):
    w = np.array([3.0, -1.5])

    def penalty(v):
        return l1_ratio * np.abs(v).sum(axis=-1) + (1 - l1_ratio) / 2 * (v**2).sum(axis=-1)

    shape = figures.regularisation.penalty_shape(w, l1_ratio)
    assert penalty(shape) == pytest.approx(np.full(len(shape), penalty(w)))
    assert shape[0, 1] == pytest.approx(0, abs=1e-12) and shape[-1, 0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.0])
def test_the_level_line_touches_the_shape_in_the_solution(ax, l1_ratio):
    X, y, _ = diabetes()
    two = X[:, [2, 3]]
    A, optimum = two.T @ two / len(two), np.linalg.lstsq(two, y)[0]
    w = enet_path(two, y, [2.0], l1_ratio)[1][:, 0]
    figures.regularisation.constraint(A, optimum, w, l1_ratio, levels=[], ax=ax)
    level, shape = ax.lines[0].get_xydata(), ax.lines[1].get_xydata()
    excess = np.einsum("ki,ij,kj->k", shape - optimum, A, shape - optimum)
    here = (w - optimum) @ A @ (w - optimum)
    assert excess.min() >= here * (1 - 1e-9), "no point of the shape has a smaller loss than the solution"
    assert np.einsum("ki,ij,kj->k", level - optimum, A, level - optimum) == pytest.approx(np.full(len(level), here))
    assert ax.get_aspect() == 1


def test_wrong_shapes_and_ratios_are_named(ax):
    with pytest.raises(ValueError, match=r"shape \(2, 9\), got \(9, 2\)"):
        figures.regularisation.path(ALPHAS, np.zeros((9, 2)), ["a", "b"], ax=ax)
    with pytest.raises(ValueError, match=r"lie between 0 and 1, got 1\.5"):
        figures.regularisation.penalty_shape([1, 1], 1.5)
