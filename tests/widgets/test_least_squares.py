"""Demo 03-4 against the numbers of its storyboard."""

import pytest

from tests.widgets.demos import demo
from toolkit.widgets.least_squares import INTERCEPTS, SHIFTS, SLOPES

UNMOVED, UP = SHIFTS.tolist().index(0), SHIFTS.tolist().index(100)


@pytest.fixture(scope="module")
def data():
    return demo("least_squares").data


@pytest.mark.parametrize(("slope", "intercept", "area"), [
    (12, 120, 9557), (10, 150, 14_061.3), (15, 50, 6988.5), (20, -40, 8435.1)])
def test_areas_of_lines_are_the_storyboards(data, slope, intercept, area):
    found = data["areas"][SLOPES.tolist().index(slope)][INTERCEPTS.tolist().index(intercept)]
    assert found == pytest.approx(area, abs=0.5 if area == 9557 else 0.06)


def test_the_best_line_is_the_storyboards(data):
    best = data["best"]
    assert {best["slope"][house][UNMOVED] for house in range(5)} == {16.5119}
    assert best["intercept"][0][UNMOVED] == pytest.approx(26.7899, abs=6e-5)
    assert best["area"][0][UNMOVED] == pytest.approx(6248.92, abs=6e-3)


@pytest.mark.parametrize(("house", "turn"), list(enumerate([0, -3.115, 1.830, -4.253, 5.538])))
def test_a_hundred_more_on_one_price_turns_the_line_as_the_storyboard_says(data, house, turn):
    slopes = data["best"]["slope"][house]
    assert slopes[UP] - slopes[UNMOVED] == pytest.approx(turn, abs=6e-4)


@pytest.mark.parametrize(("price", "slope"), [
    (340, 5.435), (440, 10.973), (540, 16.512), (640, 22.050), (740, 27.589)])
def test_the_fifth_price_decides_the_slope(data, price, slope):
    assert data["best"]["slope"][4][SHIFTS.tolist().index(price - 540)] == pytest.approx(slope, abs=6e-4)


def test_leverages_are_the_storyboards_and_sum_to_the_number_of_weights(data):
    assert data["leverage"] == pytest.approx([.200, .357, .254, .493, .696], abs=6e-4)
    assert sum(data["leverage"]) == pytest.approx(2, abs=3e-4)


def test_the_first_house_only_lifts_the_line(data):
    lift = data["best"]["intercept"][0][UP] - data["best"]["intercept"][0][UNMOVED]
    assert lift == pytest.approx(20, abs=2e-2)


def test_no_line_of_the_grid_beats_the_best(data):
    assert min(map(min, data["areas"])) > data["best"]["area"][0][UNMOVED]


def test_the_text_alternative_is_the_storyboards():
    assert demo("least_squares").alt == (
        "Five houses and a line; squares on the residuals have total area 9557. The best line has 6249, slope 16.5 and "
        "intercept 26.8.")
