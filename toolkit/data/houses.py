"""House prices: the lecture's five houses, and a generator that knows the law behind its prices."""

import numbers
from dataclasses import dataclass

import numpy as np

from toolkit._checks import as_floats, as_generator, shown

HOUSE_FEATURES = ("area", "rooms", "age", "distance")      # m², count, years, km to the centre
_LAW = {                                                   # thousand euro
    "intercept": 100.0,                                    # keeps the price of every house above zero
    "area": 3.2,                                           # per m²
    "rooms": 9.0,                                          # per room
    "age": -0.9,                                           # per year
    "distance": -4.0,                                      # per km
    "area x distance": -0.12,                              # the interaction: a square metre is worth less far out
    "harbour": 1.6,                                        # factor on the whole price, in the outlier quarter only
}


def five_houses():
    """Return the five houses of the lecture's regression example.

    Returns
    -------
    X : array (5, 2)
        Living area in square feet, number of bedrooms.
    y : array (5,)
        Price in thousand dollars.

    References
    ----------
    Lecture 3, "Normal Equation - Example".

    Examples
    --------
    >>> X, y = five_houses()
    >>> X[0], y[0]
    (array([2104.,    3.]), np.float64(400.0))
    """
    X = np.array([[2104.0, 3], [1600, 3], [2400, 3], [1416, 2], [3000, 4]])
    return X, np.array([400.0, 330, 369, 232, 540])


@dataclass(frozen=True)
class Houses:
    """House prices with the truth that made them."""

    X: np.ndarray               # (m, 4): area, rooms, age, distance
    y: np.ndarray               # (m,) price, thousand euro
    feature_names: tuple
    harbour: np.ndarray         # (m,) bool: houses of the quarter that follows another law
    expected: np.ndarray        # (m,) price without its noise
    noise: np.ndarray           # (m,) standard deviation of each price around `expected`
    truth: dict                 # the numbers of the law, by name


def expected_price(X, harbour=False):
    r"""Return the price without noise, the best that any model can predict.

    .. math:: 100 + 3.2\,area + 9\,rooms - 0.9\,age - 4\,distance - 0.12\,area \cdot distance

    thousand euro, and 1.6 times that in the harbour quarter.

    Parameters
    ----------
    X : array (m, 4)
        Columns in the order of `HOUSE_FEATURES`.
    harbour : bool or array (m,) of bool

    Returns
    -------
    array (m,)
    """
    X, harbour = _with_all_columns(X), np.asarray(harbour)
    if harbour.dtype != bool or harbour.shape not in ((), (len(X),)):
        raise ValueError(f"harbour must be True, False or one of them for each of the {len(X)} houses, "
                         f"got {shown(harbour)} of type {harbour.dtype}")
    area, _, _, distance = X.T
    linear = X @ [_LAW[name] for name in HOUSE_FEATURES]
    price = _LAW["intercept"] + linear + _LAW["area x distance"] * area * distance
    return np.where(harbour, _LAW["harbour"] * price, price)


def price_noise(X):
    """Return the standard deviation of a price: 8 + 0.12 area (thousand euro), so that large houses scatter more."""
    return 8 + 0.12 * _with_all_columns(X)[:, 0]


def _with_all_columns(X):
    X = as_floats("X", X)
    if X.ndim != 2 or X.shape[1] != len(HOUSE_FEATURES) or not len(X):
        raise ValueError(f"expected the {len(HOUSE_FEATURES)} columns {', '.join(HOUSE_FEATURES)}, "
                         f"got an array of shape {X.shape}")
    return X


def house_prices(m=500, random_state=0):
    """Generate house prices from a known law: four features, an interaction, uneven noise and an outlier quarter.

    About one house in twenty stands in the harbour quarter, near the centre, where the whole price is 1.6 times that of
    the law. The quarter is not among the features. The same seed gives the same houses; a lecture and its lab use
    different ones.

    Parameters
    ----------
    m : int
        How many houses, at least 1.
    random_state : int or numpy.random.Generator

    Returns
    -------
    Houses

    Examples
    --------
    >>> houses = house_prices(300, random_state=3)
    >>> houses.X.shape, houses.feature_names
    ((300, 4), ('area', 'rooms', 'age', 'distance'))
    """
    if not isinstance(m, numbers.Integral) or isinstance(m, bool) or m < 1:
        raise ValueError(f"needs a whole number of houses m >= 1, got {shown(m)}")
    rng = as_generator("random_state", random_state)
    area = rng.gamma(shape=9, scale=12, size=m).clip(25, 300).round(1)             # mean 108 m²
    rooms = (area / 26 + rng.normal(0, 0.8, m)).round().clip(1, 10)                # correlates with area, about 0.85
    age = rng.uniform(0, 80, m).round()
    distance = rng.gamma(shape=2.5, scale=2.4, size=m).clip(0.2, 16).round(2)      # mean 6 km
    harbour = rng.uniform(size=m) < 0.05
    distance[harbour] = rng.uniform(1, 3, m).round(2)[harbour]
    X = np.column_stack([area, rooms, age, distance])
    expected, noise = expected_price(X, harbour), price_noise(X)
    y = (expected + noise * rng.standard_normal(m)).round(1)
    return Houses(X, y, HOUSE_FEATURES, harbour, expected, noise, dict(_LAW))
