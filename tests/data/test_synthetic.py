"""The narrow valley and the noisy sine are exactly those of storyboards 03-1 and 03-2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import VALLEY_OPTIMUM, VALLEY_START, narrow_valley, sine_sample, true_sine


def test_the_valley_is_built_as_the_storyboard_says():
    rng = np.random.default_rng(3)
    A = rng.standard_normal((200, 3))
    A -= A.mean(0)
    Q, _ = np.linalg.qr(A)
    Q *= np.sqrt(200) * np.sign((Q * A).sum(0))
    Z = np.c_[Q[:, 0], 0.9 * Q[:, 0] + np.sqrt(1 - 0.81) * Q[:, 1]]
    X, y = narrow_valley()
    np.testing.assert_allclose(X, Z, atol=1e-14)
    np.testing.assert_allclose(y, Z @ [40, 60] + 20 * Q[:, 2], atol=1e-12)


def test_the_valley_has_exact_moments():
    X, y = narrow_valley()
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(np.cov(X.T, ddof=0), [[1, 0.9], [0.9, 1]], atol=1e-13)
    assert y.mean() == pytest.approx(0, abs=1e-12)
    residual = y - X @ VALLEY_OPTIMUM
    assert residual @ residual / 200 == pytest.approx(400)
    np.testing.assert_allclose(residual @ X, 0, atol=1e-10)
    assert np.mean((y - X @ VALLEY_START) ** 2) == pytest.approx(4800)


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_each_part_of_the_interval_holds_one_point(m, seed):
    x, y = sine_sample(m, np.random.default_rng(seed))
    assert x.shape == y.shape == (m,)
    np.testing.assert_array_equal((x * m).astype(int).clip(max=m - 1), np.arange(m))


def test_all_uniforms_are_drawn_before_the_normals():
    rng = np.random.default_rng(8)
    x, y = sine_sample(5, np.random.default_rng(8))
    expected = (np.arange(5) + rng.uniform(size=5)) / 5
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(y, np.sin(2 * np.pi * expected) + 0.3 * rng.standard_normal(5))


def test_without_noise_the_sample_lies_on_the_sine_and_a_stream_goes_on():
    rng = np.random.default_rng(0)
    x, y = sine_sample(7, rng, noise=0)
    np.testing.assert_array_equal(y, true_sine(x))
    assert (sine_sample(7, rng)[0] != x).any()


@pytest.mark.parametrize(("m", "rng", "noise", "error", "message"), [
    (0, np.random.default_rng(0), 0.3, ValueError, "whole number of points m >= 1, got 0"),
    (2.0, np.random.default_rng(0), 0.3, ValueError, "whole number of points m >= 1, got 2.0"),
    (5, 7, 0.3, TypeError, "rng must be a numpy.random.Generator .*, got int"),
    (5, np.random.default_rng(0), -1, ValueError, "noise is a standard deviation and must be at least 0, got -1"),
    (5, np.random.default_rng(0), np.nan, ValueError, "noise .* got nan"),
])
def test_bad_input_is_named(m, rng, noise, error, message):
    with pytest.raises(error, match=message):
        sine_sample(m, rng, noise)
