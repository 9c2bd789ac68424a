"""Hand-ins as Canvas gives them: each finds its student, the newest counts, nothing is lost, nothing escapes."""

import json
import os
import stat
import zipfile
from datetime import datetime

import pytest

from autograder.collect import collect, safe, whose
from autograder.errors import CourseError
from autograder.grade import handed_in
from autograder.roster import roster_rows
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write


def packed(path, *entries):
    """Write a zip of ``(name, text)`` or ``(name, text, (year, month, day, ...))`` and return its path."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text, *when in entries:
            archive.writestr(zipfile.ZipInfo(name, when[0] if when else (2026, 2, 1, 12, 0, 0)), text)
    return path


def submitted(course, student, name="lab.ipynb"):
    return (course.nbgrader / "submitted" / student / NAME / name).read_text()


def said(placed):
    return {(each.who, each.what) for each in placed}


def test_a_zip_from_canvas_is_sorted_by_student(course, tmp_path):
    source = packed(tmp_path / "submissions.zip", ("doejane_1_77_lab.ipynb", "jane"),
                    ("doejane_1_78_review.ipynb", "jane 2"), ("roejim_LATE_2_79_lab.ipynb", "jim"))
    assert said(collect(course, NAME, source)) == {("doejane-1", "placed"), ("roejim-2", "placed")}
    assert (submitted(course, "doejane-1"), submitted(course, "doejane-1", "review.ipynb")) == ("jane", "jane 2")
    record = json.loads(submitted(course, "roejim-2", "collected.json"))
    assert record["late"] is True
    assert submitted(course, "doejane-1", "timestamp.txt") == "2026-02-01 12:00:00 UTC\n"
    assert handed_in(course, NAME) == ["doejane-1", "roejim-2"]


def test_two_students_of_one_name_stay_two(course, tmp_path):
    source = packed(tmp_path / "s.zip", ("leeann_1_7_lab.ipynb", "one"), ("leeann_2_8_lab.ipynb", "two"))
    collect(course, NAME, source)
    assert (submitted(course, "leeann-1"), submitted(course, "leeann-2")) == ("one", "two")


def test_of_files_handed_in_again_the_last_counts_and_the_other_is_named(course, tmp_path):
    source = packed(tmp_path / "s.zip", ("doejane_1_7_lab-1.ipynb", "new", (2026, 2, 3, 0, 0, 0)),
                    ("doejane_1_6_lab.ipynb", "old", (2026, 2, 2, 0, 0, 0)))
    placed = collect(course, NAME, source)
    assert submitted(course, "doejane-1") == "new"
    assert ("doejane_1_6_lab.ipynb", "left out") in said(placed)


def test_one_folder_a_student_is_taken_with_or_without_the_assignment_below(course, tmp_path):
    write(tmp_path / "in" / "jane" / "lab.ipynb", "jane")
    write(tmp_path / "in" / "jim" / NAME / "lab.ipynb", "jim")
    write(tmp_path / "in" / "jim" / NAME / "timestamp.txt", "2026-03-01 10:00:00 Europe/Stockholm")
    collect(course, NAME, tmp_path / "in")
    assert (submitted(course, "jane"), submitted(course, "jim")) == ("jane", "jim")
    assert submitted(course, "jim", "timestamp.txt") == "2026-03-01 09:00:00 UTC\n"


def test_a_folder_round_the_whole_zip_is_looked_through(course, tmp_path):
    collect(course, NAME, packed(tmp_path / "s.zip", ("submissions/doejane_1_7_lab.ipynb", "jane")))
    collect(course, NAME, packed(tmp_path / "t.zip", ("all/jim/lab.ipynb", "jim"), ("all/ann/lab.ipynb", "ann")))
    assert [submitted(course, s) for s in ("doejane-1", "jim", "ann")] == ["jane", "jim", "ann"]


def test_an_empty_folder_is_a_hand_in_of_nothing(course, tmp_path):
    (tmp_path / "in" / "jane").mkdir(parents=True)
    (placed,) = collect(course, NAME, tmp_path / "in")
    assert (placed.who, placed.what, placed.why) == ("jane", "placed", "the folder is empty")
    assert handed_in(course, NAME) == ["jane"]


def again(course, tmp_path, text, day, name="lab.ipynb"):
    return collect(course, NAME, packed(tmp_path / f"{day}.zip", (f"jane/{name}", text, (2026, 2, day, 0, 0, 0))))[0]


def test_a_newer_hand_in_is_never_overwritten_by_an_older(course, tmp_path):
    again(course, tmp_path, "new", 9)
    placed = again(course, tmp_path, "old", 3)
    assert placed.what == "kept" and "2026-02-09" in placed.why
    assert submitted(course, "jane") == "new"


def test_what_is_replaced_is_kept_aside_and_nothing_is_done_twice(course, tmp_path):
    assert again(course, tmp_path, "first", 1).what == "placed"
    assert again(course, tmp_path, "first", 1).what == "unchanged"
    assert again(course, tmp_path, "second", 2).what == "replaced"
    assert again(course, tmp_path, "third", 3).what == "replaced"
    aside = course.nbgrader / "superseded" / "jane" / NAME
    assert [(aside / n / "lab.ipynb").read_text() for n in ("1", "2")] == ["first", "second"]
    assert submitted(course, "jane") == "third"


def test_a_review_that_comes_later_joins_the_lab(course, tmp_path):
    again(course, tmp_path, "lab", 1)
    again(course, tmp_path, "review", 2, "review.ipynb")
    assert (submitted(course, "jane"), submitted(course, "jane", "review.ipynb")) == ("lab", "review")


def test_what_somebody_put_there_by_hand_is_not_lost(course, tmp_path):
    write(course.nbgrader / "submitted" / "jane" / NAME / "lab.ipynb", "by hand")
    assert again(course, tmp_path, "older", 1).what == "kept"
    assert submitted(course, "jane") == "by hand"


def test_files_that_belong_to_nobody_are_named_with_a_reason(course, tmp_path):
    source = tmp_path / "in"
    write(source / "lab.ipynb", "whose?")
    write(source / "jane" / "lab.ipynb", "jane")
    write(source / "jane" / "timestamp.txt", "yesterday")
    (source / "jane" / "link.ipynb").symlink_to("/etc/hostname")
    os.mkfifo(source / "jane" / "pipe")
    told = {each.who: each.why for each in collect(course, NAME, source) if each.what == "left out"}
    assert told == {
        "lab.ipynb": "no student's name can be read from it",
        "jane/timestamp.txt": "no date can be read from it",
        "jane/link.ipynb": "it is a link or a device, not a file",
        "jane/pipe": "it is a link or a device, not a file",
    }
    assert sorted(p.name for p in (course.nbgrader / "submitted" / "jane" / NAME).iterdir()) == [
        "collected.json", "lab.ipynb", "timestamp.txt"]


def test_no_name_in_a_zip_can_point_outside(course, tmp_path):
    link = zipfile.ZipInfo("jane/link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../evil_lab.ipynb", "x")
        archive.writestr("/abs_lab.ipynb", "x")
        archive.writestr("jane/../../up_lab.ipynb", "x")
        archive.writestr(link, "/etc/passwd")
    placed = collect(course, NAME, tmp_path / "evil.zip")
    assert {each.what for each in placed} == {"left out"}
    assert not (course.nbgrader / "submitted").exists()
    assert not list(tmp_path.rglob("*evil_lab*"))


@pytest.mark.parametrize("name", ["..", "a/b", "Doe, Jané", "x:y*?", "-rf", "", "..."])
def test_a_student_id_can_always_be_the_name_of_a_folder(name):
    assert safe(name) not in ("", ".", "..")
    assert not set(safe(name)) & set("/\\:*? ,")


@pytest.mark.parametrize(("name", "student", "file", "late"), [
    ("doejane_1_77_lab.ipynb", "doejane-1", "lab.ipynb", False),
    ("doejane_LATE_1_77_my_lab-2.ipynb", "doejane-1", "my_lab.ipynb", True),
    ("doejane_lab.ipynb", "doejane", "lab.ipynb", False),
    ("doejane_late_lab.ipynb", "doejane", "lab.ipynb", True),
])
def test_a_name_from_canvas_says_who_what_and_late(name, student, file, late):
    from pathlib import PurePosixPath

    assert whose(PurePosixPath(name), NAME, {}) == (student, PurePosixPath(file), late)


ROSTER = 'Student,ID,SIS User ID,SIS Login ID,Section\n"    Points Possible",,,,\n"Doe, Jane",1,S1,jane@x.org,One\n'


def test_a_roster_gives_students_their_ids(course, tmp_path):
    roster = write(tmp_path / "roster.csv", ROSTER)
    assert roster_rows(roster)["jane@x.org"]["Student"] == "Doe, Jane"
    collect(course, NAME, packed(tmp_path / "s.zip", ("doejane_1_7_lab.ipynb", "jane")), roster=roster)
    assert submitted(course, "jane@x.org") == "jane"


@pytest.mark.parametrize(("text", "named"), [
    ("name,id\n", "needs a column 'student' or 'SIS Login ID', has: name, id"),
    ("student\njane\njim\njane\n", "has 'jane' twice, the second time in line 4"), ("", "is empty; its first line"),
])
def test_a_roster_that_is_none_is_named(tmp_path, text, named):
    with pytest.raises(CourseError, match=named):
        roster_rows(write(tmp_path / "roster.csv", text))


@pytest.mark.parametrize(("make", "named"), [
    (lambda p: p / "gone", "neither a folder nor a zip"),
    (lambda p: write(p / "x.zip", "no zip"), "nor a readable zip"),
])
def test_a_source_that_is_none_is_named(course, tmp_path, make, named):
    with pytest.raises(CourseError, match=named):
        collect(course, NAME, make(tmp_path))


def test_an_unknown_lab_is_named(course, tmp_path):
    with pytest.raises(CourseError, match="no lab '09_none'"):
        collect(course, "09_none", tmp_path)


def test_a_date_before_zip_began_is_no_error(course, tmp_path):
    collect(course, NAME, packed(tmp_path / "s.zip", ("jane/lab.ipynb", "x", (1980, 1, 1, 0, 0, 0))))
    assert submitted(course, "jane", "timestamp.txt").startswith(str(datetime(1980, 1, 1).date()))
