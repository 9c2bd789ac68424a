"""Known wrong answers: the file is checked, each loses what it says, and a removed hidden test is noticed."""

import pytest

from autograder.errors import CourseError
from autograder.known_wrong import load_known_wrong, score_without_kernel
from autograder.labs import HIDDEN_BEGIN, HIDDEN_END, begin_in, is_test, meta, points, region
from autograder.release import blank_answers
from tests.autograder.conftest import NAME
from tests.autograder.tiny import known_wrong_text, write


def lost(notebook, wrong):
    most = sum(points(meta(cell)["points"]) for cell in notebook.cells if is_test(cell))
    return most - sum(map(points, score_without_kernel(notebook, {wrong.question: wrong.code}).values()))


def test_each_known_wrong_answer_loses_exactly_its_points(course, sources):
    answers = load_known_wrong(course.lab(NAME))
    assert len(answers) == 9
    assert {a.id: lost(sources[a.notebook], a) for a in answers} == {a.id: points(a.loses) for a in answers}


def test_the_solution_gets_everything_and_the_blank_nothing(sources):
    assert score_without_kernel(sources["lab"]) == {
        "01-q1-basic-tests": 2.0, "01-q2-advanced-tests": 1.0, "01-q2-advanced-hidden": 2.0}
    blank = {name: text for name, text in blank_answers(sources["lab"]).items() if name != "01-q3-advanced"}
    assert sum(score_without_kernel(sources["lab"], blank).values()) == 0


def test_a_removed_hidden_test_lets_a_wrong_answer_through(course, sources):
    for cell in sources["lab"].cells:
        if begin_in(cell, HIDDEN_BEGIN):
            cell.source = "\n".join(region(cell.source, HIDDEN_BEGIN, HIDDEN_END)[1])
    found = [a.id for a in load_known_wrong(course.lab(NAME))
             if a.notebook == "lab" and lost(sources["lab"], a) != points(a.loses)]
    assert found == ["M01-01", "M01-02", "M01-04", "M01-05", "M01-06"]


@pytest.mark.parametrize(("value", "expected"), [
    ("0.5", 0.5), ("7", 2.0), ("-1", 0.0), ("float('nan')", 0.0), ("'text'", 2.0), ("None", 2.0), ("False", 0.0),
    ("True", 2.0),
])
def test_a_test_that_ends_in_a_number_gives_that_many_points(sources, value, expected):
    test = next(cell for cell in sources["review"].cells if is_test(cell))
    test.source = value
    assert score_without_kernel(sources["review"]) == {"01-r1-basic-tests": expected}


def test_what_a_cell_prints_or_exits_with_does_not_matter(sources):
    code = "import sys\nprint('{\"01-r1-basic-tests\": 99}')\ndef double(number):\n    sys.exit(3)"
    assert score_without_kernel(sources["review"], {"01-r1-basic": code}) == {"01-r1-basic-tests": 0.0}


@pytest.mark.parametrize(("code", "named"), [
    ("import os\nos._exit(7)", "ended with 7"), ("while True:\n    pass", "longer than 2 s"),
])
def test_a_process_that_dies_or_hangs_is_named(sources, code, named):
    with pytest.raises(CourseError, match=named):
        score_without_kernel(sources["review"], {"01-r1-basic": code}, timeout=2)


def test_a_replacement_that_is_no_solution_cell_is_named(sources):
    with pytest.raises(CourseError, match="'01-q9-basic'"):
        score_without_kernel(sources["lab"], {"01-q9-basic": "pass"})


TEXT = known_wrong_text()
MISTAKES = {
    "no list": ("id: M1", "list of wrong answers, is dict"),
    "no YAML": ("- {id: [", "not readable YAML"),
    "a field missing": ("- {id: M1, question: q}", "answer M1: notebook: Field required"),
    "an unknown field": (TEXT.replace("hint: Try three.", "hind: Try three.", 1), "answer M01-01.*hind"),
    "points that are none": (TEXT.replace("loses: 2", "loses: all", 1), "answer M01-01: loses"),
    "an id twice": (TEXT.replace("M01-02", "M01-01", 1), "M01-01 comes twice"),
    "an unknown notebook": (TEXT.replace("notebook: lab", "notebook: exam", 1), "'exam'"),
    "code that is none": (TEXT.replace("return number ** 2", "return number **", 1), "not Python, line 2"),
    "an entry that is text": ("- hello", "answer number 1"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_in_the_file_is_named(course, mistake):
    text, named = MISTAKES[mistake]
    write(course.lab(NAME) / "known_wrong.yml", text)
    with pytest.raises(CourseError, match=rf"(?s)labs/01_tiny/known_wrong\.yml.*{named}"):
        load_known_wrong(course.lab(NAME))


def test_a_lab_without_the_file_has_no_known_wrong_answers(course):
    (course.lab(NAME) / "known_wrong.yml").unlink()
    assert load_known_wrong(course.lab(NAME)) == []
