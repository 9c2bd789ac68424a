"""Demo 03-2 against the tables of its storyboard."""

import base64

import numpy as np
import pytest

from tests.widgets.demos import demo
from toolkit.widgets.degree import GRID, fits

TABLE = {
    "train": [.506, .205, .204, .104, .099, .096, .095, .088, .088, .061, .061, .053, .044],
    "test": [.563, .250, .248, .091, .099, .108, .108, .126, .123, .370, .366, 2.84, 8.93],
    "bias2": [.4975, .1997, .1997, .0046, .0047, .0000, .0000, .0000, .0000, .0003, .0009, .0015, .0004],
    "variance": [.0050, .0101, .0157, .0190, .0246, .0306, .0405, .0551, .0798, .144, .348, .834, 2.54],
    "total": [.592, .300, .305, .114, .119, .121, .131, .145, .170, .234, .438, .925, 2.63],
}
HALF_A_DIGIT = {"train": 5e-4, "test": 5e-4, "bias2": 5e-5, "variance": 5e-5, "total": 5e-4}


@pytest.fixture(scope="module")
def data():
    return demo("degree").data


@pytest.mark.parametrize("degree", range(13))
@pytest.mark.parametrize("row", list(TABLE))
def test_the_table_is_the_storyboards(data, row, degree):
    found = data[row][0][degree] if row in ("train", "test") else data[row][degree]
    printed = TABLE[row][degree]
    digits = 5e-3 if printed >= 1 else 5e-4 if row == "variance" and printed >= 0.1 else HALF_A_DIGIT[row]
    assert found == pytest.approx(printed, abs=1.01 * digits)


@pytest.mark.parametrize(("degree", "inside", "edge"), [
    (1, .082, .120), (3, .109, .243), (5, .141, .417), (9, .220, .541), (12, .258, 1.957)])
def test_the_spread_of_the_twenty_fits_is_the_storyboards(degree, inside, edge):
    spread = fits(degree, (0.75, 0.98))[1:].std(axis=0)
    assert spread == pytest.approx([inside, edge], abs=5.1e-4)


def test_curves_are_the_fits_to_within_the_picture(data):
    low, high, text = data["curves"].values()
    curves = (low + np.frombuffer(base64.b64decode(text), "<u2") / 65535 * (high - low)).reshape(13, 21, 61)
    for degree in (0, 9, 12):
        assert np.abs(curves[degree] - fits(degree)).max() < 1e-3
    means = np.frombuffer(base64.b64decode(data["means"]["uint16"]), "<u2").reshape(13, 61)
    assert np.abs(low + means[9] / 65535 * (high - low) - fits(9)[1:].mean(axis=0)).max() < 1e-3
    assert data["grid"] == pytest.approx(GRID, abs=1e-6)


def test_training_error_never_rises_with_the_degree(data):
    assert (np.diff(data["train"], axis=1) <= 1e-3 * np.array(data["train"])[:, :-1]).all()


def test_the_best_degree_belongs_to_its_sample(data):
    assert data["best"] == np.argmin(data["test"], axis=1).tolist()
    assert data["best"][0] == 3 and set(data["best"]) == {3, 4, 5}


def test_a_fit_that_leaves_the_picture_is_known(data):
    assert data["leaves"][9][0] and data["leaves"][12][0] and not any(data["leaves"][3])


def test_the_words_carry_the_storyboards_answers():
    it = demo("degree")
    assert it.questions[0][1].startswith("9: 0.370 against 0.091; degree 8 has 0.123.")
    assert it.questions[1][1].startswith("0: bias² 0.4975, variance 0.0050.")
    assert "from 0.506 at degree 0 to 0.044 at degree 12" in it.alt and "climbs to 8.93" in it.alt
