"""Attempts: best or last counts, all stay on record, a group is graded once, late is what counts."""

import json

import pytest

from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.people import log
from autograder.people.attempts import grade_hand_ins, hand_in, hand_ins, table
from autograder.people.records import records
from autograder.policy import load_policy
from autograder.results import read_rows
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both, by_hand, fake, hands_in, scores

FIRST, SECOND, LATE = "2026-02-01 12:00:00", "2026-02-02 12:00:00", "2026-03-02 12:00:00"
BEST = load_policy().model_copy(update={"resubmission": "best"})


def grade(course, student, policy=None, **more):
    return grade_hand_ins(course, NAME, student, fake(course, more.pop("calls", None)), policy=policy, **more)


def on_record(course, student):
    with records(course) as session:
        return [(float(got), late, counts) for _, _, _, got, _, late, counts in table(session, NAME, student)]


def content(course, student):
    notebook = json.loads((course.nbgrader / "autograded" / student / NAME / "lab.ipynb").read_text())
    return notebook["cells"][0]["source"]


def test_the_last_counts_even_where_it_is_worse(school):
    hands_in(school, "ann", (2, 3), FIRST, number=1)
    hands_in(school, "ann", (1, 0), SECOND)
    calls = []
    assert grade(school, "ann", calls=calls)["ann"].got() == 1
    assert calls == [("ann", NAME)]                   # the first is not even run


@both
def test_the_best_counts_and_is_what_gradebook_notebook_and_row_show(school):
    hands_in(school, "ann", (2, 3), FIRST, number=1)
    hands_in(school, "ann", (1, 0), SECOND)
    assert grade(school, "ann", BEST)["ann"].got() == 5
    assert scores(school, "ann") == {"01-q1-basic-tests": 2, "01-q2-advanced-tests": 3, "01-q3-advanced": None}
    assert content(school, "ann") == "2" and read_rows(school.nbgrader, NAME)[0].got() == 5
    assert on_record(school, "ann") == [(5, False, True), (1, False, False)]
    with open_gradebook(school) as gradebook:
        assert str(gradebook.find_submission(NAME, "ann").timestamp) == FIRST


def test_of_a_late_and_a_timely_hand_in_the_better_level_counts_not_the_points(school):
    hands_in(school, "ann", (2, 2), FIRST, number=1)  # B in time
    hands_in(school, "ann", (2, 2.5), LATE)           # more points, but late: C
    row = grade(school, "ann", BEST)["ann"]
    assert (row.got(), row.late) == (4, False)
    hands_in(school, "ann", (2, 3), LATE)             # A, late: B again, with more points
    row = grade(school, "ann", BEST)["ann"]
    assert (row.got(), row.late) == (5, True)


def test_of_equals_the_first_counts(school):
    hands_in(school, "ann", (2, 3), FIRST, number=1)
    write = hands_in(school, "ann", (2, 3), SECOND)
    (write / "more.txt").write_text("the same and more")
    grade(school, "ann", BEST)
    assert [counts for *_, counts in on_record(school, "ann")] == [True, False]


def test_only_the_attempt_that_counts_can_be_late(school):
    hands_in(school, "ann", (1, 0), FIRST, number=1)
    hands_in(school, "ann", (2, 3), LATE)
    assert grade(school, "ann")["ann"].late
    assert on_record(school, "ann")[-1] == (5, True, True)


def test_another_policy_counts_another_attempt_and_the_log_says_so(school):
    hands_in(school, "ann", (2, 3), FIRST, number=1)
    hands_in(school, "ann", (1, 0), SECOND)
    grade(school, "ann", who="anna")
    grade(school, "ann", BEST, who="anna")
    with records(school) as session:
        one, two = log.entries(session, student="ann", what=["attempt"])
        assert (log.words(one.new), log.words(two.old), log.words(two.new)) == (
            "2026-02-02 12:00", "2026-02-02 12:00", "2026-02-01 12:00")
        marks = log.entries(session, student="ann", what=["tests"])
        assert [(m.who, log.words(m.new)) for m in marks] == [
            ("anna", "lab/01-q1-basic-tests: 1, lab/01-q2-advanced-tests: 0"),
            ("anna", "lab/01-q1-basic-tests: 2, lab/01-q2-advanced-tests: 3")]


@both
def test_one_hand_in_of_a_group_is_run_once_and_both_get_row_notebook_and_mark(school):
    hands_in(school, "jim", (2, 1), FIRST)
    calls = []
    rows = grade(school, "jane", calls=calls)
    assert {s: float(r.got()) for s, r in rows.items()} == {"jane": 3, "jim": 3} and len(calls) == 1
    assert scores(school, "jane") == scores(school, "jim")
    assert content(school, "jane") == content(school, "jim")
    assert {r.student for r in read_rows(school.nbgrader, NAME)} == {"jane", "jim"}


def test_the_later_hand_in_of_a_group_counts_whoever_made_it(school):
    hands_in(school, "jane", (2, 3), FIRST)
    hands_in(school, "jim", (1, 1), SECOND)
    rows = grade(school, "jane")
    assert {float(r.got()) for r in rows.values()} == {2}
    rows = grade(school, "jane", BEST)
    assert {float(r.got()) for r in rows.values()} == {5}


def test_members_of_one_group_can_be_late_each_for_themselves(school):
    from autograder.people.deadlines import extend

    hands_in(school, "jim", (2, 3), LATE)
    extend(school, NAME, "2026-03-05", student="jane", why="ill")
    rows = grade(school, "jim")
    assert (rows["jane"].late, rows["jim"].late) == (False, True)


@both
def test_points_by_hand_survive_grading_again_and_another_attempt(school):
    hands_in(school, "ann", (1, 0), FIRST)
    grade(school, "ann", BEST)
    by_hand(school, "ann", 0.5)
    by_hand(school, "ann", 1, cell="01-q1-basic-tests", field="extra_credit")
    hands_in(school, "ann", (1, 0), FIRST, number=1)
    hands_in(school, "ann", (2, 3), SECOND)
    grade(school, "ann", BEST)
    grade(school, "ann")
    with open_gradebook(school) as gradebook:
        grade_ = gradebook.find_grade("01-q3-advanced", "lab", NAME, "ann")
        assert (grade_.manual_score, grade_.needs_manual_grade) == (0.5, True)
        assert gradebook.find_grade("01-q1-basic-tests", "lab", NAME, "ann").extra_credit == 1


def test_an_attempt_that_did_not_change_is_not_run_again(school):
    hands_in(school, "ann", (2, 3), FIRST, number=1)
    hands_in(school, "ann", (1, 0), SECOND)
    calls, same = [], lambda row, folder: row.fingerprint == (folder / "lab.ipynb").read_text()
    for policy in (BEST, BEST):
        grade(school, "ann", policy, calls=calls, unchanged=same)
    assert len(calls) == 2
    assert scores(school, "ann")["01-q1-basic-tests"] == 2
    grade(school, "ann", BEST, calls=calls, unchanged=lambda row, folder: False)
    assert len(calls) == 4


def test_the_same_files_again_are_the_same_attempt_of_the_earlier_time(school):
    one = hand_in(hands_in(school, "ann", (2, 3), FIRST, number=1), "ann")
    two = hand_in(hands_in(school, "ann", (2, 3), LATE), "ann")
    assert one.digest == two.digest
    with records(school) as session:
        assert [h.moment for h in hand_ins(school, session, NAME, "ann")] == [one.moment]


def test_who_handed_in_nothing_is_named(school):
    with pytest.raises(CourseError, match="ann: no hand-in for 01_tiny"):
        grade(school, "ann")


def test_a_grader_that_fails_changes_nothing(school):
    hands_in(school, "ann", (2, 3), FIRST)
    grade(school, "ann")

    def broken(student, folder):
        raise CourseError("broken")

    with pytest.raises(CourseError, match="broken"):
        grade_hand_ins(school, NAME, "ann", broken)
    assert on_record(school, "ann") == [(5, False, True)]
    assert grade(school, "ann")["ann"].got() == 5     # and holds no lock
