"""What students get: all of it, nothing more, and nothing of theirs is lost."""

import io
import zipfile

import pytest

from autograder import student
from autograder.errors import CourseError
from tests.autograder.tiny import tiny_course, write

LAB = "labs/01_tiny/lab.ipynb"


@pytest.fixture
def course(tmp_path):
    course = tiny_course(tmp_path)
    write(course.root / "labs" / "01_tiny" / "data" / "small.csv", "a,b\n1,2\n")
    write(course.root / "labs" / "01_tiny" / "notes_for_teachers.md", "secret")
    write(course.root / "labs" / "01_tiny" / "answers.py", "secret = 1")
    return course


def test_students_get_lectures_labs_data_and_a_readme_and_nothing_else(course):
    files = student.student_files(course)
    assert list(files) == [
        "README.md",
        "course/01_tiny.ipynb",
        "labs/01_tiny/data/small.csv",
        LAB,
        "labs/01_tiny/review.ipynb",
    ]
    assert "`labs/01_tiny/lab.ipynb`: A tiny lab, about 5 minutes" in files["README.md"].decode()
    text = files[LAB].decode()
    for secret in ("sorted(numbers)", "twice three is six", "SOLUTION", "HIDDEN", "Rubric"):
        assert secret not in text
    assert "twice two is four" in text


def test_the_zip_holds_the_same_files_and_is_the_same_twice(course):
    files = student.student_files(course)
    packed = student.zip_bytes(files)
    assert packed == student.zip_bytes(student.student_files(course))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("labs/01_tiny/lab.py", "# Find the middle.", "#     return sorted(numbers)[len(numbers) // 2]"),
        ("labs/01_tiny/data/small.csv", "1,2", "### BEGIN SOLUTION"),
        ("course/01_tiny.py", "We double a number", "### HIDDEN TESTS"),
    ],
    ids=["in-the-lab", "in-the-data", "in-the-lecture"],
)
def test_a_leak_anywhere_stops_everything(course, path, old, new):
    file = course.root / path
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CourseError, match="Nothing is given to students"):
        student.build(course)
    assert not (course.build / "student.zip").exists()
    assert not course.student.exists()


def test_what_a_student_changed_is_kept_while_the_lab_stays(course):
    assert set(student.build(course).values()) == {"written"}
    mine = course.student / LAB
    mine.write_text(mine.read_text() + " ")
    fates = student.build(course)
    assert fates.pop(LAB) == "kept"
    assert set(fates.values()) == {"same"}
    assert mine.read_text().endswith(" ")


def test_a_new_version_lies_beside_what_a_student_changed(course):
    student.build(course)
    mine = course.student / LAB
    mine.write_text("mine")
    source = course.root / "labs" / "01_tiny" / "lab.py"
    source.write_text(source.read_text().replace("Find the middle", "Find the median"))
    fates = student.build(course)
    assert fates[LAB] == "kept, new beside"
    assert mine.read_text() == "mine"
    assert "Find the median" in mine.with_name("lab (new version).ipynb").read_text()
    again = student.build(course)
    assert again[LAB] == "kept"


def test_a_new_version_replaces_what_nobody_changed(course):
    student.build(course)
    source = course.root / "labs" / "01_tiny" / "lab.py"
    source.write_text(source.read_text().replace("Find the middle", "Find the median"))
    assert student.build(course)[LAB] == "written"
    assert "Find the median" in (course.student / LAB).read_text()


def test_a_broken_manifest_loses_nothing(course):
    student.build(course)
    write(course.student / student.MANIFEST, "not JSON")
    (course.student / LAB).write_text("mine")
    assert student.build(course)[LAB] == "kept, new beside"
    assert (course.student / LAB).read_text() == "mine"


def test_links_out_of_the_lab_are_not_followed(course, tmp_path):
    write(tmp_path / "outside.csv", "private")
    (course.root / "labs" / "01_tiny" / "link.csv").symlink_to(tmp_path / "outside.csv")
    assert "labs/01_tiny/link.csv" not in student.student_files(course)
