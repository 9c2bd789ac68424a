"""Where the gradebook lies: a SQLite file beside the hand-ins, or a PostgreSQL server.

The URL comes from the variable ``AUTOGRADER_DB`` (which ``--db`` sets), else from ``labs/course.yml``, else it is the
file ``gradebook.db`` in nbgrader's course root. nbgrader gets the same URL through its configuration.
"""

import contextlib
import os
import sqlite3
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from autograder.errors import CourseError
from autograder.files import read_text

VARIABLE = "AUTOGRADER_DB"
SETTINGS = "course.yml"                               # in labs/; optional
KINDS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
MADE = {"alembic_version", "course"}                  # the tables that nbgrader fills last
PATIENCE = 60                                         # seconds that SQLite waits for another writer; its own are 5


class Settings(BaseModel):
    """What ``labs/course.yml`` says."""

    model_config = ConfigDict(extra="forbid")

    database: str | None = None


def settings(root):
    """Return the Settings of the course whose folder is `root`; the defaults where there is no file.

    Raises
    ------
    CourseError
        If the file is not readable YAML or holds a key that nobody reads.
    """
    path = Path(root) / "labs" / SETTINGS
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(yaml.safe_load(read_text(path, "The file")) or {})
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}" for e in error.errors())
            raise CourseError(f"{path}: {wrong}. The only key is database.") from None
        raise CourseError(f"{path} is not readable YAML: {error}") from None


def database_url(root):
    """Return the URL of the gradebook for nbgrader's course root `root`, as SQLAlchemy and nbgrader take it.

    Raises
    ------
    CourseError
        If what is set is no URL of SQLite or PostgreSQL.
    """
    root = Path(root)
    told = os.environ.get(VARIABLE) or settings(root.parent.parent).database
    if not told:
        return f"sqlite:///{root / 'gradebook.db'}"
    try:
        url = make_url(told.strip())
    except (ArgumentError, ValueError):               # ValueError: a port that is no number
        raise CourseError(f"The database {told[:20]!r} ... is no URL; write sqlite:///path or "
                          "postgresql://user@host/name.") from None
    kind = url.drivername.split("+")[0]
    if kind not in KINDS:
        raise CourseError(f"The database is {kind}; it can be sqlite or postgresql.")
    if kind == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise CourseError("The database needs the path of a file: sqlite:///path.")
        return f"sqlite:///{(root.parent.parent / url.database).resolve()}"
    query = {"client_encoding": "utf8", **url.query}     # else a server set up with LC_ALL=C answers in bytes
    return url.set(drivername=KINDS[kind], query=query).render_as_string(hide_password=False)


def file_of(url):
    """Return the file of a SQLite URL, None for a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def shown(url):
    """Return a URL as it can be shown: a file as its path, a server without the password."""
    return str(file_of(url) or make_url(url).set(query={}).render_as_string(hide_password=True))


@lru_cache
def engine(url):
    """Return an engine that keeps no connection open between uses.

    Raises
    ------
    CourseError
        If PostgreSQL is wanted and its driver is not installed.
    """
    try:
        return create_engine(url, poolclass=NullPool)
    except ModuleNotFoundError:
        raise CourseError('PostgreSQL needs the driver psycopg; run: pip install "psycopg[binary]"') from None


@event.listens_for(Engine, "connect")
def _be_patient(connection, _):
    """Let every SQLite connection of this process, nbgrader's too, wait for another writer."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"pragma busy_timeout = {PATIENCE * 1000}")


def unusable(url, error):
    """Return the CourseError for a database that cannot be used, saying what to do."""
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()
    cause = cause[0] if cause else type(error).__name__
    if file_of(url) is None:
        return CourseError(f"The database {shown(url)} cannot be used: {cause}")
    way = " Put a copy from your backup in its place, or move it away to begin a new one."
    if "locked" in cause:
        way = " Another program is using it: wait, or end formgrader, and try again."
    elif "readonly" in cause:
        way = " Give yourself the right to write it."
    return CourseError(f"The gradebook {shown(url)} cannot be used: {cause}.{way}")


def has_gradebook(root):
    """Say whether there is a gradebook for nbgrader's course root: the file, or nbgrader's tables on the server."""
    url = database_url(root)
    if (path := file_of(url)) is not None:
        return path.exists()
    return is_ready(url)


def is_ready(url):
    """Say whether nbgrader has finished making its tables."""
    path = file_of(url)
    if path is not None and not path.is_file():
        return False
    try:
        if path is not None:                          # asked often, and answered soon where another program blocks it
            with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
                there = {name for name, in connection.execute("select name from sqlite_master where type = 'table'")}
                return there >= MADE and all(connection.execute(f"select 1 from {name}").fetchone() for name in MADE)
        with engine(url).connect() as connection:
            there = set(inspect(connection).get_table_names())
            return there >= MADE and all(connection.execute(text(f"select 1 from {name}")).first() for name in MADE)
    except (DBAPIError, sqlite3.Error) as error:
        raise unusable(url, error) from None
