"""The twin of a lecture: ``course/NN_topic.ipynb``, made from ``course/NN_topic.py`` and never edited."""

import json
import tempfile
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.notebooks import read_percent, to_bytes

WRITE = "python -m autograder check --write"


def twin_of(lecture):
    """Return where the twin of the lecture source lies: beside it, ``.ipynb``."""
    return lecture.with_suffix(".ipynb")


def write_twin(lecture, folder=None):
    """Write the twin of `lecture` into `folder` (beside the lecture unless given); return its path."""
    path = Path(folder or lecture.parent) / twin_of(lecture).name
    return write_whole(path, to_bytes(read_percent(lecture)))


def write_twins(course):
    """Write every twin that differs from what its lecture gives; return the paths that were written."""
    written = []
    with tempfile.TemporaryDirectory() as folder:
        for lecture in course.lectures():
            fresh, there = write_twin(lecture, folder).read_bytes(), twin_of(lecture)
            if not there.is_file() or there.read_bytes() != fresh:
                write_whole(there, fresh)
                written.append(there)
    return written


def twin_problems(course):
    """Return what is wrong with the twins as ``(where, what, fix)``; empty when every byte agrees.

    A lecture without twin, a twin without lecture, a twin that differs, and outputs or execution counts in a twin.
    """
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for lecture in course.lectures():
            twin = twin_of(lecture)
            where = f"course/{twin.name}"
            try:
                fresh = write_twin(lecture, folder).read_bytes()
            except CourseError as error:
                problems.append((f"course/{lecture.name}", str(error), ""))
                continue
            if not twin.is_file():
                problems.append((where, f"{lecture.name} has no twin.", WRITE))
                continue
            there = twin.read_bytes()
            if fresh != there:
                what = f"differs from what {lecture.name} gives, first in line {first_difference(fresh, there)}."
                problems.append((where, what, f"edit {lecture.name}, then {WRITE}"))
            problems += [(where, what, WRITE) for what in output_problems(there)]
    sources = {lecture.stem for lecture in course.lectures()}
    for twin in sorted((course.root / "course").glob("*.ipynb")):
        if twin.stem not in sources:
            fix = "delete it, or add the .py that it is made from"
            problems.append((f"course/{twin.name}", f"is an orphan: there is no lecture {twin.stem}.py.", fix))
    return problems


def first_difference(fresh, there):
    """Return the number of the first line in which two texts differ, counted from 1."""
    ours, theirs = fresh.split(b"\n"), there.split(b"\n")
    same = (number for number, pair in enumerate(zip(ours, theirs, strict=False), start=1) if pair[0] != pair[1])
    return next(same, min(len(ours), len(theirs)) + 1)


def output_problems(text):
    """Return what a notebook as bytes keeps of a run: outputs, execution counts; or that it is no notebook."""
    try:
        cells = json.loads(text)["cells"]
        kept = [cell for cell in cells if cell.get("outputs") or cell.get("execution_count") is not None]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"is not a notebook: {error!r}."]
    return [f"holds the outputs of {len(kept)} cells; twins hold none."] if kept else []
