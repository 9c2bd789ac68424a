"""The instructor's commands: what they print, what they exit with, and that a mistake is a sentence."""

from fractions import Fraction

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.demo import Outcome
from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.hand_ins import Case
from autograder.policy import load_policy
from autograder.results import Grade, Row, keep
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write


@pytest.fixture
def call(course, monkeypatch):
    """Run a command inside the tiny course and return its result."""
    monkeypatch.chdir(course.root)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_build_and_release_say_where_things_are(call, course):
    built, released = call("build", "all", "--due", "2026-12-01"), call("release", NAME)
    assert "built build/nbgrader/source/01_tiny" in built.output
    assert "released build/nbgrader/release/01_tiny: no solution and no hidden test in it" in released.output
    assert (built.exit_code, released.exit_code) == (0, 0)


def test_collect_tells_what_was_placed_and_what_not(call, tmp_path):
    write(tmp_path / "in" / "jane" / "lab.ipynb", "{}")
    write(tmp_path / "in" / "readme.txt", "hello")
    result = call("collect", NAME, tmp_path / "in")
    assert result.exit_code == 0
    for words in ("jane", "placed", "readme.txt", "left out", "1 hand-ins are in place, 1 files could not be placed."):
        assert words in result.output


@pytest.mark.parametrize(("words", "named"), [
    (["build", "09_none"], "no lab '09_none'"), (["release", NAME], "is not built"),
    (["grade", NAME], "is not released"), (["feedback", NAME], "Nobody is graded"),
    (["collect", NAME, "nowhere"], "neither a folder nor a zip"), (["marks"], "no gradebook yet"),
    (["export"], "no gradebook yet"), (["demo", NAME, "--students", "3"], "or more"),
    (["formgrader"], "no gradebook yet"),
])
def test_a_mistake_is_a_course_error_that_main_prints_as_a_sentence(call, words, named):
    result = call(*words)
    assert isinstance(result.exception, CourseError)
    assert named in str(result.exception)


@pytest.mark.parametrize(("options", "ci", "says", "code"), [
    ([], "", "Students' code runs in a box: ", 0), ([], "true", "Students' code runs in a box: ", 0),
    (["--unsafe-no-sandbox"], "", "Student code runs WITHOUT A SANDBOX", 0),
    (["--unsafe-no-sandbox"], "true", "Student code runs WITHOUT A SANDBOX", 3)])
def test_grade_says_in_one_line_how_code_runs_and_prints_a_row_for_each(call, monkeypatch, options, ci, says, code):
    monkeypatch.setenv("CI", ci)
    row = Row("jane", NAME, {"lab": [Grade("01-q1-basic-tests", 1.0, 2.0, "twice three is six"),
                                     Grade("01-q3-advanced", None, 1.0)]})
    monkeypatch.setattr("autograder.grade.grade", lambda *a, on_row, **options: [on_row(row) or row])
    result = call("grade", NAME, *options)
    assert result.exit_code == code, result.output
    assert result.output.splitlines()[0].startswith(says)
    for words in ("jane", "1/2 (+1 by hand)", "lab D", "01-q1-basic-tests: twice three is six", "1 students graded."):
        assert words in result.output


def test_what_a_student_is_called_is_never_taken_for_a_colour(call, monkeypatch):
    row = Row("[red]jane[/oops]", NAME, {"lab": []}, ["[bold]note"])
    monkeypatch.setattr("autograder.grade.grade", lambda *a, **options: [row])
    result = call("grade", NAME)
    assert "[red]jane[/oops]" in result.output and "[bold]note" in result.output


def demo_of(got):
    case = Case("demo-full", "everything right", Fraction(7))
    row = Row("demo-full", NAME, {"lab": [Grade("01-q1-basic-tests", got, 7.0)]})
    return lambda *a, **options: ([Outcome(case, row, "lab A")], [], {})


@pytest.mark.parametrize(("got", "code", "words"), [
    (7.0, 0, "All 1 got what they must."), (6.0, 1, "1 of 1 got other points than expected: demo-full"),
])
def test_the_demo_fails_when_anybody_gets_other_points_than_expected(call, monkeypatch, got, code, words):
    monkeypatch.setattr("autograder.demo.demo", demo_of(got))
    result = call("demo", NAME, "--students", 1)
    assert words in result.output
    assert result.exit_code == code
    assert "Made up, not graded: lab2, project." in result.output


def test_marks_and_export_work_before_anybody_is_graded(call, course):
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student("jane")
    assert "incomplete" in call("marks").output
    result = call("export", "--to", course.root / "canvas.csv", "--levels")
    assert "wrote canvas.csv" in result.output
    assert (course.root / "canvas.csv").read_text().startswith("Student,ID,SIS User ID,SIS Login ID,Section")


def test_feedback_that_fails_for_one_is_told_and_exits_with_one(call, monkeypatch):
    monkeypatch.setattr("autograder.feedback.feedback", lambda *a, **o: {"jane": CourseError("no page"), "jim": []})
    result = call("feedback", NAME)
    assert result.exit_code == 1
    assert "jane: no page" in result.output and "1 students have feedback" in result.output


def test_every_command_explains_itself():
    for name in ("build", "release", "collect", "grade", "feedback", "marks", "export", "demo", "formgrader"):
        result = CliRunner().invoke(app, [name, "--help"])
        assert result.exit_code == 0 and len(result.output) > 100, name


def test_a_level_that_is_late_is_one_lower_in_the_row(tmp_path):
    row = Row("jane", NAME, {"review": [Grade("01-r1-basic-tests", 2.0, 2.0)]}, late=True)
    keep(tmp_path, row)
    assert row.level("review", load_policy()) == "B"
