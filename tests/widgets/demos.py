"""The four demos of unit 03, each built once a session."""

from functools import cache

from toolkit import widgets

NAMES = ("descent", "degree", "regularisation_path", "least_squares")


@cache
def demo(name):
    """Return the demo of this name."""
    return getattr(widgets, name)()


def body(*pages, style=""):
    """Return a whole page around HTML twins, as a plain exporter would write it."""
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demos</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
            f"<body><main><h1>Demos</h1>{''.join(pages)}</main></body></html>")
