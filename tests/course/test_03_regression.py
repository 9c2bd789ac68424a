"""Lecture 03: every number that its text quotes and no cell prints, and what each section must have."""

import re
from pathlib import Path

import numpy as np
import pytest

from toolkit import data
from toolkit.linear_model import (
    Ridge,
    curvature,
    descent_steps,
    mse,
    normal_equation,
    polynomial_fit,
    polynomial_predict,
)
from toolkit.model_selection import bias_variance

LECTURE = Path(__file__).parents[2] / "course" / "03_regression.py"
TEXT = re.sub(r"\n# ?", "\n", LECTURE.read_text(encoding="utf-8"))
SECTIONS = re.split(r"^## (?=\d)", TEXT, flags=re.MULTILINE)[1:]


@pytest.fixture(scope="module")
def receipts():
    X, y = data.five_houses()
    return np.column_stack([np.ones(5), X]), y


def without(X, y, i):
    rest = np.arange(len(y)) != i
    return normal_equation(X[rest], y[rest])


def test_losing_one_receipt_gives_the_five_answers_of_the_first_paragraph(receipts):
    X, y = receipts
    answers = [np.array([1, 4000, 4]) @ without(X, y, i) for i in range(5)]
    assert [round(a) for a in answers] == [592, 440, 646, 598, 579]
    assert "592, 440, 646, 598 or 579" in TEXT


def test_the_absurd_model_without_house_2_has_the_smallest_error(receipts):
    X, y = receipts
    rest = [0, 2, 3, 4]
    w = without(X, y, 1)
    assert w[1] < 0 and round(w[2]) == 235
    assert round(mse(X[rest], y[rest], w), 1) == 2.3


def test_mean_and_median_of_the_prices_with_and_without_the_typing_error(receipts):
    _, y = receipts
    typo = np.where(y == 540, 5400, y)
    assert y.mean() == pytest.approx(374.2) and typo.mean() == pytest.approx(1346.2)
    assert np.median(y) == np.median(typo) == 369


def test_the_first_house_is_the_average_house_and_gets_the_average_price(receipts):
    X, y = receipts
    assert np.array_equal(X[0], X.mean(axis=0))
    assert X[0] @ normal_equation(X, y) == pytest.approx(374.2)


def test_descent_needs_660_million_steps_on_raw_and_70_on_standardised_houses_G040(receipts):
    X, _ = receipts
    raw = X[:, 1:]
    standard = np.column_stack([np.ones(5), (raw - raw.mean(axis=0)) / raw.std(axis=0)])
    steps = [np.log(100) / -np.log1p(-mu / L) for mu, L in (curvature(X), curvature(standard))]
    assert steps[0] == pytest.approx(660e6, rel=0.01)
    assert steps[1] == pytest.approx(70, abs=0.5)


def test_a_rate_five_times_too_large_gives_a_loss_of_192_digits(receipts):
    *_, last = descent_steps(*receipts, 1e-6, steps=100)
    assert np.floor(np.log10(last.loss)) + 1 == 192


def test_the_steepest_single_house_of_the_valley_bends_with_41_6():
    X, _ = data.narrow_valley()
    steepest = 2 * np.sum(X**2, axis=1).max()
    assert steepest == pytest.approx(41.6, abs=0.05)
    assert 2 / steepest == pytest.approx(0.048, abs=5e-4)


def test_the_best_of_a_hundred_coins_is_right_on_68_of_100_days():
    right = np.random.default_rng(3).integers(0, 2, (2000, 100, 50)).mean(axis=2).max(axis=1).mean()
    assert right == pytest.approx(0.68, abs=0.005)


def test_four_times_the_points_leave_a_quarter_of_the_variance():
    def fit_predict(x_train, y_train, x):
        return polynomial_predict(x, polynomial_fit(x_train, y_train, 5))

    x = np.linspace(0, 1, 200)
    few, many = (bias_variance(fit_predict, lambda rng, m=m: data.sine_sample(m, rng), x, data.true_sine, noise=0.3,
                               repeats=1000, rng=7) for m in (20, 80))
    assert 3.5 < few.variance / many.variance < 5
    assert many.noise == few.noise


def test_inflation_moves_only_the_intercept_unless_that_is_charged_M03_05():
    x = np.arange(4.0)
    y = 2 * x + 105
    free = Ridge(1.0).fit(x[:, None], y)
    assert [free.intercept_, *free.coef_] == pytest.approx([105.5, 1.667], abs=5e-4)
    X = np.column_stack([np.ones(4), x])
    assert np.linalg.solve(X.T @ X + np.eye(2), X.T @ y) == pytest.approx([64.92, 17.90], abs=5e-3)


def test_a_little_ridge_brings_the_five_answers_together(receipts):
    raw, y = receipts[0][:, 1:], receipts[1]
    answers = []
    for i in range(5):
        rest = np.arange(5) != i
        mean, sd = raw[rest].mean(axis=0), raw[rest].std(axis=0)
        model = Ridge(0.3).fit((raw[rest] - mean) / sd, y[rest])
        answers.append(model.predict([([4000, 4] - mean) / sd])[0])
    assert min(answers) > 570 and max(answers) < 635


def test_the_lecture_has_thirteen_sections_and_folded_answers():
    assert [int(section.split()[0]) for section in SECTIONS] == list(range(1, 14))
    for section in [*SECTIONS[:9], *SECTIONS[10:12]]:            # 10 is the errors to spot, 13 the summary
        asked, folded = section.count("**Check yourself.**"), section.count("<details><summary>Answer</summary>")
        assert asked == folded >= 1, f"section {section.split()[0]} asks {asked} questions and folds {folded} answers"
    assert TEXT.count("<details>") == TEXT.count("</details>")


def test_the_minutes_of_the_sections_add_up_to_what_the_lecture_promises():
    minutes = sum(int(n) for n in re.findall(r"<small>\((\d+) minutes\)</small>", TEXT))
    promised = int(re.search(r"Reading takes about (\d+) minutes", TEXT)[1])
    assert minutes == promised


@pytest.mark.parametrize("demo", ["least_squares", "descent", "degree", "regularisation_path"])
def test_each_demo_stands_in_the_lecture_with_its_question(demo):
    cell = TEXT.index(f"widgets.{demo}()")
    assert "*Find " in TEXT[cell - 1500:cell] or "*One coefficient" in TEXT[cell - 1500:cell]
