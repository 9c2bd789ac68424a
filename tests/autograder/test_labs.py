"""What can be wrong with a lab: each mistake is told in one sentence that says where."""

import re
from fractions import Fraction

import pytest

from autograder.errors import CourseError
from autograder.labs import lab_problems, lab_sources, points, questions, totals
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write


def test_a_sound_course_has_no_problems(course):
    assert lab_problems(course) == []


def test_questions_know_their_level_points_and_marker(sources):
    asked = questions(sources["lab"])
    assert [(q.id, q.level, q.points, q.manual, len(q.tests)) for q in asked] == [
        ("01-q1-basic", "basic", 2, False, 1), ("01-q2-advanced", "advanced", 3, False, 2),
        ("01-q3-advanced", "advanced", 1, True, 0),
    ]
    assert totals(sources["lab"]) == {"basic": 2, "advanced": 3, "manual": 1}


def test_points_are_exact_decimals():
    assert points(0.1) + points(0.2) == Fraction(3, 10)


MISTAKES = {
    "a grade id twice in a file": ("lab.py", '"01-q2-advanced"', '"01-q1-basic"', "'01-q1-basic' is used twice"),
    "points that do not add up": ("lab.py", "{basic: 2,", "{basic: 3,", "says 3 basic points.*add up to 2"),
    "points that are no number": ("lab.py", '"points": 1,', '"points": "one",', "points are 'one'"),
    "another schema": ("lab.py", '"schema_version": 3', '"schema_version": 2', "schema_version is 2, needs 3"),
    "metadata missing": ("lab.py", '"task": false', '"note": false', "lacks task"),
    "a test that is not locked": ("review.py", '"locked": true', '"locked": false', "test cell must be locked"),
    "a locked answer": ("review.py", '"locked": false', '"locked": true', "solution cell cannot be locked"),
    "an id of another unit": ("review.py", "01-r1", "02-r1", "should look like 01-r1-basic"),
    "an id of a lab in a review": ("review.py", "01-r1", "01-q1", "should look like 01-r1-basic"),
    "an open region": ("review.py", "### END SOLUTION", "", "do not come in pairs: BEGIN SOLUTION"),
    "an open hidden region": ("review.py", "### END HIDDEN TESTS", "", "pairs: BEGIN HIDDEN TESTS"),
    "a solution in prose": ("review.py", "# Double", "# ### BEGIN SOLUTION\n# Double", "would be released"),
    "a header without points": ("review.py", "points:", "pints:", "header has no autograder"),
    "a header without minutes": ("review.py", "minutes:", "hours:", "header has no minutes"),
    "a wrong answer to no question": ("known_wrong.yml", "01-r1-basic", "01-r7-basic", "names review/01-r7-basic"),
    "too much lost": ("known_wrong.yml", "loses: 3", "loses: 4", "loses 4 of 3 points"),
    "too few wrong answers": ("known_wrong.yml", r"(?s)- id: M01-09.*", "", "has 2 known wrong answers, needs 3"),
    "a broken file of wrong answers": ("known_wrong.yml", r"(?s).*", "[", "not readable YAML"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_told_with_its_place(course, mistake):
    name, old, new, told = MISTAKES[mistake]
    path = course.lab(NAME) / name
    text = path.read_text()
    changed = re.sub(old, lambda _: new, text, count=1) if old.startswith("(?s)") else text.replace(old, new)
    assert changed != text
    path.write_text(changed)
    problems = lab_problems(course)
    assert any(re.search(told, problem) and f"labs/{NAME}/{name}" in problem for problem in problems), problems


def test_tests_before_their_solution_are_told(course):
    path = course.lab(NAME) / "review.py"
    head, solution, tests = re.split(r"(?=# %% nbgrader)", path.read_text())
    path.write_text(head + tests + "\n" + solution)
    assert any("'01-r1-basic-tests' come before the solution cell" in problem for problem in lab_problems(course))


def test_a_grade_id_of_another_lab_is_told_with_both_places(course):
    twin = course.root / "labs" / "01_twin"
    for path in course.lab(NAME).iterdir():
        write(twin / path.name, path.read_text())
    problems = "\n".join(problem for problem in lab_problems(course) if "used twice" in problem)
    assert re.search(r"labs/01_twin/lab\.py.*the other one is in labs/01_tiny/lab\.py", problems), problems


def test_a_notebook_under_labs_is_told(course):
    write(course.lab(NAME) / "lab.ipynb", "{}")
    assert any("labs/01_tiny/lab.ipynb: notebooks of labs are built" in problem for problem in lab_problems(course))


def test_an_empty_lab_folder_is_told(course):
    (course.root / "labs" / "02_empty").mkdir()
    with pytest.raises(CourseError, match=r"02_empty holds no lab\.py"):
        lab_sources(course.lab("02_empty"))
    assert any("02_empty holds no lab.py" in problem for problem in lab_problems(course))
