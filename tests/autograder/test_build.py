"""Building a lab: the same bytes each time, cell ids that are grade ids, and a gradebook that knows the assignment."""

from datetime import datetime

import nbformat
import pytest

from autograder.build import build
from autograder.errors import CourseError
from autograder.gradebook import config, open_gradebook, read_stamp, utc
from autograder.labs import meta
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_building_twice_gives_the_same_bytes(course):
    first = content(build(course, NAME))
    assert content(build(course, NAME)) == first
    assert {str(name) for name in first} == {"lab.ipynb", "review.ipynb"}


def test_cell_ids_are_grade_ids(course):
    notebook = nbformat.read(build(course, NAME) / "lab.ipynb", as_version=4)
    assert all(cell.id == meta(cell)["grade_id"] for cell in notebook.cells if meta(cell))


def test_the_assignment_is_registered_and_keeps_its_due_date(course):
    build(course, NAME, due="2026-12-01 23:59+01:00")
    build(course, NAME)
    with open_gradebook(course) as gradebook:
        assert gradebook.find_assignment(NAME).duedate == datetime(2026, 12, 1, 22, 59)


def test_data_beside_the_lab_comes_along_and_what_is_gone_goes(course):
    write(course.lab(NAME) / "data" / "houses.csv", "1,2\n")
    folder = build(course, NAME)
    assert (folder / "data" / "houses.csv").read_text() == "1,2\n"
    (course.lab(NAME) / "data" / "houses.csv").unlink()
    assert not (build(course, NAME) / "data" / "houses.csv").exists()


def test_nbgrader_reads_the_configuration_that_is_written(course):
    build(course, NAME)
    written = (course.nbgrader / "nbgrader_config.py").read_text()
    assert str(course.root) not in written            # the folder can be moved
    assert config(course).CourseDirectory.root == str(course.nbgrader)


@pytest.mark.slow
def test_a_lab_whose_solution_is_judged_otherwise_apart_from_its_answers_is_not_built_unless_marked(course):
    before = content(build(course, NAME))
    path = course.lab(NAME) / "lab.py"
    path.write_text(path.read_text().replace("assert double(2) == 4", "assert double.__code__ and double(2) == 4"))
    told = r"01-q1-basic-tests gives 2 points .* and 0 apart from it \('function' object"
    with pytest.raises(CourseError, match=told):
        build(course, NAME)
    assert content(course.nbgrader / "source" / NAME) == before
    head = '# %% nbgrader={"grade": true, "grade_id": "01-q1-basic-tests"'
    path.write_text(path.read_text().replace(head, head.replace("nb", 'autograder={"in_process": true} nb')))
    build(course, NAME)


def test_a_lab_with_a_problem_is_not_built_and_the_last_build_stays(course):
    before = content(build(course, NAME))
    path = course.lab(NAME) / "lab.py"
    path.write_text(path.read_text().replace("{basic: 2,", "{basic: 3,"))
    with pytest.raises(CourseError, match="says 3 basic points"):
        build(course, NAME)
    assert content(course.nbgrader / "source" / NAME) == before


@pytest.mark.parametrize(("name", "due", "named"), [
    ("99_none", None, "no lab '99_none'. Labs: 01_tiny"), (NAME, "tomorrow", "'tomorrow' is not a date"),
])
def test_a_lab_or_a_date_that_is_none_is_named(course, name, due, named):
    with pytest.raises(CourseError, match=named):
        build(course, name, due=due)


def test_a_date_without_a_zone_is_utc():
    assert utc("2026-12-01") == datetime(2026, 12, 1)


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-01-01 10:00:00 UTC", datetime(2026, 1, 1, 10)),
    ("2026-01-01 10:00 Europe/Stockholm", datetime(2026, 1, 1, 9)),
    ("2026-01-01 10:00 +0100", datetime(2026, 1, 1, 9)), ("2026-01-01T10:00:00", datetime(2026, 1, 1, 10)),
    ("soon", None), ("", None), ("2026-01-01 10:00 Nowhere/At-all", None),
])
def test_a_time_stamp_is_read_or_none(text, moment):
    assert read_stamp(text) == moment
