"""One student, one task: take in, rebuild, run, score; whatever happens, a row comes back."""

import contextlib
import glob
import hashlib
import json
import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass

import nbformat

from autograder.errors import CourseError
from autograder.gradebook import convert, open_gradebook, read_stamp, seconds_late
from autograder.intake import look
from autograder.labs import meta
from autograder.rebuild import placeholder, rebuild
from autograder.results import Grade, Row

RETRIES = 4
# What is tried again: a busy gradebook, and a kernel that another program took a port from while it started. Nothing of
# the student has run by then.
PASSING = ("InvalidEntry", "OperationalError", "IntegrityError", "database is locked", "Kernel died before replying")


@dataclass(frozen=True)
class Limits:
    """Seconds that student code gets."""

    cell: int = 30
    notebook: int = 600


def released_notebooks(course, assignment):
    """Return ``{kind: NotebookNode}`` of the release, or say that there is none."""
    paths = sorted((course.nbgrader / "release" / assignment).glob("*.ipynb"))
    found = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    if not found:
        raise CourseError(f"{assignment} is not released; run: python -m autograder release {assignment}")
    return found


def fingerprint(course, student, assignment):
    """Return a hash of what was handed in and of the release: equal where grading again would give the same."""
    total = hashlib.sha256()
    for folder in (course.nbgrader / "submitted" / student / assignment, course.nbgrader / "release" / assignment):
        for path in sorted(folder.rglob("*")):
            total.update(str(path.relative_to(folder)).encode())
            if path.is_file() and not path.is_symlink():
                total.update(path.read_bytes())
    return total.hexdigest()


def take_in(course, student, assignment, row):
    """Write the notebooks to be graded to ``intake/``, out of what lies in ``submitted/``; notes go into `row`."""
    source = course.nbgrader / "submitted" / student / assignment
    target = course.nbgrader / "intake" / student / assignment
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    released = released_notebooks(course, assignment)
    chosen, row.notes, others = look(source, released)
    row.missing = [kind for kind, handed in chosen.items() if handed.absent]
    for kind, handed in chosen.items():
        row.notes += handed.notes
        if handed.reason:
            row.notes.append(handed.reason)
            graded = placeholder(released[kind], handed.reason)
        else:
            graded, notes = rebuild(released[kind], handed)
            row.notes += notes
        nbformat.write(graded, target / f"{kind}.ipynb")
    for path in others:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy, follow_symlinks=False)
    stamp = source / "timestamp.txt"
    if stamp.is_file() and not stamp.is_symlink():
        if moment := read_stamp(stamp.read_text(encoding="utf-8", errors="replace")):
            (target / "timestamp.txt").write_text(f"{moment} UTC\n", encoding="utf-8")
        else:
            row.notes.append("No date can be read from timestamp.txt.")
    with contextlib.suppress(OSError, ValueError):
        row.late = bool(json.loads((source / "collected.json").read_text(encoding="utf-8")).get("late"))
    row.notes = list(dict.fromkeys(row.notes))


@contextlib.contextmanager
def time_limit(seconds, error=TimeoutError):
    """Raise `error` in this thread after `seconds`, where the system has alarms."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number, frame):
        raise error(f"grading took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_nbgrader(course, student, assignment, limits):
    """Autograde one student with nbgrader, again where what stopped it passes (see `PASSING`).

    Raises
    ------
    CourseError
        With the reason, where nbgrader gives up.
    """
    from nbgrader.converters import Autograde

    bounded = {"timeout": limits.cell, "total_timeout": limits.notebook, "startup_timeout": 120}
    for attempt in range(RETRIES):
        try:
            convert(course, Autograde, assignment, glob.escape(student),
                    CourseDirectory={"submitted_directory": "intake"}, BoundedExecute=bounded)
            return
        except CourseError as error:
            if attempt + 1 == RETRIES or not any(word in str(error) for word in PASSING):
                raise
            time.sleep(0.2 * 2**attempt)


def read_grades(course, student, assignment):
    """Return ``({kind: [Grade, ...]}, notes)`` of the autograded notebooks of one student."""
    from autograder.preprocessors import TIMED_OUT, score

    grades, notes = {}, []
    for path in sorted((course.nbgrader / "autograded" / student / assignment).glob("*.ipynb")):
        grades[path.stem] = []
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            if meta(cell).get("grade"):
                got, why = score(cell)
                grades[path.stem].append(Grade(meta(cell)["grade_id"], got, float(meta(cell)["points"]), why))
            elif any(output.get("ename") in TIMED_OUT for output in cell.get("outputs", [])):
                name = meta(cell).get("grade_id", number)
                notes.append(f"{path.stem}, cell {name} ran longer than the time limit: does its loop never end?")
    return grades, notes


def no_grades(course, student, assignment, why):
    """Give zero with a reason: in the gradebook, in notebooks under ``autograded/``, and as the grades returned."""
    from autograder.preprocessors import not_run

    target = course.nbgrader / "autograded" / student / assignment
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for kind, released in released_notebooks(course, assignment).items():
        shown = placeholder(released, why)
        for cell in shown.cells:
            not_run(cell, why)
        nbformat.write(shown, target / f"{kind}.ipynb")
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(assignment, student)
        grades = {}
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
                grades.setdefault(notebook.name, []).append(Grade(grade.cell.name, 0.0, grade.cell.max_score, why))
        gradebook.db.commit()
    return grades


def grade_student(course, assignment, student, limits=None):
    """Grade one student and return the Row; every failure becomes a sentence in it.

    Parameters
    ----------
    course : Course
    assignment, student : str
    limits : Limits, optional

    Returns
    -------
    Row
    """
    limits = limits or Limits()
    row, start, here = Row(student, assignment), time.monotonic(), os.getcwd()
    try:
        row.fingerprint = fingerprint(course, student, assignment)
        take_in(course, student, assignment, row)
        count = len(list((course.nbgrader / "release" / assignment).glob("*.ipynb")))
        with time_limit(count * (limits.notebook + limits.cell + 120)):
            run_nbgrader(course, student, assignment, limits)
        row.grades, notes = read_grades(course, student, assignment)
        row.notes += notes
        with open_gradebook(course) as gradebook:
            row.late = row.late or seconds_late(gradebook.find_submission(assignment, student)) > 0
    except Exception as error:                        # the row is the promise; the reason goes into it
        reason = f"Grading failed: {error}" if str(error) else f"Grading failed: {type(error).__name__}"
        row.notes.append(reason)
        row.grades = no_grades(course, student, assignment, reason)
    finally:
        os.chdir(here)
    row.seconds = time.monotonic() - start
    return row
