"""The text of a deck, ``slides/NN_topic.md``, read into slides and turned into a notebook.

A YAML header between two lines ``---`` holds ``title`` and ``subtitle``. After it, a line ``---`` ends a slide. On one:

- Markdown with formulas, ``$...$`` and ``$$...$$``;
- blocks fenced as ```` ```python ````: all of a deck run in one kernel, in order; only what they show is on the slide
  (a figure, a table, a live widget). ```` ```python show ```` puts the code on the slide too. Other fenced blocks are
  shown as they are and not run;
- the alternative text of a figure: ``# alt: ...`` as first line of its block, or ``<!-- alt: ... -->`` on a line of its
  own before it;
- the speaker's notes: from a line that begins with ``Note:`` to the end of the slide. They are seen with the key S.

The last line of a block shows its value as in a notebook; the plain representation of an object that only says what it
is (``<Axes: >``) is left out.
"""

import re
from dataclasses import dataclass, field

import nbformat
import yaml

from autograder.errors import CourseError
from autograder.files import read_text

HEADER = re.compile(r"\A---\n(.*?)\n---[ \t]*\n", re.DOTALL)
FENCE = re.compile(r"^(`{3,}|~{3,})\s*(.*)$")
ALT = re.compile(r"^\s*(?:<!--\s*alt:\s*(.*?)\s*-->|#\s*alt:\s*(.*?))\s*$")


@dataclass
class Slide:
    """One slide: its pieces in order, ``("text", markdown)`` or ``("code", source, alt, shown)``, and its notes."""

    number: int
    pieces: list = field(default_factory=list)
    notes: str = ""

    @property
    def title(self):
        """Return the first heading, or the first words."""
        text = "\n".join(piece[1] for piece in self.pieces if piece[0] == "text").strip()
        heading = re.search(r"^#+\s+(.*)$", text, flags=re.MULTILINE)
        return heading[1] if heading else text[:40]


def parse(path):
    """Return ``(header, slides)`` of a deck text.

    Raises
    ------
    CourseError
        If the header is missing or has no title, a fence is not closed, or a slide is empty; with file and line.
    """
    text = read_text(path, "The deck").replace("\r\n", "\n")
    match = HEADER.match(text)
    try:
        header = yaml.safe_load(match[1]) if match else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CourseError(f"{path.name}: the header is not YAML: {error}") from None
    if not isinstance(header, dict) or not header.get("title"):
        raise CourseError(f"{path.name}: a deck begins with a YAML header between two lines --- that has a title.")
    return header, [_slide(path.name, number, lines) for number, lines in enumerate(_split(path.name, text, match), 1)]


def _split(name, text, match):
    """Return the lines of every slide; a ``---`` inside a fenced block ends nothing."""
    slides, fence = [[]], None
    first = text[: match.end()].count("\n") + 1
    for number, line in enumerate(text[match.end() :].split("\n"), start=first):
        mark = FENCE.match(line)
        if mark and fence is None:
            fence, opened = mark[1], number
        elif mark and line.strip() == fence:
            fence = None
        if fence is None and line.strip() == "---":
            slides.append([])
        else:
            slides[-1].append(line)
    if fence is not None:
        raise CourseError(f"{name}, line {opened}: the fenced block is not closed by {fence}.")
    return slides


def _slide(name, number, lines):
    """Return the Slide that its lines describe."""
    slide, text, code, info, fence, alt = Slide(number), [], [], "", None, ""

    def end_of_text():
        if "\n".join(text).strip():
            slide.pieces.append(("text", "\n".join(text).strip()))
        text.clear()

    for index, line in enumerate(lines):
        mark = FENCE.match(line)
        if fence is None and mark and mark[2].split()[:1] == ["python"]:
            end_of_text()
            fence, info, code = mark[1], mark[2], []
        elif fence == (mark and mark[1]) and fence and not mark[2]:
            if code and (own := ALT.match(code[0])):
                alt = own[1] or own[2]
                code = code[1:]
            slide.pieces.append(("code", "\n".join(code), alt, "show" in info.split()))
            fence, alt = None, ""
        elif fence:
            code.append(line)
        elif (own := ALT.match(line)) and line.lstrip().startswith("<!--"):
            alt = own[1]
        elif re.match(r"Note:", line):
            slide.notes = "\n".join([line[5:], *lines[index + 1 :]]).strip()
            break
        else:
            text.append(line)
    end_of_text()
    if not slide.pieces:
        raise CourseError(f"{name}: slide {number} is empty.")
    return slide


def to_notebook(header, slides):
    """Return a deck as a notebook with the slide types that nbconvert knows."""
    cells = []
    for slide in slides:
        kind = "slide"
        for piece in slide.pieces:
            metadata = {"slideshow": {"slide_type": kind}, "slide": slide.number}
            if piece[0] == "text":
                cells.append(nbformat.v4.new_markdown_cell(piece[1], metadata=metadata))
            else:
                metadata |= {"alt": piece[2], "show_input": piece[3]}
                cells.append(nbformat.v4.new_code_cell(piece[1], metadata=metadata))
            kind = "-"
        if slide.notes:
            metadata = {"slideshow": {"slide_type": "notes"}, "slide": slide.number}
            cells.append(nbformat.v4.new_markdown_cell(slide.notes, metadata=metadata))
    language = {"language_info": {"name": "python"}, "title": f"{header['title']} - slides"}
    return nbformat.v4.new_notebook(cells=cells, metadata=language)
