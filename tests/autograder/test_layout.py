"""Where a course lies."""

import pytest

from autograder.errors import CourseError
from autograder.layout import Course
from tests.autograder.tiny import tiny_course, write


@pytest.fixture
def course(tmp_path):
    return tiny_course(tmp_path / "a course")


def test_a_course_is_found_from_anywhere_inside(course):
    assert Course.here(course.root / "labs" / "01_tiny") == Course(course.root.resolve())


def test_outside_a_course_the_message_names_the_folder(tmp_path):
    with pytest.raises(CourseError, match=f"{tmp_path.resolve()} is not inside a course"):
        Course.here(tmp_path)


def test_only_numbered_units_count(course):
    for path in ("course/glossary.md", "course/helper.py", "slides/README.md", "labs/shared/lab.py"):
        write(course.root / path, "")
    assert [path.name for path in course.lectures()] == ["01_tiny.py"]
    assert [path.name for path in course.decks()] == ["01_tiny.md"]
    assert [path.name for path in course.labs()] == ["01_tiny"]


def test_units_come_in_order(course):
    write(course.root / "course" / "10_late.py", "")
    write(course.root / "course" / "02_early.py", "")
    assert [path.stem for path in course.lectures()] == ["01_tiny", "02_early", "10_late"]


def test_an_unknown_lab_is_an_error_with_the_known_ones(course):
    assert course.lab("01_tiny").is_dir()
    with pytest.raises(CourseError, match=r"no lab '3'\. Labs: 01_tiny"):
        course.lab("3")


def test_everything_built_lies_below_build(course):
    assert course.nbgrader.parent == course.student.parent == course.build == course.root / "build"
