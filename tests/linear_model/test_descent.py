"""Descent against the storyboard 03-1, the lecture's hand-worked partials, and its own laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import VALLEY_START, five_houses, narrow_valley
from toolkit.linear_model import (
    curvature,
    descent_paths,
    descent_steps,
    hessian,
    inverse_time,
    mse,
    mse_gradient,
    normal_equation,
)

FLOOR, L, MU = 400.0, 3.8, 0.2
READ = (1, 5, 10, 20, 50, 100)
BATCH_TABLE = {         # rate 0.52: 426.545 after 100 steps, which the storyboard rounds twice, to 426.6
    0.01: ("4541.1", "3682.1", "2917.4", "2030.7", "1273.2", "1058.1"),
    0.05: ("3604.4", "1702.1", "1252.1", "1056.3", "758.7", "531.3"),
    0.10: ("2655.8", "1229.4", "1054.5", "836.8", "530.0", "417.2"),
    1 / L: ("1279.6", "970.7", "732.4", "512.7", "404.4", "400.02"),
    0.40: ("2154.2", "830.6", "584.9", "434.9", "400.2", "400.0"),
    0.50: ("3964.0", "1934.2", "934.9", "465.0", "400.1", "400.0"),
    0.52: ("4444.6", "3409.2", "2612.9", "1706.4", "701.3", "426.5"),
    2 / L: ("4604.5", "4142.2", "3926.0", "3831.5", "3820.0", "3820.0"),
    0.53: ("4699.7", "4649.7", "5020.6", "6375", "14135", "55559"),
    0.54: ("4964.7", "6390.4", "9926", "26391", "5.44e5", "8.65e7"),
}
WITHIN_ONE_PERCENT = {0.05: 155, 0.10: 77, 1 / L: 29, 0.40: 19, 0.50: 22, 0.52: 90}


def last_digit(printed):
    """One half of the last printed digit's unit: what rounding may have moved."""
    mantissa, _, exponent = printed.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 0.5000001 * 10.0 ** (int(exponent or 0) - decimals)


def houses_with_ones():
    X, y = five_houses()
    return np.column_stack([np.ones(len(X)), X]), y


@pytest.mark.parametrize("rate", BATCH_TABLE, ids=lambda rate: f"{rate:.4f}")
def test_batch_descent_has_the_losses_of_the_storyboard(rate):
    X, y = narrow_valley()
    loss = [step.loss for step in descent_steps(X, y, rate, w=VALLEY_START, steps=100)]
    assert loss[0] == pytest.approx(4800, abs=1e-9)
    for k, printed in zip(READ, BATCH_TABLE[rate], strict=True):
        assert abs(loss[k] - float(printed)) <= last_digit(printed), (k, loss[k])


@pytest.mark.parametrize("rate", WITHIN_ONE_PERCENT, ids=lambda rate: f"{rate:.4f}")
def test_first_step_within_one_percent_of_the_start_is_that_of_the_storyboard(rate):
    X, y = narrow_valley()
    steps = descent_steps(X, y, rate, w=VALLEY_START, steps=400)
    first = next(step.iteration for step in steps if step.loss - FLOOR < 0.01 * (4800 - FLOOR))
    assert first == WITHIN_ONE_PERCENT[rate]


@pytest.mark.parametrize(("batch_size", "rate", "schedule", "after", "mean"), [
    (None, 1 / L, None, ("1279.6", "732.4", "401.5"), None),
    (10, 0.10, None, ("837.5", "403.1", "403.7"), "404.7"),
    (1, 0.10, None, ("406.0", "413.5", "425.6"), "527.4"),
    # the storyboard prints 400.1 after 12,000 houses too; that is the mean of the second half, the loss is 400.007
    (1, 0.10, inverse_time(100), ("408.2", "401.1", "400.0"), "400.1"),
    (1, 1 / L, None, ("469.9", "3214", "1144"), None),
], ids=["batch", "mini-batch", "stochastic", "annealed", "too-fast"])
def test_descent_after_reading_so_many_houses_is_that_of_the_storyboard(batch_size, rate, schedule, after, mean):
    X, y = narrow_valley()
    steps = list(descent_steps(X, y, rate, w=VALLEY_START, steps=12_000 // (batch_size or 200), batch_size=batch_size,
                               schedule=schedule, rng=np.random.default_rng(0)))
    loss = {step.rows_read: step.loss for step in steps}
    for rows, printed in zip((200, 2_000, 12_000), after, strict=True):
        assert abs(loss[rows] - float(printed)) <= last_digit(printed), (rows, loss[rows])
    if mean:
        second_half = np.mean([step.loss for step in steps[len(steps) // 2:]])
        assert abs(second_half - float(mean)) <= last_digit(mean)


def test_a_rate_that_is_best_for_the_batch_ruins_stochastic_descent():
    X, y = narrow_valley()
    steps = descent_steps(X, y, 1 / L, w=VALLEY_START, steps=12_000, batch_size=1, rng=np.random.default_rng(0))
    loss = np.array([step.loss for step in steps])
    assert loss[len(loss) // 2:].mean() == pytest.approx(42_750, abs=5)
    assert loss.max() == pytest.approx(1.2e8, rel=0.01)
    assert 2 * (X**2).sum(axis=1).max() == pytest.approx(41.6, abs=0.05)


def test_the_valley_has_the_curvature_that_the_marks_on_the_slider_need():
    X, y = narrow_valley()
    np.testing.assert_allclose(hessian(X), [[2, 1.8], [1.8, 2]], atol=1e-12)
    assert curvature(X) == pytest.approx((MU, L), abs=1e-12)
    np.testing.assert_allclose(normal_equation(X, y), [40, 60], atol=1e-11)
    assert mse(X, y, [40, 60]) == pytest.approx(FLOOR, abs=1e-10)


def test_G040_batch_partials_of_the_five_houses_at_zero():
    X, y = houses_with_ones()
    start = next(descent_steps(X, y, 1e-7))
    np.testing.assert_allclose(start.gradient, [-748.4, -1_681_484.8, -2368.4], rtol=1e-14)


def test_G040_raw_features_diverge_above_the_printed_limit_and_come_down_below_it():
    X, y = houses_with_ones()
    mu, steepest = curvature(X)
    assert 2 / steepest == pytest.approx(2.105e-7, abs=5e-11)
    assert steepest / mu == pytest.approx(1.44e8, rel=5e-3)
    below = [step.loss for step in descent_steps(X, y, 2.10e-7, steps=200)]
    above = [step.loss for step in descent_steps(X, y, 2.11e-7, steps=5000)]
    assert below[-1] < below[0] and above[-1] > above[0]


def test_M03_09_no_divergence_is_not_convergence():
    X, y = houses_with_ones()
    slow = list(descent_steps(X, y, 2e-7, steps=100))[-1]
    assert slow.loss == pytest.approx(1298.65, abs=0.005)
    standardised = (X[:, 1:] - X[:, 1:].mean(axis=0)) / X[:, 1:].std(axis=0)
    fast = list(descent_steps(np.column_stack([np.ones(5), standardised]), y, 0.1, steps=200))[-1]
    assert fast.loss == pytest.approx(288.832, abs=0.0005)


def test_G041_E07_the_partials_of_one_house_have_factor_two():
    X, y = houses_with_ones()
    one = mse_gradient(X[1:2], y[1:2], np.zeros(3))
    np.testing.assert_allclose(one, [-660, -1_056_000, -1980], rtol=1e-14)
    printed = 2 / 5 * -y[1] * X[1]
    np.testing.assert_allclose(printed, [-132, -211_200, -396], rtol=1e-14)
    # the corrected form is unbiased: its mean over the houses is the batch gradient; the printed one is a fifth of it
    full = mse_gradient(X, y, np.zeros(3))
    singles = np.array([mse_gradient(X[[i]], y[[i]], np.zeros(3)) for i in range(5)])
    np.testing.assert_allclose(singles.mean(axis=0), full, rtol=1e-14)
    np.testing.assert_allclose(np.mean([2 / 5 * -y[i] * X[i] for i in range(5)], axis=0), full / 5, rtol=1e-14)


def test_M03_12_a_short_last_batch_is_averaged_over_its_own_rows():
    X, y = np.column_stack([np.ones(10), np.arange(10.0)]), np.arange(10.0)
    steps = list(descent_steps(X, y, 1e-3, steps=3, batch_size=4, rng=np.random.default_rng(0)))
    assert [None if step.batch is None else len(step.batch) for step in steps] == [None, 4, 4, 2]
    last, before = steps[3], steps[2]
    np.testing.assert_allclose(last.estimate, mse_gradient(X[last.batch], y[last.batch], before.w), rtol=1e-14)


def test_an_epoch_reads_each_row_once_from_the_end_of_a_new_permutation():
    X, y = narrow_valley()
    batches = [step.batch for step in descent_steps(X, y, 0.01, steps=40, batch_size=10, rng=np.random.default_rng(0))]
    rng = np.random.default_rng(0)
    for epoch in (batches[1:21], batches[21:]):
        np.testing.assert_array_equal(np.concatenate(epoch), rng.permutation(200)[::-1])


@given(st.integers(1, 12), st.integers(0, 1000))
def test_each_step_is_the_one_before_minus_rate_times_estimate(batch_size, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((12, 3)), rng.standard_normal(12)
    steps = list(descent_steps(X, y, 0.05, steps=9, batch_size=batch_size, schedule="exponential", rng=rng))
    assert [step.iteration for step in steps] == list(range(10))
    for before, after in itertools.pairwise(steps):
        np.testing.assert_array_equal(after.w, before.w - after.learning_rate * after.estimate)
        assert after.loss == pytest.approx(mse(X, y, after.w), rel=1e-13)
        np.testing.assert_allclose(after.gradient, mse_gradient(X, y, after.w), atol=1e-13)


@given(st.floats(0.01, 1.99), st.integers(0, 1000))
def test_batch_descent_never_rises_below_two_over_l(share, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    loss = [step.loss for step in descent_steps(X, y, share / curvature(X)[1], steps=30)]
    assert all(after <= before * (1 + 1e-12) for before, after in itertools.pairwise(loss))


def test_a_walk_that_leaves_the_range_of_floats_ends_by_itself():
    X, y = narrow_valley()
    steps = list(descent_steps(X, y, 1e30, w=VALLEY_START))
    assert not np.isfinite(steps[-1].loss) and np.isfinite(steps[-2].loss)


def test_the_start_is_not_changed_and_later_steps_do_not_share_memory():
    X, y = narrow_valley()
    w = np.array(VALLEY_START)
    steps = list(descent_steps(X, y, 0.1, w=w, steps=3))
    assert tuple(w) == VALLEY_START
    assert not any(np.shares_memory(a.w, b.w) for a, b in itertools.pairwise(steps))


@pytest.mark.parametrize(("change", "message"), [
    ({"learning_rate": 0}, "learning_rate must be a number greater than 0, got 0"),
    ({"learning_rate": -0.1}, "learning_rate must be a number greater than 0, got -0.1"),
    ({"learning_rate": "fast"}, "learning_rate must be a number greater than 0, got 'fast'"),
    ({"batch_size": 201}, r"batch_size must be at most 200 \(the rows of X, 200\), got 201"),
    ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
    ({"steps": -1}, "steps must be a whole number of at least 0, got -1"),
    ({"schedule": "cosine"}, "schedule must be one of constant, .*, got 'cosine'"),
    ({"w": np.zeros(3)}, r"w must have shape \(2,\), one weight for each column of X, got shape \(3,\)"),
    ({"y": np.zeros((200, 1))}, r"y must have shape \(200,\), one target for each row of X, got shape \(200, 1\)"),
    ({"X": np.zeros(200)}, r"X must be a matrix .* got shape \(200,\)"),
    ({"X": np.empty((0, 2)), "y": np.empty(0)}, r"at least one row and one column, got shape \(0, 2\)"),
    ({"X": np.full((200, 2), np.nan)}, "X holds NaN or infinity in 400 places"),
    ({"y": np.full(200, np.inf)}, "y holds NaN or infinity in 200 places"),
])
def test_bad_input_is_named_before_the_first_step(change, message):
    X, y = narrow_valley()
    with pytest.raises(ValueError, match=message):
        descent_steps(**{"X": X, "y": y, "learning_rate": 0.1, "steps": 3} | change)


@pytest.mark.parametrize("batch_size", [None, 1, 7, 200])
@pytest.mark.parametrize("schedule", [None, inverse_time(100)])
def test_paths_are_the_steps_of_each_rate_side_by_side(batch_size, schedule):
    X, y = narrow_valley()
    rates, walk = [0.01, 0.1, 0.3], {"w": VALLEY_START, "batch_size": batch_size, "schedule": schedule, "rng": 0}
    weights, losses = descent_paths(X, y, rates, steps=60, **walk)
    for k, rate in enumerate(rates):
        steps = list(descent_steps(X, y, rate, steps=60, **walk))
        np.testing.assert_allclose(weights[:, k], [step.w for step in steps], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(losses[:, k], [step.loss for step in steps], rtol=1e-9)


def test_a_path_that_diverges_leaves_the_others_alone():
    X, y = narrow_valley()
    _, losses = descent_paths(X, y, [0.5, 50.0], w=VALLEY_START, steps=400)
    assert not np.isfinite(losses[-1, 1])
    assert losses[-1, 0] == pytest.approx(FLOOR)


@pytest.mark.parametrize("rates", [[], [0.1, -1.0], [np.nan], 0.1, [[0.1]]])
def test_paths_refuse_what_is_no_vector_of_rates(rates):
    with pytest.raises(ValueError, match="learning_rates must be a vector of numbers greater than 0, got"):
        descent_paths(*narrow_valley(), rates, steps=3)
