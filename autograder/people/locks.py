"""Locks between graders: in the same process, on the same machine, and on one PostgreSQL server.

A lock goes with the database. With SQLite it is a locked file beside the gradebook, with PostgreSQL an advisory lock.
Both are gone when their process is, however it ends.
"""

import contextlib
import hashlib
import os
import threading
import time

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from autograder.errors import CourseError
from autograder.people.database import database_url, engine, file_of, unusable

try:
    import fcntl
except ImportError:                                   # Windows
    fcntl = None

FOLDER = ".locks"
LONGEST = 900                                         # seconds; a notebook may take 600
PAUSE = 0.02


class BusyError(CourseError):
    """Somebody else holds the lock."""


_held = threading.local()


def _key(name):
    return hashlib.sha256(name.encode()).digest()


@contextlib.contextmanager
def _file_lock(path, name):
    """Give a function that tries to lock a file, and unlock it after."""
    folder = path.parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{_key(name).hex()[:16]}.lock", "a+b") as file:

        def attempt():
            try:
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                else:
                    import msvcrt

                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                return False
            return True

        yield attempt                                 # closing the file unlocks it


@contextlib.contextmanager
def _server_lock(url, name):
    """Give a function that tries to take an advisory lock; ending the connection gives it back."""
    key = int.from_bytes(_key(name)[:8], signed=True)
    try:
        connection = engine(url).connect().execution_options(isolation_level="AUTOCOMMIT")
    except DBAPIError as error:
        raise unusable(url, error) from None
    with connection:
        yield lambda: connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": key}).scalar()


@contextlib.contextmanager
def locked(course, name, *, wait=LONGEST):
    """Hold the lock `name` of a course while the block runs; the same thread may take it again.

    Parameters
    ----------
    course : Course
    name : str
        Such as ``"records"`` or ``"grade 03_regression jane"``.
    wait : float
        Seconds to wait for it.

    Raises
    ------
    BusyError
        If another grader holds it that long.
    """
    url = database_url(course.nbgrader)
    mine = _held.__dict__.setdefault("names", {})
    key = (os.getpid(), url, name)
    if key in mine:
        yield
        return
    path = file_of(url)
    with _file_lock(path, name) if path else _server_lock(url, name) as attempt:
        end = time.monotonic() + wait
        while not attempt():
            if time.monotonic() >= end:
                raise BusyError(f"Another grader is at {name!r}; it has not finished within {wait:g} s.")
            time.sleep(PAUSE)
        mine[key] = True
        try:
            yield
        finally:
            del mine[key]


def grading(assignment, student):
    """Return the name of the lock that whoever grades one student's hand-in holds."""
    return f"grade {assignment} {student}"
