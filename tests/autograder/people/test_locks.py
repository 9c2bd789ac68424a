"""Several graders on one gradebook: nobody loses, doubles or tears a row; locks end with their holder."""

import time
from functools import partial

import pytest

from autograder.gradebook import open_gradebook
from autograder.people import log
from autograder.people.attempts import grade_hand_ins
from autograder.people.deadlines import extend
from autograder.people.locks import BusyError, grading, locked
from autograder.people.records import records
from autograder.people.roster import import_roster
from autograder.people.watch import look
from tests.autograder.conftest import NAME
from tests.autograder.people.conftest import both, fake, hands_in
from tests.autograder.people.processes import CONTEXT, Processes

STUDENTS = ("jane", "ann", "zoe")


def grade_everybody(course, number):
    """Do what a grader does, in another order than the others."""
    import_roster(course, course.root / "more.csv")
    for student in (*STUDENTS[number % 3:], *STUDENTS[: number % 3]):
        grade_hand_ins(course, NAME, student, fake(course), who=f"grader {number}")
        look(course)
    extend(course, NAME, f"2026-03-1{number}", student="zoe", why=f"by {number}")


@pytest.mark.slow
@both
def test_four_graders_of_the_same_students_lose_and_double_nothing(school):
    for student in STUDENTS:
        hands_in(school, student, (2, 1), "2026-02-01 12:00:00")
    (school.root / "more.csv").write_text("id,name\n" + "".join(f"new{n},New {n}\n" for n in range(8)))
    Processes(*(partial(grade_everybody, school, number) for number in range(4))).finish()
    with open_gradebook(school) as gradebook:
        assert sorted(s.id for s in gradebook.students) == sorted(
            ["ann", "jane", "jim", "zoe", *(f"new{n}" for n in range(8))])
        submissions = gradebook.find_assignment(NAME).submissions
        assert sorted(s.student.id for s in submissions) == ["ann", "jane", "jim", "zoe"]
        assert {(s.score, *(len(n.grades) for n in s.notebooks)) for s in submissions} == {(3, 3)}
    with records(school) as session:
        assert log.problems(session) == []
        lines = log.entries(session)
        for student in ("ann", "jane", "jim", "zoe"):
            assert len([e for e in lines if e.student == student and e.what == "tests"]) == 1, "each mark once"
            assert len([e for e in lines if e.student == student and e.what == "attempt"]) == 1
        assert len([e for e in lines if e.what == "extension"]) == 4
        assert len([e for e in lines if e.what == "roster" and e.student.startswith("new")]) == 8
        extensions = [log.words(e.new) for e in lines if e.what == "extension"]
        assert [log.words(e.old) for e in lines if e.what == "extension"] == ["-", *extensions[:-1]]


def open_first(course):
    with open_gradebook(course):
        pass
    import_roster(course, course.root / "more.csv")


@pytest.mark.slow
def test_four_processes_that_open_a_gradebook_first_make_it_once(course, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_DB", raising=False)
    (course.root / "more.csv").write_text("id,name\njane,Jane Doe\n")
    Processes(*[partial(open_first, course)] * 4).finish()
    with open_gradebook(course) as gradebook:
        assert [s.id for s in gradebook.students] == ["jane"]
    with records(course) as session:
        assert log.problems(session) == [] and len(log.entries(session)) == 1


def hold(course, held):
    with locked(course, "it"):
        held.set()
        time.sleep(600)


@pytest.mark.slow
@both
def test_a_lock_is_exclusive_between_processes_and_gone_when_its_holder_is_killed(school):
    held = CONTEXT.Event()
    (holder,) = Processes(partial(hold, school, held)).all
    assert held.wait(60)
    with pytest.raises(BusyError, match="Another grader is at 'it'"), locked(school, "it", wait=0.1):
        pass
    with locked(school, "another", wait=0):
        pass
    holder.kill()
    with locked(school, "it", wait=30):
        pass
    holder.join()


def test_the_same_thread_may_take_a_lock_again(school):
    with locked(school, "it"), locked(school, "it", wait=0):
        pass
    with locked(school, "it", wait=0):
        pass


def test_an_error_gives_the_lock_back(school):
    with pytest.raises(ValueError, match="x"), locked(school, "it"):
        raise ValueError("x")
    with locked(school, "it", wait=0):
        pass


def test_grading_holds_the_lock_of_everybody_in_the_group(school):
    hands_in(school, "jane", (2, 1), "2026-02-01 12:00:00")
    seen = []

    def spy(student, folder):
        from threading import Thread

        def attempt():
            for name in ("jane", "jim", "ann"):
                try:
                    with locked(school, grading(NAME, name), wait=0):
                        seen.append(f"{name} free")
                except BusyError:
                    seen.append(f"{name} held")

        thread = Thread(target=attempt)
        thread.start()
        thread.join()
        return fake(school)(student, folder)

    grade_hand_ins(school, NAME, "jim", spy)
    assert seen == ["jane held", "jim held", "ann free"]
