"""A readable, fast toolkit of the algorithms that the course teaches.

Importing it loads NumPy and nothing heavier; each room loads on first use:

>>> import toolkit
>>> toolkit.linear_model.__name__
'toolkit.linear_model'
"""

import importlib

import numpy as np  # noqa: F401  (the one dependency that every room shares)

__version__ = "0.1.0"
_ROOMS = ("data", "figures", "linear_model", "metrics", "model_selection", "testing", "widgets")


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"toolkit.{name}")
    raise AttributeError(f"module 'toolkit' has no attribute {name!r}; its rooms are {', '.join(_ROOMS)}")


def __dir__():
    return sorted([*globals(), *_ROOMS])
