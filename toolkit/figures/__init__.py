"""Pictures: functions that take arrays or a fitted object and ``ax=None``, draw, and return the axes.

One module a topic; each loads on first use:

>>> from toolkit import figures
>>> figures.palette.TRAIN
'#0072B2'
"""

import importlib
import pkgutil

_TOPICS = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def __getattr__(name):
    if name in _TOPICS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; its topics are {', '.join(_TOPICS)}")


def __dir__():
    return sorted([*globals(), *_TOPICS])
