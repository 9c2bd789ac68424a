"""Grade a class: one student a task, in processes that live on; nothing a student hands in can stop the others."""

import contextlib

import joblib
from joblib.externals.loky.process_executor import TerminatedWorkerError

from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.results import Row, keep, row_path
from autograder.worker import Limits, fingerprint, grade_student, no_grades, released_notebooks

UNSANDBOXED = "Student code runs unsandboxed, as the current user: it can read and change what you can."


def handed_in(course, assignment):
    """Return the students who have a folder for `assignment` under ``submitted/``, sorted."""
    folder = course.nbgrader / "submitted"
    return sorted(p.parent.name for p in folder.glob(f"*/{assignment}") if p.is_dir() and p.parent.name[0] != ".")


def _register(course, assignment, students):
    """Make the students and their submissions known before anything runs, so that no two processes create the same."""
    with open_gradebook(course) as gradebook:
        for student in students:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)


def _unchanged(course, assignment, student):
    """Return the kept row of a student whose hand-in and release are what they were, else None."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        row = Row.from_json(row_path(course.nbgrader, assignment, student).read_text(encoding="utf-8"))
        if row.fingerprint == fingerprint(course, student, assignment):
            return row
    return None


def _results(tasks, jobs):
    """Yield results of joblib tasks as they come, from loky processes."""
    yield from joblib.Parallel(n_jobs=jobs, backend="loky", return_as="generator_unordered", batch_size=1)(tasks)


def grade(course, assignment, *, students=None, jobs=None, limits=None, only_new=False, on_row=None):
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
    only_new : bool
        Leave out those whose hand-in and release have not changed since they were graded; their rows are returned, too.
    on_row : callable, optional
        Called with each Row as it is ready, in no particular order.

    Raises
    ------
    CourseError
        If the assignment is not released, or a student named has handed nothing in.
    """
    released_notebooks(course, assignment)
    there = handed_in(course, assignment)
    if unknown := sorted(set(students or ()) - set(there)):
        raise CourseError(f"{', '.join(unknown)} handed in nothing for {assignment}; {len(there)} students did.")
    wanted = sorted(students or there)
    limits, jobs = limits or Limits(), jobs or joblib.cpu_count()
    rows = {s: _unchanged(course, assignment, s) for s in wanted} if only_new else {}
    rows = {student: row for student, row in rows.items() if row}
    todo = [student for student in wanted if student not in rows]
    _register(course, assignment, todo)

    def done(row):
        rows[row.student] = row
        keep(course.nbgrader, row)
        if on_row:
            on_row(row)

    task = joblib.delayed(grade_student)
    if jobs > 1:
        with contextlib.suppress(TerminatedWorkerError):
            for row in _results([task(course, assignment, s, limits) for s in todo], jobs):
                done(row)
    for student in todo:                              # one at a time: who ends the process now is the one who did it
        if student in rows:
            continue
        try:
            done(next(iter(_results([task(course, assignment, student, limits)], 2))))
        except TerminatedWorkerError:
            why = "The process that graded this hand-in was ended by it (or ran out of memory)."
            done(Row(student, assignment, no_grades(course, student, assignment, why), [why]))
    return [rows[student] for student in wanted]
