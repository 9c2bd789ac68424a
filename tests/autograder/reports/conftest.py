"""A tiny course, graded by hand: no kernel, so that reports have rows, notebooks and a gradebook to look at."""

import json
from types import SimpleNamespace

import pytest

from autograder.build import build
from autograder.gradebook import open_gradebook
from autograder.people.groups import set_group
from autograder.release import release
from autograder.results import Grade, Row, keep
from tests.autograder.conftest import NAME
from tests.autograder.tiny import tiny_course

DOUBLE = "def double(number):\n    return {}\n"
RIGHT = "def middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]\n"
LARGEST = "def middle(numbers):\n    return sorted(numbers)[-1]\n"
HOSTILE = "import sys\ndef middle(numbers):\n    return sys._getframe(1).f_locals['</pre><script>alert(1)</script>']\n"
# student -> (answer 1, answer 2, review, points of q1, q2 visible, q2 hidden, r1); None: left as it was
CLASS = {
    "ann": ("number + number", RIGHT, "number + number", 2, 1, 2, 2),
    "ben": ("number * 2", RIGHT, "2 * number", 2, 1, 2, 2),
    "cat": ("number ** 2", LARGEST, "number ** 2", 0, 0, 0, 0),
    "dan": ("number ** 2", None, None, 0, 0, 0, 0),
    "eva": ("number + number", HOSTILE, "number + number", 2, 1, 0, 2),
    "fay": (None, RIGHT, "number + number", 0, 1, 2, 2),
    "gus": (None, RIGHT, "number + number", 0, 1, 2, 2),           # in one group with fay
}


def hand_in(course, student, first, second, third):
    """Write the autograded notebooks of one student."""
    answers = {"01-q1-basic": first and DOUBLE.format(first), "01-q2-advanced": second,
               "01-r1-basic": third and DOUBLE.format(third)}
    for path in sorted((course.nbgrader / "release" / NAME).glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(name) or cell["source"]
        if student == "ann":
            notebook["cells"].append({"cell_type": "code", "id": "added-1", "metadata": {}, "source": "x = 1 + 1",
                                      "outputs": [], "execution_count": None})
        target = course.nbgrader / "autograded" / student / NAME / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(notebook))


def make(root):
    """Return the tiny course in `root`, with the class in it."""
    course = tiny_course(root)
    build(course, NAME, due="2026-12-01")
    release(course, NAME)
    with open_gradebook(course) as gradebook:
        for student, (*answers, q1, visible, hidden, r1) in CLASS.items():
            hand_in(course, student, *answers)
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(NAME, student)
            got = {"01-q1-basic-tests": q1, "01-q2-advanced-tests": visible, "01-q2-advanced-hidden": hidden,
                   "01-r1-basic-tests": r1}
            row = Row(student, NAME, seconds=float(len(student) + q1))
            for notebook in submission.notebooks:
                row.grades[notebook.name] = []
                for grade in notebook.grades:
                    grade.auto_score = got.get(grade.cell.name)
                    grade.needs_manual_grade = grade.auto_score is None
                    row.grades[notebook.name].append(Grade(grade.cell.name, grade.auto_score, grade.cell.max_score))
            if student == "cat":
                row.notes = ["The answer cell 01-q1-basic was split; the parts were put together."]
            keep(course.nbgrader, row)
        gradebook.db.commit()
    set_group(course, "team", ["fay", "gus"], assignment=NAME)
    return course


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """Return the course with its class; look, do not change."""
    course = make(tmp_path_factory.mktemp("graded"))
    return SimpleNamespace(course=course, name=NAME)
