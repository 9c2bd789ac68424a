"""An executed notebook as one HTML page that needs nothing else: no network, no kernel, no script but the widgets' own.

Formulas become MathML, pictures and styles stand inside the page, widgets are their ``text/html`` twins. The
alternative text of a picture comes, in this order, from the output's metadata (``alt``), from the cell's metadata
(``# %% alt="..."`` in a percent script), or from the heading above it.
"""

import base64
import copy
import html
import re
from pathlib import Path

from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.mathml import to_mathml

TEMPLATES = Path(__file__).parent / "templates"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
IMAGES = ("image/svg+xml", "image/png", "image/jpeg")
MATH_IN_HTML = re.compile(r"(?<![\\$])(?P<marks>\${1,2})(?P<body>[^$\n]+?)(?<!\\)(?P=marks)(?!\$)")


class MathRenderer(IPythonRenderer):
    """Markdown to HTML with formulas as MathML, also inside raw HTML such as the summary of a folded answer."""

    def block_math(self, body):
        """Return a display formula."""
        return to_mathml(body, display=True)

    def inline_math(self, body):
        """Return a formula inside a sentence."""
        return to_mathml(body)

    def latex_environment(self, name, body):
        """Return an environment that stands by itself, such as align."""
        return to_mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_html(self, html):
        """Return raw HTML with its formulas drawn."""
        return super().block_html(math_in_html(html))

    def heading(self, text, level, **attributes):
        """Return a heading that can be linked to by its words, the first time that they occur."""
        slug = re.sub(r"\W+", "-", _words(re.sub(r"<math.*?</math>", "", text)).lower()).strip("-")
        return f'<h{level} id="{slug}">{text}</h{level}>\n'


def math_in_html(text):
    """Return raw HTML with each ``$...$`` outside scripts and code drawn as MathML."""
    if "<script" in text or "<style" in text:
        return text

    def draw(match):
        return to_mathml(html.unescape(match["body"]), display=match["marks"] == "$$")

    pieces = re.split(r"(<code\b.*?</code>|<[^>]+>)", text, flags=re.DOTALL)
    return "".join(piece if piece.startswith("<") else MATH_IN_HTML.sub(draw, piece) for piece in pieces)


class Offline:
    """What the exporters of lectures and slides share: our templates, formulas as MathML."""

    def __init__(self, **options):
        super().__init__(
            extra_template_basedirs=[str(TEMPLATES)],
            extra_template_paths=[str(TEMPLATES)],
            template_name=self.own_template,
            **options,
        )

    @pass_context
    def markdown2html(self, context, source):
        """Return Markdown as HTML; a formula that cannot be drawn is an error that names it."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = MathRenderer(escape=False, attachments=attachments, **self.lexer_options)
        return MarkdownWithMath(renderer=renderer).render(source)


class LectureExporter(Offline, HTMLExporter):
    """nbconvert's HTML with our template, MathML and no link to the outside."""

    own_template = "lecture"


def without_widget_views(notebook):
    """Return a copy of `notebook` whose widgets are their ``text/html`` twins, alive without a kernel."""
    plain = copy.deepcopy(notebook)
    plain.metadata.pop("widgets", None)
    for cell in plain.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if WIDGET_VIEW in data and "text/html" in data:
                del data[WIDGET_VIEW]
    return plain


def self_contained(notebook):
    """Return a copy of `notebook` in which pictures carry their alternative text and LaTeX outputs are MathML.

    The copy's metadata counts ``images_without_alt``: pictures that only have the heading above them as description.
    """
    page = without_widget_views(notebook)
    heading, guessed = "", 0
    for cell in page.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{1,6}\s+(.+)$", cell.source, flags=re.MULTILINE)
            heading = _words(headings[-1]) if headings else heading
        for output in cell.get("outputs", []):
            data, metadata = output.get("data", {}), output.get("metadata", {})
            kind = next((image for image in IMAGES if image in data), None)
            if "text/html" in data:
                continue
            if kind:
                alt = metadata.get("alt") or metadata.get(kind, {}).get("alt") or cell.metadata.get("alt")
                guessed += not alt
                picture = _picture(data[kind], kind, metadata.get(kind, {}), alt or f"Figure: {heading or 'no title'}")
                output.data = NotebookNode({"text/html": picture})
            elif "text/latex" in data:
                latex = data["text/latex"].strip()
                drawn = to_mathml(latex.strip("$"), display=latex.startswith(("$$", "\\begin", "$\\displaystyle")))
                output.data = NotebookNode({"text/html": drawn})
    page.metadata["images_without_alt"] = guessed
    return page


def _words(markdown):
    """Return a line of Markdown as plain words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>.*?</[^>]*>|<[^>]*>|[*_`$]", "", markdown)).strip()


def _picture(data, kind, sizes, alt):
    """Return an ``<img>`` with its data inside."""
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    size = "".join(f' {name}="{sizes[name]}"' for name in ("width", "height") if name in sizes)
    return f'<img alt="{html.escape(alt)}"{size} src="data:{kind};base64,{"".join(data.split())}">'


def title_of(notebook, default):
    """Return the text of the first heading, without marks; `default` where there is none."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (match := re.search(r"^#\s+(.+)$", cell.source, flags=re.MULTILINE)):
            return _words(match[1])
    return default


def to_html(notebook, name):
    """Return `notebook` as the text of one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    name : str
        For the title where the notebook has no heading, and for error messages.

    Raises
    ------
    CourseError
        If a formula cannot be drawn, naming it, or if the page would load anything from elsewhere.
    """
    page = self_contained(notebook)
    page.metadata["title"] = title_of(page, name)
    try:
        text, _ = LectureExporter().from_notebook_node(page, {"metadata": {"name": name}})
    except CourseError as error:
        raise CourseError(f"{name}: {error}") from error
    if outside := outside_links(text):
        raise CourseError(f"{name}: the page would load {', '.join(outside)}; put it inside or take it out.")
    return text


def outside_links(text):
    """Return the addresses that a browser would load from elsewhere on opening this page; links to follow are fine."""
    soup = BeautifulSoup(text, "html.parser")
    loaded = [tag.get("src") for tag in soup.find_all(src=True)]
    loaded += [tag.get("href") for tag in soup.find_all("link", href=True)]
    styles = "".join(tag.string or "" for tag in soup.find_all("style"))
    loaded += re.findall(r"url\(['\"]?(https?:[^'\")]+)", styles) + re.findall(r"@import\s+['\"]([^'\"]+)", styles)
    return [address for address in loaded if re.match(r"(https?:)?//", address)]
