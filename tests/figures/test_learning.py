"""Figures of learning: what they draw is what they were given."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from toolkit import figures
from toolkit.figures import learning
from toolkit.figures.palette import TEST, TRAIN
from toolkit.model_selection import bias_variance

SIZES = np.array([10, 20, 40])
TRAINED = np.array([[0.9, 1.0], [0.85, 0.95], [0.8, 0.9]])         # (sizes, splits)
TESTED = np.array([[0.3, 0.5], [0.6, 0.62], [0.55, 0.75]])


@pytest.fixture
def ax():
    return Figure().subplots()


def line(ax, label):
    return next(each for each in ax.lines if each.get_label() == label)


def constant_learner(level, repeats=30):
    return bias_variance(lambda x, y, points: np.full(len(points), level + y), lambda rng: (None, rng.normal()),
                         np.linspace(0, 1, 5), np.zeros(5), 0.3, repeats, 0)


def test_learning_curve_draws_the_mean_of_the_splits(ax):
    assert learning.learning_curve(SIZES, TRAINED, TESTED, score="R²", ax=ax) is ax
    for label, scores, colour in (("training", TRAINED, TRAIN), ("validation", TESTED, TEST)):
        np.testing.assert_array_equal(line(ax, label).get_xdata(), SIZES)
        np.testing.assert_allclose(line(ax, label).get_ydata(), scores.mean(axis=1))
        assert line(ax, label).get_color() == colour
    assert line(ax, "training").get_linestyle() != line(ax, "validation").get_linestyle()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("training rows", "R²")
    low, high = ax.collections[1].get_paths()[0].get_extents().get_points()[:, 1]
    assert (low, high) == pytest.approx((0.3, 0.75))                # mean 0.4 - 0.1 to 0.65 + 0.1


@pytest.mark.parametrize(("chosen", "where"), [("highest", 40), ("lowest", 10), (1, 20)])
def test_validation_curve_rings_the_value_asked_for(ax, chosen, where):
    learning.validation_curve(SIZES, TRAINED, TESTED, name="neighbours", chosen=chosen, ax=ax)
    ring = line(ax, f"chosen: {where}")
    assert ring.get_xdata() == [where]
    assert ring.get_ydata() == pytest.approx(TESTED.mean(axis=1)[SIZES.tolist().index(where)])
    assert ax.get_xscale() == "linear" and ax.get_xlabel() == "neighbours"


def test_validation_curve_takes_a_log_axis_over_two_decades_and_one_split(ax):
    learning.validation_curve([0.01, 0.1, 1.0], TRAINED[:, 0], TESTED[:, 0], name="alpha", chosen=None, ax=ax)
    assert ax.get_xscale() == "log"
    assert not [each for each in ax.lines if each.get_label().startswith("chosen")]


def test_a_zero_keeps_the_axis_linear(ax):
    learning.validation_curve([0, 1, 1000], TRAINED, TESTED, name="alpha", ax=ax)
    assert ax.get_xscale() == "linear"


def test_bias_variance_piles_up_to_the_total(ax):
    results = [constant_learner(level) for level in (2.0, 1.0, 0.5, 1.5)]
    learning.bias_variance([0, 1, 2, 3], results, ax=ax)
    np.testing.assert_allclose(line(ax, "expected test error").get_ydata(), [r.total for r in results])
    top = [area.get_paths()[0].get_extents().y1 for area in ax.collections]
    assert top[-1] == pytest.approx(max(r.total for r in results))
    assert line(ax, f"smallest: {results[2].total:.3f} at 2").get_xdata() == [2]


def test_fan_draws_no_more_fits_than_asked_for_and_stays_near_the_truth(ax):
    result = constant_learner(50.0)
    learning.fan(np.linspace(0, 1, 5), result, shown=7, sample=([0.5], [1.0]), ax=ax)
    labels = [each.get_label() for each in ax.lines]
    assert len(labels) == 7 + 3 and "7 fits" in labels and "average of 30 fits" in labels
    np.testing.assert_array_equal(line(ax, "true function").get_ydata(), np.zeros(5))
    assert ax.get_ylim()[1] < 50


@pytest.mark.parametrize(("draw", "message"), [
    (lambda ax: learning.learning_curve(SIZES, TRAINED[:2], TESTED, ax=ax), r"3 values .* got shape \(2, 2\)"),
    (lambda ax: learning.bias_variance([1, 2], [constant_learner(1)], ax=ax), "2 values of degree .* got 1"),
])
def test_unequal_lengths_are_named(ax, draw, message):
    with pytest.raises(ValueError, match=message):
        draw(ax)


def test_the_room_knows_its_topics_and_names_them_in_its_error():
    assert {"learning", "model_selection", "palette"} <= set(dir(figures))
    assert figures.learning is sys.modules["toolkit.figures.learning"]
    with pytest.raises(AttributeError, match=r"has no attribute 'learnin'; its topics are .*learning"):
        _ = figures.learnin
