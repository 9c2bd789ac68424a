"""The roster: who is in the class, from a CSV of Canvas or of our own, into the gradebook.

Our own columns are ``id, name, email, section, group`` and, where wanted, ``canvas``, ``sis`` and ``login``. Canvas's
are ``Student, ID, SIS User ID, SIS Login ID, Section``. An empty cell changes nothing.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from sqlalchemy import insert, select, update

from autograder.errors import CourseError
from autograder.files import read_csv
from autograder.people import deadlines, groups, log, stock
from autograder.people.records import person, records
from autograder.people.tables import Person
from autograder.policy import load_policy
from autograder.roster import COLUMNS, LONGEST, NOT_IN_A_NAME

OWN = ("id", "name", "email", "section", "group", "canvas", "sis", "login")
CANVAS = {"Student": "name", "ID": "canvas", "SIS User ID": "sis", "SIS Login ID": "login", "Section": "section",
          "student": "id", "email": "email", "group": "group"}
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class Line(BaseModel):
    """One line of a roster."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    group: str = ""
    canvas: str = ""
    sis: str = ""
    login: str = ""

    @field_validator("id")
    @classmethod
    def _names_a_folder(cls, value):
        if not value:
            raise ValueError("there is no id")
        bad = set(value) & NOT_IN_A_NAME or value[0] == "." or not value.isprintable()
        if bad or len(value.encode()) > min(LONGEST, 128):
            raise ValueError(f"{value[:60]!r} cannot be a student id; it has to be the name of a folder")
        return value

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, value):
        if value and not EMAIL.fullmatch(value):
            raise ValueError(f"{value[:60]!r} is not an e-mail address")
        return value

    @field_validator("canvas")
    @classmethod
    def _is_a_number(cls, value):
        if value and not (value.isascii() and value.isdigit()):
            raise ValueError(f"{value[:60]!r} is not a number of Canvas")
        return value

    @field_validator("name", "section", "group", "sis", "login", "email")
    @classmethod
    def _is_short(cls, value):
        if len(value) > 100 or not value.isprintable():
            raise ValueError(f"{value[:40]!r} is too long or not printable")
        return value

    @property
    def names(self):
        """Return ``(first, last)``: of "Doe, Jane" and of "Jane Doe"."""
        if "," in self.name:
            last, _, first = self.name.partition(",")
        else:
            first, _, last = self.name.rpartition(" ")
        return first.strip(), last.strip()


@dataclass(frozen=True)
class Change:
    """One value of the roster that is new or another."""

    student: str
    column: str
    old: str
    new: str

    @property
    def overwrites(self):
        """Say whether something that was there is lost."""
        return bool(self.old)


def read_lines(path):
    """Return the Lines of a roster file, in order.

    Raises
    ------
    CourseError
        With every mistake in the file, each with its line.
    """
    columns, rows = read_csv(path, "The roster", wanted=(*OWN, *CANVAS))
    if "SIS Login ID" in columns or "student" in columns:
        names = {column: name for column, name in CANVAS.items() if column in columns}
    elif "id" in columns:
        names = {column: column for column in OWN if column in columns}
    else:
        raise CourseError(f"The roster {path} needs the columns id, name, email, section, group, or Canvas's "
                          f"{', '.join(COLUMNS)}; has: {', '.join(columns)}.")
    found, wrong, owner, group_sizes = [], [], {}, {}
    limit = load_policy().group_size
    for number, row in rows:
        values = {names[column]: text for column, text in row.items() if column in names}
        if "student" not in names and "id" not in columns:
            values["id"] = values.get("login", "")
            if not values["id"] and not values.get("canvas"):         # Canvas's rows of points and of the test student
                continue
        try:
            line = Line.model_validate(values)
        except ValidationError as error:
            wrong += [f"line {number}, {e['loc'][0]}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
            continue
        for column in ("id", "email", "canvas", "sis", "login"):
            value = getattr(line, column).casefold()
            first = owner.setdefault((column, value), number)
            if value and first != number:
                wrong.append(f"line {number}, {column}: {getattr(line, column)!r} stands in line {first}, too")
        if line.group:
            group_sizes[line.group] = group_sizes.get(line.group, 0) + 1
            if group_sizes[line.group] == limit + 1:
                wrong.append(f"line {number}, group: {line.group!r} has more than {limit} students, "
                             "which the policy allows")
        found.append(line)
    if not found and not wrong:
        raise CourseError(f"The roster {path} names no student.")
    if wrong:
        raise CourseError(f"The roster {path} is not taken:\n- " + "\n- ".join(wrong))
    return found


def known(session):
    """Return ``{student: Line}`` of everybody in the gradebook, with their general groups."""
    people = {p.student: p for p in session.scalars(select(Person))}
    teams, found = groups.teams(session), {}
    for row in session.execute(select(stock.student).order_by(stock.student.c.id)):
        mine = people.get(row.id)
        name = ", ".join(part for part in (row.last_name, row.first_name) if part)
        found[row.id] = Line.model_construct(
            id=row.id, name=name, email=row.email or "", canvas=row.lms_user_id or "", group=teams.get(row.id, ""),
            section=mine.section if mine else "", sis=mine.sis if mine else "", login=mine.login if mine else "")
    return found


def changes(session, lines):
    """Return the Changes that a roster brings; of a new student, the id first."""
    there, found = known(session), []
    for line in lines:
        before = there.get(line.id)
        if before is None:
            found.append(Change(line.id, "id", "", line.id))
        for column in OWN[1:]:
            old, new = getattr(before, column, ""), getattr(line, column)
            if column == "name" and new:
                new = ", ".join(part for part in reversed(line.names) if part)
            if new and new != old:
                found.append(Change(line.id, column, old, new))
    return found


def import_roster(course, path, *, who=None, overwrite=False, dry_run=False):
    """Bring a roster into the gradebook; return ``(changes, absent, written)``.

    Parameters
    ----------
    course : Course
    path : Path
        A CSV; see the top of this module.
    who : str, optional
    overwrite : bool
        Write even where values that are there would be lost; nothing is written then otherwise.
    dry_run : bool
        Write nothing.

    Returns
    -------
    tuple
        The Changes, the students of the gradebook whom the file does not name (they stay), and whether it was written.

    Raises
    ------
    CourseError
        With every mistake in the file, or if two students would have the same id in Canvas or login.
    """
    lines = read_lines(path)
    with records(course, write=not dry_run) as session:
        found, there = changes(session, lines), known(session)
        _refuse_doubles(there, lines)
        absent = sorted(set(there) - {line.id for line in lines})
        if dry_run or (not overwrite and any(change.overwrites for change in found)):
            return found, absent, False
        by_student = {}
        for change in found:
            by_student.setdefault(change.student, {})[change.column] = change
        for line in lines:
            if line.id in by_student:
                _write(session, line, by_student[line.id], person(who))
        _write_groups(session, lines, person(who))
        if any(change.column in ("section", "group") for change in found):
            for name in session.scalars(select(stock.assignment.c.name)).all():
                deadlines.follow(session, name)
    return found, absent, True


def _refuse_doubles(there, lines):
    """Refuse a roster by which two students of the gradebook would be one in Canvas."""
    for column in ("canvas", "sis", "login"):
        named = {line.id: getattr(line, column) for line in lines if getattr(line, column)}
        owner = {getattr(line, column): s for s, line in there.items() if s not in named and getattr(line, column)}
        for student, value in named.items():
            if value in owner:
                raise CourseError(f"The {column} {value!r} of {student!r} is that of {owner[value]!r} in the "
                                  "gradebook.")


def _write(session, line, mine, who):
    """Write one student's new values, and the line in the log."""
    row = {"email": line.email, "lms_user_id": line.canvas}
    if line.name:
        row["first_name"], row["last_name"] = line.names
    row = {name: value for name, value in row.items() if value}
    if "id" in mine:
        session.execute(insert(stock.student).values(id=line.id, **row))
    elif row:
        session.execute(update(stock.student).where(stock.student.c.id == line.id).values(**row))
    extra = session.get(Person, line.id) or Person(student=line.id, section="", login="", sis="")
    for name in ("section", "login", "sis"):
        setattr(extra, name, getattr(line, name) or getattr(extra, name))
    session.add(extra)
    told = {name: change for name, change in mine.items() if name != "group"}
    if told:
        log.append(session, "roster", who, student=line.id, old={n: c.old or None for n, c in told.items()},
                   new={n: c.new for n, c in told.items()}, why="roster imported")


def _write_groups(session, lines, who):
    """Put the groups of a roster in place; whoever of a group the roster does not name stays in it."""
    wanted = {}
    for line in lines:
        if line.group:
            wanted.setdefault(line.group, []).append(line.id)
    named = {line.id for line in lines if line.group}
    teams, limit = groups.teams(session), load_policy().group_size
    for name, students in sorted(wanted.items()):
        stay = [s for s, team in teams.items() if team == name and s not in named]
        if len(students) + len(stay) > limit:
            raise CourseError(f"The group {name!r} would have {', '.join(sorted([*students, *stay]))}; the policy "
                              f"allows {limit}.")
        groups.place(session, name, [*stay, *students], "", who, "roster imported")


def canvas_rows(session):
    """Return ``{student: row}`` with Canvas's columns, as ``autograder.roster.roster_rows`` does from a file."""
    return {
        student: {"Student": line.name, "ID": line.canvas, "SIS User ID": line.sis, "SIS Login ID": line.login,
                  "Section": line.section}
        for student, line in known(session).items() if line.canvas or line.login or line.sis
    }


def canvas_names(session):
    """Return ``{Canvas id, login or student id: student id}``, as ``autograder.roster.read_roster`` from a file."""
    return {key: student for student, line in known(session).items()
            for key in (line.canvas, line.login, student) if key}


def table(session):
    """Return ``(columns, rows)`` of everybody in the gradebook."""
    columns = ("id", "name", "email", "section", "group", "canvas", "login")
    return columns, [[getattr(line, column) for column in columns] for line in known(session).values()]
