"""Our own tables, in the same database as nbgrader's: what it lacks, nothing that it has.

None of them points into nbgrader's tables by a foreign key, so that nbgrader can delete and upgrade its own as before.
"""

from sqlalchemy import DDL, Boolean, DateTime, Engine, Integer, String, Text, event, insert, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from autograder.errors import CourseError

VERSION = 1
STEPS = {}                                            # version -> statements that lead to the next one


class Base(DeclarativeBase):
    """Base of our tables."""


class Version(Base):
    """The version of our tables, one row."""

    __tablename__ = "autograder_version"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class Person(Base):
    """What nbgrader's table of students lacks."""

    __tablename__ = "autograder_person"

    student: Mapped[str] = mapped_column(String(128), primary_key=True)
    section: Mapped[str] = mapped_column(String(128), default="")
    login: Mapped[str] = mapped_column(String(128), default="")       # Canvas: SIS Login ID
    sis: Mapped[str] = mapped_column(String(128), default="")         # Canvas: SIS User ID


class Membership(Base):
    """The group of a student in one lab, or (no lab) in all labs without a row of their own; no group: alone."""

    __tablename__ = "autograder_membership"

    student: Mapped[str] = mapped_column(String(128), primary_key=True)
    assignment: Mapped[str] = mapped_column(String(128), primary_key=True, default="")
    team: Mapped[str] = mapped_column(String(128), default="")


class Deadline(Base):
    """When a lab is due for one section, UTC; nbgrader's own due date is that of all others."""

    __tablename__ = "autograder_deadline"

    assignment: Mapped[str] = mapped_column(String(128), primary_key=True)
    section: Mapped[str] = mapped_column(String(128), primary_key=True)
    due: Mapped[object] = mapped_column(DateTime)


class Extension(Base):
    """Until when one student or one group may hand in, UTC; who gave it, and why."""

    __tablename__ = "autograder_extension"

    assignment: Mapped[str] = mapped_column(String(128), primary_key=True)
    student: Mapped[str] = mapped_column(String(128), primary_key=True, default="")
    team: Mapped[str] = mapped_column(String(128), primary_key=True, default="")
    until: Mapped[object] = mapped_column(DateTime)
    who: Mapped[str] = mapped_column(String(128))
    why: Mapped[str] = mapped_column(Text)


class Attempt(Base):
    """One hand-in of one student and the row that grading gave it; `counts` is the one in the gradebook."""

    __tablename__ = "autograder_attempt"

    assignment: Mapped[str] = mapped_column(String(128), primary_key=True)
    student: Mapped[str] = mapped_column(String(128), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    moment: Mapped[object] = mapped_column(DateTime, nullable=True)   # when it was handed in, UTC
    flagged: Mapped[bool] = mapped_column(Boolean, default=False)     # whether Canvas calls it late
    by: Mapped[str] = mapped_column(String(128))                      # who of the group handed it in
    row: Mapped[str] = mapped_column(Text)                            # autograder.results.Row as JSON
    counts: Mapped[bool] = mapped_column(Boolean, default=False)


class Entry(Base):
    """One line of the log; never changed, never deleted. `hash` covers the line and the hash of the one before."""

    __tablename__ = "autograder_log"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    moment: Mapped[str] = mapped_column(String(32))                   # UTC
    who: Mapped[str] = mapped_column(String(128))
    what: Mapped[str] = mapped_column(String(32), index=True)
    student: Mapped[str] = mapped_column(String(128), index=True)
    assignment: Mapped[str] = mapped_column(String(128), index=True)
    item: Mapped[str] = mapped_column(String(256))
    old: Mapped[str] = mapped_column(Text)                            # JSON
    new: Mapped[str] = mapped_column(Text)                            # JSON
    why: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


_SQLITE = """create trigger autograder_log_no_{verb} before {verb} on autograder_log
begin select raise(abort, 'the log is append-only'); end"""
_POSTGRES = """create function autograder_log_stays() returns trigger language plpgsql as
$$ begin raise exception 'the log is append-only'; end $$"""
for _verb in ("update", "delete"):
    event.listen(Entry.__table__, "after_create", DDL(_SQLITE.format(verb=_verb)).execute_if(dialect="sqlite"))
event.listen(Entry.__table__, "after_create", DDL(_POSTGRES).execute_if(dialect="postgresql"))
event.listen(Entry.__table__, "after_create", DDL(
    "create trigger autograder_log_stays before update or delete or truncate on autograder_log "
    "for each statement execute function autograder_log_stays()").execute_if(dialect="postgresql"))


def version(engine: Engine):
    """Return the version of our tables in a database, 0 where there are none."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(Version.__tablename__):
            return 0
        return connection.execute(select(Version.number)).scalar() or 0


def prepare(engine: Engine):
    """Make our tables, or bring those of an earlier version up to date; hold a lock when calling.

    Raises
    ------
    CourseError
        If they are of a later version than this program knows.
    """
    there = version(engine)
    if there > VERSION:
        raise CourseError(f"The tables of this gradebook are of version {there}, this autograder knows {VERSION}; "
                          "use the newer autograder.")
    if there == VERSION:
        return
    with engine.begin() as connection:
        if not there:
            Base.metadata.create_all(connection)
            connection.execute(insert(Version), {"number": VERSION})
            return
        for number in range(there, VERSION):
            for statement in STEPS[number]:
                connection.execute(text(statement))
        connection.execute(Version.__table__.update().values(number=VERSION))
