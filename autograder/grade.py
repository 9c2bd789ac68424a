"""Grade a class: one student a task, in processes that live on; nothing a student hands in can stop the others."""

import contextlib
import multiprocessing
from datetime import UTC, datetime

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from autograder.errors import CourseError
from autograder.files import meant
from autograder.gradebook import read_stamp
from autograder.people.attempts import register, teams_of
from autograder.policy import load_policy
from autograder.results import Row, keep, row_path
from autograder.sandbox import tiers
from autograder.sandbox.limits import Limits
from autograder.worker import grade_team, no_grades, released_notebooks, submitted, unchanged

UNSANDBOXED = "Student code runs WITHOUT A SANDBOX, as the current user: it can read and change what you can."


def handed_in(course, assignment):
    """Return the students who have a folder for `assignment` under ``submitted/``, sorted."""
    folder = course.nbgrader / "submitted"
    return sorted(p.parent.name for p in folder.glob(f"*/{assignment}") if p.is_dir() and p.parent.name[0] != ".")


def _unchanged(course, assignment, student, safe):
    """Return the kept row of a student for whom grading again would give the same, else None."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        row = Row.from_json(row_path(course.nbgrader, assignment, student).read_text(encoding="utf-8"))
        return row if unchanged(row, course, submitted(course, student, assignment), safe) else None
    return None


def _check_jobs(jobs):
    """Raise where there can be no processes: joblib would take threads instead, and threads lose hand-ins."""
    if jobs is not None and jobs < 1:
        raise CourseError(f"Grading needs at least one process, got jobs={jobs}.")
    try:
        multiprocessing.Lock()
    except (ImportError, OSError) as error:
        raise CourseError(f"This machine gives no semaphores, which several processes need ({error}). "
                          "Make /dev/shm writable.") from None


def _results(tasks, jobs):
    """Yield results of joblib tasks as they come, from loky processes."""
    yield from joblib.Parallel(n_jobs=jobs, backend="loky", return_as="generator_unordered", batch_size=1)(tasks)


def since(course, assignment, moment):
    """Return the students whose hand-in came after `moment`, naive UTC; by its timestamp, else by its files."""
    found = []
    for student in handed_in(course, assignment):
        folder = course.nbgrader / "submitted" / student / assignment
        stamp = None
        with contextlib.suppress(OSError):
            stamp = read_stamp((folder / "timestamp.txt").read_text(encoding="utf-8", errors="replace"))
        if stamp is None:
            latest = max((path.lstat().st_mtime for path in folder.rglob("*")), default=folder.stat().st_mtime)
            stamp = datetime.fromtimestamp(latest, UTC).replace(tzinfo=None)
        found += [student] if stamp > moment else []
    return found


def grade(course, assignment, *, students=None, jobs=None, limits=None, again=False, unsafe=False, on_row=None):
    """Grade an assignment and return a Row for every student who handed anything in, sorted by student.

    Parameters
    ----------
    course : Course
    assignment : str
        Built and released.
    students : list of str, optional
        Only these.
    jobs : int, optional
        Processes at once; as many as there are cores unless given.
    limits : Limits, optional
        Seconds a cell and a notebook get.
    again : bool
        Also those whose hand-in, release and tests have not changed since they were graded; without it their rows are
        returned as they are, so that grading that was stopped goes on where it was.
    unsafe : bool
        Run students' code without a box.
    on_row : callable, optional
        Called with each Row as it is ready, in no particular order.

    Raises
    ------
    CourseError
        If the assignment is not released, a student named has handed nothing in, or there is no box here, or no
        process.
    """
    released_notebooks(course, assignment)
    _check_jobs(jobs)
    tier = tiers.choose(unsafe)
    there = handed_in(course, assignment)
    if unknown := sorted(set(students or ()) - set(there)):
        raise CourseError(f"{', '.join(map(repr, unknown))}: no hand-in for {assignment}; {len(there)} students have "
                          f"one.{meant(unknown[0], there)}")
    wanted = sorted(students or there)
    limits, jobs, rows = limits or Limits(), min(jobs or joblib.cpu_count(), max(len(wanted), 2)), {}
    todo = []
    for team in teams_of(course, assignment, wanted):
        row = _unchanged(course, assignment, team[0], tier.safe) if len(team) == 1 and not again else None
        if row is not None and load_policy().resubmission == "last":
            rows[row.student] = row
        else:
            todo.append(team)
    register(course, assignment, [student for team in todo for student in team])

    def done(row):
        rows[row.student] = row
        if on_row:
            on_row(row)

    def tasks(teams):
        return [joblib.delayed(grade_team)(course, assignment, team, limits, unsafe, again) for team in teams]

    if jobs > 1:
        with contextlib.suppress(TerminatedWorkerError):
            for found in _results(tasks(todo), jobs):
                for row in found:
                    done(row)
    for team in todo:                                 # one at a time: who ends the process now is the one who did it
        if team[0] in rows:
            continue
        try:
            found = next(iter(_results(tasks([team]), 2)))
        except TerminatedWorkerError:
            why = "The process that graded this hand-in was ended by it (or ran out of memory)."
            found = [Row(student, assignment, no_grades(course, student, assignment, why), [why], flags=[why])
                     for student in team]
            for row in found:
                keep(course.nbgrader, row)
        for row in found:
            done(row)
    return [rows[student] for student in sorted(rows)]
