"""The made-up class: what is in it, what it must get, and that it never touches real students."""

import json

import pytest

from autograder.demo import clear, demo, write_hand_ins
from autograder.errors import CourseError
from autograder.hand_ins import hand_ins
from autograder.known_wrong import load_known_wrong
from tests.autograder.conftest import COUNT, NAME
from tests.autograder.tiny import write


def test_the_class_has_everything_and_is_the_same_each_time(course):
    cases = hand_ins(course.lab(NAME), COUNT)
    assert len({case.student for case in cases}) == COUNT
    assert [(c.student, c.points, c.files) for c in hand_ins(course.lab(NAME), COUNT)] == [
        (c.student, c.points, c.files) for c in cases]
    assert {"demo-full", "demo-blank", "demo-late", "demo-dead-kernel"} <= {case.student for case in cases}


def test_every_known_wrong_answer_is_given_once_and_at_most_one_a_question(course):
    answers = {answer.id: answer for answer in load_known_wrong(course.lab(NAME))}
    given = [case.what.removesuffix(", late").removeprefix("known wrong: ").split(", ")
             for case in hand_ins(course.lab(NAME), COUNT) if case.what.startswith("known wrong")]
    assert sorted(name for names in given for name in names) == sorted(answers)
    for names in given:
        asked = [answers[name].question for name in names]
        assert len(asked) == len(set(asked))


def test_damage_is_really_in_the_files(course):
    files = {case.student.removeprefix("demo-"): case.files for case in hand_ins(course.lab(NAME), COUNT)}
    with pytest.raises(json.JSONDecodeError):
        json.loads(files["bad-json"]["lab.ipynb"])
    with pytest.raises(UnicodeDecodeError):
        files["latin-1"]["lab.ipynb"].decode()
    ids = [c["metadata"].get("nbgrader", {}).get("grade_id")
           for c in json.loads(files["duplicated-cells"]["lab.ipynb"])["cells"]]
    assert ids.count("01-q1-basic") == ids.count("01-q1-basic-tests") == 2
    assert files["empty-folder"] == {}
    assert "lab (1).ipynb" in files["wrong-name"]


def test_too_few_students_are_refused_with_the_number_that_it_takes(course):
    with pytest.raises(CourseError, match=rf"needs {COUNT} students or more.*got 5"):
        hand_ins(course.lab(NAME), 5)


def test_more_students_than_mistakes_are_right_again(course):
    cases = hand_ins(course.lab(NAME), 30)
    assert len(cases) == 30
    assert cases[-1].what == "right again" and cases[-1].points == 7


def test_real_students_are_never_touched(course):
    path = write(course.nbgrader / "submitted" / "jane" / NAME / "lab.ipynb", "hers")
    with pytest.raises(CourseError, match=r"work of 1 real students \(jane\)"):
        demo(course, NAME, count=COUNT)
    assert path.read_text() == "hers"


def test_an_earlier_demo_is_cleared_away(course):
    write(course.nbgrader / "submitted" / "demo-full" / NAME / "lab.ipynb", "{}")
    clear(course)
    assert not course.nbgrader.exists()


def test_hand_ins_lie_one_folder_a_student_with_their_time(course):
    cases = hand_ins(course.lab(NAME), COUNT)
    folder = write_hand_ins(course, cases)
    assert {p.name for p in folder.iterdir()} == {case.student for case in cases}
    assert (folder / "demo-late" / "timestamp.txt").read_text() > (folder / "demo-full" / "timestamp.txt").read_text()
    assert list((folder / "demo-empty-folder").iterdir()) == []


@pytest.mark.slow
def test_the_demo_ends_in_letters_for_everybody_who_has_everything(graded_class):
    marks = {mark.student: mark for mark in graded_class.marks}
    assert set(marks) == set(graded_class.outcomes)
    assert marks["demo-late"].final.missing == ("lab1", "lab2", "project")     # its made-up levels are left out
    assert all(path.exists() for path in graded_class.paths.values())
