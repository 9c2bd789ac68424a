"""Demo 03-3 against the tables of its storyboard."""

import numpy as np
import pytest

from tests.widgets.demos import demo
from toolkit.data import diabetes
from toolkit.linear_model import enet_path
from toolkit.widgets.regularisation_path import ALPHAS, PAIR

LASSO = {                                           # age sex bmi bp s1 s2 s3 s4 s5 s6, non-zero, train MSE
    0.01: ([-0.45, -11.39, 24.74, 15.41, -36.06, 21.43, 4.04, 8.14, 35.15, 3.21], 10, 2859.7),
    0.1: ([-0.28, -11.16, 24.85, 15.24, -26.48, 13.76, 0, 7.04, 31.59, 3.16], 9, 2861.9),
    1: ([0, -9.32, 24.83, 14.09, -4.84, 0, -10.62, 0, 24.42, 2.56], 7, 2886.2),
    5: ([0, -2.16, 24.22, 10.33, 0, 0, -7.03, 0, 21.23, 0], 5, 3028.7),
    10: ([0, 0, 22.60, 6.80, 0, 0, -3.09, 0, 19.59, 0], 4, 3209.9),
    20: ([0, 0, 18.03, 0.89, 0, 0, 0, 0, 15.18, 0], 3, 3741.5),
}
KNOTS = [45.160, 42.300, 21.542, 15.034, 6.190, 4.223, 3.280, 0.950, 0.261, 0.242, 0.1038, 0.0623]


@pytest.fixture(scope="module")
def data():
    return demo("regularisation_path").data


def mark(alpha):
    return int(np.flatnonzero(np.isclose(ALPHAS, alpha))[0])


@pytest.mark.parametrize(("alpha", "row"), list(LASSO.items()))
def test_the_lasso_table_is_the_storyboards(data, alpha, row):
    coefs, nonzero, mse = row
    k = mark(alpha)
    assert [coef[k] for coef in data["coefs"][0]] == pytest.approx(coefs, abs=0.0051)
    assert [coef[k] == 0 for coef in data["coefs"][0]] == [coef == 0 for coef in coefs], "zeros are exact"
    assert data["nonzero"][0][k] == nonzero
    assert data["mse"][0][k] == pytest.approx(mse, abs=0.051)


def test_all_lasso_coefficients_are_gone_from_the_first_knot_on(data):
    assert [count == 0 for count in data["nonzero"][0]] == (ALPHAS > 45.16).tolist()
    assert data["mse"][0][-1] == 5929.9


def test_ridge_never_reaches_zero(data):
    assert set(data["nonzero"][2]) == {10}
    smallest = np.abs(data["coefs"][2]).min(axis=0)[[mark(alpha) for alpha in (0.1, 1, 10, 100)]]
    assert smallest == pytest.approx([0.062, 0.28, 0.044, 0.028], rel=0.02)


@pytest.mark.parametrize(("alpha", "count"), [(5, 9), (20, 8), (40, 6), (90, 1)])
def test_elastic_net_counts_are_the_storyboards(data, alpha, count):
    assert data["nonzero"][1][mark(alpha)] == count


def test_ticks_stand_where_coefficients_reach_zero(data):
    lasso, elastic, ridge = data["zeros"]
    assert lasso == pytest.approx(KNOTS, rel=2e-3)
    assert len(elastic) == 10 and max(elastic) == pytest.approx(90.32, rel=0.06) and ridge == []


@pytest.mark.parametrize(("alpha", "w"), [(10, (30.43, 11.9646)), (20, (23.26, 4.80)), (30, (15.16, 0))])
def test_the_two_feature_lasso_is_the_storyboards(data, alpha, w):
    assert data["two"][0][mark(alpha)] == pytest.approx(w, abs=0.0051)


@pytest.mark.parametrize(("alpha", "w"), [(1, (20.00, 13.04))])
def test_the_two_feature_ridge_is_the_storyboards(data, alpha, w):
    assert data["two"][2][mark(alpha)] == pytest.approx(w, abs=0.0051)
    X, y, _ = diabetes()
    between = enet_path(X[:, PAIR], y, [0.5, 2.0], 0.0)[1].T
    assert between == pytest.approx(np.array([(25.93, 15.83), (13.80, 9.51)]), abs=0.0051)


def test_bp_leaves_between_the_marks_that_the_answer_names(data):
    gone = next(alpha for alpha, (_, bp) in zip(ALPHAS, data["two"][0], strict=True) if bp == 0)
    before = ALPHAS[ALPHAS.searchsorted(gone) - 1]
    assert before < 26.70 < gone
    assert f"between the marks {before:.3g} and {gone:.3g}" in demo("regularisation_path").questions[1][1]


def test_shape_and_level_line_meet_in_the_solution(data):
    X, _, _ = diabetes()
    A = X[:, PAIR].T @ X[:, PAIR] / len(X)
    for method, r in enumerate((1, 0.5, 0)):
        for k in range(0, len(ALPHAS), 7):
            w, optimum = np.array(data["two"][method][k]), np.array(data["optimum"])
            assert data["radius"][method][k] == pytest.approx(np.sqrt((w - optimum) @ A @ (w - optimum)), abs=0.02)
            shape = np.array(data["shapes"][method][k])
            penalty = r * np.abs(shape).sum(axis=1) + (1 - r) / 2 * (shape**2).sum(axis=1)
            assert penalty == pytest.approx(r * np.abs(w).sum() + (1 - r) / 2 * w @ w, rel=2e-3, abs=1e-6)


def test_the_storyboards_least_squares_solution_of_two_features(data):
    assert data["optimum"] == pytest.approx([37.595, 19.131], abs=1e-3)
