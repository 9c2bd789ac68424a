"""Fixtures of the graders' tests: the tiny course, its release, and a made-up class graded once a session."""

import copy
from types import SimpleNamespace

import pytest

from autograder.labs import lab_sources
from tests.autograder.tiny import tiny_course

NAME = "01_tiny"
COUNT = 19                                            # 16 for full, blank, late and damage; 3 for known wrong answers


@pytest.fixture
def course(tmp_path):
    """Return a tiny course of this test's own."""
    return tiny_course(tmp_path)


@pytest.fixture(scope="session")
def tiny_notebooks(tmp_path_factory):
    """Return ``(sources, released)`` of the tiny lab, each ``{kind: notebook}``; copy before changing."""
    from autograder.release import student_version  # nbgrader takes seconds to import

    sources = lab_sources(tiny_course(tmp_path_factory.mktemp("tiny")).lab(NAME))
    return sources, {kind: student_version(notebook) for kind, notebook in sources.items()}


@pytest.fixture
def sources(tiny_notebooks):
    """Return the tiny lab with solutions."""
    return copy.deepcopy(tiny_notebooks[0])


@pytest.fixture
def released(tiny_notebooks):
    """Return the tiny lab as students get it."""
    return copy.deepcopy(tiny_notebooks[1])


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory):
    """Grade the made-up class of the tiny course: ``course, outcomes, marks, paths``; look, do not change."""
    from autograder.demo import demo

    course = tiny_course(tmp_path_factory.mktemp("class"))
    outcomes, marks, paths = demo(course, NAME, count=COUNT, jobs=2, seconds=5)
    return SimpleNamespace(course=course, outcomes={o.case.student: o for o in outcomes}, marks=marks, paths=paths)
