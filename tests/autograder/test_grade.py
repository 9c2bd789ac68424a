"""Grading a class: everybody gets a row, nobody stops the others, and the gradebook says the same as the rows."""

import copy
import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from autograder import grade as grading
from autograder import worker
from autograder.build import build
from autograder.errors import CourseError
from autograder.grade import UNSANDBOXED, grade, handed_in, since
from autograder.gradebook import open_gradebook
from autograder.hand_ins import Lab
from autograder.release import release
from autograder.results import Grade, Row, keep, read_rows, row_path
from autograder.sandbox.limits import Limits
from autograder.worker import grade_student, read_grades
from tests.autograder.conftest import NAME


@pytest.fixture
def ready(course):
    """Return a course whose lab is built and released."""
    build(course, NAME, due="2026-03-01")
    release(course, NAME)
    return course


def hand_in(course, student, answers=None, **files):
    """Write a hand-in with the right answers, `answers` over them, into ``submitted/``."""
    folder = course.nbgrader / "submitted" / student / NAME
    folder.mkdir(parents=True)
    for kind, notebook in Lab(course.lab(NAME)).notebooks(answers).items():
        (folder / f"{kind}.ipynb").write_text(json.dumps(notebook))
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


@pytest.mark.slow
def test_every_made_up_student_gets_a_row_with_the_stated_points(graded_class):
    wrong = {name: (o.case.points, o.row and o.row.got()) for name, o in graded_class.outcomes.items() if not o.agrees}
    assert wrong == {}
    assert set(graded_class.outcomes) == set(handed_in(graded_class.course, NAME))


@pytest.mark.slow
def test_the_gradebook_says_the_same_as_the_rows(graded_class):
    with open_gradebook(graded_class.course) as gradebook:
        scores = {s.student.id: Fraction(str(s.score)) for s in gradebook.find_assignment(NAME).submissions}
    assert scores == {name: o.row.got() for name, o in graded_class.outcomes.items()}


REASONS = {
    "full": "", "late": "Late.", "blank": "Not answered yet.", "duplicated-cells": "is there 2 times",
    "split-cell": "put together", "no-test": "deleted; it was put back", "no-answer": "is missing",
    "wrong-name": "is called lab (1).ipynb", "bad-json": "not a readable notebook", "latin-1": "Latin-1",
    "empty-folder": "The folder is empty", "dead-kernel": "Python itself ended in the cell 01-q2-advanced",
    "endless-loop": "ran longer than the time limit", "edited-metadata": "was changed; the released one counts",
    "old-format": "version 3", "one-missing": "No review.ipynb was handed in",
}


@pytest.mark.slow
@pytest.mark.parametrize("student", REASONS)
def test_every_row_says_why_in_plain_words(graded_class, student):
    why = graded_class.outcomes[f"demo-{student}"].row.why
    assert REASONS[student] in why
    assert "Traceback" not in why and "\x1b" not in why


@pytest.mark.slow
def test_what_was_handed_in_stays_as_it_was(graded_class):
    case = graded_class.outcomes["demo-bad-json"].case
    folder = graded_class.course.nbgrader / "submitted" / case.student / NAME
    assert {name: (folder / name).read_bytes() for name in case.files} == case.files


@pytest.mark.slow
def test_every_autograded_notebook_can_be_opened_in_formgrader(graded_class):
    for student in graded_class.outcomes:
        grades, _, _ = read_grades(graded_class.course, student, NAME)
        assert {kind: len(cells) for kind, cells in grades.items()} == {"lab": 4, "review": 1}


KILLER = """import psutil
for each in psutil.Process().parents():
    if "loky" in " ".join(each.cmdline()):
        each.kill()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("unsafe", "points", "why"), [(False, 5, "01-q1-basic-tests"), (True, 0, "was ended by it")])
def test_a_hand_in_that_would_kill_its_grader_cannot_from_a_box_and_stops_nobody_without(ready, unsafe, points, why):
    hand_in(ready, "honest")
    hand_in(ready, "killer", {"01-q1-basic": KILLER})
    hand_in(ready, "patient")
    rows = {row.student: row for row in grade(ready, NAME, jobs=2, unsafe=unsafe)}
    assert {student: row.got() for student, row in rows.items()} == {"honest": 7, "killer": points, "patient": 7}
    assert why in rows["killer"].why
    assert rows["honest"].tier.startswith("none") is unsafe


@pytest.mark.slow
def test_grading_goes_on_where_it_was_and_again_leaves_marks_by_hand(ready):
    hand_in(ready, "jane")
    (first,) = grade(ready, NAME, jobs=2)
    with open_gradebook(ready) as gradebook:
        gradebook.find_grade("01-q3-advanced", "lab", NAME, "jane").manual_score = 1
        gradebook.db.commit()
    seen = []
    (same,) = grade(ready, NAME, jobs=2, on_row=seen.append)
    assert seen == [] and same == first
    (again,) = grade(ready, NAME, jobs=2, again=True, on_row=seen.append)
    assert len(seen) == 1 and again.got() == 7
    with open_gradebook(ready) as gradebook:
        assert gradebook.find_submission(NAME, "jane").score == 8


@pytest.mark.parametrize("change", [
    {"flags": ["Grading itself failed; look at it, then grade it again."]}, {"tier": "none: no box"},
    {"fingerprint": "0" * 64}, None])
def test_a_row_is_kept_only_where_grading_again_would_give_the_same(ready, monkeypatch, change):
    hand_in(ready, "jane")
    row = Row("jane", NAME, fingerprint=worker.fingerprint(ready, "jane", NAME), tier="bubblewrap")
    keep(ready.nbgrader, replace(row, **(change or {})))
    graded = []
    monkeypatch.setattr(grading, "_results", lambda tasks, jobs: [graded.append(1) or [row] for _ in tasks])
    grade(ready, NAME, jobs=2)
    assert bool(graded) is (change is not None)


def test_who_handed_in_after_a_moment_is_found_by_stamp_or_by_files(ready):
    hand_in(ready, "early", timestamp_txt="2026-02-01 10:00:00 UTC")
    hand_in(ready, "later", timestamp_txt="2026-02-01 12:00:00 +0100")
    hand_in(ready, "today")
    assert since(ready, NAME, datetime(2026, 2, 1, 10, 30)) == ["later", "today"]
    assert since(ready, NAME, datetime(2026, 2, 1, 11, 0)) == ["today"]
    assert since(ready, NAME, datetime(2099, 1, 1)) == []


@pytest.mark.slow
def test_a_notebook_that_takes_too_long_keeps_what_it_earned_before(ready):
    slow = "import time\ntime.sleep(3)\ndef middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]"
    hand_in(ready, "slow", {"01-q2-advanced": slow})
    row = grade_student(ready, NAME, "slow", Limits(cell=20, notebook=2))
    assert row.got() == 4
    assert "ran longer than 2 s" in row.why


@pytest.mark.slow
def test_warnings_on_stderr_cost_nothing(ready):
    code = "import sys\ndef double(number):\n    print('careful', file=sys.stderr)\n    return 2 * number"
    hand_in(ready, "jane", {"01-q1-basic": code, "01-r1-basic": code})
    assert grade_student(ready, NAME, "jane").got() == 7


def test_a_failure_of_the_grader_itself_becomes_a_row_with_its_reason(ready, monkeypatch):
    hand_in(ready, "jane")

    def broken(*arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(worker, "run_nbgrader", broken)
    row = grade_student(ready, NAME, "jane")
    assert (row.got(), row.most()) == (0, 8)
    assert row.why.startswith("Grading failed: the disk is full")
    assert {p.name for p in (ready.nbgrader / "autograded" / "jane" / NAME).iterdir()} == {"lab.ipynb", "review.ipynb"}


@pytest.mark.parametrize(("message", "tries"), [
    ("InvalidEntry: exists", 4), ("database is locked", 4), ("KeyError: x", 1),
    ("RuntimeError: Kernel died before replying to kernel_info", 4)])
def test_what_passes_is_tried_again_and_nothing_else(course, monkeypatch, message, tries):
    called = []

    def busy(*arguments, **options):
        called.append(1)
        raise CourseError(message)

    monkeypatch.setattr(worker, "convert", busy)
    monkeypatch.setattr(worker.time, "sleep", lambda seconds: None)
    with pytest.raises(CourseError, match=message):
        worker.run_nbgrader(course, "jane", NAME, Limits())
    assert len(called) == tries


def test_a_grader_that_hangs_is_stopped():
    import time

    with pytest.raises(TimeoutError, match=r"longer than 0\.1 s"), worker.time_limit(0.1):
        time.sleep(5)


def test_an_assignment_that_is_not_released_and_a_student_who_is_not_there_are_named(course, ready):
    hand_in(ready, "jane")
    with pytest.raises(CourseError, match="'jim': no hand-in for 01_tiny; 1 students have one"):
        grade(ready, NAME, students=["jim"])
    with pytest.raises(CourseError, match="02_x is not released"):
        grade(ready, "02_x")


def test_where_there_can_be_no_processes_nothing_is_graded_by_threads(ready, monkeypatch):
    hand_in(ready, "jane")
    for jobs in (0, -1):
        with pytest.raises(CourseError, match=f"at least one process, got jobs={jobs}"):
            grade(ready, NAME, jobs=jobs)

    def refused():
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(grading.multiprocessing, "Lock", refused)
    with pytest.raises(CourseError, match=r"no semaphores.*Permission denied.*Make /dev/shm writable"):
        grade(ready, NAME, jobs=2)


def test_nobody_who_handed_in_means_no_rows(ready):
    assert grade(ready, NAME) == []


def test_only_plain_files_reach_the_place_where_code_runs(ready, tmp_path):
    folder = hand_in(ready, "jane", helper_py="x = 1")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    row = Row("jane", NAME)
    worker.take_in(ready, "jane", NAME, row)
    names = {p.name for p in (ready.nbgrader / "intake" / "jane" / NAME).iterdir()}
    assert names == {"lab.ipynb", "review.ipynb", "helper.py"}
    assert any("link.txt is a link" in note for note in row.notes)


@pytest.mark.parametrize(("files", "late", "note"), [
    ({"collected_json": '{"late": true}'}, True, None), ({"collected_json": "{"}, False, None),
    ({"timestamp_txt": "never"}, False, "No date can be read from timestamp.txt."), ({}, False, None),
])
def test_what_collect_wrote_is_read_and_what_is_damaged_is_told(ready, files, late, note):
    hand_in(ready, "jane", **files)
    row = Row("jane", NAME)
    worker.take_in(ready, "jane", NAME, row)
    assert row.late is late
    assert row.notes == ([note] if note else [])


def test_a_row_goes_to_a_file_and_back(tmp_path):
    row = Row("jané", NAME, {"lab": [Grade("01-q1-basic-tests", 0.5, 2.0, "half"), Grade("01-q3-advanced", None, 1.0)]},
              ["a note"], ["review"], True, "f" * 64, 1.5)
    keep(tmp_path, row)
    assert read_rows(tmp_path, NAME) == [row]
    assert row_path(tmp_path, NAME, "jané").exists()


def test_a_row_adds_up_exactly_and_leaves_out_what_waits():
    row = Row("jane", NAME, {"lab": [Grade("01-q1-basic-tests", 0.1, 0.3), Grade("01-q2-basic-tests", 0.2, 0.7),
                                     Grade("01-q3-advanced", None, 4.0)]})
    assert (row.got(), row.most(), row.waiting()) == (Fraction(3, 10), 5, 4)
    assert row.shares("lab") == (Fraction(3, 10), 1, 0, 0)


def test_a_failure_that_several_tests_share_is_told_once():
    row = Row("jane", NAME, {"lab": [Grade(f"01-q{n}-basic-tests", 0.0, 1.0, "Not answered yet.") for n in (1, 2)]})
    assert row.why == "01-q1-basic-tests, 01-q2-basic-tests: Not answered yet."


def test_the_same_answers_give_the_same_fingerprint_and_others_another(ready):
    folder = hand_in(ready, "jane")
    first = worker.fingerprint(ready, "jane", NAME)
    assert worker.fingerprint(ready, "jane", NAME) == first
    notebook = json.loads((folder / "lab.ipynb").read_text())
    changed = copy.deepcopy(notebook)
    next(c for c in changed["cells"] if c["metadata"].get("nbgrader"))["source"] = "x"
    (folder / "lab.ipynb").write_text(json.dumps(changed))
    assert worker.fingerprint(ready, "jane", NAME) != first


def test_the_warning_says_that_nothing_is_sandboxed():
    assert "WITHOUT A SANDBOX, as the current user" in UNSANDBOXED
    assert "\n" not in UNSANDBOXED
