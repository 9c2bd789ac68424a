"""A session on the records of a course: our tables and nbgrader's, in one transaction, with the log."""

import contextlib
import getpass
import os

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from autograder.errors import CourseError
from autograder.files import meant
from autograder.people import database, log, stock, tables
from autograder.people.locks import locked

WHO = "AUTOGRADER_WHO"                                # which --who sets
_made = set()                                         # (URL, version of our tables) that this process has seen complete


def person(name=None):
    """Return who is at work: `name` where one is given, else what ``--who`` said, else the login."""
    name = (name or os.environ.get(WHO) or "").strip()
    if name:
        return name[:128]
    try:
        return getpass.getuser()
    except (OSError, KeyError):                       # no such user: a container with a number only
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


@contextlib.contextmanager
def records(course, *, write=False):
    """Give a Session on the course's database; nbgrader's tables and ours are made where they are missing.

    Parameters
    ----------
    course : Course
    write : bool
        Hold the lock of all writers meanwhile and commit at the end, unless the block raises.

    Raises
    ------
    CourseError
        If the database cannot be used.
    """
    url = database.database_url(course.nbgrader)
    _make(course, url)
    with locked(course, "records") if write else contextlib.nullcontext():
        session = Session(database.engine(url), info={"course": course})
        try:
            yield session
            if write:
                session.commit()
                log.note_head(session)
        except DBAPIError as error:
            raise database.unusable(url, error) from error
        finally:
            session.close()


def _make(course, url):
    """Make the tables that are missing: nbgrader's first, which looks whether the database is empty, then ours."""
    from autograder.gradebook import open_gradebook

    path = database.file_of(url)
    if (url, tables.VERSION) in _made and (path is None or path.is_file()):
        return
    if not database.is_ready(url):
        with open_gradebook(course):
            pass
    try:
        if tables.version(database.engine(url)) != tables.VERSION:
            with locked(course, "tables"):
                tables.prepare(database.engine(url))
    except DBAPIError as error:
        raise database.unusable(url, error) from error
    _made.add((url, tables.VERSION))


def known_assignment(session, name):
    """Return the id of an assignment in nbgrader's table.

    Raises
    ------
    CourseError
        If it is not built yet.
    """
    session.info["course"].lab(name)                  # a name that is misspelt is told first
    found = session.scalar(select(stock.assignment.c.id).where(stock.assignment.c.name == name))
    if found is None:
        raise CourseError(f"{name} is not built; run: python -m autograder build {name}")
    return found


def known_students(session, names):
    """Return `names` if nbgrader's table of students has them all.

    Raises
    ------
    CourseError
        Naming the unknown, and who may have been meant.
    """
    there = set(session.scalars(select(stock.student.c.id)))
    if unknown := [name for name in names if name not in there]:
        raise CourseError(f"There is no student {unknown[0]!r} on the roster of {len(there)}."
                          f"{meant(unknown[0], there)}")
    return list(names)
