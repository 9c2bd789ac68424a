"""The students' version: nothing of a solution or a hidden test in it, and a release that has one is refused."""

import json

import nbformat
import pytest

from autograder.build import build
from autograder.errors import CourseError
from autograder.labs import is_answer, meta
from autograder.notebooks import to_bytes
from autograder.release import blank_answers, leaks, release, release_problems, secret_lines, student_version
from tests.autograder.conftest import NAME


def test_a_student_gets_stubs_and_visible_tests_only(sources):
    text = to_bytes(student_version(sources["lab"])).decode()
    for word in ("SOLUTION", "HIDDEN", "sorted(numbers)", "number + number", "in order", "Rubric"):
        assert word not in text
    assert "the middle of 1, 2, 3 is 2" in text


def test_the_source_stays_as_it_is(sources):
    before = to_bytes(sources["lab"])
    student_version(sources["lab"])
    assert to_bytes(sources["lab"]) == before


def test_blank_answers_are_stubs(sources):
    blank = blank_answers(sources["lab"])
    assert set(blank) == {"01-q1-basic", "01-q2-advanced", "01-q3-advanced"}
    assert "raise NotImplementedError()" in blank["01-q1-basic"]
    assert "YOUR ANSWER HERE" in blank["01-q3-advanced"]


def test_secret_lines_are_those_of_solutions_rubrics_and_hidden_tests(sources):
    secret = secret_lines(sources["lab"])
    assert "return sorted(numbers)[len(numbers) // 2]" in secret
    assert 'assert middle(numbers) == 5, "the numbers need not come in order"' in secret
    assert any(line.startswith("One number can be") for line in secret)
    assert 'assert double(2) == 4, "twice two is four"' not in secret


def given(notebook):
    return next(cell for cell in notebook.cells if not meta(cell))


LEAKS = {
    "a solution line in prose": lambda nb: given(nb).update(source="Write:\n- `return number + number`"),
    "a solution inside a sentence": lambda nb: given(nb).update(source="So: return sorted(numbers)[len(numbers) // 2]"),
    "a hidden test in prose": lambda nb: given(nb).update(source='assert double(3) == 6, "twice three is six"'),
    "a mark in prose": lambda nb: given(nb).update(source="This is the SOLUTION."),
    "a mark in metadata": lambda nb: given(nb).metadata.update(note="### BEGIN HIDDEN TESTS"),
    "a solution line in metadata": lambda nb: nb.metadata.update(old={"cells": ["return number + number"]}),
    "a solution line in an attachment": lambda nb: given(nb).update(attachments={"a": {"t": "return number + number"}}),
    "a region that is not closed": lambda nb: nb.cells[2].update(source="### BEGIN SOLUTION\npass"),
    "a solution in a cell that is none": lambda nb: nb.cells[2].metadata.pop("nbgrader"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_every_leak_is_found_before_anything_is_released(sources, leak):
    assert release_problems(sources["lab"], "lab.py") == []
    LEAKS[leak](sources["lab"])
    problems = release_problems(sources["lab"], "lab.py")
    assert problems and problems[0].startswith("lab.py: "), problems


def test_a_line_that_the_given_code_shows_is_no_leak(sources):
    notebook = sources["lab"]
    notebook.cells.insert(0, nbformat.v4.new_code_cell("    return number + number", id="given"))
    assert release_problems(notebook, "lab.py") == []


def test_a_text_file_is_searched_too():
    assert leaks("a = 1\n### END SOLUTION\n") == ["the word SOLUTION in '### END SOLUTION'"]


@pytest.mark.parametrize("name", ["lab.ipynb", "data.csv"])
def test_a_release_with_a_leak_is_refused_and_removed(course, name):
    folder = build(course, NAME)
    if name.endswith("ipynb"):
        notebook = json.loads((folder / name).read_text())
        notebook["cells"][0]["source"] = ["the SOLUTION\n"]
        (folder / name).write_text(json.dumps(notebook))
    else:
        (folder / name).write_text("x,y\n# HIDDEN\n")
    with pytest.raises(CourseError, match=rf"(?s){NAME} is not released.*{name} shows the word"):
        release(course, NAME)
    assert not (course.nbgrader / "release" / NAME).exists()


def test_a_release_is_what_student_version_says(course, sources):
    build(course, NAME)
    notebook = nbformat.read(release(course, NAME) / "lab.ipynb", as_version=4)
    mine = student_version(sources["lab"])
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in mine.cells]
    assert [meta(c).get("checksum") for c in notebook.cells] == [meta(c).get("checksum") for c in mine.cells]
    assert sum(is_answer(cell) for cell in notebook.cells) == 3


def test_a_lab_that_is_not_built_is_named(course):
    with pytest.raises(CourseError, match=f"{NAME} is not built; run: python -m autograder build {NAME}"):
        release(course, NAME)


def test_nbgrader_names_the_reason_when_it_refuses(course):
    folder = build(course, NAME)
    notebook = json.loads((folder / "lab.ipynb").read_text())
    notebook["cells"][2]["source"] = ["### BEGIN SOLUTION\n", "pass"]
    (folder / "lab.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match=r"(?i)nbgrader stopped at 01_tiny: RuntimeError: no end solution"):
        release(course, NAME)
