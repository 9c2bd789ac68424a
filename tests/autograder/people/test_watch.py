"""Marks watched: a change in formgrader is found, once, with what it was; a group shares points given to one."""

import json

import pytest

from autograder.gradebook import open_gradebook
from autograder.marks import marks
from autograder.people import log
from autograder.people.attempts import grade_hand_ins
from autograder.people.groups import set_alone
from autograder.people.locks import grading, locked
from autograder.people.records import records
from autograder.people.watch import differences, look, note_policy
from autograder.policy import load_policy
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both, by_hand, fake, hands_in
from tests.autograder.tiny import write

CELL = "lab/01-q3-advanced"


@pytest.fixture
def graded(school):
    """Return the class with one hand-in of a group and one of a single student, graded by anna."""
    for student, points in (("jane", (2, 3)), ("ann", (1, 0))):
        hands_in(school, student, points, "2026-02-01 12:00:00")
        grade_hand_ins(school, NAME, student, fake(school), who="anna")
    return school


def lines(course, student, *kinds):
    with records(course) as session:
        return [(e.who, e.what, log.words(e.old), log.words(e.new)) for e in
                log.entries(session, student=student, what=kinds or ["by hand", "extra credit"])]


def hand(course, student, cell="01-q3-advanced"):
    with open_gradebook(course) as gradebook:
        return gradebook.find_grade(cell, "lab", NAME, student).manual_score


def test_after_grading_there_is_nothing_left_to_see(graded):
    with records(graded) as session:
        assert differences(session) == []
    assert look(graded) == 0


@both
def test_a_mark_given_in_formgrader_is_found_once_with_what_it_was(graded):
    by_hand(graded, "ann", 0.5)
    assert (look(graded), look(graded)) == (1, 0)
    by_hand(graded, "ann", 1)
    look(graded)
    by_hand(graded, "ann", None)
    look(graded)
    assert lines(graded, "ann") == [
        ("formgrader", "by hand", "-", f"{CELL}: 0.5"), ("formgrader", "by hand", f"{CELL}: 0.5", f"{CELL}: 1"),
        ("formgrader", "by hand", f"{CELL}: 1", "-")]


def test_extra_credit_is_a_mark_too(graded):
    by_hand(graded, "ann", 2, field="extra_credit")
    look(graded)
    assert lines(graded, "ann") == [("formgrader", "extra credit", "-", f"{CELL}: 2")]


def test_the_line_says_between_which_looks_the_change_was_made(graded):
    by_hand(graded, "ann", 0.5)
    look(graded)
    with records(graded) as session:
        assert "found by comparing; after 20" in log.entries(session, student="ann")[-1].why


def test_points_that_nbgrader_itself_writes_are_not_taken_for_ours(graded):
    by_hand(graded, "ann", 2, cell="01-q1-basic-tests", field="auto_score")
    look(graded)
    assert lines(graded, "ann", "tests")[-1] == (
        "nbgrader", "tests", "lab/01-q1-basic-tests: 1", "lab/01-q1-basic-tests: 2")


@both
def test_who_is_being_graded_by_another_is_left_to_that_one(graded):
    from threading import Thread

    by_hand(graded, "ann", 0.5)
    found = []
    with locked(graded, grading(NAME, "ann")):
        other = Thread(target=lambda: found.append(look(graded)))
        other.start()
        other.join()
    assert found == [0] and look(graded) == 1


@both
def test_points_given_to_one_of_a_group_are_the_others_too(graded):
    by_hand(graded, "jim", 1)
    assert look(graded) == 2 and hand(graded, "jane") == 1
    by_hand(graded, "jane", 0.5)                      # changed at the other one: both follow
    look(graded)
    assert hand(graded, "jim") == 0.5
    assert lines(graded, "jane")[0] == ("the group", "by hand", "-", f"{CELL}: 1")
    assert look(graded) == 0


def test_who_has_points_of_their_own_keeps_them(graded):
    by_hand(graded, "jim", 1)
    by_hand(graded, "jane", 0)
    look(graded)
    by_hand(graded, "jim", 0.5)
    look(graded)
    assert (hand(graded, "jane"), hand(graded, "jim")) == (0, 0.5)


def test_an_oral_question_is_each_ones_own(graded):
    cell = {"cell_type": "markdown", "metadata": {"autograder": {"oral": True},
                                                  "nbgrader": {"grade_id": "01-q3-advanced"}}}
    write(graded.nbgrader / "release" / NAME / "lab.ipynb", json.dumps({"cells": [cell]}))
    by_hand(graded, "jim", 1)
    look(graded)
    assert hand(graded, "jane") is None


def test_nobody_shares_with_who_left_the_group_or_handed_in_something_else(graded):
    set_alone(graded, "jane", assignment=NAME)
    by_hand(graded, "jim", 1)
    look(graded)
    assert hand(graded, "jane") is None


def test_the_policy_is_logged_when_it_changes_and_only_what_changed(school):
    policy = load_policy()
    marks(school, policy=policy)
    assert not note_policy(school, policy, who="anna")
    assert note_policy(school, policy.model_copy(update={"late": 2}), who="anna")
    with records(school) as session:
        line = log.entries(session, what=["policy"])[-1]
        assert (line.who, log.words(line.old), log.words(line.new)) == ("anna", "late: 1", "late: 2")


def test_a_mere_question_leaves_no_line(graded):
    by_hand(graded, "ann", 0.5)
    with records(graded) as session:
        before = len(log.entries(session))
    marks(graded, record=False)
    with records(graded) as session:
        assert len(log.entries(session)) == before
