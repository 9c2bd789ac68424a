"""Data that come with scikit-learn, in the form of the lectures."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

import toolkit.data
from toolkit.data import diabetes


def test_diabetes_is_standardised_centred_and_named():
    data = diabetes()
    X, y, names = data
    assert X.shape == (442, 10) and y.shape == (442,)
    assert names == ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6") == data.names
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(X.std(axis=0), 1, rtol=1e-14)
    assert y.mean() == pytest.approx(0, abs=1e-12)


def test_diabetes_is_scikit_learns_up_to_scale():
    bunch = load_diabetes(scaled=False)
    X, y, _ = diabetes()
    for j in range(10):
        assert np.corrcoef(X[:, j], bunch.data[:, j])[0, 1] == pytest.approx(1)
    np.testing.assert_allclose(y, bunch.target - bunch.target.mean())


def test_storyboard_correlation_of_s1_and_s2():
    X, _, names = diabetes()
    assert X[:, names.index("s1")] @ X[:, names.index("s2")] / 442 == pytest.approx(0.897, abs=5.01e-4)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(AttributeError, match=r"'toolkit.data' has no attribute 'six_houses'; it has .*five_houses"):
        _ = toolkit.data.six_houses
    assert dir(toolkit.data) == sorted(toolkit.data.__all__)
    assert all(getattr(toolkit.data, name) is not None for name in toolkit.data.__all__)
