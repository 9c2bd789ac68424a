"""Formgrader on the graded class, in a browser: it lists everybody, shows a hand-in, takes a mark, asks no network."""

import shutil

import pytest

from autograder import formgrader, serve
from autograder.errors import CourseError
from autograder.gradebook import open_gradebook
from autograder.layout import Course
from tests.autograder.conftest import NAME


@pytest.mark.slow
def test_formgrader_shows_a_hand_in_and_takes_a_mark(graded_class, tmp_path, page):
    shutil.copytree(graded_class.course.root, tmp_path / "own", symlinks=True)
    course = Course(tmp_path / "own")
    with open_gradebook(course) as gradebook:
        number = gradebook.find_submission_notebook("lab", NAME, "demo-full").id
    with formgrader.running(course, JUPYTER_CONFIG_DIR=str(tmp_path / "config")) as address:
        page.goto(address.at("formgrader"))           # logs in
        page.wait_for_selector(f"text={NAME}")
        page.goto(address.at(f"formgrader/gradebook/{NAME}/lab"))
        page.wait_for_selector("text=Submission #1")
        page.goto(address.at(f"formgrader/submissions/{number}"), wait_until="networkidle")     # its models are loaded
        page.wait_for_selector("text=Why is the median robust?")
        box = page.locator("input.score").last
        box.fill("1")
        with page.expect_response(lambda response: "/api/grade/" in response.url and response.ok):
            box.press("Tab")
    with open_gradebook(course) as gradebook:
        assert gradebook.find_grade("01-q3-advanced", "lab", NAME, "demo-full").manual_score == 1


def test_without_a_gradebook_it_says_what_to_do(course):
    with pytest.raises(CourseError, match="no gradebook yet; run: python -m autograder build"):
        formgrader.command(course, 8888, "token", browser=False)


def test_it_is_served_on_this_machine_only_and_opens_on_formgrader(course):
    course.nbgrader.mkdir(parents=True)
    (course.nbgrader / "gradebook.db").touch()
    words, address = formgrader.command(course, 8899, "secret", browser=False)
    assert f"--ServerApp.ip={serve.HOST}" in words and "--ServerApp.default_url=/formgrader" in words
    assert address == "http://127.0.0.1:8899/formgrader?token=secret"
