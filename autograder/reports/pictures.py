"""Pictures of a class as SVG inside a page: with title and description for who cannot see them, in the page's own ink.

Colours are those of Okabe and Ito (2008), safe for colour-blind readers; hatching and marks say the same once more.
"""

import io
import math
import re
from html import escape

INK = "#010203"                                       # stands for the page's own ink, whatever it is
COLOURS = {"blank": "#8A8A8A", "failed": "#D55E00", "part": "#E69F00", "full": "#0072B2"}
HATCHES = {"blank": "...", "failed": "xx", "part": "//", "full": ""}
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "autograder", "font.family": "sans-serif", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "hatch.color": INK, "hatch.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none", "legend.frameon": False,
}


def _svg(draw, size, name, title, description):
    """Return what ``draw(figure)`` drew as an ``<svg>`` with a title and a description.

    Parameters
    ----------
    name : str
        Unique on the page: every id in the picture begins with it.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    file = io.StringIO()
    with rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg"):].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r'font: (?=[^"]*sans-serif)[^"]*?(\d+)px[^";]*', r"font: \1px system-ui, sans-serif", text)
    head = re.match(r"<svg[^>]*>", text)
    opened = re.sub(r' (width|height)="[^"]*"', "", head[0])
    opened = opened[:-1] + f' role="img" aria-labelledby="{name}-title {name}-description">'
    told = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-description">{escape(description)}</desc>'
    return opened + told + text[head.end():]


def outcomes(notebook, name):
    """Return a bar for every question: the shares blank, failed, part and full of a statistics.Notebook."""
    items = [item for item in notebook.items if item.count]
    if not items:
        return ""

    def draw(figure):
        axes = figure.subplots()
        left = [0.0] * len(items)
        for state, colour in COLOURS.items():
            widths = [100 * item.states[state] for item in items]
            axes.barh(range(len(items)), widths, left=left, color=colour, hatch=HATCHES[state], edgecolor=INK,
                      linewidth=0.6, label=state)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(items)), [item.id for item in items])
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("share of the hand-ins that are marked, %")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)

    told = "; ".join(f"{item.id}: " + ", ".join(f"{state} {100 * share:.0f} %" for state, share in item.states.items())
                     for item in items)
    return _svg(draw, (7, 1.2 + 0.34 * len(items)), name, f"{notebook.name}: what became of every question", told)


def quality(notebook, name):
    """Return difficulty against item-rest correlation, a point for every question that has both."""
    items = [item for item in notebook.items if item.difficulty is not None and item.correlation is not None]
    if not items:
        return ""

    def draw(figure):
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.8)
        for good, colour, marker in ((True, COLOURS["full"], "o"), (False, COLOURS["failed"], "^")):
            mine = [item for item in items if (item.correlation >= 0) == good]
            axes.plot([item.difficulty for item in mine], [item.correlation for item in mine], marker, color=colour,
                      markeredgecolor=INK, markersize=8)
        for (x, y), names in _together(items).items():
            axes.annotate(", ".join(names), (x, y), xytext=(8, 0), textcoords="offset points", fontsize=9, va="center")
        axes.set_xlim(-0.03, 1.12)
        axes.set_ylim(min(-0.25, *(item.correlation - 0.1 for item in items)), 1.05)
        axes.set_xlabel("difficulty: mean share of points (1: everybody has all)")
        axes.set_ylabel("item-rest correlation")

    told = "; ".join(f"{item.id}: difficulty {item.difficulty:.2f}, correlation {item.correlation:.2f}"
                     for item in items)
    return _svg(draw, (7, 4.4), name, f"{notebook.name}: which questions tell the strong from the weak", told)


def _short(name):
    return name.split("-")[1] if name.count("-") > 1 else name


def _together(items):
    """Return ``{(x, y): names}``: points so near to each other that their names would overlap share one place."""
    places = {}
    for item in sorted(items, key=lambda item: (-item.difficulty, item.id)):
        near = [place for place in places if abs(place[0] - item.difficulty) < 0.08
                and abs(place[1] - item.correlation) < 0.05]
        places.setdefault(near[0] if near else (item.difficulty, item.correlation), []).append(_short(item.id))
    return places


def distribution(notebook, name):
    """Return the histogram of points."""
    if not notebook.totals or not notebook.most:
        return ""
    import numpy as np

    step = max(1, math.ceil(notebook.most / 20))      # whole points in a bar, 20 bars at most
    edges = np.arange(0, math.ceil(notebook.most / step) * step + step, step)
    counts, _ = np.histogram(notebook.totals, bins=edges)

    def draw(figure):
        axes = figure.subplots()
        axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=COLOURS["full"], edgecolor=INK,
                 linewidth=0.6)
        axes.set_xlabel(f"points of {notebook.most:g}")
        axes.set_ylabel("hand-ins")
        axes.yaxis.get_major_locator().set_params(integer=True)

    told = ", ".join(f"{count} from {low:g} to {high:g}"
                     for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True) if count)
    return _svg(draw, (7, 3.2), name, f"{notebook.name}: points of {len(notebook.totals)} hand-ins", told)
