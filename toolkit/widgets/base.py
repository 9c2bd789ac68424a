"""What every demo is: words, arrays computed once in Python, a view that draws them, and a twin that needs no kernel.

A demo shows itself in three ways, and a viewer takes the best one that it can:

- ``application/vnd.jupyter.widget-view+json``: the live widget, where a kernel runs;
- ``text/html``: a static picture first, then a script that loads the same view and takes the picture's place. This is
  what exported pages, slides and papermill products show, with the network off. Where scripts do not run, the picture
  and the words stay;
- ``text/plain``: what a person would say of the first sight over the telephone.
"""

import base64
import hashlib
import html
import io
import itertools
import json
import math
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from PIL import Image

from toolkit._checks import as_floats, check_count, check_number, shown

VIEWS = Path(__file__).parent / "views"
SHARED = tuple(VIEWS / name for name in ("plot.css", "plot.js", "stage.js"))
DIVERGED = 1e6                      # a loss beyond this is not drawn and not sent
_renders = itertools.count(1)


class Demo(anywidget.AnyWidget):
    """A demo: ``class Valley(Demo, view="valley")`` draws its data with ``views/valley.js``.

    A subclass sets the words, computes `data` in its constructor and draws the static first sight in `picture`.

    Parameters
    ----------
    **words_and_data
        Any of the traits below, over the class's own.

    Attributes
    ----------
    title : str
    caption : str
        What is to be seen before anybody touches anything.
    questions : list of [question, answer]
        What to try; the answers are folded.
    alt : str
        The first sight in words, numbers included.
    data : dict
        Numbers, text and lists only, as JSON can carry them; no NaN (a missing number is None).
    """

    title = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List(traitlets.List(traitlets.Unicode(), minlen=2, maxlen=2)).tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, **words_and_data):
        unknown = sorted(set(words_and_data) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(unknown)}; its words and data are title, "
                            "caption, questions, alt and data")
        super().__init__(**words_and_data)

    def __init_subclass__(cls, view=None, **options):
        super().__init_subclass__(**options)
        if view is not None:
            path = VIEWS / f"{view}.js"
            if not path.exists():
                raise FileNotFoundError(f"the view of {cls.__name__} should be in {path.name} beside stage.js, "
                                        f"which has {', '.join(sorted(p.name for p in VIEWS.glob('*.js')))}")
            style, *scripts = (part.read_text(encoding="utf-8") for part in (*SHARED, path))
            cls._esm = "\n".join([f"const STYLE = {json.dumps(style)};", *scripts])

    @traitlets.validate("data")
    def _check_data(self, proposal):
        try:
            json.dumps(proposal["value"], allow_nan=False)
        except (TypeError, ValueError) as problem:
            raise traitlets.TraitError(f"the data of a {type(self).__name__} must be plain JSON (lists, numbers, text, "
                                       f"None for a missing number; see rounded() and packed()): {problem}") from None
        return proposal["value"]

    def picture(self):
        """Return the static first sight, a matplotlib Figure."""
        raise NotImplementedError(f"{type(self).__name__} must draw its static picture in picture()")

    def png(self):
        """Return the bytes of `picture`, drawn once for each state of the data."""
        if getattr(self, "_png_of", None) is not self.data:
            drawn, small = io.BytesIO(), io.BytesIO()
            picture = self.picture()
            if not hasattr(picture, "savefig"):
                raise TypeError(f"picture() of {type(self).__name__} must return a matplotlib Figure, "
                                f"got {shown(picture)}")
            picture.savefig(drawn, format="png", dpi=110)
            Image.open(drawn).convert("RGB").quantize(64).save(small, format="png", optimize=True)
            self._png, self._png_of = small.getvalue(), self.data
        return self._png

    def page(self):
        """Return the HTML twin: the picture and the words, then the script that brings them to life.

        Every call gives another id, and the same calls in the same order give the same bytes. The script takes every
        element of its id that is not yet alive, so that a page which shows an output twice has two live demos.
        """
        state = {name: getattr(self, name) for name in ("title", "caption", "questions", "alt", "data")}
        content = _script_text([state, self._esm])
        key = f"demo-{hashlib.sha256(content.encode()).hexdigest()[:10]}-{next(_renders)}"
        picture = base64.b64encode(self.png()).decode("ascii")
        words = "".join(f"<details><summary>{html.escape(question)}</summary><p>{html.escape(answer)}</p></details>"
                        for question, answer in self.questions)
        return (
            f'<figure class="demo" data-demo="{key}" style="margin: 0">'
            f'<img src="data:image/png;base64,{picture}" alt="{html.escape(self.alt)}" style="max-width: 100%">'
            f"<figcaption><strong>{html.escape(self.title)}.</strong> {html.escape(self.caption)}{words}</figcaption>"
            f"</figure>\n<script>{_LIVEN.replace('KEY', key).replace('CONTENT', content)}</script>"
        )

    def _repr_mimebundle_(self, **options):
        shown = super()._repr_mimebundle_(**options)
        bundle, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        return {**bundle, "text/html": self.page(), "text/plain": self.alt}, metadata


# A stand-in for the kernel's model, enough for a view that only reads; then the view in the picture's place.
_LIVEN = """(() => {
  const [state, source] = CONTENT;
  const model = { get: (name) => state[name], on() {}, off() {}, set() {}, save_changes() {}, send() {} };
  const places = [...document.querySelectorAll('[data-demo="KEY"]')].filter((place) => !place.dataset.alive);
  places.forEach((place) => { place.dataset.alive = "yes"; });
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  import(url).then((view) => places.forEach((place) => {
    const still = [...place.childNodes], el = place.appendChild(document.createElement("div"));
    view.default.render({ model, el });
    still.forEach((node) => node.remove());
  })).catch((problem) => console.warn("the demo stays a picture:", problem)).finally(() => URL.revokeObjectURL(url));
})();"""


def _script_text(value):
    """Return JSON that may stand inside a script element: no ``<`` is left that could end it or open a comment."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def rounded(values, digits=4):
    """Return numbers as nested lists with so many significant digits; NaN and infinity become None.

    >>> rounded([[123.456, np.nan], [-0.0123456, 0.0]])
    [[123.5, None], [-0.01235, 0.0]]
    """
    check_count("digits", digits)
    values = as_floats("values", values, finite=False)
    return _rounded(values.tolist(), digits)


def _rounded(values, digits):
    if isinstance(values, list):
        return [_rounded(value, digits) for value in values]
    return float(f"{values:.{digits}g}") + 0.0 if math.isfinite(values) else None


def packed(values, low, high):
    """Return numbers as base64 of uint16: 2.7 characters a number instead of about 7; `unpack` in plot.js reads it.

    Parameters
    ----------
    values : array
        In any shape; read back in C order. Values outside low..high become low or high.
    low, high : float
        What 0 and 65535 stand for; the resolution is (high - low) / 65535.

    >>> packed([0.0, 1.0], 0, 1)
    {'low': 0.0, 'high': 1.0, 'uint16': 'AAD//w=='}
    """
    check_number(low=low, high=high)
    if not low < high:
        raise ValueError(f"packed needs low < high, got {low} and {high}")
    values = as_floats("values", values, finite=False)
    if not np.isfinite(values).all():
        raise ValueError(f"packed cannot carry NaN or infinity, got {int((~np.isfinite(values)).sum())} of them")
    scaled = np.rint((np.clip(values, low, high) - low) / (high - low) * 65535).astype("<u2")
    return {"low": float(low), "high": float(high), "uint16": base64.b64encode(scaled.tobytes()).decode("ascii")}
