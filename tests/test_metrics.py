"""Metrics of regression: scikit-learn's values, the lecture's numbers, and one length for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from toolkit import metrics
from toolkit.data import five_houses

NAMES = ["mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score"]
every = pytest.mark.parametrize("name", NAMES)


@every
@given(st.integers(2, 30), st.integers(0, 10_000), st.booleans())
def test_every_metric_is_scikit_learns(name, m, seed, weighted):
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.standard_normal(m) * 5, rng.standard_normal(m)
    weight = rng.integers(1, 4, m) if weighted else None
    ours = getattr(metrics, name)(y_true, y_pred, sample_weight=weight)
    assert ours == pytest.approx(getattr(sk, name)(y_true, y_pred, sample_weight=weight), rel=1e-11, abs=1e-12)
    assert type(ours) is float


@every
@given(st.integers(2, 20), st.integers(0, 10_000))
def test_a_weight_of_two_counts_twice(name, m, seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred, weight = rng.standard_normal(m), rng.standard_normal(m), rng.integers(1, 4, m)
    metric = getattr(metrics, name)
    repeated = metric(np.repeat(y_true, weight), np.repeat(y_pred, weight))
    assert metric(y_true, y_pred, sample_weight=weight) == pytest.approx(repeated, rel=1e-9, abs=1e-12)


def test_G038_errors_of_the_five_houses():
    X, y = five_houses()
    design = np.column_stack([np.ones(5), X])
    y_hat = design @ np.linalg.solve(design.T @ design, design.T @ y)
    assert metrics.mean_squared_error(y, y_hat) == pytest.approx(288.829, abs=5e-4)
    assert metrics.r2_score(y, y_hat) == pytest.approx(0.97132, abs=5e-6)
    assert metrics.root_mean_squared_error(y, y_hat) == pytest.approx(16.99497, abs=5e-6)


def test_M03_10_r2_is_not_the_squared_correlation():
    y, double = np.array([1.0, 2, 3]), np.array([2.0, 4, 6])
    assert np.corrcoef(y, double)[0, 1] ** 2 == pytest.approx(1)
    assert metrics.r2_score(y, double) == -6


def test_M03_03_a_column_is_refused_instead_of_broadcast():
    y = np.array([1.0, 2, 3])
    assert ((y - y.reshape(-1, 1)) ** 2).mean() == pytest.approx(4 / 3)         # what broadcasting makes of it
    with pytest.raises(ValueError, match=r"vectors of one length .* y_true of shape \(3,\), y_pred of shape \(3, 1\)"):
        metrics.mean_squared_error(y, y.reshape(-1, 1))


def test_the_mean_scores_zero_and_perfection_one():
    y = [1.0, 2, 6]
    assert metrics.r2_score(y, [3, 3, 3]) == 0 and metrics.r2_score(y, y) == 1


@pytest.mark.parametrize(("y_pred", "score"), [([5, 5, 5], 1.0), ([5, 5, 6], 0.0)])
def test_r2_of_a_constant_target_is_scikit_learns(y_pred, score):
    assert metrics.r2_score([5, 5, 5], y_pred) == score == sk.r2_score([5, 5, 5], y_pred)


@every
@pytest.mark.parametrize(("y_true", "y_pred", "weight", "message"), [
    ([1, 2], [1, 2, 3], None, r"y_true of shape \(2,\), y_pred of shape \(3,\)"),
    ([], [], None, r"at least one entry, got y_true of shape \(0,\)"),
    ([1, 2], [1, 2], [1], r"sample_weight of shape \(1,\)"),
    ([1, np.nan], [1, 2], None, "y_true holds NaN or infinity in 1 places"),
    ([1, 2], [np.inf, 2], None, "y_pred holds NaN or infinity in 1 places"),
    ([1, 2], [1, 2], [-1, 2], r"sample_weight must be at least 0 .*got \[-1.0, 2.0\]"),
    ([1, 2], [1, 2], [0, 0], "greater than 0 somewhere"),
])
def test_bad_input_is_named(name, y_true, y_pred, weight, message):
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(y_true, y_pred, sample_weight=weight)


def test_r2_of_one_instance_is_refused():
    with pytest.raises(ValueError, match="needs at least 2 instances, got 1"):
        metrics.r2_score([1.0], [1.0])
