"""The seam to nbgrader: its configuration, its gradebook, its converters, its warnings.

nbgrader takes seconds to import, so every import of it stands inside a function.
"""

import contextlib
import logging
import re
import sqlite3
import warnings
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import CourseError

CONFIG = '''\
"""Configuration of nbgrader for this course. Written by "python -m autograder build": change it there, not here."""
import os

import autograder
from autograder.people.database import database_url
from nbgrader.server_extensions.formgrader.handlers import template_path

c = get_config()  # noqa: F821
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.db_url = database_url(c.CourseDirectory.root)
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "collected.json"]
c.Exchange.root = os.path.join(c.CourseDirectory.root, "exchange")
c.ExecutePreprocessor.shutdown_kernel = "immediate"
c.Execute.shutdown_kernel = "immediate"
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=40"]
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.preprocessors.Dedup",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.execution.SplitExecute",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.preprocessors.CarefulGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades", "autograder.feedback.Explain"]
# formgrader: what a student wrote cannot run in the instructor's browser, formulas need no network
templates = os.path.join(os.path.dirname(autograder.__file__), "templates", "nbgrader")
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "autograder.feedback.careful_markdown",
    "clean_html": "autograder.feedback.clean",
}
c.HTMLExporter.extra_template_basedirs = [templates, template_path]
'''


def config(course, **sections):
    """Return nbgrader's configuration for `course`: what ``nbgrader_config.py`` says, and `sections` over it.

    Parameters
    ----------
    course : Course
    **sections : dict
        Class name to ``{trait: value}``, as in ``Execute={"timeout": 10}``.
    """
    from traitlets.config import Config

    found = Config()
    path = course.nbgrader / "nbgrader_config.py"
    exec(compile(CONFIG, str(path), "exec"), {"get_config": lambda: found, "__file__": str(path)})
    for name, traits in sections.items():
        found[name].update(traits)
    return found


@contextlib.contextmanager
def quiet():
    """Silence what nbgrader and its libraries warn about on every use and nobody can act on."""
    with warnings.catch_warnings():
        # SQLAlchemy 2.1 warns about nbgrader's models on the first new submission; harmless
        warnings.filterwarnings("ignore", category=Warning, module=r"nbgrader\..*")
        warnings.filterwarnings("ignore", category=Warning, module=r"sqlalchemy\..*")
        # nbformat names cells that have no id, in notebooks of older tools
        warnings.filterwarnings("ignore", category=Warning, module=r"nbformat\..*")
        yield


@lru_cache
def schema_version():
    """Return the version of nbgrader's tables, as its program ``alembic heads`` would print it."""
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(Path(nbgrader.__file__).with_name("alembic")))
    return ScriptDirectory.from_config(settings).get_current_head()


def _ask_here():
    """Let nbgrader ask for that version in this process.

    For every new gradebook it starts the program, which takes seconds, and which it does not find when this environment
    is used without being activated.
    """
    import nbgrader.api

    nbgrader.api.get_alembic_version = schema_version


@contextlib.contextmanager
def open_gradebook(course):
    """Give nbgrader's Gradebook of `course` for reading and writing; close it after."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DBAPIError

    from autograder.people.database import database_url, file_of, is_ready, unusable
    from autograder.people.locks import locked

    url = database_url(course.nbgrader)
    course.nbgrader.mkdir(parents=True, exist_ok=True)
    if path := file_of(url):
        path.parent.mkdir(parents=True, exist_ok=True)
    _ask_here()
    try:
        with quiet():
            with contextlib.nullcontext() if is_ready(url) else locked(course, "tables"):      # made by one, once
                if path:
                    check_gradebook(path)
                gradebook = Gradebook(url)
            with gradebook:
                yield gradebook
    except DBAPIError as error:
        raise unusable(url, error) from None


def check_database(course):
    """Look at the gradebook of `course` before nbgrader does, where it is a file; see `check_gradebook`."""
    from autograder.people.database import database_url, file_of

    if path := file_of(database_url(course.nbgrader)):
        check_gradebook(path)


def check_gradebook(path):
    """Look at a gradebook before nbgrader does; one that is missing or empty is made when it is opened.

    Raises
    ------
    CourseError
        If the file is no gradebook, damaged, locked, or of another version of nbgrader; saying what to do.
    """
    if path.is_dir():
        raise CourseError(f"The gradebook {path} is a folder, should be a file; move it away.")
    if not path.exists() or not path.stat().st_size:
        return
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
            names = {name for name, in connection.execute("select name from sqlite_master where type = 'table'")}
            rows = connection.execute("select version_num from alembic_version").fetchall() \
                if "alembic_version" in names else []
    except sqlite3.Error as error:
        raise CourseError(f"The gradebook {path} cannot be used: {error}.{_way_out(error)}") from None
    if not rows and names and "student" not in names:
        raise CourseError(f"{path} is not a gradebook of nbgrader: it holds {', '.join(sorted(names))}. Move it away.")
    if names and rows != [(schema_version(),)]:
        raise CourseError(f"The gradebook {path} was made by another version of nbgrader: its tables are "
                          f"{rows[0][0] if rows else 'without a version'}, should be {schema_version()}. "
                          f"Run nbgrader db upgrade in {path.parent}.")


def _way_out(error):
    """Return what to do about a gradebook that cannot be used."""
    if "locked" in str(error):
        return " Another program is using it: wait, or end formgrader, and try again."
    if "readonly" in str(error):
        return " Give yourself the right to write it."
    return " Put a copy from your backup in its place, or move it away to begin a new one."


class _Heard(logging.Handler):
    """Keeps what a converter logs as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def last_cause(messages):
    """Return the line of logged tracebacks that says what happened."""
    cause = re.compile(r"[\w.]*(Error|Exception|Entry)\b")
    lines = [line for text in messages for line in text.splitlines() if cause.match(line)]
    return lines[-1] if lines else (messages[0] if messages else "no reason given")


def convert(course, converter, assignment, student="*", **sections):
    """Run one of nbgrader's converters on one assignment.

    Raises
    ------
    CourseError
        With the last error that the converter logged, where nbgrader itself only says that there was one.
    """
    from nbgrader.coursedir import CourseDirectory

    _ask_here()
    found = config(course, **sections)
    found.CourseDirectory.assignment_id = assignment
    found.CourseDirectory.student_id = student
    log = logging.getLogger(f"autograder.{converter.__name__}")
    log.setLevel(logging.ERROR)
    log.propagate = False
    heard = _Heard()
    log.handlers = [heard]
    working = converter(coursedir=CourseDirectory(config=found), config=found)
    working.log = log
    working.force = True
    try:
        with quiet():
            working.start()
    except Exception as error:
        messages = heard.messages or [f"{type(error).__name__}: {error}"]
        raise CourseError(f"nbgrader stopped at {assignment}: {last_cause(messages)}") from error
    return working


def seconds_late(submission):
    """Return by how many seconds a submission of the gradebook is late, 0 where no due date is set."""
    return max(0.0, submission.total_seconds_late)


def read_stamp(text):
    """Return what a ``timestamp.txt`` says as naive UTC, None if that is no date; a zone may follow by name."""
    *moment, zone = [*text.split()[:2], "UTC"] if len(text.split()) < 3 else text.split()
    try:
        found = datetime.fromisoformat(" ".join(moment) + (zone if zone[0] in "+-" else ""))
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone))
        return found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, KeyError, OSError, OverflowError):  # KeyError: no zone of that name
        return None


def utc(text):
    """Return a date and time written by a person as naive UTC, as nbgrader stores it.

    Raises
    ------
    CourseError
        If `text` is not an ISO date, such as ``2026-12-01`` or ``2026-12-01 23:59+01:00``.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise CourseError(f"{text!r} is not a date; write it like 2026-12-01 or 2026-12-01 23:59+01:00.") from None
