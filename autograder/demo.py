"""The whole way for a made-up class: build, release, hand in, collect, grade, feedback, letters, Canvas."""

import csv
import io
import shutil
from dataclasses import dataclass

from autograder.build import build, checked_sources
from autograder.collect import collect
from autograder.errors import CourseError
from autograder.export import export
from autograder.feedback import feedback
from autograder.grade import grade
from autograder.gradebook import open_gradebook
from autograder.hand_ins import DUE, IN_TIME, LATE, hand_ins
from autograder.marks import marks, read_levels, write_marks
from autograder.people.database import has_gradebook
from autograder.policy import load_policy
from autograder.release import release
from autograder.sandbox.limits import Limits

CELL_SECONDS = 15                      # enough for honest cells on a busy machine; the endless loop takes it


@dataclass
class Outcome:
    """What came of one made-up student."""

    case: object
    row: object | None
    level: str

    @property
    def agrees(self):
        """Say whether the points and the lateness are what they must be."""
        return self.row is not None and self.row.got() == self.case.points and self.row.late == self.case.late


def clear(course):
    """Remove what an earlier demo left; refuse where real students are.

    Raises
    ------
    CourseError
        Naming the students who are not from a demo.
    """
    submitted = course.nbgrader / "submitted"
    there = {p.name for p in submitted.iterdir()} if submitted.is_dir() else set()
    if has_gradebook(course.nbgrader):
        with open_gradebook(course) as gradebook:
            there |= {student.id for student in gradebook.students}
    real = sorted(name for name in there if not name.startswith("demo-"))
    if real:
        some = ", ".join(real[:3]) + (" ..." if len(real) > 3 else "")
        raise CourseError(
            f"build/nbgrader holds work of {len(real)} real students ({some}); the demo would mix with them. "
            "Move build/nbgrader away, or run the demo in another copy of the course."
        )
    shutil.rmtree(course.nbgrader, ignore_errors=True)


def write_hand_ins(course, cases):
    """Write the hand-ins to ``build/demo/hand_ins``, one folder a student, and return that folder."""
    folder = course.build / "demo" / "hand_ins"
    shutil.rmtree(folder, ignore_errors=True)
    for case in cases:
        home = folder / case.student
        home.mkdir(parents=True)
        for name, data in case.files.items():
            (home / name).write_bytes(data)
        if case.files:
            (home / "timestamp.txt").write_text((LATE if case.late else IN_TIME) + "\n", encoding="utf-8")
    return folder


def invented(course, policy, students):
    """Write made-up levels of what no notebook gives, and a made-up roster; return their paths.

    The components are those without assignments (the second lab, the project). One student has none of them yet.
    """
    levels, roster = io.StringIO(newline=""), io.StringIO(newline="")
    parts = [name for name, component in policy.components.items() if not component.assignments]
    letters = [level for level in policy.scale if policy.scale[level] >= policy.scale[policy.passing]]
    one, other = csv.writer(levels, lineterminator="\n"), csv.writer(roster, lineterminator="\n")
    one.writerow(["student", *parts])
    other.writerow(["student", "Student", "ID", "SIS User ID", "SIS Login ID", "Section"])
    for number, student in enumerate(students):
        given = [letters[(number // (1 + i)) % len(letters)] for i in range(len(parts))]
        one.writerow([student, *(given if number != 2 else [""] * len(parts))])
        name = student.removeprefix("demo-").replace("-", " ").title()
        other.writerow([student, f"Demo, {name}", 4000 + number, f"S{number:04d}", student, f"Group {number % 2 + 1}"])
    paths = course.build / "demo" / "levels.csv", course.build / "demo" / "roster.csv"
    for path, text in zip(paths, (levels, roster), strict=True):
        path.write_text(text.getvalue(), encoding="utf-8")
    return paths


def demo(course, name, *, count=30, jobs=None, policy=None, seconds=CELL_SECONDS, unsafe=False,
         on_step=None):
    """Run the demo of one lab and return ``(outcomes, marks, paths)``.

    Parameters
    ----------
    course : Course
    name : str
        The lab.
    count : int
        Students.
    jobs : int, optional
        Processes at once.
    policy : Policy, optional
    seconds : int
        What a cell gets.
    unsafe : bool
        Run the code without a box.
    on_step : callable, optional
        Called with ``(step, done, total)``: build, hand in, grade, feedback.

    Returns
    -------
    tuple
        An Outcome for every student in order, the Marks, and ``{what: Path}`` of what was written.
    """
    step, policy = on_step or (lambda *_: None), policy or load_policy()
    checked_sources(course, name)
    cases = hand_ins(course.lab(name), count)
    clear(course)
    step("build and release", 0, 2)
    build(course, name, due=DUE)
    step("build and release", 1, 2)
    release(course, name)
    step("build and release", 2, 2)
    collect(course, name, write_hand_ins(course, cases))
    ready = []

    def graded(row):
        ready.append(row)
        step("grade", len(ready), len(cases))

    step("grade", 0, len(cases))
    graded_rows = grade(course, name, jobs=jobs, limits=Limits(cell=seconds), unsafe=unsafe, on_row=graded)
    rows = {row.student: row for row in graded_rows}
    outcomes = [Outcome(case, rows.get(case.student), _levels(rows.get(case.student), policy)) for case in cases]
    done = []
    step("feedback", 0, len(rows))

    def written(student):
        done.append(student)
        step("feedback", len(done), len(rows))

    pages = feedback(course, name, on_student=written)
    levels, roster = invented(course, policy, [case.student for case in cases])
    found = marks(course, policy=policy, levels=read_levels(levels, policy))
    paths = {
        "marks": write_marks(found, course.build / "demo" / "marks.csv"),
        "Canvas": export(course, course.build / "demo" / "canvas.csv", roster=roster),
        "feedback": course.nbgrader / "feedback",
    }
    if failed := [f"{student}: {error}" for student, error in pages.items() if isinstance(error, CourseError)]:
        raise CourseError("Feedback pages are missing:\n- " + "\n- ".join(failed))
    return outcomes, found, paths


def _levels(row, policy):
    """Return the levels of a row as ``lab A, review B``, with a dash for what was not handed in."""
    if row is None:
        return ""
    return ", ".join(f"{kind} {row.level(kind, policy) or '-'}" for kind in sorted(row.grades))
