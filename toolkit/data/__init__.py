"""Data that needs no network: the five houses, seeded generators whose truth is known, scikit-learn's own.

Names load on first use, so that importing this room loads NumPy only.
"""

import importlib

_HOMES = {
    "houses": ("HOUSE_FEATURES", "Houses", "expected_price", "five_houses", "house_prices", "price_noise"),
    "synthetic": ("SINE_NOISE", "VALLEY_OPTIMUM", "VALLEY_START", "narrow_valley", "sine_sample", "true_sine"),
    "bundled": ("Diabetes", "diabetes"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__():
    return __all__
