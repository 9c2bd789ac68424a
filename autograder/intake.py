"""What a student handed in, read with care: which file is which notebook, and the text of its cells without outputs.

Nothing raises for what a student can do to a file; whatever is unusual is told in plain words.
"""

import contextlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from autograder.handed_files import IGNORED, LARGEST, files, is_notebook, read, shown
from autograder.labs import meta
from autograder.notebook_json import Unreadable, decode, parse

__all__ = ["IGNORED", "LARGEST", "Cell", "Handed", "decode", "files", "kind_of", "known_names", "look", "look_at",
           "read_notebook"]

MOST_CELLS = 2000                                     # cells with text; a lab has fewer than a hundred
LONGEST_SOURCE = 50_000                               # characters of one cell
ALL_SOURCES = 500_000                                 # characters of all cells
LESS = ": take out what is not part of the lab, save it, and hand it in once more."
PACKED = (".zip", ".rar", ".7z", ".gz", ".tar")
KINDS = {"code": "code", "raw": "raw"}                # all others are text: Markdown, and headings of version 3


@dataclass
class Handed:
    """One notebook as it was handed in: its cells, or the reason why it cannot be read."""

    cells: list = field(default_factory=list)         # of Cell
    notes: list = field(default_factory=list)         # sentences for the student and the instructor
    reason: str = ""                                  # why there are no cells
    absent: bool = False                              # whether there was no such file at all


@dataclass(frozen=True, eq=False)                      # two cells of the same text are two cells
class Cell:
    """What is taken from a student's cell."""

    kind: str                                         # code, markdown or raw
    source: str
    grade_id: str
    id: str
    pictures: bool = False                            # whether pictures were pasted into it, which are not taken


def read_notebook(path, folder=None):
    """Return what is in the notebook file `path` as Handed; never raises for what a student can do to a file.

    Parameters
    ----------
    path : Path
    folder : Path, optional
        The student's own folder, below which no link is followed; the one that the file lies in unless given.
    """
    path = Path(path)
    try:
        content, notes = parse(read(path.parent if folder is None else folder, path))
        return Handed(*_cells(content, notes))
    except OSError as error:
        return Handed(reason=f"{shown(path.name)} cannot be opened: {error.strerror}.")
    except Unreadable as error:
        return Handed(reason=f"{shown(path.name)} {error}")


def _cells(content, notes):
    """Return ``(cells, notes)`` of the JSON of a notebook, or raise Unreadable."""
    if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
        raise Unreadable("is not a notebook: it has no cells.")
    raw = content.get("cells")
    if raw is None:
        notes.append("The notebook has the format of 2013 (version 3); it was converted.")
        sheets = content.get("worksheets")
        sheets = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
        raw = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    raw = raw if isinstance(raw, list) else []
    cells, odd, long = [], 0, 0
    for each in raw:
        cell = _cell(each)
        if cell is None:
            odd += 1
        elif len(cell.source) > LONGEST_SOURCE:
            long += 1
        elif cell.source.strip() or cell.grade_id or cell.id:
            cells.append(cell)
    if not cells:
        raise Unreadable("has no cells.")
    written = [cell for cell in cells if cell.source.strip()]
    if len(written) > MOST_CELLS:
        raise Unreadable(f"has {len(written)} cells, more than {MOST_CELLS}{LESS}")
    if (total := sum(len(cell.source) for cell in written)) > ALL_SOURCES:
        raise Unreadable(f"has {total} characters in its cells, more than {ALL_SOURCES}{LESS}")
    if odd:
        notes.append(f"{odd} of {len(raw)} entries of the notebook are no cells; they were left out.")
    if long:
        notes.append(f"Cells with more than {LONGEST_SOURCE} characters were left out: {long}.")
    if any("\ufffd" in cell.source for cell in written):
        notes.append("Characters that are none (halves of a pair, null) were replaced by \ufffd.")
    return cells, notes


def _cell(raw):
    """Return a raw cell as a Cell, None if it is not one."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    data = raw.get("metadata")
    data = data.get("nbgrader") if isinstance(data, dict) else None
    grade_id = data.get("grade_id") if isinstance(data, dict) else None
    kind = raw.get("cell_type")
    kind = KINDS.get(kind, "markdown") if isinstance(kind, str) else "markdown"
    names = (value if isinstance(value, str) else "" for value in (grade_id, raw.get("id")))
    return Cell(kind, writable(source), *names, pictures=bool(raw.get("attachments")))


def writable(text):
    """Return text that can be written to any file: lines end alike; what is no character, and null, are replaced.

    Null is not just taken out: code in which it stands does not run in Jupyter, so it must not run here.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def kind_of(path, handed, released):
    """Return which released notebook a file is: by the cells in it, else by its name; None if neither tells."""
    ids = {name for cell in handed.cells for name in (cell.grade_id, cell.id) if name}
    counts = {kind: len(ids & set(known_names(notebook))) for kind, notebook in released.items()}
    best = max(counts.values(), default=0)
    winners = [kind for kind, count in counts.items() if count == best]
    if best and len(winners) == 1:
        return winners[0]
    words = re.split(r"[^a-z]+", Path(path).stem.lower())
    named = [kind for kind in released if kind in words]
    return named[0] if len(named) == 1 else None


def look(folder, released):
    """Return ``({kind: Handed}, notes, others)``: every released notebook, sentences about the rest, the other files.

    Parameters
    ----------
    folder : Path
        What one student handed in for one assignment.
    released : dict {kind: NotebookNode}
        The notebooks as released.
    """
    folder = Path(folder)
    try:
        there, notes = files(folder)
    except OSError as error:
        there, notes = [], [f"The folder cannot be opened: {error.strerror}."]
    return look_at(folder, there, notes, released)


def look_at(folder, there, notes, released):
    """Return what `look` does, for the files `there` of a folder and the sentences that are said about it already."""
    found, others, notes = {}, [path for path in there if not is_notebook(path)], list(notes)
    for path in filter(is_notebook, there):
        handed = read_notebook(path, folder)
        kind = kind_of(path, handed, released)
        if kind is None:
            why = f": {handed.reason}" if handed.reason else "; it was left out."
            notes.append(f"{path.name} belongs to no notebook of this assignment{why}")
            continue
        if path.name != f"{kind}.ipynb":
            handed.notes.append(f"The file is called {path.name}, should be {kind}.ipynb.")
        rank = (bool(handed.cells), path.name == f"{kind}.ipynb", _moment(path))
        found.setdefault(kind, []).append((rank, path, handed))
    chosen = {}
    packed = [path.name for path in others if path.suffix.lower() in PACKED]
    for kind in released:
        if kind not in found:
            chosen[kind] = Handed(reason=_absent(kind, there, notes, packed), absent=True)
            continue
        ranked = sorted(found[kind], key=lambda item: item[0], reverse=True)
        chosen[kind] = ranked[0][2]
        chosen[kind].notes += [f"{path.name} was left out; {ranked[0][1].name} counts." for _, path, _ in ranked[1:]]
    return chosen, notes, others


def _absent(kind, there, notes, packed):
    """Return why a notebook is not there."""
    if not there and not notes:
        return "The folder is empty: nothing was handed in."
    hint = f" {packed[0]} was not opened: hand in the notebook itself." if packed else ""
    if any(f"{kind}.ipynb" in note.lower() for note in notes):        # it is there, but was left out
        return f"No {kind}.ipynb that can be taken was handed in.{hint}"
    return f"No {kind}.ipynb was handed in.{hint}"


def _moment(path):
    """Return when a file was last changed, 0 where it has gone."""
    with contextlib.suppress(OSError):
        return os.lstat(path).st_mtime
    return 0.0


def known_names(notebook):
    """Return the names by which the cells of a released notebook are known, in order."""
    return [meta(cell).get("grade_id") or cell.get("id", "") for cell in notebook.cells]
