"""Deadlines: sections, extensions with a reason, who is late; nbgrader's own fields and the kept rows say the same."""

from datetime import datetime, timedelta

import pytest

from autograder.errors import CourseError
from autograder.gradebook import open_gradebook, seconds_late
from autograder.marks import gradebook_rows
from autograder.people import log
from autograder.people.attempts import grade_hand_ins
from autograder.people.deadlines import calendar, extend, moment, set_deadline, table
from autograder.people.records import records
from autograder.people.watch import look
from autograder.policy import load_policy
from autograder.results import read_rows
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both, fake, hands_in


def due(course, student):
    with records(course) as session:
        return calendar(session, NAME).due(student)


def late(course, student):
    """Return what the kept row, the gradebook and the marks say; they have to agree."""
    with open_gradebook(course) as gradebook:
        nbgrader = seconds_late(gradebook.find_submission(NAME, student)) > 0
        marks = gradebook_rows(gradebook, course.nbgrader)[NAME][student].late
    (row,) = (row for row in read_rows(course.nbgrader, NAME) if row.student == student)
    assert nbgrader == marks == row.late
    return marks


def graded(course, student, when):
    hands_in(course, student, (2, 3), when)
    return grade_hand_ins(course, NAME, student, fake(course))[student]


def test_a_section_has_its_own_deadline_and_the_rest_that_of_the_lab(school):
    set_deadline(school, NAME, "2026-03-03 12:00", section="B")
    assert [due(school, s).moment for s in ("ann", "jim", "zoe")] == [
        datetime(2026, 3, 1, 17), datetime(2026, 3, 3, 12), datetime(2026, 3, 1, 17)]


def test_a_date_without_a_time_means_the_last_minute_of_that_day_in_utc():
    assert moment("2026-03-01") == datetime(2026, 3, 1, 23, 59)
    assert moment("2026-03-01 12:00+02:00") == datetime(2026, 3, 1, 10)


def test_an_extension_moves_the_deadline_of_one_student_only(school):
    extend(school, NAME, "2026-03-09", student="jane", why="ill")
    assert due(school, "jane").moment == datetime(2026, 3, 9, 23, 59)
    assert (due(school, "jane").extended, due(school, "jane").why) == (True, "ill")
    assert not due(school, "jim").extended            # of the same group, but it is hers


def test_an_extension_of_a_group_is_one_of_each_member(school):
    extend(school, NAME, "2026-03-09", group="g1", why="server down")
    assert due(school, "jane").moment == due(school, "jim").moment == datetime(2026, 3, 9, 23, 59)
    assert not due(school, "ann").extended


def test_an_extension_never_moves_a_deadline_back(school):
    extend(school, NAME, "2026-03-09", student="ann", why="ill")
    set_deadline(school, NAME, "2026-03-20")
    assert due(school, "ann").moment == datetime(2026, 3, 20, 23, 59)


@both
def test_an_extension_given_after_grading_takes_lateness_and_its_level_back(school):
    row = graded(school, "ann", "2026-03-02 09:00:00")
    assert row.late and late(school, "ann")
    assert row.level("lab", load_policy()) == "B"
    extend(school, NAME, "2026-03-05", student="ann", why="ill")
    assert not late(school, "ann")
    extend(school, NAME, "none", student="ann", why="a mistake")
    assert late(school, "ann")


@both
def test_a_deadline_moved_in_formgrader_counts_from_the_next_command_on_and_keeps_extensions(school):
    graded(school, "ann", "2026-03-02 09:00:00")
    extend(school, NAME, "2026-03-04", student="ann", why="ill")
    with open_gradebook(school) as gradebook:
        gradebook.find_assignment(NAME).duedate = datetime(2026, 2, 1)
        gradebook.db.commit()
    look(school)
    assert not late(school, "ann") and due(school, "ann").moment == datetime(2026, 3, 4, 23, 59)
    with records(school) as session:
        line = log.entries(session, what=["deadline"])[-1]
        assert (line.who, log.words(line.new)) == ("formgrader", "2026-02-01 00:00")


def test_a_deadline_moved_on_in_formgrader_gives_nobody_a_longer_extension(school):
    graded(school, "ann", "2026-03-12 09:00:00")
    extend(school, NAME, "2026-03-04", student="ann", why="ill")
    with open_gradebook(school) as gradebook:
        gradebook.find_assignment(NAME).duedate = datetime(2026, 3, 10)
        gradebook.db.commit()
    look(school)
    assert late(school, "ann") and due(school, "ann").moment == datetime(2026, 3, 10)


@both
def test_an_extension_given_with_nbgraders_own_function_is_taken_over(school):
    graded(school, "ann", "2026-03-02 09:00:00")
    with open_gradebook(school) as gradebook:
        gradebook.grant_extension(NAME, "ann", days=3)
    look(school)
    set_deadline(school, NAME, "2026-02-20")          # would undo it, were it only in nbgrader's field
    assert not late(school, "ann") and due(school, "ann").why == "given with nbgrader's own function"


def test_what_canvas_calls_late_is_late_unless_there_is_an_extension(school):
    folder = hands_in(school, "ann", (2, 3), "2026-02-01 09:00:00")
    (folder / "collected.json").write_text(
        '{"late": true, "files": {"lab.ipynb": {"when": "2026-02-01 09:00:00", "late": true, "hash": "", "from": ""}}}')
    assert grade_hand_ins(school, NAME, "ann", fake(school))["ann"].late
    extend(school, NAME, "2026-03-09", student="ann", why="ill")
    assert not read_rows(school.nbgrader, NAME)[0].late


def test_a_section_can_have_a_deadline_where_the_lab_has_none(school):
    set_deadline(school, NAME, "none")
    set_deadline(school, NAME, "2026-02-01", section="A")
    assert graded(school, "ann", "2026-03-02 09:00:00").late and not graded(school, "zoe", "2026-03-02 09:00:00").late


def test_nbgrader_has_the_extension_as_the_time_between_the_two(school):
    graded(school, "ann", "2026-03-02 09:00:00")
    extend(school, NAME, "2026-03-03 17:00", student="ann", why="ill")
    with open_gradebook(school) as gradebook:
        assert gradebook.find_submission(NAME, "ann").extension == timedelta(days=2)


def test_doing_it_twice_changes_nothing_and_leaves_no_line(school):
    for _ in range(2):
        extend(school, NAME, "2026-03-09", student="ann", why="ill")
        set_deadline(school, NAME, "2026-03-03", section="A")
    with records(school) as session:
        assert len(log.entries(session, what=["extension"])) == 1
        assert len([e for e in log.entries(session, what=["deadline"]) if e.item == "A"]) == 1


def test_the_log_says_who_gave_an_extension_until_when_and_why(school):
    extend(school, NAME, "2026-03-09", student="ann", why="  ill,\n with a certificate ", who="anna")
    with records(school) as session:
        (line,) = log.entries(session, student="ann", what=["extension"])
        assert (line.who, line.why, log.words(line.old), log.words(line.new)) == (
            "anna", "ill, with a certificate", "-", "2026-03-09 23:59")
        assert ("ann", "A", "", "2026-03-09 23:59", "yes", "ill, with a certificate") in table(session, NAME)


@pytest.mark.parametrize(("until", "given", "named"), [
    ("2026-03-09", {"student": "ann"}, "needs a reason"), ("2026-03-09", {"why": "x"}, "one student or for one group"),
    ("2026-03-09", {"why": "x", "student": "ann", "group": "g1"}, "name one of them"),
    ("soon", {"why": "x", "student": "ann"}, "'soon' is not a date"),
    ("2026-03-09", {"why": "x", "student": "anm"}, "Did you mean 'ann'"),
    ("2026-03-09", {"why": "x", "group": "g7"}, "no group 'g7' in 01_tiny; there are g1"),
    ("2026-03-01", {"why": "x", "student": "nobody"}, "no student 'nobody'"),
    ("2026-02-01", {"why": "x", "student": "ann"}, "is none: 01_tiny is due 2026-03-01 17:00"),
])
def test_an_extension_that_is_none_is_named(school, until, given, named):
    with pytest.raises(CourseError, match=named):
        extend(school, NAME, until, **given)


@pytest.mark.parametrize(("lab", "when", "section", "named"), [
    ("09_none", "2026-03-01", "", "no lab '09_none'"), (NAME, "2026-13-01", "", "is not a date"),
    (NAME, "2026-03-01", "Aa", "no section 'Aa'.*A, B"),
])
def test_a_deadline_that_is_none_is_named(school, lab, when, section, named):
    with pytest.raises(CourseError, match=named):
        set_deadline(school, lab, when, section=section)


def test_without_a_deadline_there_is_nothing_to_extend(school):
    set_deadline(school, NAME, "none")
    with pytest.raises(CourseError, match="no deadline that could be moved"):
        extend(school, NAME, "2026-03-09", student="ann", why="ill")
