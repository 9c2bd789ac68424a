"""From the gradebook to letters: rubric, lateness, marks by hand, made-up levels, and what is missing."""

import csv
import shutil
from fractions import Fraction

import pytest

from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.layout import Course
from autograder.marks import component_level, gradebook_rows, marks, read_levels, table, write_marks
from autograder.policy import load_policy
from autograder.results import Grade, Row
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write


@pytest.fixture
def policy():
    """Return the course's policy with the tiny lab as the first one."""
    policy = load_policy()
    lab1 = policy.components["lab1"].model_copy(update={"assignments": [NAME]})
    return policy.model_copy(update={"components": {**policy.components, "lab1": lab1}})


@pytest.fixture
def own(graded_class, tmp_path):
    """Return a copy of the graded course that a test may change."""
    shutil.copytree(graded_class.course.root, tmp_path / "own", symlinks=True)
    return Course(tmp_path / "own")


def by_student(found):
    return {mark.student.removeprefix("demo-"): mark for mark in found}


@pytest.mark.slow
def test_levels_follow_the_rubric_and_lateness(graded_class, policy):
    found = by_student(marks(graded_class.course, policy=policy))
    levels = {name: (found[name].levels[NAME, "lab"], found[name].levels[NAME, "review"]) for name in found}
    expected = {"full": ("A", "A"), "late": ("B", "B"), "blank": ("F", "F"), "no-answer": ("C", "A"),
                "bad-json": ("F", "A"), "one-missing": ("A", None), "empty-folder": (None, None)}
    assert {name: levels[name] for name in expected} == expected


@pytest.mark.slow
def test_a_letter_comes_when_nothing_is_missing(graded_class, policy):
    given = {"demo-full": {"lab2": "A", "project": "B"}, "demo-late": {"lab2": "C", "project": "C"},
             "demo-blank": {"lab2": "A", "project": "A"}, "demo-split-cell": {"lab2": "A"}}
    found = by_student(marks(graded_class.course, policy=policy, levels=given))
    assert (found["full"].final.letter, found["full"].final.average) == ("A", Fraction(47, 10))
    assert (found["late"].final.letter, found["late"].final.average) == ("C", Fraction(345, 100))
    assert found["blank"].final.letter == "F"
    assert found["split-cell"].final.why == "incomplete: project"
    assert found["one-missing"].final.why == "incomplete: review, lab2, project"


@pytest.mark.slow
def test_a_level_from_the_csv_wins_over_the_assignment(graded_class, policy):
    found = by_student(marks(graded_class.course, policy=policy, levels={"demo-full": {"lab1": "C"}}))
    assert (found["full"].components["lab1"], found["late"].components["lab1"]) == ("C", "B")


@pytest.mark.slow
def test_a_mark_by_hand_counts_as_soon_as_it_is_given(own, policy):
    before = by_student(marks(own, policy=policy))["full"]
    assert (before.levels[NAME, "lab"], before.waiting) == ("A", 1)
    with open_gradebook(own) as gradebook:
        gradebook.find_grade("01-q3-advanced", "lab", NAME, "demo-full").manual_score = 0
        gradebook.db.commit()
    after = by_student(marks(own, policy=policy))["full"]
    assert (after.levels[NAME, "lab"], after.waiting) == ("B", 0)     # 3 of 4 advanced points


@pytest.mark.slow
def test_extra_credit_does_not_lift_a_level_above_the_points_there_are(own, policy):
    with open_gradebook(own) as gradebook:
        grade = gradebook.find_grade("01-q2-advanced-tests", "lab", NAME, "demo-no-answer")
        grade.extra_credit = 50
        gradebook.db.commit()
    assert by_student(marks(own, policy=policy))["no-answer"].levels[NAME, "lab"] == "C"


@pytest.mark.slow
def test_a_student_without_a_hand_in_is_in_the_table(own, policy):
    with open_gradebook(own) as gradebook:
        gradebook.add_student("zoe")
    mark = marks(own, policy=policy)[-1]
    assert mark.student == "zoe"
    assert mark.final.why == "incomplete: review, lab1, lab2, project"


@pytest.mark.slow
def test_the_csv_is_the_table_and_the_same_each_time(graded_class, policy, tmp_path):
    found = marks(graded_class.course, policy=policy)
    first = write_marks(found, tmp_path / "marks.csv").read_bytes()
    assert write_marks(found, tmp_path / "again.csv").read_bytes() == first
    rows = list(csv.reader(first.decode().splitlines()))
    header, content = table(found)
    assert rows == [header, *content]
    assert header == ["student", "01_tiny lab", "01_tiny review", "review", "lab1", "lab2", "project", "final", "why"]


@pytest.mark.slow
def test_what_grading_kept_joins_what_the_gradebook_knows(graded_class):
    with open_gradebook(graded_class.course) as gradebook:
        rows = gradebook_rows(gradebook, graded_class.course.nbgrader)[NAME]
    assert rows["demo-late"].late and not rows["demo-full"].late
    assert rows["demo-one-missing"].missing == ["review"]


@pytest.mark.slow
def test_a_level_for_nobody_is_named(graded_class, policy):
    with pytest.raises(CourseError, match="names 'jim', who is not in the gradebook"):
        marks(graded_class.course, policy=policy, levels={"jim": {"lab2": "A"}})


def test_levels_are_read_from_a_csv_with_gaps_and_lateness(tmp_path, policy):
    path = write(tmp_path / "levels.csv", "student, lab2 ,project\njane,A,B late\njim,,\n,,\n\n")
    assert read_levels(path, policy) == {"jane": {"lab2": "A", "project": "C"}, "jim": {}}


@pytest.mark.parametrize(("text", "named"), [
    ("name,lab2\n", "needs a column 'student', has: name, lab2"), ("", "is empty"),
    ("student,exam\n", "has the columns exam; components are review"),
    ("student,lab2\njane,A\njane,B\n", "line 3: 'jane' comes twice"),
    ("student,lab2\njane,G\n", "line 2, lab2: 'G' is not a level"),
    ("student,lab2\njane,A soon\n", "'A soon' is not a level"),
    ("student,lab2\njane,A,B\n", "line 2: more cells than columns"), ("student,lab2\n,A\n", "line 2: no student"),
])
def test_every_mistake_in_the_csv_of_levels_is_named(tmp_path, policy, text, named):
    with pytest.raises(CourseError, match=named):
        read_levels(write(tmp_path / "levels.csv", text), policy)


def test_a_csv_of_levels_that_is_not_there_or_not_utf_8_is_named(tmp_path, policy):
    with pytest.raises(CourseError, match="does not exist"):
        read_levels(tmp_path / "gone.csv", policy)
    (tmp_path / "latin.csv").write_bytes("student\njané\n".encode("latin-1"))
    with pytest.raises(CourseError, match="not saved as UTF-8"):
        read_levels(tmp_path / "latin.csv", policy)


def test_a_notebook_with_nothing_marked_has_no_level(policy):
    assert Row("jane", NAME, {"lab": [Grade("01-q3-advanced", None, 4.0)]}).level("lab", policy) is None


def test_a_gradebook_without_assignments_has_no_marks(course, policy):
    assert marks(course, policy=policy) == []
    assert table([]) == (["student", "final", "why"], [])


@pytest.mark.parametrize(("given", "level"), [
    ({"01_a": "A", "02_b": "B"}, "B"), ({"01_a": "A", "02_b": "C"}, "B"), ({"01_a": "A", "02_b": None}, None),
    ({"01_a": "A"}, None), ({}, None),
])
def test_a_component_of_several_labs_is_their_mean_and_waits_for_all_of_them(policy, given, level):
    component = policy.components["lab1"].model_copy(update={"assignments": ["01_a", "02_b"]})
    assert component_level(component, {(name, "lab"): got for name, got in given.items()}, policy) == level


def test_all_means_every_assignment_that_has_such_a_notebook(policy):
    levels = {("01_a", "review"): "A", ("01_a", "lab"): "F", ("02_b", "review"): "C"}
    assert component_level(policy.components["review"], levels, policy) == "B"
    assert component_level(policy.components["review"], levels | {("02_b", "review"): None}, policy) is None
