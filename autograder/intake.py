"""What a student handed in, read with care: files of a sane size, text in any encoding, cells without outputs.

Nothing raises for what a student can do to a file; whatever is unusual is told in plain words.
"""

import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.labs import meta

LARGEST = 20 * 2**20                                  # bytes of one file; a notebook without outputs has a few kB
DEEPEST = 4                                           # folders below the student's own that are searched
IGNORED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", "timestamp.txt", "collected.json"}


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

    kind: str
    source: str
    grade_id: str
    id: str


def files(folder):
    """Return ``(files, notes)`` of a hand-in: ordinary files of a sane size, links and devices left out.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    """
    found, notes = [], []

    def walk(place, depth):
        for entry in sorted(os.scandir(place), key=lambda e: e.name):
            if entry.name in IGNORED:
                continue
            shown = os.path.relpath(entry.path, folder)
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                if depth < DEEPEST:
                    walk(entry.path, depth + 1)
                else:
                    notes.append(f"{shown} lies too deep to be looked at.")
            elif not stat.S_ISREG(status.st_mode):
                notes.append(f"{shown} is a link or a device, not a file; it was left out.")
            elif status.st_size > LARGEST:
                size = f"{status.st_size / 2**20:.0f} MiB, more than {LARGEST >> 20}"
                notes.append(f"{shown} has {size}; it was left out.")
            else:
                found.append(Path(entry.path))

    walk(folder, 0)
    return found, notes


def decode(data):
    """Return ``(text, note)`` of the bytes of a notebook, which should be UTF-8."""
    for encoding, note in (("utf-8-sig", ""), ("utf-16", "UTF-16"), ("cp1252", "Latin-1"), ("latin-1", "Latin-1")):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, note and f"The file is saved as {note}, not as UTF-8; it was read all the same."
    raise AssertionError("latin-1 reads every byte")


def read_notebook(path):
    """Return what is in the notebook file `path` as Handed; never raises for what a student can do to a file."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return Handed(reason=f"{path.name} cannot be opened: {error.strerror}.")
    if not data.strip():
        return Handed(reason=f"{path.name} is empty.")
    text, note = decode(data)
    handed = Handed(notes=[note] if note else [])
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        handed.reason = (f"{path.name} is not a readable notebook: the text breaks off or is damaged in line "
                         f"{error.lineno}. Save it again in Jupyter and hand it in once more.")
        return handed
    except RecursionError:
        handed.reason = f"{path.name} is nested too deep to be a notebook."
        return handed
    if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
        handed.reason = f"{path.name} is not a notebook: it has no cells."
        return handed
    cells = content.get("cells")
    if cells is None:
        handed.notes.append("The notebook has the format of 2013 (version 3); it was converted.")
        sheets = content["worksheets"] if isinstance(content["worksheets"], list) else []
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    handed.cells = [cell for cell in map(_cell, cells if isinstance(cells, list) else []) if cell]
    if not handed.cells:
        handed.reason = f"{path.name} has no cells."
    return handed


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
    kind = "code" if raw.get("cell_type") == "code" else "markdown"
    text = source.encode("utf-8", "replace").decode()  # lone surrogates cannot be written to a file
    return Cell(kind, text, *(value if isinstance(value, str) else "" for value in (grade_id, raw.get("id"))))


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
    try:
        there, notes = files(folder)
    except OSError as error:
        there, notes = [], [f"The folder cannot be opened: {error.strerror}."]
    found, others = {}, [path for path in there if path.suffix.lower() != ".ipynb"]
    for path in (path for path in there if path.suffix.lower() == ".ipynb"):
        handed = read_notebook(path)
        kind = kind_of(path, handed, released)
        if kind is None:
            notes.append(f"{path.name} belongs to no notebook of this assignment; it was left out.")
            continue
        if path.name != f"{kind}.ipynb":
            handed.notes.append(f"The file is called {path.name}, should be {kind}.ipynb.")
        rank = (bool(handed.cells), path.name == f"{kind}.ipynb", path.stat().st_mtime)
        found.setdefault(kind, []).append((rank, path, handed))
    chosen = {}
    packed = [path.name for path in others if path.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tar")]
    for kind in released:
        if kind not in found:
            reason = f"No {kind}.ipynb was handed in." if there else "The folder is empty: nothing was handed in."
            reason += f" {packed[0]} was not opened: hand in the notebook itself." if packed else ""
            chosen[kind] = Handed(reason=reason, absent=True)
            continue
        ranked = sorted(found[kind], key=lambda item: item[0], reverse=True)
        chosen[kind] = ranked[0][2]
        chosen[kind].notes += [f"{path.name} was left out; {ranked[0][1].name} counts." for _, path, _ in ranked[1:]]
    return chosen, notes, others


def known_names(notebook):
    """Return the names by which the cells of a released notebook are known, in order."""
    return [meta(cell).get("grade_id") or cell.get("id", "") for cell in notebook.cells]
