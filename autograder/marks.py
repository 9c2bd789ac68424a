"""From the gradebook to letters: levels of assignments and components, and the final grade or what it lacks."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from autograder.canvas import csv_text
from autograder.errors import CourseError
from autograder.files import meant, read_csv, write_whole
from autograder.gradebook import open_gradebook, seconds_late
from autograder.people.records import person
from autograder.people.watch import look, note_policy
from autograder.policy import Final, load_policy
from autograder.results import Grade, Row, read_rows

NOTEBOOK = {"lab": "lab", "review": "review"}         # the notebook that a rubric looks at


@dataclass
class Mark:
    """All levels of one student."""

    student: str
    levels: dict = field(default_factory=dict)        # (assignment, notebook) -> level or None
    components: dict = field(default_factory=dict)    # component -> level or None
    final: Final = None
    waiting: Fraction = Fraction(0)                   # points that a person has yet to give


def gradebook_rows(gradebook, root):
    """Return ``{assignment: {student: Row}}`` from the gradebook: marks by hand count, where they are given.

    What the gradebook does not know (a late flag from Canvas, a notebook that was not handed in) comes from the rows
    that grading kept below `root`, nbgrader's course root.
    """
    found = {}
    for assignment in gradebook.assignments:
        if not assignment.notebooks:
            continue                                  # built, not released
        kept = {row.student: row for row in read_rows(root, assignment.name)}
        rows = found[assignment.name] = {}
        for submission in assignment.submissions:
            student = submission.student.id
            old = kept.get(student, Row(student, assignment.name))
            grades = {nb.name: [grade_of(g) for g in nb.grades] for nb in submission.notebooks}
            late = old.late or seconds_late(submission) > 0
            rows[student] = Row(student, assignment.name, grades, old.notes, old.missing, late)
    return found


def grade_of(grade):
    """Return one grade of the gradebook; None points where neither a test nor a person has spoken."""
    got = grade.auto_score if grade.manual_score is None else grade.manual_score
    got = None if got is None else got + (grade.extra_credit or 0)
    return Grade(grade.cell.name, got, float(grade.max_score))


def read_levels(path, policy):
    """Return ``{student: {component: level}}`` from a CSV with the column ``student`` and one for each component given.

    A cell holds a level, or a level and the word late (``B late``), which costs what the policy says; or nothing.

    Raises
    ------
    CourseError
        If the file is missing, a column is no component, a student comes twice, or a cell is no level; naming the line.
    """
    name = Path(path).name
    columns, rows = read_csv(path, "The CSV of levels")
    if "student" not in columns:
        raise CourseError(f"{name} needs a column 'student', has: {', '.join(columns)}.")
    if unknown := [c for c in columns if c != "student" and c not in policy.components]:
        parts = ", ".join(policy.components)
        raise CourseError(f"{name} has the columns {', '.join(unknown)}; components are {parts}."
                          f"{meant(unknown[0], policy.components)}")
    levels = {}
    for line, cells in rows:
        student = cells.pop("student")
        if not student or student in levels:
            raise CourseError(f"{name}, line {line}: {'no student' if not student else f'{student!r} comes twice'}.")
        levels[student] = {}
        for component, cell in cells.items():
            level, *rest = cell.split() or [""]
            if not level:
                continue
            if level not in policy.scale or rest not in ([], ["late"]):
                raise CourseError(f"{name}, line {line}, {component}: {cell!r} is not a level; "
                                  f"levels are {', '.join(policy.scale)}, 'late' may follow.")
            levels[student][component] = policy.lowered(level) if rest else level
    return levels


def marks(course, *, policy=None, levels=None, record=True):
    """Return a Mark for every student of the gradebook, sorted by student.

    Parameters
    ----------
    course : Course
    policy : Policy, optional
        The course's own unless given.
    levels : dict {student: {component: level}}, optional
        Levels that no notebook gives, as `read_levels` returns them; they win over levels from assignments.
    record : bool
        Write what changed since the log last looked (marks, due dates, the policy) into it; not for mere questions.

    Raises
    ------
    CourseError
        If `levels` names a student who is not in the gradebook.
    """
    policy, levels = policy or load_policy(), levels or {}
    if record:
        look(course)
        note_policy(course, policy, who=person())
    with open_gradebook(course) as gradebook:
        rows = gradebook_rows(gradebook, course.nbgrader)
        students = sorted(student.id for student in gradebook.students)
    if unknown := sorted(set(levels) - set(students)):
        raise CourseError(f"The CSV of levels names {', '.join(map(repr, unknown))}, who is not in the gradebook."
                          f"{meant(unknown[0], students)}")
    found = []
    for student in students:
        mark = Mark(student)
        for assignment, by_student in rows.items():
            row = by_student.get(student)
            for kind in sorted({kind for other in by_student.values() for kind in other.grades}):
                mark.levels[assignment, kind] = row.level(kind, policy) if row else None
            mark.waiting += row.waiting() if row else 0
        for name, component in policy.components.items():
            mark.components[name] = levels.get(student, {}).get(name) or component_level(component, mark.levels, policy)
        mark.final = policy.final(mark.components)
        found.append(mark)
    return found


def component_level(component, levels, policy):
    """Return the level of a component from those of its assignments; None if one is missing or there are none."""
    kind = NOTEBOOK.get(component.rubric)
    if component.assignments == "all":
        wanted = [key for key in levels if key[1] == kind]
    else:
        wanted = [(name, kind) for name in component.assignments]
    given = [levels.get(key) for key in wanted]
    return policy.mean(given) if given and None not in given else None


def why(mark):
    """Return the reason for a final letter, or for its lack, in a few words."""
    return mark.final.why + (f"; {float(mark.waiting):g} points wait to be marked by hand" if mark.waiting else "")


def table(found):
    """Return ``(header, rows)`` of marks, for a table and for a CSV."""
    keys = sorted({key for mark in found for key in mark.levels})
    parts = list(found[0].components) if found else []
    header = ["student", *(f"{assignment} {kind}" for assignment, kind in keys), *parts, "final", "why"]
    rows = [
        [mark.student, *(mark.levels.get(key) or "" for key in keys), *(mark.components[p] or "" for p in parts),
         mark.final.letter or "", why(mark)]
        for mark in found
    ]
    return header, rows


def write_marks(found, path):
    """Write marks as CSV and return the path."""
    header, rows = table(found)
    return write_whole(path, csv_text([header, *rows]))
