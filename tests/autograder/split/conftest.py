"""A small notebook, graded apart from its answers: ``grade(answer, *tests)``; one parent forks for all tests."""

import copy
from types import SimpleNamespace

import nbformat
import pytest

from autograder.labs import is_test, meta
from autograder.split import plan as plans
from autograder.split.judge import Judge
from autograder.split.local import Limits, PlainStudent, Workshop, points_of

GIVEN = "import numpy as np\nimport pandas as pd\nfrom scipy import sparse"


def cell(name, source, *, points=None, answer=False, in_process=False):
    """Return a code cell of a notebook: a test where it has points, an answer cell, or a given one."""
    made = nbformat.v4.new_code_cell(source, id=name)
    made.metadata["nbgrader"] = {"grade": points is not None, "grade_id": name, "locked": not answer,
                                 "schema_version": 3, "solution": answer, "task": False}
    if points is not None:
        made.metadata["nbgrader"]["points"] = points
    if in_process:
        made.metadata["autograder"] = {"in_process": True}
    return made


def notebook(answer, *tests, more=()):
    """Return a notebook: imports, one answer, further cells, and tests of one point each called t1, t2, ..."""
    cells = [cell("given", GIVEN), cell("answer", answer, answer=True), *more]
    return nbformat.v4.new_notebook(cells=cells + [cell(f"t{n}", t, points=1) for n, t in enumerate(tests, start=1)])


@pytest.fixture(scope="session")
def parent():
    """The process that all others are forked from; it has NumPy, pandas and SciPy."""
    with Workshop(notebook("pass", "pass"), seconds=20) as workshop:
        yield workshop


@pytest.fixture
def workshop(parent):
    """Make a workshop for another notebook with the same first given cell."""

    def make(source, seconds=20.0):
        made = copy.copy(parent)
        made.cells, made.plan, made.seconds = source.cells, plans.read(source), seconds
        made.most = {meta(each)["grade_id"]: float(meta(each)["points"]) for each in source.cells if is_test(each)}
        return made

    return make


@pytest.fixture
def grade(workshop):
    """Grade an answer: ``grade(answer, *tests)`` returns points, words and printed text by test, and the judge's flags.

    Names are taken from the answer cell of the source, which is `source` where it is not the answer itself.
    """

    def run(answer, *tests, source=None, more=(), seconds=20.0):
        made = workshop(notebook(source or answer, *tests, more=more), seconds)
        student = PlainStudent(made)
        judge = Judge(made.plan, lambda argument, fd: made.fork("tests", fd, argument), Limits(seconds))
        verdicts = {}
        try:
            for each, text in made.sources({"answer": answer}):
                name = meta(each).get("grade_id")
                if name in made.most:
                    verdicts[name] = judge.run(name, student)
                else:
                    student.run(name, text, seconds)
        finally:
            judge.close()
            student.end()
        points = [points_of(verdict, 1.0) for verdict in verdicts.values()]
        outputs = [output for verdict in verdicts.values() for output in verdict.outputs]
        words = [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]
        printed = "".join(o.text for o in outputs if o.output_type == "stream")
        return SimpleNamespace(points=points, words=words, printed=printed, verdicts=list(verdicts.values()),
                               total=sum(points))

    return run
