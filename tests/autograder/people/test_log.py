"""The log: every change once, chained so that a line touched, lost or added is found; the database refuses changes."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from autograder.errors import CourseError
from autograder.people import log
from autograder.people.database import database_url, engine
from autograder.people.records import person, records
from autograder.people.tables import Entry
from tests.autograder.people.conftest import both


def add(course, count=3):
    for number in range(count):
        with records(course, write=True) as session:
            log.append(session, "policy", "anna", old=number, new=number + 1, why=f"reason {number}")


def problems(course, head=None):
    with records(course) as session:
        return log.problems(session, head)


def last(course):
    with records(course) as session:
        return log.entries(session)[-1]


def forge(course, *statements):
    """Change the log as the owner of the database could: without the triggers."""
    url = database_url(course.nbgrader)
    names = ("autograder_log_no_update", "autograder_log_no_delete") if url.startswith("sqlite") else (
        "autograder_log_stays on autograder_log",)
    with engine(url).begin() as connection:
        for statement in (*(f"drop trigger if exists {name}" for name in names), *statements):
            connection.execute(text(statement))


def test_a_log_that_nobody_touched_is_whole(school):
    add(school)
    assert problems(school) == []
    assert problems(school, last(school).hash[:12]) == []


@both
@pytest.mark.parametrize("statement", ["update autograder_log set who = 'me'", "delete from autograder_log"])
def test_the_database_refuses_to_change_or_delete_a_line(school, statement):
    add(school)
    with pytest.raises(CourseError, match="append-only") as caught, records(school, write=True) as session:
        session.execute(text(statement))
    assert isinstance(caught.value.__cause__, DBAPIError)


@pytest.mark.parametrize("field", ["who", "what", "student", "assignment", "item", "old", "new", "why", "moment"])
def test_a_changed_field_is_found_in_its_line(school, field):
    add(school)
    number = last(school).number - 1
    forge(school, f"update autograder_log set {field} = '\"x\"' where number = {number}")
    assert [p for p in problems(school) if p.startswith(f"Line {number} of the log")]


@both
def test_a_line_taken_out_of_the_middle_is_found(school):
    add(school)
    number = last(school).number - 1
    forge(school, f"delete from autograder_log where number = {number}")
    assert f"The log has lost line {number}." in problems(school)


def test_a_log_cut_at_its_end_is_found(school):
    add(school)
    number = last(school).number
    forge(school, f"delete from autograder_log where number = {number}")
    assert problems(school) == [f"The log ends at line {number - 1}; log.head has seen line {number}."]


def test_a_log_computed_anew_is_found_by_the_head_that_was_noted(school):
    add(school)
    head = last(school).hash
    forge(school, "update autograder_log set why = 'nothing'")
    with records(school) as session:
        previous, lines = log.START, log.entries(session)
        hashes = {}
        for line in lines:
            hashes[line.number] = previous = log.fingerprint(previous, line)
    forged = [f"update autograder_log set hash = '{value}' where number = {n}" for n, value in hashes.items()]
    forge(school, *forged)
    (school.nbgrader / log.HEAD).write_text(json.dumps({"number": len(hashes), "hash": previous}))
    assert problems(school) == []                     # whoever can write all of it can write all of it
    assert "No line of the log has the hash" in problems(school, head)[0]


@pytest.mark.parametrize(("content", "named"), [
    (None, "is missing"), ("{", "cannot be read"), ("{}", "cannot be read")])
def test_a_missing_or_damaged_head_is_told(school, content, named):
    add(school)
    path = school.nbgrader / log.HEAD
    path.unlink() if content is None else path.write_text(content)
    assert named in problems(school)[0]


@both
def test_what_is_rolled_back_leaves_no_line_and_the_chain_whole(school):
    add(school, 1)
    number = last(school).number
    with pytest.raises(CourseError), records(school, write=True) as session:
        log.append(session, "policy", "anna")
        raise CourseError("no")
    assert last(school).number == number
    add(school, 1)
    assert problems(school) == []


def test_several_lines_of_one_transaction_are_chained_in_order(school):
    with records(school, write=True) as session:
        for number in range(5):
            log.append(session, "policy", "anna", new=number)
    with records(school) as session:
        assert [json.loads(e.new) for e in session.scalars(select(Entry).order_by(Entry.number))][-5:] == list(range(5))
    assert problems(school) == []


@pytest.mark.parametrize("head", ["", "abc", "xyz12345", "12 34 56 78"])
def test_a_head_that_is_none_is_named(school, head):
    with pytest.raises(CourseError, match="is not a head of the log"):
        problems(school, head)


def test_who_is_the_name_given_else_the_variable_else_the_login(monkeypatch):
    monkeypatch.setenv("AUTOGRADER_WHO", "anna")
    assert (person("bob"), person()) == ("bob", "anna")
    monkeypatch.delenv("AUTOGRADER_WHO")
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    assert person(" ") == "login"
