"""Until when whom: the due date of a lab, that of a section, extensions with a reason; and who is late.

The due date of a lab is nbgrader's. A section may have another, and an extension moves it further for one student or
one group, never back. nbgrader's own field for extensions is kept in step with these, so that its pages say the same.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from autograder.errors import CourseError
from autograder.files import meant
from autograder.gradebook import utc
from autograder.people import log, stock
from autograder.people.groups import teams
from autograder.people.records import known_assignment, known_students, person, records
from autograder.people.tables import Attempt, Deadline, Extension, Person

END_OF_DAY = "23:59"


@dataclass(frozen=True)
class Due:
    """When one student has to hand in a lab, UTC, and whether that is later than for others."""

    moment: datetime | None                           # None: no deadline
    extended: bool = False
    why: str = ""


@dataclass
class Calendar:
    """Everything about the deadlines of one lab, read at once."""

    general: datetime | None
    by_section: dict                                  # section -> moment
    sections: dict                                    # student -> section
    extensions: list                                  # of Extension
    teams: dict                                       # student -> group

    def due(self, student):
        """Return the Due of one student: that of the section, else of the lab, moved by extensions."""
        base = self.by_section.get(self.sections.get(student), self.general)
        team = self.teams.get(student)
        mine = [e for e in self.extensions if e.student == student or (e.team and e.team == team)]
        best = max(mine, key=lambda e: e.until, default=None)
        if base is None or best is None:
            return Due(base)
        return Due(max(base, best.until), True, best.why)

    def is_late(self, student, moment, *, flagged=False):
        """Say whether a hand-in is late: by the clock; Canvas's flag counts unless there is an extension."""
        due = self.due(student)
        if due.moment is not None and moment is not None and moment > due.moment:
            return True
        return flagged and not due.extended


def calendar(session, assignment):
    """Return the Calendar of one lab."""
    general = session.scalar(select(stock.assignment.c.duedate).where(stock.assignment.c.name == assignment))
    rows = session.scalars(select(Deadline).where(Deadline.assignment == assignment))
    by_section = {row.section: row.due for row in rows}
    extensions = list(session.scalars(select(Extension).where(Extension.assignment == assignment)))
    sections = {row.student: row.section for row in session.execute(select(Person.student, Person.section))}
    return Calendar(general, by_section, sections, extensions, teams(session, assignment))


def moment(text):
    """Return a date, or a date and time, written by a person as naive UTC; a date alone means the end of that day."""
    text = str(text).strip()
    return utc(f"{text} {END_OF_DAY}" if len(text) == 10 else text)


def said(when):
    """Return a moment as it is shown and logged, None for none."""
    return when.isoformat(" ", "minutes") if when else None


def set_deadline(course, assignment, when, *, section="", who=None, why=""):
    """Set when a lab is due, for all or for one section; return ``(before, now)``, equal where nothing changed.

    Parameters
    ----------
    course : Course
    assignment : str
    when : str
        A date, or date and time, UTC unless it says otherwise; ``none`` takes the deadline away.
    section : str
        A section of the roster; all without a deadline of their own unless given.

    Raises
    ------
    CourseError
        If the lab is not built, the section is unknown, or `when` is no date.
    """
    due = None if str(when).strip().lower() == "none" else moment(when)
    _look(course)
    with records(course, write=True) as session:
        known_assignment(session, assignment)
        if section:
            there = sorted(set(session.scalars(select(Person.section))) - {""})
            if section not in there:
                raise CourseError(f"There is no section {section!r} on the roster; there are "
                                  f"{', '.join(there) or 'none'}.{meant(section, there)}")
            row = session.get(Deadline, (assignment, section))
            before = row.due if row else None
            if due != before and row:
                session.delete(row)
                session.flush()
            if due != before and due:
                session.add(Deadline(assignment=assignment, section=section, due=due))
        else:
            before = calendar(session, assignment).general
            session.execute(update(stock.assignment).where(stock.assignment.c.name == assignment)
                            .values(duedate=due))
        if due != before:
            log.append(session, "deadline", person(who), assignment=assignment, item=section, old=said(before),
                       new=said(due), why=why)
            follow(session, assignment)
    return before, due


def extend(course, assignment, until, *, student="", group="", who=None, why=""):
    """Give one student or one group more time; return ``(before, now)``, equal where nothing changed.

    Parameters
    ----------
    course : Course
    assignment : str
    until : str
        As in `set_deadline`; ``none`` takes the extension back.
    student, group : str
        One of the two.
    who : str, optional
        Who gives it; the login unless given.
    why : str
        The reason; needed.

    Raises
    ------
    CourseError
        If there is no reason, no deadline that could be moved, no such student or group, or `until` is not later.
    """
    why = " ".join(str(why).split())
    if not why:
        raise CourseError("An extension needs a reason.")
    if bool(student) == bool(group):
        raise CourseError("An extension is for one student or for one group; name one of them.")
    new = None if str(until).strip().lower() == "none" else moment(until)
    _look(course)
    with records(course, write=True) as session:
        known_assignment(session, assignment)
        dates = calendar(session, assignment)
        if student:
            concerned = known_students(session, [student])
        else:
            concerned = [s for s, team in dates.teams.items() if team == group]
            if not concerned:
                there = sorted(set(dates.teams.values()))
                raise CourseError(f"There is no group {group!r} in {assignment}; there are "
                                  f"{', '.join(there) or 'none'}.{meant(group, there)}")
        if new:
            bases = [dates.by_section.get(dates.sections.get(s), dates.general) for s in concerned]
            if None in bases:
                raise CourseError(f"{assignment} has no deadline that could be moved; run: "
                                  f"python -m autograder deadline set {assignment} DATE")
            if new <= max(bases):
                raise CourseError(f"An extension until {said(new)} is none: {assignment} is due {said(max(bases))}.")
        key = (assignment, student, group)
        row = session.get(Extension, key)
        before, reason = (row.until, row.why) if row else (None, "")
        if (before, reason) == (new, why) or (new is None and row is None):
            return before, before
        if new is None:
            session.delete(row)
        elif row:
            row.until, row.why, row.who = new, why, person(who)
        else:
            session.add(Extension(assignment=assignment, student=student, team=group, until=new, why=why,
                                  who=person(who)))
        session.flush()
        log.append(session, "extension", person(who), student=student, assignment=assignment, item=group,
                   old=said(before), new=said(new), why=why)
        follow(session, assignment)
    return before, new


def _look(course):
    """Take over what others changed in nbgrader's own fields, before ours are written over them."""
    from autograder.people.watch import look

    look(course)


def follow(session, assignment, students=None):
    """Let nbgrader's field for extensions and the kept rows say what the calendar says, for some students or all."""
    from autograder.results import Row, keep, row_path  # brings nbformat, which takes seconds

    session.flush()
    dates, root = calendar(session, assignment), session.info["course"].nbgrader
    query = stock.submissions().where(stock.assignment.c.name == assignment)
    if students is not None:
        query = query.where(stock.submitted_assignment.c.student_id.in_(students))
    attempts = select(Attempt.student, Attempt.moment, Attempt.flagged).where(Attempt.assignment == assignment,
                                                                              Attempt.counts)
    counting = {a.student: a for a in session.execute(
        attempts if students is None else attempts.where(Attempt.student.in_(students)))}
    for row in session.execute(query).all():
        due = dates.due(row.student).moment
        delta = due - row.duedate if due and row.duedate and due != row.duedate else None
        if delta != row.extension:
            table = stock.submitted_assignment
            session.execute(update(table).where(table.c.id == row.id).values(extension=delta))
        attempt = counting.get(row.student)
        when, flagged = (attempt.moment, attempt.flagged) if attempt else (
            row.timestamp, _flag(session.info["course"], assignment, row.student))
        late, path = dates.is_late(row.student, when, flagged=flagged), row_path(root, assignment, row.student)
        if path.exists():
            kept = Row.from_json(path.read_text(encoding="utf-8"))
            if kept.late != late:
                kept.late = late
                keep(root, kept)


def _flag(course, assignment, student):
    """Say whether Canvas called a hand-in late."""
    from autograder.collect import record_of

    return any(e.get("late") for e in record_of(course.nbgrader / "submitted" / student / assignment).values())


def refresh(course, assignments=None, students=None):
    """Let everything that depends on deadlines follow them, in some assignments or in all, for some students or all."""
    with records(course, write=True) as session:
        for name in assignments or session.scalars(select(stock.assignment.c.name)).all():
            follow(session, name, students)


def lateness(session, assignment, student, hand_in):
    """Say whether a HandIn of `student` (one or a group's) is late; the worker asks this after grading."""
    return calendar(session, assignment).is_late(student, hand_in.moment, flagged=hand_in.flagged)


def table(session, assignment):
    """Return rows (student, section, group, due, extended, why) of everybody on the roster, sorted."""
    dates, rows = calendar(session, assignment), []
    for student in session.scalars(select(stock.student.c.id).order_by(stock.student.c.id)):
        due = dates.due(student)
        rows.append((student, dates.sections.get(student, ""), dates.teams.get(student, ""), said(due.moment) or "",
                     "yes" if due.extended else "", due.why))
    return rows


