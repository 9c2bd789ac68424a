"""A class of four in the tiny course, made without nbgrader's converters: a lab of three cells and a fake grader."""

import json
import shutil

import pytest

from autograder.gradebook import open_gradebook
from autograder.people.database import VARIABLE
from autograder.people.roster import import_roster
from autograder.results import Grade, Row
from tests.autograder.conftest import NAME
from tests.autograder.people.postgres import running
from tests.autograder.tiny import tiny_course, write

ROSTER = """id,name,email,section,group
jane,"Doe, Jane",jane@x.org,A,g1
jim,Jim Roe,jim@x.org,B,g1
ann,Ann Lee,,A,
zoe,Zoe Fu,,,
"""
MOST = {"01-q1-basic-tests": 2.0, "01-q2-advanced-tests": 3.0, "01-q3-advanced": 1.0}
DUE = "2026-03-01 17:00"


def make_class(folder):
    """Return a tiny course whose gradebook knows the lab's cells and four students, two of them a group."""
    course = tiny_course(folder)
    with open_gradebook(course) as gradebook:
        gradebook.add_assignment(NAME, duedate=DUE)
        gradebook.add_notebook("lab", NAME)
        for cell, most in MOST.items():
            kind = "markdown" if cell == "01-q3-advanced" else "code"
            gradebook.add_grade_cell(cell, "lab", NAME, max_score=most, cell_type=kind)
        gradebook.add_solution_cell("01-q3-advanced", "lab", NAME)
    import_roster(course, write(course.root / "roster.csv", ROSTER), who="setup")
    return course


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Make the class once a session."""
    return make_class(tmp_path_factory.mktemp("people") / "class")


@pytest.fixture(scope="session")
def server():
    """Run PostgreSQL once a session."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def template_on_server(server, tmp_path_factory):
    """Make the class on the server once a session: ``(course, name of the database)``."""
    name = server.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, server.url(name))
        return make_class(tmp_path_factory.mktemp("people") / "class"), name


both = pytest.mark.parametrize("school", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)


@pytest.fixture
def school(request, tmp_path, monkeypatch):
    """Return a copy of the class that a test may change; its gradebook is a file, with `both` on a server, too."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if getattr(request, "param", "sqlite") == "postgresql":
        template, name = request.getfixturevalue("template_on_server")
        server = request.getfixturevalue("server")
        monkeypatch.setenv(VARIABLE, server.url(server.create(name)))
    else:
        template = request.getfixturevalue("template")
    shutil.copytree(template.root, tmp_path / "school")
    return type(template)(tmp_path / "school")


def hands_in(course, student, points, moment, number=None):
    """Write a hand-in that `fake` grades with `points`; into ``superseded/NUMBER`` where a number is given."""
    root = course.nbgrader / ("superseded" if number else "submitted") / student / NAME
    folder = root / str(number) if number else root
    shutil.rmtree(folder, ignore_errors=True)
    write(folder / "lab.ipynb", json.dumps({"q1": points[0], "q2": points[1], "salt": student}))
    write(folder / "timestamp.txt", f"{moment} UTC\n")
    return folder


def fake(course, calls=None):
    """Return a grader that does to gradebook and folders what the real one does, without running anything."""

    def grade_one(student, folder):
        if calls is not None:
            calls.append((student, folder.name))
        given = json.loads((folder / "lab.ipynb").read_text())
        got = {"01-q1-basic-tests": given["q1"], "01-q2-advanced-tests": given["q2"], "01-q3-advanced": None}
        from autograder.gradebook import read_stamp

        moment = read_stamp((folder / "timestamp.txt").read_text())
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(NAME, student, timestamp=moment)
            for cell, points in got.items():
                grade = gradebook.find_grade(cell, "lab", NAME, student)
                grade.auto_score, grade.needs_manual_grade = points, points is None
            gradebook.db.commit()
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
            {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
             "source": str(given["q1"])}]}
        write(course.nbgrader / "autograded" / student / NAME / "lab.ipynb", json.dumps(notebook))
        grades = [Grade(cell, points, MOST[cell]) for cell, points in got.items()]
        return Row(student, NAME, {"lab": grades}, fingerprint=(folder / "lab.ipynb").read_text())

    return grade_one


def scores(course, student):
    """Return the points by tests that the gradebook has for one student."""
    with open_gradebook(course) as gradebook:
        submission = gradebook.find_submission(NAME, student)
        return {g.name: g.auto_score for nb in submission.notebooks for g in nb.grades}


def by_hand(course, student, points, cell="01-q3-advanced", field="manual_score"):
    """Write a mark as formgrader does."""
    with open_gradebook(course) as gradebook:
        setattr(gradebook.find_grade(cell, "lab", NAME, student), field, points)
        gradebook.db.commit()
