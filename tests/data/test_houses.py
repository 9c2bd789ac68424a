"""The five houses as printed, and a generator that keeps to its own law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data import HOUSE_FEATURES, expected_price, five_houses, house_prices, price_noise


def test_G034_the_five_houses_are_the_lectures():
    X, y = five_houses()
    np.testing.assert_array_equal(X, [[2104, 3], [1600, 3], [2400, 3], [1416, 2], [3000, 4]])
    np.testing.assert_array_equal(y, [400, 330, 369, 232, 540])


def test_five_houses_are_new_arrays_each_time():
    X, y = five_houses()
    X[:], y[:] = 0, 0
    assert five_houses()[0].all() and five_houses()[1].all()


@given(st.integers(1, 200), st.integers(0, 10_000))
def test_houses_are_plausible_for_every_seed(m, seed):
    houses = house_prices(m, seed)
    assert houses.X.shape == (m, 4) and houses.y.shape == houses.harbour.shape == (m,)
    area, rooms, age, distance = houses.X.T
    assert ((area >= 25) & (area <= 300)).all()
    assert ((rooms >= 1) & (rooms <= 10) & (rooms == rooms.round())).all()
    assert ((age >= 0) & (age <= 80)).all() and ((distance >= 0.2) & (distance <= 16)).all()
    assert ((distance[houses.harbour] >= 1) & (distance[houses.harbour] <= 3)).all()
    assert (houses.expected > 0).all() and (houses.noise > 0).all()


def test_the_seed_decides_and_a_generator_goes_on():
    one, again, other = house_prices(50, 1), house_prices(50, 1), house_prices(50, 2)
    np.testing.assert_array_equal(one.y, again.y)
    assert (one.y != other.y).any()
    rng = np.random.default_rng(1)
    np.testing.assert_array_equal(house_prices(50, rng).y, one.y)
    assert (house_prices(50, rng).y != one.y).any()


def test_the_law_can_be_read_off_many_houses():
    houses = house_prices(100_000, 0)
    area, _, _, distance = houses.X.T
    design = np.column_stack([np.ones(len(area)), houses.X, area * distance])
    plain = ~houses.harbour
    weight = 1 / houses.noise[plain, None]
    found = np.linalg.lstsq(design[plain] * weight, houses.y[plain] * weight[:, 0])[0]
    law = [houses.truth[name] for name in ("intercept", *HOUSE_FEATURES, "area x distance")]
    np.testing.assert_allclose(found, law, rtol=0.05)
    factor = houses.y[houses.harbour].sum() / expected_price(houses.X[houses.harbour]).sum()
    assert factor == pytest.approx(houses.truth["harbour"], rel=0.01)
    assert houses.harbour.mean() == pytest.approx(0.05, abs=0.005)


def test_the_noise_has_the_stated_spread_and_grows_with_the_area():
    houses = house_prices(50_000, 3)
    scaled = (houses.y - houses.expected) / houses.noise
    assert scaled.mean() == pytest.approx(0, abs=0.02) and scaled.std() == pytest.approx(1, abs=0.02)
    small, large = houses.X[:, 0] < 80, houses.X[:, 0] > 140
    assert (houses.y - houses.expected)[large].std() > 1.3 * (houses.y - houses.expected)[small].std()
    np.testing.assert_array_equal(houses.noise, price_noise(houses.X))


def test_expected_price_is_the_stated_formula():
    house = [[100.0, 4, 10, 5]]
    price = 100 + 3.2 * 100 + 9 * 4 - 0.9 * 10 - 4 * 5 - 0.12 * 100 * 5
    assert expected_price(house) == pytest.approx([price])
    assert expected_price(house, harbour=True) == pytest.approx([1.6 * price])


@pytest.mark.parametrize("m", [0, -3, 2.5, "ten"])
def test_a_bad_number_of_houses_is_named(m):
    with pytest.raises(ValueError, match=f"needs a whole number of houses m >= 1, got {m!r}"):
        house_prices(m)


def test_bad_columns_are_named():
    with pytest.raises(ValueError, match=r"4 columns area, rooms, age, distance, got an array of shape \(2, 3\)"):
        expected_price(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"4 columns .* got an array of shape \(4,\)"):
        price_noise(np.ones(4))
