"""Canvas's gradebook read back: who has which id there, and marks that somebody typed in Canvas. Shown before taken.

A column of Canvas is ours when it has the name that `export` gave it, ``03_regression lab``, with or without the number
that Canvas puts behind it. A mark taken over is written as nbgrader's extra credit, on cells that lost points or from
cells that have some, so that formgrader shows it and grading again leaves it.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import select, update

from autograder.canvas import number
from autograder.errors import CourseError
from autograder.files import meant, read_csv
from autograder.people import log, stock
from autograder.people.records import person, records
from autograder.people.roster import canvas_names, known
from autograder.people.tables import Person
from autograder.people.watch import look
from autograder.roster import COLUMNS

BEHIND = re.compile(r"\s*\(\d+\)$")                   # the number of a column in Canvas
NOTHING = {"", "EX", "N/A", "-"}                      # no mark, or excused
FIELDS = {"ID": "canvas", "SIS User ID": "sis", "SIS Login ID": "login", "Section": "section"}


@dataclass(frozen=True)
class Typed:
    """One mark that is another in Canvas."""

    student: str
    assignment: str
    notebook: str
    ours: Fraction
    theirs: Fraction
    cells: dict = field(default_factory=dict)         # cell -> extra credit that taking it over adds

    @property
    def what(self):
        """Return where the difference would go, in words."""
        parts = [f"{'+' if extra > 0 else ''}{float(extra):g} on {cell}" for cell, extra in self.cells.items()]
        return ", ".join(parts) or "nothing is marked; cannot be taken over"


@dataclass
class Reading:
    """What a gradebook of Canvas says that ours does not."""

    ids: list = field(default_factory=list)           # (student, column, old, new)
    marks: list = field(default_factory=list)         # of Typed
    ignored: list = field(default_factory=list)       # columns that are none of ours
    nobody: list = field(default_factory=list)        # students of Canvas whom we do not know


def read(session, path, names=None):
    """Return the Reading of a gradebook that Canvas exported.

    Parameters
    ----------
    session : Session
    path : Path
    names : dict {column in Canvas: ours}, optional
        Such as ``{"Lab 1 (4711)": "03_regression lab"}``.

    Raises
    ------
    CourseError
        If the file is none of Canvas, a mark is no number, or `names` names a column that is not there.
    """
    columns, rows = read_csv(path, "Canvas's gradebook")
    if missing := [c for c in COLUMNS[:2] if c not in columns]:
        raise CourseError(f"{path} is not a gradebook of Canvas: it has no column {missing[0]!r}.")
    if unknown := [c for c in names or {} if c not in columns]:
        raise CourseError(f"{path} has no column {unknown[0]!r}.{meant(unknown[0], columns)}")
    cells = _cells(session)
    there = {f"{assignment} {notebook}" for _, assignment, notebook in cells} | _notebooks(session)
    ours = {c: name for c in columns if (name := (names or {}).get(c, BEHIND.sub("", c))) in there}
    found = Reading(ignored=[c for c in columns if c not in ours and c not in COLUMNS])
    if bad := sorted(set((names or {}).values()) - there):
        raise CourseError(f"{bad[0]!r} is none of our columns.{meant(bad[0], there)}")
    people, known_names = known(session), canvas_names(session)
    for line, row in rows:
        if "Points Possible" in row["Student"] or not (row["ID"] or row.get("SIS Login ID")):
            continue
        student = _student(row, people, known_names)
        if student is None:
            found.nobody.append(row["Student"] or row["ID"])
            continue
        found.ids += [(student, column, getattr(people[student], name), row[column])
                      for column, name in FIELDS.items()
                      if row.get(column) and row[column] != getattr(people[student], name)]
        for column, name in ours.items():
            if (text := row[column].strip().upper()) in NOTHING:
                continue
            assignment, notebook = name.rsplit(" ", 1)
            typed = _number(text, path, line, column)
            mine = cells.get((student, assignment, notebook), [])
            got = sum((_points(c) for c in mine), Fraction(0))
            if number(got) != number(typed):
                parts = spread(mine, typed - Fraction(number(got)))
                found.marks.append(Typed(student, assignment, notebook, got, typed, parts))
    return found


def _number(text, path, line, column):
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise CourseError(f"{path}, line {line}, {column}: {text[:40]!r} is not a number of points.") from None
    if not 0 <= value <= 10**6:
        raise CourseError(f"{path}, line {line}, {column}: {text[:40]} points cannot be.")
    return value


def _student(row, people, names):
    """Return the student of a line: by Canvas's id, the login, or the id that `collect` put behind a name."""
    for key in (row["ID"], row.get("SIS Login ID", "")):
        if key and key in names:
            return names[key]
    behind = [s for s in people if row["ID"] and s.endswith(f"-{row['ID']}")]
    return behind[0] if len(behind) == 1 else None


def _points(cell):
    """Return the exact points of one grade of the gradebook, as nbgrader counts them."""
    base = cell.auto_score if cell.manual_score is None else cell.manual_score
    return Fraction(0) if base is None else Fraction(str(base)) + Fraction(str(cell.extra_credit or 0))


def _cells(session):
    """Return ``{(student, assignment, notebook): grades}``, basic questions first."""
    found = {}
    for row in session.execute(stock.grades()):
        found.setdefault((row.student, row.assignment, row.notebook), []).append(row)
    return {key: sorted(cells, key=lambda c: ("-advanced" in c.cell, c.cell)) for key, cells in found.items()}


def _notebooks(session):
    """Return the names of all our columns."""
    query = select(stock.assignment.c.name, stock.notebook.c.name.label("notebook")).join_from(
        stock.assignment, stock.notebook, stock.notebook.c.assignment_id == stock.assignment.c.id)
    return {f"{row.name} {row.notebook}" for row in session.execute(query)}


def spread(cells, difference):
    """Return ``{cell: extra}`` that together are `difference`: to lost points, basic first; from points, basic last.

    What is more than all lost points goes to the last cell, as a bonus. A cell that nobody has marked yet gets nothing:
    nbgrader does not count extra credit there.
    """
    cells = [c for c in cells if c.auto_score is not None or c.manual_score is not None]
    parts, left = {}, difference
    for cell in cells if difference > 0 else cells[::-1]:
        room = Fraction(str(cell.max_score)) - _points(cell) if difference > 0 else -_points(cell)
        part = min(left, max(room, 0)) if difference > 0 else max(left, min(room, 0))
        if part:
            parts[cell.cell] = part
            left -= part
    if left > 0 and cells:
        parts[cells[-1].cell] = parts.get(cells[-1].cell, 0) + left
    return parts


def take(course, path, *, names=None, ids=True, marks=False, who=None):
    """Take over what a gradebook of Canvas says; return its Reading from before.

    Parameters
    ----------
    course : Course
    path : Path
    names : dict, optional
        See `read`.
    ids, marks : bool
        Which of the two.
    who : str, optional
    """
    look(course)
    with records(course, write=True) as session:
        found = read(session, path, names)
        if ids:
            for student in sorted({s for s, *_ in found.ids}):
                _take_ids(session, student, [each for each in found.ids if each[0] == student], person(who))
        for typed in found.marks if marks else ():
            _take_mark(session, typed, person(who))
    return found


def _take_ids(session, student, changes, who):
    new = {FIELDS[column]: value for _, column, _, value in changes}
    extra = session.get(Person, student) or Person(student=student, section="", login="", sis="")
    for name in new.keys() - {"canvas"}:
        setattr(extra, name, new[name])
    session.add(extra)
    if "canvas" in new:
        session.execute(update(stock.student).where(stock.student.c.id == student).values(lms_user_id=new["canvas"]))
    log.append(session, "roster", who, student=student, old={FIELDS[c]: old or None for _, c, old, _ in changes},
               new=new, why="from Canvas")


def _take_mark(session, typed, who):
    rows = {c.cell: c for c in session.execute(stock.grades().where(
        stock.submitted_assignment.c.student_id == typed.student, stock.assignment.c.name == typed.assignment,
        stock.notebook.c.name == typed.notebook))}
    old, new = {}, {}
    for cell, part in typed.cells.items():
        value = float(Fraction(str(rows[cell].extra_credit or 0)) + part)
        session.execute(update(stock.grade).where(stock.grade.c.id == rows[cell].id).values(extra_credit=value))
        old[f"{typed.notebook}/{cell}"], new[f"{typed.notebook}/{cell}"] = rows[cell].extra_credit, value
    if new:
        log.append(session, "extra credit", who, student=typed.student, assignment=typed.assignment, old=old, new=new,
                   item=next(iter(new)) if len(new) == 1 else "",
                   why=f"typed in Canvas: {number(typed.theirs)} in place of {number(typed.ours)}")
