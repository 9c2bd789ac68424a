"""Figures of splits and searches: what they draw is what they were given."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Ridge

from toolkit.figures import model_selection as draw
from toolkit.figures.palette import TEST, TRAIN
from toolkit.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_validation_steps

X, Y = load_diabetes(return_X_y=True)


@pytest.fixture
def ax():
    return Figure().subplots()


def rows_drawn(collection):
    """Return the row numbers that the bars of a strip cover."""
    boxes = [path.get_extents() for path in collection.get_paths()]
    return sorted(row for box in boxes for row in range(round(box.x0 + 0.5), round(box.x1 + 0.5)))


def test_folds_draws_every_row_of_every_round_once_in_its_colour(ax):
    splits = list(KFold(3, shuffle=True, random_state=0).split(np.zeros(20)))
    assert draw.folds(splits, ax=ax) is ax
    strips = iter(ax.collections)
    for train, test in splits:
        for rows, colour in ((train, TRAIN), (test, TEST)):
            strip = next(strips)
            assert rows_drawn(strip) == sorted(rows)
            assert tuple(strip.get_facecolor()[0][:3]) == pytest.approx(tuple(int(colour[i:i + 2], 16) / 255
                                                                              for i in (1, 3, 5)))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["round 1", "round 2", "round 3"]
    assert ax.yaxis_inverted()


def test_folds_writes_the_score_of_each_round_beside_it(ax):
    rounds = list(cross_validation_steps(Ridge(), X, Y, 3))
    draw.folds(rounds, ax=ax)
    assert [t.get_text() for t in ax.texts] == [f"{r.score:.3f}" for r in rounds]


def test_folds_adds_a_strip_of_the_classes(ax):
    y = np.repeat([0, 1], 6)
    draw.folds(StratifiedKFold(2).split(y, y), y=y, ax=ax)
    assert ax.get_yticklabels()[-1].get_text() == "class"
    assert rows_drawn(ax.collections[-1]) == list(range(6, 12))
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
    assert labels == ["train", "validate", "class 0", "class 1"]


def test_holdout_shares_out_all_rows(ax):
    draw.holdout({"training": 60, "validation": 20, "test": 20}, ax=ax)
    assert [bar.get_width() for bar in ax.patches] == [60, 20, 20]
    assert [t.get_text() for t in ax.texts] == ["training\n60 (60%)", "validation\n20 (20%)", "test\n20 (20%)"]
    assert ax.get_xlim() == (0, 100)


def test_grid_scores_writes_each_mean_score_and_frames_the_best(ax):
    search = GridSearchCV(ElasticNet(), {"alpha": [0.1, 0.001], "l1_ratio": [0.2, 1.0]}, cv=3).fit(X, Y)
    draw.grid_scores(search, "alpha", "l1_ratio", ax=ax)
    assert [t.get_text() for t in ax.texts] == [f"{s:.4g}" for s in search.cv_results_["mean_test_score"]]
    frame = ax.patches[0]
    row, column = divmod(search.best_index_, 2)
    assert frame.contains_point(ax.transData.transform((column, row)))
    assert not frame.contains_point(ax.transData.transform((1 - column, 1 - row)))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["0.1", "0.001"]


@pytest.mark.parametrize(("call", "message"), [
    (lambda ax: draw.folds([], ax=ax), "at least one split, got none"),
    (lambda ax: draw.holdout({"test": -1}, ax=ax), "parts of at least 0 rows, got {'test': -1}"),
    (lambda ax: draw.grid_scores(GridSearchCV(Ridge(), {"alpha": [1]}).fit(X, Y), "alpha", "l1_ratio", ax=ax),
     r"grids of 'alpha' and 'l1_ratio' only, got a setting of \['alpha'\]"),
])
def test_what_cannot_be_drawn_is_named(ax, call, message):
    with pytest.raises(ValueError, match=message):
        call(ax)


def test_without_axes_a_figure_is_made():
    import matplotlib.pyplot as plt
    with plt.rc_context(), plt.ioff():
        ax = draw.holdout({"training": 3, "test": 1})
        assert ax.figure.number in plt.get_fignums()
        plt.close(ax.figure)
