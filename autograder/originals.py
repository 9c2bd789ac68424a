"""The released notebook that a student's file began as, wherever it can be found: in a course, a zip, or beside it."""

import contextlib
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.errors import CourseError
from autograder.handed_files import LARGEST, is_notebook, read
from autograder.labs import NOTEBOOKS, is_answer, lab_sources, meta
from autograder.layout import Course
from autograder.notebook_json import Unreadable, parse

UPWARDS = 4                                           # folders above the file in which a zip may lie
MOST = 50                                             # files of one folder that are looked into
BROKEN = (OSError, zipfile.BadZipFile, RuntimeError, ValueError, EOFError, zlib.error)
HERE = Path(__file__).resolve().parents[1]            # the checkout that this package runs from


@dataclass(frozen=True)
class Original:
    """A released notebook."""

    lab: str                                          # the assignment, empty where only the notebook itself is known
    kind: str                                         # lab or review
    notebook: object
    where: str                                        # for a person: where it was found


def find(path, ids):
    """Return the Originals of the lab that a file belongs to: all its notebooks, the best place first; [] for none.

    Looked for in this order: the release and the labs of the course that the file, the current folder or this package
    lies in; a zip for students in a folder of the file or above it; an untouched notebook beside the file.

    Parameters
    ----------
    path : Path
        The student's file or folder.
    ids : set of str
        The grade ids and cell ids in it.
    """
    folder = path if path.is_dir() else path.parent
    for found in (_in_courses(folder, ids), _in_zips(folder, ids), _beside(path, folder, ids)):
        best = max(found, key=lambda original: _common(original.notebook, ids), default=None)
        if best is not None:
            return [best, *(o for o in found if o is not best and o.lab and (o.lab, o.where) == (best.lab, best.where))]
    return []


def _common(notebook, ids):
    """Return how many labels of a notebook are among `ids`."""
    return len({meta(cell)["grade_id"] for cell in notebook.cells if meta(cell).get("grade_id")} & ids)


def _in_courses(folder, ids):
    """Return the Originals of the first course that knows the labels; of the release where there is one."""
    seen = set()
    for start in (folder, None, HERE):
        with contextlib.suppress(CourseError, OSError):
            course = Course.here(start)
            if course.root not in seen:
                seen.add(course.root)
                if found := _released(course, ids) or _from_scripts(course, ids):
                    return found
    return []


def _released(course, ids):
    """Return the Originals in ``build/nbgrader/release`` of the labs that share labels with `ids`."""
    found = []
    for folder in sorted(p for p in (course.nbgrader / "release").glob("*") if p.is_dir()):
        with contextlib.suppress(ValueError, AttributeError, KeyError, OSError, nbformat.ValidationError):
            there = [Original(folder.name, path.stem, nbformat.read(path, as_version=4), "the release of the course")
                     for path in sorted(folder.glob("*.ipynb"))]
            found += there if any(_common(o.notebook, ids) for o in there) else []
    return found


def _from_scripts(course, ids):
    """Return the Originals of ``labs/``, made as for the student's zip, of the labs that share labels with `ids`."""
    found = []
    for folder in course.labs():
        texts = [p.read_text(encoding="utf-8", errors="replace") for p in (folder / f"{k}.py" for k in NOTEBOOKS)
                 if p.is_file()]
        if any(f'"{name}"' in text for text in texts for name in ids):
            from autograder.release import student_version  # nbgrader takes seconds to import

            with contextlib.suppress(CourseError):
                found += [Original(folder.name, kind, student_version(source), f"labs/{folder.name} of the course")
                          for kind, source in lab_sources(folder).items()]
    return found


def _in_zips(folder, ids):
    """Return the Originals in a zip that ``make student`` built, in `folder` or a few folders above it."""
    for place in [folder, *folder.parents][: UPWARDS + 1]:
        for path in _some(place, ".zip"):
            found = []
            with contextlib.suppress(*BROKEN), zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    parts = Path(info.filename).parts
                    if parts[-3:-2] == ("labs",) and is_notebook(parts[-1]) and info.file_size <= LARGEST:
                        found += _made(archive.read(info), parts[-2], Path(parts[-1]).stem, path.name)
            if found := [o for o in found if untouched(o.notebook)]:
                labs = {o.lab for o in found if _common(o.notebook, ids)}
                if found := [o for o in found if o.lab in labs]:
                    return found
    return []


def _beside(path, folder, ids):
    """Return untouched notebooks with these labels that lie beside a file."""
    found = []
    for other in _some(folder, ".ipynb"):
        if other != path:
            with contextlib.suppress(OSError):
                found += _made(read(folder, other), "", other.stem, f"{other.name} beside it")
    return [o for o in found if _common(o.notebook, ids) and untouched(o.notebook)]


def _some(folder, suffix):
    """Return the first files of a folder with this ending."""
    with contextlib.suppress(OSError):
        return sorted(p for p in folder.iterdir() if p.suffix.lower() == suffix and p.is_file())[:MOST]
    return []


def _made(data, lab, kind, where):
    """Return ``[Original]`` of the bytes of a notebook, [] where they are none."""
    notebook = notebook_of(data)
    return [Original(lab, kind, notebook, where)] if notebook else []


def notebook_of(data):
    """Return the bytes of a notebook file as a notebook with its metadata, None where they are none of version 4."""
    with contextlib.suppress(Unreadable, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        content = parse(data)[0]
        notebook = nbformat.from_dict({**content, "cells": [c for c in content["cells"] if isinstance(c, dict)]})
        for cell in notebook.cells:
            data, source = cell.get("metadata"), cell.get("source", "")
            data = data if isinstance(data, dict) and isinstance(data.get("nbgrader"), dict) else NotebookNode()
            source = "".join(map(str, source)) if isinstance(source, list) else str(source)
            cell.update(metadata=data, cell_type=str(cell.get("cell_type")), source=source)
        return notebook
    return None


def untouched(notebook):
    """Say whether every cell with a label is as it was released; nbgrader wrote its checksum into it."""
    labelled = [cell for cell in notebook.cells if isinstance(meta(cell), dict) and meta(cell).get("grade_id")]
    return bool(labelled) and any(map(is_answer, labelled)) and all(
        meta(cell)["checksum"] == checksum(cell) for cell in labelled if "checksum" in meta(cell))


def checksum(cell):
    """Return nbgrader's checksum of a cell without nbgrader, which takes seconds to import."""
    data, total = meta(cell), hashlib.md5(usedforsecurity=False)
    grade, solution = bool(data.get("grade")), bool(data.get("solution"))
    locked = not solution and (grade or bool(data.get("locked")))
    parts = [cell.source, cell.cell_type, *map(str, (grade, solution, locked)), str(data.get("grade_id", ""))]
    if grade:
        with contextlib.suppress(TypeError, ValueError):
            parts.append(str(float(data.get("points", 0))))
    for part in parts:
        total.update(part.encode("utf-8", "surrogatepass"))
    return total.hexdigest()
