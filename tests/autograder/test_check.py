"""``check`` is silent on a whole course and names each thing that was broken by hand."""

import pytest
from typer.testing import CliRunner

from autograder import check
from autograder.cli import app
from tests.autograder.tiny import tiny_course, write


@pytest.fixture
def course(tmp_path):
    return tiny_course(tmp_path)


def told(course):
    """Return all problems as one text."""
    return "\n".join(f"{problem.where}: {problem.what}" for problem in check.problems(course))


def change(path, old, new):
    """Replace the only place where `old` stands."""
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def test_a_whole_course_has_no_problem(course):
    assert told(course) == ""


def test_a_changed_twin_is_a_problem(course):
    change(course.root / "course" / "01_tiny.ipynb", "A tiny lecture", "A tiny Lecture")
    assert "course/01_tiny.ipynb: differs" in told(course)


def test_a_removed_twin_is_a_problem(course):
    (course.root / "course" / "01_tiny.ipynb").unlink()
    assert "01_tiny.py has no twin" in told(course)


def test_an_orphan_twin_is_a_problem(course):
    write(course.root / "course" / "07_gone.ipynb", "{}")
    assert "course/07_gone.ipynb: is an orphan" in told(course)


def test_a_notebook_among_the_labs_is_a_problem(course):
    write(course.root / "labs" / "01_tiny" / "lab.ipynb", "{}")
    assert "labs/01_tiny/lab.ipynb" in told(course)


def test_a_grade_id_used_twice_is_a_problem(course):
    review = course.root / "labs" / "01_tiny" / "review.py"
    review.write_text(review.read_text().replace("01-r1-basic", "01-q1-basic"))
    assert "'01-q1-basic'" in told(course)


def test_a_duplicated_grade_id_in_one_lab_is_a_problem(course):
    change(course.root / "labs" / "01_tiny" / "lab.py", "01-q2-advanced-hidden", "01-q2-advanced-tests")
    assert "'01-q2-advanced-tests' is used twice" in told(course)


def test_points_that_do_not_add_up_are_a_problem(course):
    change(course.root / "labs" / "01_tiny" / "lab.py", "advanced: 3", "advanced: 4")
    assert "the header says 4 advanced points, the cells add up to 3" in told(course)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return number + number\n    ### END SOLUTION", "    return number + number"),
        ("# Find the middle.", "# Find the middle:\n#     return sorted(numbers)[len(numbers) // 2]"),
        ("# Find the middle.", "# Find the middle. The SOLUTION is easy."),
    ],
    ids=["region-not-closed", "solution-line-in-the-text", "mark-in-the-text"],
)
def test_a_leaked_solution_is_a_problem(course, old, new):
    change(course.root / "labs" / "01_tiny" / "lab.py", old, new)
    assert "labs/01_tiny/lab.py" in told(course)


@pytest.mark.parametrize("part", ["slides/01_tiny.md", "course/01_tiny.py"])
def test_a_unit_without_one_of_its_parts_is_a_problem(course, part):
    (course.root / part).unlink()
    assert f"unit 01_tiny: lacks {part}" in told(course)


def test_a_unit_without_lab_or_review_is_a_problem(course):
    folder = course.root / "labs" / "01_tiny"
    (folder / "review.py").unlink()
    assert "labs/01_tiny: has no review.py" in told(course)
    folder.rename(folder.with_name("01_small"))
    assert "unit 01_tiny: lacks labs/01_tiny/" in told(course)
    assert "has the number of 01_small" in told(course)


def test_the_command_says_each_problem_and_ends_with_1(course, monkeypatch):
    monkeypatch.chdir(course.root / "course")
    whole = CliRunner().invoke(app, ["check"])
    assert (whole.exit_code, whole.output) == (0, "All agree: 1 lecture, 1 deck, 1 lab.\n")
    (course.root / "course" / "01_tiny.ipynb").unlink()
    broken = CliRunner().invoke(app, ["check"])
    assert broken.exit_code == 1
    assert "course/01_tiny.ipynb: 01_tiny.py has no twin. Fix: python -m autograder check --write" in broken.output
    mended = CliRunner().invoke(app, ["check", "--write"])
    assert mended.exit_code == 0
    assert "wrote course/01_tiny.ipynb" in mended.output
