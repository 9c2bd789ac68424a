"""Both ways of grading agree: on the solutions and all known wrong answers of a real lab, and on a made-up one."""

import nbformat
import pytest

from autograder.errors import CourseError
from autograder.known_wrong import load_known_wrong
from autograder.labs import lab_sources
from autograder.layout import Course
from autograder.split.local import Workshop, differences, grade_both
from tests.autograder.split.conftest import cell, notebook

LAB = Course.here(__file__).lab("03_regression")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["lab", "review"])
def test_unit_03_gives_the_same_points_apart(kind):
    source = lab_sources(LAB)[kind]
    with Workshop(source, LAB) as workshop:
        points = workshop.both()
        assert all(one == other == workshop.most[name] for name, (one, other) in points.items())
        for wrong in (each for each in load_known_wrong(LAB) if each.notebook == kind):
            tests = [name for name in workshop.most if name.startswith(f"{wrong.question}-")]
            got, _ = workshop.split({wrong.question: wrong.code}, tests)
            lost = sum(workshop.most[name] - got[name] for name in tests)
            assert lost == pytest.approx(wrong.loses), (wrong.id, got)


@pytest.mark.slow
def test_a_wrong_answer_gets_the_same_points_in_both_ways(workshop):
    source = notebook("def f(x):\n    return x + x", "assert f(2) == 4", "assert f(3) == 6", "0.5 if f(1) else 0")
    points = workshop(source).both({"answer": "def f(x):\n    return x * x"})
    assert points == {"t1": (1, 1), "t2": (0, 0), "t3": (0.5, 0.5)}


@pytest.mark.slow
def test_an_answer_for_no_cell_is_told(workshop):
    with pytest.raises(CourseError, match="No solution cell is called 'nothing'"):
        workshop(notebook("x = 1", "x")).both({"nothing": ""})


@pytest.mark.slow
def test_an_answer_that_never_ends_or_ends_python_costs_its_points_only():
    source = nbformat.v4.new_notebook(cells=[
        cell("q1", "a = 1", answer=True), cell("t1", "assert a == 1", points=1),
        cell("q2", "def f(): return 2", answer=True), cell("t2", "assert f() == 2", points=1)])
    ends = {"q2": "import os\ndef f(): os._exit(1)"}
    assert grade_both(source, ends, seconds=10) == {"t1": (1, 1), "t2": (0, 0)}
    assert grade_both(source, {"q2": "while True: pass"}, seconds=1) == {"t1": (1, 1), "t2": (0, 0)}


@pytest.mark.slow
def test_a_test_marked_in_process_runs_with_the_answer(workshop):
    made = cell("t9", "assert f.__code__.co_argcount == 1", points=1, in_process=True)
    source = notebook("def f(x):\n    return x", "assert f.__code__.co_argcount == 1", more=[made])
    assert workshop(source).both() == {"t9": (1, 1), "t1": (1, 0)}


@pytest.mark.slow
def test_what_the_two_ways_judge_differently_is_told_with_the_reason():
    source = nbformat.v4.new_notebook(cells=[
        cell("setup", "w = 1"), cell("01-q1-basic", "w = 2", answer=True),
        cell("01-q1-basic-tests", "assert w == 2, 'w is two'", points=1)])
    assert differences(source) == [
        "01-q1-basic-tests gives 1 points in the student's process and 0 apart from it (w is two); 01-q1-basic defines "
        "'w', which a given cell has defined before."]


def test_a_notebook_without_tests_has_no_differences():
    assert differences(nbformat.v4.new_notebook(cells=[cell("setup", "w = 1")])) == []
