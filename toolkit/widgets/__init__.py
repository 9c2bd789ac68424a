"""Demos: each function returns a widget that shows the point of a lesson before anybody touches it.

>>> from toolkit import widgets
>>> demo = widgets.least_squares()
>>> demo.title
'What does least squares make least?'

A demo ``name`` lives in the module of the same name beside this file, its drawing in ``views/name.js`` over the shared
``views/plot.js``. Modules load on first use. On this package the name always means the function.
"""

import importlib
import sys
import types

_DEMOS = ("degree", "descent", "least_squares", "regularisation_path")
__all__ = [*_DEMOS, "Demo"]


def __getattr__(name):
    if name == "Demo":
        return importlib.import_module(f"{__name__}.base").Demo
    if name in _DEMOS:
        importlib.import_module(f"{__name__}.{name}")           # which sets the attribute, see _Room
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; its demos are {', '.join(_DEMOS)}")


def __dir__():
    return sorted(__all__)


class _Room(types.ModuleType):
    """Python makes an imported submodule an attribute of its package; here the demo's function takes that place."""

    def __setattr__(self, name, value):
        if name in _DEMOS and isinstance(value, types.ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room
