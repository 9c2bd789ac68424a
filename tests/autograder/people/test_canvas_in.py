"""Canvas read back: shown before taken; a mark taken over is extra credit that adds up, is logged, and is exported."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.export import export
from autograder.gradebook import open_gradebook
from autograder.people import log
from autograder.people.attempts import grade_hand_ins
from autograder.people.canvas_in import _points, read, spread, take
from autograder.people.records import records
from autograder.people.roster import known
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import fake, hands_in
from tests.autograder.tiny import write

HEADER = f"Student,ID,SIS User ID,SIS Login ID,Section,{NAME} lab (4711),Exam (9)\n    Points Possible,,,,,6,10\n"


@pytest.fixture
def graded(school):
    """Return the class with ann's hand-in of 1 and 1.5 points graded."""
    hands_in(school, "ann", (1, 1.5), "2026-02-01 12:00:00")
    grade_hand_ins(school, NAME, "ann", fake(school))
    return school


def canvas(course, *lines):
    return write(course.root / "canvas.csv", HEADER + "".join(f"{line}\n" for line in lines))


def reading(course, path, names=None):
    with records(course) as session:
        return read(session, path, names)


def score(course):
    with open_gradebook(course) as gradebook:
        return gradebook.find_submission(NAME, "ann").score


def test_what_differs_is_shown_and_nothing_is_written(graded):
    lines = '"Lee, Ann",21,S21,ann,A,3.5,7', '"Roe, Jim",22,,jim,B,,', '"X, Y",99,,xy,,1,'
    found = reading(graded, canvas(graded, *lines))
    assert found.ids == [("ann", "ID", "", "21"), ("ann", "SIS User ID", "", "S21"), ("ann", "SIS Login ID", "", "ann"),
                         ("jim", "ID", "", "22"), ("jim", "SIS Login ID", "", "jim")]
    (typed,) = found.marks
    assert (typed.student, typed.ours, typed.theirs) == ("ann", Fraction(5, 2), Fraction(7, 2))
    assert typed.what == "+1 on 01-q1-basic-tests"    # the basic question first
    assert (found.ignored, found.nobody) == (["Exam (9)"], ["X, Y"])
    assert score(graded) == 2.5


def test_a_mark_taken_over_is_in_the_gradebook_the_log_and_the_next_export(graded):
    path = canvas(graded, '"Lee, Ann",21,S21,ann,A,5.25,')        # a quarter more than all but the point by hand
    take(graded, path, marks=True, who="anna")
    assert score(graded) == 5.25
    with records(graded) as session:
        line = log.entries(session, student="ann", what=["extra credit"])[-1]
        assert (line.who, line.why) == ("anna", "typed in Canvas: 5.25 in place of 2.5")
        assert known(session)["ann"].canvas == "21"
    assert reading(graded, path).marks == [] and reading(graded, path).ids == []
    text = export(graded, graded.root / "out.csv").read_text()
    assert '"Lee, Ann",21,S21,ann,A,5.25' in text
    grade_hand_ins(graded, NAME, "ann", fake(graded))
    assert score(graded) == 5.25                      # and survives grading again


def test_fewer_points_and_ids_alone(graded):
    path = canvas(graded, '"Lee, Ann",21,,ann,A,0.5,')
    take(graded, path, ids=True)
    assert score(graded) == 2.5
    take(graded, path, ids=False, marks=True)
    assert score(graded) == 0.5


def test_a_column_of_another_name_can_be_named(graded):
    path = write(graded.root / "canvas.csv", "Student,ID,SIS Login ID,Lab 1 (7)\nAnn,21,ann,3\n")
    assert reading(graded, path).ignored == ["Lab 1 (7)"]
    assert reading(graded, path, {"Lab 1 (7)": f"{NAME} lab"}).marks[0].theirs == 3


def test_who_handed_in_nothing_has_no_cell_to_put_a_mark_on(graded):
    path = canvas(graded, '"Fu, Zoe",23,,zoe,,3,')
    assert "cannot be taken over" in take(graded, path, marks=True).marks[0].what


@pytest.mark.parametrize(("text", "names", "named"), [
    ("a,b\n1,2\n", None, "not a gradebook of Canvas: it has no column 'Student'"),
    (HEADER + "Ann,21,,ann,A,good,\n", None, "line 3, 01_tiny lab.*'GOOD' is not a number of points"),
    (HEADER + "Ann,21,,ann,A,-3,\n", None, "-3 points cannot be"), (HEADER + "Ann,21,,ann,A,nan,\n", None, "'NAN'"),
    (HEADER, {"Lab": f"{NAME} lab"}, "has no column 'Lab'"), (HEADER, {"Exam (9)": "exam"}, "'exam' is none of our"),
])
def test_a_file_that_is_none_is_named(graded, text, names, named):
    with pytest.raises(CourseError, match=named):
        reading(graded, write(graded.root / "canvas.csv", text), names)


cell = st.builds(
    lambda name, most, share, extra: SimpleNamespace(cell=name, max_score=float(most), auto_score=float(most * share),
                                                     manual_score=None, extra_credit=extra),
    st.text("abc", min_size=1, max_size=3), st.integers(0, 8), st.sampled_from([0, 0.25, 0.5, 1]),
    st.sampled_from([None, 0.5]))


@given(st.lists(cell, min_size=1, max_size=6, unique_by=lambda c: c.cell), st.integers(0, 60))
@settings(deadline=None)
def test_the_parts_add_up_to_the_difference_and_no_cell_falls_below_zero(cells, quarters):
    cells.sort(key=lambda c: c.cell)
    ours, theirs = sum(map(_points, cells)), Fraction(quarters, 4)
    parts = spread(cells, theirs - ours)
    assert sum(parts.values()) == theirs - ours
    assert all(_points(c) + parts.get(c.cell, 0) >= 0 for c in cells)
