"""Every lab through nbgrader itself: built, released, handed in, collected and graded in kernels."""

import shutil
from collections import Counter

import pytest

from autograder.build import build
from autograder.collect import collect
from autograder.demo import write_hand_ins
from autograder.grade import grade
from autograder.hand_ins import hand_ins
from autograder.known_wrong import load_known_wrong
from autograder.layout import Course
from autograder.release import release

pytestmark = pytest.mark.slow
COURSE = Course.here(__file__)
OTHERS = 16                     # hand-ins that are not about known wrong answers


@pytest.mark.parametrize("name", [lab.name for lab in COURSE.labs()])
def test_full_marks_for_the_solution_none_for_blank_and_the_stated_loss_for_every_known_wrong_answer(name, tmp_path):
    for folder in ("course", "labs"):
        shutil.copytree(COURSE.root / folder, tmp_path / folder)
    course = Course(tmp_path)
    wrong = load_known_wrong(course.lab(name))
    most = max(Counter(answer.question for answer in wrong).values())
    cases = [case for case in hand_ins(course.lab(name), OTHERS + most)
             if case.student in ("demo-full", "demo-blank") or case.student.startswith("demo-wrong")]
    told = " ".join(case.what for case in cases)
    assert all(answer.id in told for answer in wrong), "not every known wrong answer is handed in"
    build(course, name)
    release(course, name)
    collect(course, name, write_hand_ins(course, cases))
    rows = {row.student: row for row in grade(course, name)}
    assert {case.student: float(case.points) for case in cases} == {
        student: float(row.got()) for student, row in rows.items()}
    assert not rows["demo-full"].why
    assert rows["demo-full"].waiting("lab") > 0, "the question in words waits for a person"
