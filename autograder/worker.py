"""One student, one task: take in, rebuild, run, score; whatever happens, a row comes back."""

import contextlib
import glob
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import threading
import time

import nbformat

from autograder import handed_files
from autograder.errors import CourseError
from autograder.gradebook import convert, open_gradebook, read_stamp, seconds_late
from autograder.intake import look
from autograder.labs import meta
from autograder.rebuild import placeholder, rebuild
from autograder.results import Grade, Row
from autograder.sandbox import tiers
from autograder.sandbox.limits import Limits

SMALL = 1 << 20                                       # bytes of timestamp.txt and of collected.json
FAILED = "Grading itself failed"                      # how the flag of such a row begins
RETRIES = 4
# What is tried again: a busy gradebook, and a kernel that another program took a port from while it started. Nothing of
# the student has run by then.
PASSING = ("InvalidEntry", "OperationalError", "IntegrityError", "database is locked", "Kernel died before replying")


def released_notebooks(course, assignment):
    """Return ``{kind: NotebookNode}`` of the release, or say that there is none."""
    paths = sorted((course.nbgrader / "release" / assignment).glob("*.ipynb"))
    try:
        found = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    except (ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        raise CourseError(f"The release of {assignment} is damaged; release it again. {type(error).__name__}") from None
    if not found:
        raise CourseError(f"{assignment} is not released; run: python -m autograder release {assignment}")
    return found


def submitted(course, student, assignment):
    """Return the folder of a student's newest hand-in."""
    return course.nbgrader / "submitted" / student / assignment


def fingerprint(course, student, assignment, source=None):
    """Return a hash of the hand-in, the release and the tests: equal where grading again would give the same."""
    source, root = source or submitted(course, student, assignment), course.nbgrader
    total = hashlib.sha256(handed_files.digest(source).encode())
    for folder in (root / "release" / assignment, root / "source" / assignment):
        for path in sorted(folder.rglob("*")):
            total.update(str(path.relative_to(folder)).encode())
            if path.is_file() and not path.is_symlink():
                total.update(path.read_bytes())
    return total.hexdigest()


def _small(source, name):
    """Return the text of a small file of a hand-in that says something about it; None where it is not one."""
    try:
        return handed_files.read(source, source / name, SMALL).decode("utf-8", "replace")
    except FileNotFoundError:
        raise
    except OSError:
        return None


def take_in(course, student, assignment, row, source=None):
    """Write the notebooks to be graded to ``intake/``, out of what lies in ``submitted/``; notes go into `row`."""
    source = source or submitted(course, student, assignment)
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
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(handed_files.read(source, path))
        except OSError as error:
            row.notes.append(f"{handed_files.shown(path.name)} cannot be read ({error.strerror}); it was left out.")
    with contextlib.suppress(FileNotFoundError):
        stamp = _small(source, "timestamp.txt")
        if moment := read_stamp(stamp) if stamp is not None else None:
            (target / "timestamp.txt").write_text(f"{moment} UTC\n", encoding="utf-8")
        else:
            row.notes.append("No date can be read from timestamp.txt.")
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError, AttributeError):
        row.late = bool(json.loads(_small(source, "collected.json")).get("late"))
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


def warm_up(course, assignment, limits, unsafe):
    """Start the warm processes for an assignment in this process, unless they are there."""
    from autograder.warm import warm

    if not unsafe:
        warm(tiers.choose(), course.nbgrader, assignment, limits)


def run_nbgrader(course, student, assignment, limits, unsafe=False):
    """Autograde one student with nbgrader, again where what stopped it passes (see `PASSING`).

    Raises
    ------
    CourseError
        With the reason, where nbgrader gives up.
    """
    from nbgrader.converters import Autograde

    bounded = {"timeout": limits.cell, "total_timeout": limits.notebook, "startup_timeout": limits.startup,
               "unsafe": unsafe}
    for attempt in range(RETRIES):
        try:
            convert(course, Autograde, assignment, glob.escape(student),
                    CourseDirectory={"submitted_directory": "intake"}, SplitExecute=bounded)
            return
        except CourseError as error:
            if attempt + 1 == RETRIES or not any(word in str(error) for word in PASSING):
                raise
            time.sleep(0.2 * 2**attempt)


def read_grades(course, student, assignment):
    """Return ``({kind: [Grade, ...]}, notes, {kind: run})`` of the autograded notebooks of one student.

    A run is what `autograder.execution.SplitExecute` says of one notebook; empty where nothing was run.
    """
    from autograder.preprocessors import TIMED_OUT, score

    grades, notes, runs = {}, [], {}
    for path in sorted((course.nbgrader / "autograded" / student / assignment).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        grades[path.stem], runs[path.stem] = [], notebook.metadata.get("autograder", {}).get("run", {})
        for number, cell in enumerate(notebook.cells, start=1):
            if meta(cell).get("grade"):
                got, why = score(cell)
                grades[path.stem].append(Grade(meta(cell)["grade_id"], got, float(meta(cell)["points"]), why))
            elif any(output.get("ename") in TIMED_OUT for output in cell.get("outputs", [])):
                name = meta(cell).get("grade_id", number)
                notes.append(f"{path.stem}, cell {name} ran longer than the time limit: does its loop never end?")
    return grades, notes, runs


def remember(row, runs):
    """Write into a row how its notebooks were run: in which box, how split, with which versions, how long."""
    row.tier = "; ".join(dict.fromkeys(run["tier"] for run in runs.values() if run))
    row.mode = "; ".join(dict.fromkeys(run["mode"] for run in runs.values() if run))
    packages = ("scalable-learning", "nbgrader", "ipykernel")
    row.versions = {"python": platform.python_version(), **{n: importlib.metadata.version(n) for n in packages}}
    for kind, run in runs.items():
        row.flags += [f"{kind}: {flag}" for flag in run.get("flags", [])]
        row.flags += [f"{kind}, {name}: not tamper-proof, its tests ran in the student's own process."
                      for name in run.get("in_process", [])]
        row.times |= run.get("seconds", {})


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


def unchanged(row, course, source, safe):
    """Say whether grading the hand-in in `source` again would give the same row.

    What was graded without a box, or not at all because grading itself failed, is graded again.
    """
    failed = any(flag.startswith(FAILED) for flag in row.flags)
    bare = safe and row.tier.startswith("none")
    return not failed and not bare and row.fingerprint == fingerprint(course, row.student, row.assignment, source)


def grade_team(course, assignment, team, limits=None, unsafe=False, again=False):
    """Grade what a student, or a group of students, handed in, and return a Row for each of them.

    Parameters
    ----------
    course : Course
    assignment : str
    team : list of str
    limits : Limits, optional
    unsafe : bool
        Run code without a box.
    again : bool
        Also what has not changed since it was graded.
    """
    from autograder.people.attempts import grade_hand_ins

    def one(student, folder):
        return grade_student(course, assignment, student, limits, unsafe, folder)

    def same(row, folder):
        return not again and unchanged(row, course, folder, not unsafe)

    return list(grade_hand_ins(course, assignment, team[0], one, unchanged=same).values())


def grade_student(course, assignment, student, limits=None, unsafe=False, source=None):
    """Grade one student and return the Row; every failure becomes a sentence in it.

    Parameters
    ----------
    course : Course
    assignment, student : str
    limits : Limits, optional
    unsafe : bool
        Run the student's code without a box.
    source : Path, optional
        The folder of the hand-in; the newest under ``submitted/`` unless given.

    Returns
    -------
    Row
    """
    limits = limits or Limits()
    row, start, here = Row(student, assignment), time.monotonic(), os.getcwd()
    try:
        row.fingerprint = fingerprint(course, student, assignment, source)
        take_in(course, student, assignment, row, source)
        warm_up(course, assignment, limits, unsafe)
        count = len(list((course.nbgrader / "release" / assignment).glob("*.ipynb")))
        with time_limit(count * (limits.notebook + limits.cell + limits.startup)):
            run_nbgrader(course, student, assignment, limits, unsafe)
        row.grades, notes, runs = read_grades(course, student, assignment)
        row.notes += notes
        remember(row, runs)
        with open_gradebook(course) as gradebook:
            row.late = row.late or seconds_late(gradebook.find_submission(assignment, student)) > 0
    except Exception as error:                        # the row is the promise; the reason goes into it
        reason = f"Grading failed: {error}" if str(error) else f"Grading failed: {type(error).__name__}"
        row.notes.append(reason)
        row.flags.append(f"{FAILED}; look at it, then grade it again.")
        row.grades = no_grades(course, student, assignment, reason)
    finally:
        os.chdir(here)
    row.seconds = time.monotonic() - start
    return row
