"""Twins: one way from the lecture, byte for byte."""

import json

import pytest

from autograder import twins
from tests.autograder.tiny import tiny_course


@pytest.fixture
def course(tmp_path):
    return tiny_course(tmp_path)


@pytest.fixture
def twin(course):
    return course.root / "course" / "01_tiny.ipynb"


def test_a_fresh_twin_has_no_problem_and_is_not_written_again(course):
    assert twins.twin_problems(course) == []
    assert twins.write_twins(course) == []


def test_every_changed_character_is_seen_with_its_line(course, twin):
    text = twin.read_text()
    at = text.index("double a number")
    twin.write_text(text[:at] + "D" + text[at + 1 :])
    (where, what, fix), = twins.twin_problems(course)
    assert where == "course/01_tiny.ipynb"
    assert f"first in line {text[:at].count(chr(10)) + 1}" in what
    assert "check --write" in fix


def test_a_change_of_the_lecture_is_seen_until_the_twin_is_written(course, twin):
    lecture = twin.with_suffix(".py")
    lecture.write_text(lecture.read_text() + "\n# %%\nnumber\n")
    assert len(twins.twin_problems(course)) == 1
    assert twins.write_twins(course) == [twin]
    assert twins.twin_problems(course) == []


def test_a_missing_twin_and_an_orphan_are_seen(course, twin):
    twin.rename(twin.with_name("02_other.ipynb"))
    wheres = [where for where, _, _ in twins.twin_problems(course)]
    assert wheres == ["course/01_tiny.ipynb", "course/02_other.ipynb"]


def test_an_orphan_without_a_unit_number_is_seen(course, twin):
    twin.with_name("scratch.ipynb").write_bytes(twin.read_bytes())
    assert [where for where, _, _ in twins.twin_problems(course)] == ["course/scratch.ipynb"]


PRINTED = {"output_type": "stream", "name": "stdout", "text": "4"}


@pytest.mark.parametrize("kept", [{"execution_count": 1}, {"outputs": [PRINTED]}], ids=["count", "output"])
def test_outputs_in_a_twin_are_seen(course, twin, kept):
    notebook = json.loads(twin.read_text())
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code").update(kept)
    twin.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    whats = " ".join(what for _, what, _ in twins.twin_problems(course))
    assert "holds the outputs of 1 cells" in whats
    assert "differs" in whats


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"cells": [1]}', "\x00"])
def test_a_twin_that_is_no_notebook_is_told_not_raised(course, twin, broken):
    twin.write_text(broken)
    assert any("is not a notebook" in what for _, what, _ in twins.twin_problems(course))


def test_first_difference_counts_a_missing_tail():
    assert twins.first_difference(b"a\nb\nc", b"a\nb") == 3
    assert twins.first_difference(b"a\nx", b"a\ny") == 2
