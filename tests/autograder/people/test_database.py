"""The database: where it is said to be, what is refused, and that nbgrader does not mind our tables in it."""

import importlib
import sqlite3
from functools import partial

import pytest
from alembic import command
from alembic.config import Config
from nbgrader.dbutil import write_alembic_ini
from sqlalchemy import text

from autograder.build import build
from autograder.errors import CourseError
from autograder.gradebook import config, open_gradebook
from autograder.layout import Course
from autograder.people import database, log, stock, tables
from autograder.people.records import records
from autograder.people.roster import known
from autograder.release import release
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both
from tests.autograder.people.processes import Processes
from tests.autograder.tiny import write


def test_the_variable_wins_over_the_file_and_the_file_over_the_default(course, monkeypatch):
    monkeypatch.delenv(database.VARIABLE, raising=False)
    root = course.nbgrader
    assert database.database_url(root) == f"sqlite:///{root / 'gradebook.db'}"
    write(course.root / "labs" / "course.yml", "database: sqlite:///books/class.db\n")
    assert database.database_url(root) == f"sqlite:///{course.root / 'books' / 'class.db'}"
    monkeypatch.setenv(database.VARIABLE, "postgres://anna:secret@host/class")
    url = database.database_url(root)
    assert url == "postgresql+psycopg://anna:secret@host/class?client_encoding=utf8"
    assert database.shown(url) == "postgresql+psycopg://anna:***@host/class"
    assert config(course).CourseDirectory.db_url == database.database_url(root)


def test_the_gradebook_lies_where_the_file_says(course, monkeypatch):
    monkeypatch.delenv(database.VARIABLE, raising=False)
    write(course.root / "labs" / "course.yml", "database: sqlite:///books/class.db\n")
    with open_gradebook(course) as gradebook:
        gradebook.add_student("jane")
    assert (course.root / "books" / "class.db").exists() and not (course.nbgrader / "gradebook.db").exists()


@pytest.mark.parametrize(("url", "named"), [
    ("mysql://host/x", "is mysql; it can be sqlite or postgresql"), ("gradebook", "is no URL"),
    ("sqlite://", "needs the path of a file"), ("postgresql://host:port/x", "is no URL"),
])
def test_what_is_no_url_of_ours_is_named(course, monkeypatch, url, named):
    monkeypatch.setenv(database.VARIABLE, url)
    with pytest.raises(CourseError, match=named):
        database.database_url(course.nbgrader)


@pytest.mark.parametrize(("text_", "named"), [
    ("databse: x\n", "databse"), ("- a\n", "The only key is database"), ("database: [\n", "not readable YAML"),
    ("database: 7\n", "database: Input should be a valid string"),
])
def test_a_mistake_in_the_settings_is_named(course, monkeypatch, text_, named):
    monkeypatch.delenv(database.VARIABLE, raising=False)
    write(course.root / "labs" / "course.yml", text_)
    with pytest.raises(CourseError, match=named):
        database.database_url(course.nbgrader)


def test_a_server_that_is_not_there_is_told_without_the_password(course, monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setenv(database.VARIABLE, "postgresql://anna:secret@127.0.0.1:1/class")
    with pytest.raises(CourseError, match=r"127\.0\.0\.1:1/class cannot be used") as caught, records(course):
        pass
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_told_with_the_way_to_get_it(course, monkeypatch):
    def none(*args, **options):
        raise ModuleNotFoundError("psycopg")

    monkeypatch.setattr(database, "create_engine", none)
    with pytest.raises(CourseError, match=r'pip install "psycopg\[binary\]"'):
        database.engine("postgresql+psycopg://nowhere/at-all")


def test_our_columns_of_nbgraders_tables_are_nbgraders():
    models = importlib.import_module("nbgrader.api").Base.metadata.tables
    for table in stock.TABLES:
        there = models[table.name].columns
        for column in table.columns:
            assert column.name in there, f"{table.name}.{column.name}"
            assert isinstance(column.type, type(there[column.name].type)), f"{table.name}.{column.name}"


def test_none_of_our_tables_points_into_nbgraders():
    assert not any(table.foreign_keys for table in tables.Base.metadata.tables.values())
    assert all(name.startswith("autograder_") for name in tables.Base.metadata.tables)


@pytest.mark.slow
@both
def test_nbgrader_upgrades_and_deletes_as_before_with_our_tables_beside_its_own(school, tmp_path):
    settings = tmp_path / "alembic.ini"
    write_alembic_ini(str(settings), database.database_url(school.nbgrader).replace("%", "%%"))
    Processes(partial(command.upgrade, Config(settings), "head")).finish()      # its own: it resets all loggers
    with open_gradebook(school) as gradebook:
        gradebook.add_submission(NAME, "jane")
        gradebook.remove_student("jane")
        gradebook.remove_assignment(NAME)
        assert {s.id for s in gradebook.students} == {"ann", "jim", "zoe"}
    with records(school) as session:
        assert set(known(session)) == {"ann", "jim", "zoe"}
        assert log.problems(session) == []


@both
def test_build_and_release_work_on_it_and_the_lists_of_formgrader_are_filled(school):
    build(school, NAME, due="2026-04-01")
    release(school, NAME)
    with open_gradebook(school) as gradebook:
        gradebook.add_submission(NAME, "ann")
        assert [s["student"] for s in gradebook.submission_dicts(NAME)] == ["ann"]
        assert {s["id"] for s in gradebook.student_dicts()} == {"ann", "jane", "jim", "zoe"}
        assert len(gradebook.notebook_submission_dicts("lab", NAME)) == 1
        assert gradebook.average_assignment_score(NAME) == 0


def test_tables_of_an_older_version_are_brought_up_to_date_and_of_a_newer_refused(school, monkeypatch):
    with records(school):
        pass
    monkeypatch.setattr(tables, "VERSION", 2)
    monkeypatch.setitem(tables.STEPS, 1, ["alter table autograder_person add column nick varchar(9)"])
    with records(school) as session:
        assert session.execute(text("select nick from autograder_person")).all() == [(None,)] * 4
    monkeypatch.setattr(tables, "VERSION", 1)
    monkeypatch.setattr("autograder.people.records._made", set())     # as another process sees it
    with pytest.raises(CourseError, match="of version 2, this autograder knows 1"), records(school):
        pass


def test_a_gradebook_from_before_our_tables_gets_them(course, monkeypatch):
    monkeypatch.delenv(database.VARIABLE, raising=False)
    with open_gradebook(course) as gradebook:
        gradebook.add_student("jane")
    with records(course) as session:
        assert session.scalars(text("select id from student")).all() == ["jane"]
    with sqlite3.connect(course.nbgrader / "gradebook.db") as connection:
        assert connection.execute("select number from autograder_version").fetchall() == [(1,)]


def test_a_gradebook_that_is_damaged_is_named(tmp_path, course, monkeypatch):
    monkeypatch.delenv(database.VARIABLE, raising=False)
    write(course.nbgrader / "gradebook.db", "no database " * 100)
    with pytest.raises(CourseError, match="cannot be used: file is not a database"), records(Course(course.root)):
        pass
