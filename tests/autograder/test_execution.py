"""A hand-in is run in a box, its tests apart from it: what the worker gets back."""

import socket

import nbformat
import pytest

from autograder.build import build
from autograder.execution import connect_to
from autograder.hand_ins import Lab
from autograder.labs import meta
from autograder.release import release
from autograder.sandbox.limits import Limits
from autograder.split.channel import ChannelError
from autograder.worker import grade_student
from tests.autograder.conftest import NAME
from tests.autograder.test_grade import hand_in

EQUAL = """class Same:
    def __eq__(self, other):
        return True
    __hash__ = None
def double(number):
    return Same()
"""


@pytest.fixture
def ready(course):
    """Return a course whose lab is built and released."""
    build(course, NAME)
    release(course, NAME)
    return course


def in_process(course, grade_id):
    """Ask, in the source of the lab, that a test runs in the student's own process."""
    path = course.nbgrader / "source" / NAME / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if meta(c).get("grade_id") == grade_id).metadata["autograder"] = {"in_process": True}
    nbformat.write(notebook, path)


@pytest.mark.slow
@pytest.mark.parametrize("inside", [False, True])
def test_an_object_that_equals_everything_wins_only_where_a_test_runs_in_its_process_and_that_is_said(ready, inside):
    if inside:
        in_process(ready, "01-q1-basic-tests")
    hand_in(ready, "jane", {"01-q1-basic": EQUAL})
    row = grade_student(ready, NAME, "jane")
    assert row.got() == (7 if inside else 5)
    assert any("01-q1-basic-tests: not tamper-proof" in flag for flag in row.flags) is inside
    assert ("student's process" in row.mode) is inside


@pytest.mark.slow
def test_endless_output_ends_is_flagged_and_costs_only_its_own_question(ready):
    loud = "def double(number):\n    return 2 * number\nwhile True:\n    print('x' * 200)"
    hand_in(ready, "jane", {"01-q1-basic": loud})
    row = grade_student(ready, NAME, "jane", Limits(cell=20))
    assert row.got() == 7                             # the function was there before the loop, and the loop was stopped
    assert any("more output than is kept" in flag for flag in row.flags)
    size = (ready.nbgrader / "autograded" / "jane" / NAME / "lab.ipynb").stat().st_size
    assert size < 3 * Limits.output


@pytest.mark.slow
def test_a_row_says_how_it_came_about(ready):
    hand_in(ready, "jane")
    row = grade_student(ready, NAME, "jane")
    assert row.tier and not row.tier.startswith("none") and row.mode == "split"
    assert {"python", "nbgrader", "ipykernel", "scalable-learning"} == set(row.versions)
    tests = {meta(c)["grade_id"] for nb in Lab(ready.lab(NAME)).sources.values() for c in nb.cells
             if meta(c).get("grade") and not meta(c).get("solution")}
    assert set(row.times) == tests and all(seconds >= 0 for seconds in row.times.values())


@pytest.mark.slow
def test_without_the_source_of_the_tests_nobody_is_graded_and_the_row_says_what_to_do(ready):
    hand_in(ready, "jane")
    (ready.nbgrader / "source" / NAME / "lab.ipynb").unlink()
    row = grade_student(ready, NAME, "jane")
    assert row.got() == 0 and "source/01_tiny/lab.ipynb is not there" in row.why
    assert any(flag.startswith("Grading itself failed") for flag in row.flags)


def test_a_socket_is_reached_by_its_own_name_only(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "real"))
        listener.listen()
        connect_to(tmp_path / "real").close()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with pytest.raises(ChannelError, match="something else"):
            connect_to(tmp_path / "link")
    (tmp_path / "file").write_text("")
    with pytest.raises(ChannelError, match="something else"):
        connect_to(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        connect_to(tmp_path / "gone")
