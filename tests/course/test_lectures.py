"""The lectures of this course: they run as scripts, in a batch and in JupyterLab, and their pages live offline."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import run, student
from autograder.layout import Course
from autograder.notebooks import read_percent

COURSE = Course(Path(__file__).parents[2])
LECTURES = [pytest.param(lecture, id=lecture.stem) for lecture in COURSE.lectures()]
STANDING = "[...document.querySelectorAll('.jp-InputPrompt')].filter((p) => /\\[\\*\\]/.test(p.textContent)).length"


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_can_be_made_fast_and_seeded_by_papermill(lecture):
    assert {"FAST", "SEED"} <= set(run.parameters_of(read_percent(lecture)))


@pytest.fixture(scope="module", params=LECTURES)
def ran(request, tmp_path_factory):
    """Run a lecture in the batch, once, with small sizes; return where it was built and what became of it."""
    course = Course(tmp_path_factory.mktemp("lectures"))
    return course, run.run_one(course, request.param, {"FAST": True})


@pytest.mark.slow
def test_the_batch_run_has_no_error_and_no_picture_without_words(ran):
    _, outcome = ran
    assert outcome.error == ""
    assert outcome.images_without_alt == 0
    assert outcome.seconds < 180


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_lives_offline_and_axe_finds_nothing_serious(ran, new_page, axe, scheme, width):
    course, outcome = ran
    page = new_page(offline=True, color_scheme=scheme, viewport={"width": width, "height": 844})
    page.goto((course.build / "html" / f"{outcome.lecture}.html").as_uri())
    page.wait_for_function("document.querySelectorAll('.demo').length === document.querySelectorAll('.tk-demo').length")
    assert page.locator(".tk-demo").count() >= 2, "a lecture has at least two demos that live"
    slider = page.locator(".tk-demo input[type=range]").first
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    axe(page)


@pytest.mark.slow
@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_runs_as_a_plain_script(lecture, tmp_path):
    done = subprocess.run(
        [sys.executable, lecture], cwd=tmp_path, env={**os.environ, "MPLBACKEND": "agg"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_runs_top_to_bottom_in_jupyterlab_as_students_get_it(lecture, jupyter_server, new_page, tmp_path):
    folder = Course(tmp_path)
    student.write_folder(folder, student.student_files(COURSE))
    page = new_page(viewport={"width": 1400, "height": 1000})
    page.goto(jupyter_server(folder.student).at(f"lab/tree/course/{lecture.stem}.ipynb"))
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.get_by_text("| Idle").wait_for(timeout=90_000)                  # what is run before is lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(f"{STANDING} > 0", timeout=60_000)
    page.wait_for_function(f"{STANDING} === 0", timeout=300_000)
    page.get_by_text("| Idle").wait_for()
    page.wait_for_selector(".jp-Notebook .tk-demo")
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
