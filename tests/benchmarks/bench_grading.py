"""Grading a class: ours, boxed and split, against stock ``nbgrader autograde``, unprotected, on the same hand-ins.

Both get a fresh course root with the same release and sixteen perfect hand-ins, and are timed as users start them,
with all that happens before the first student. Grades must be equal. Two cores, as everywhere here.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.build import build
from autograder.hand_ins import Lab
from autograder.layout import Course
from autograder.release import release
from tests.benchmarks.registry import registry
from tests.benchmarks.tensorflow_lab import NAME as TENSORFLOW
from tests.benchmarks.tensorflow_lab import tensorflow_course

ROOT = Path(__file__).parents[2]
HAND_INS = int(os.environ.get("BENCH_HAND_INS", "16"))
STOCK = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.ignore = [".ipynb_checkpoints"]
"""


def numpy_course(folder):
    """Copy unit 03 into `folder`: its lab and its review."""
    for name in ("course", "labs"):
        shutil.copytree(ROOT / name, folder / name)
    return Course(folder), "03_regression"


def hand_in(course, name, folder):
    """Write perfect hand-ins below `folder`."""
    notebooks = Lab(course.lab(name)).notebooks()
    for number in range(HAND_INS):
        home = folder / f"student{number:02d}" / name
        home.mkdir(parents=True)
        for kind, notebook in notebooks.items():
            (home / f"{kind}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def scores(path):
    """Return ``{(student, cell): points}`` of the automatic grades in a gradebook."""
    asked = """select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade
               join base_cell on base_cell.id = grade.cell_id
               join submitted_notebook on submitted_notebook.id = grade.notebook_id
               join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""
    with sqlite3.connect(path) as database:
        return {(student, cell): score for student, cell, score in database.execute(asked)}


def timed(command, folder, **variables):
    """Run a command and return its milliseconds; its last words where it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **variables})
    taken = 1e3 * (time.perf_counter() - start)
    assert done.returncode == 0, (done.stdout + done.stderr)[-800:]
    return taken


def rivals(make):
    """Return two calls that grade the same class, ours and stock's, each from its own fresh root; both give ms."""
    folder = Path(tempfile.mkdtemp(prefix="bench-grading-"))
    course, name = make(folder / "ours")
    build(course, name)
    release(course, name)
    hand_in(course, name, course.nbgrader / "submitted")
    stock = folder / "stock"
    stock.mkdir()
    (stock / "nbgrader_config.py").write_text(STOCK.format(root=str(stock)), encoding="utf-8")
    shutil.copytree(course.nbgrader / "source" / name, stock / "source" / name)
    shutil.copytree(course.nbgrader / "submitted", stock / "submitted")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    timed([sys.executable, "-m", "nbgrader", "generate_assignment", name, "--force"], stock, PATH=path)
    books = {"ours": course.nbgrader / "gradebook.db", "stock": stock / "gradebook.db"}
    fresh = {who: book.read_bytes() for who, book in books.items()}
    seen = {}

    def prepare(who, root):
        books[who].write_bytes(fresh[who])
        for left in ("autograded", "rows", "intake"):
            shutil.rmtree(root / left, ignore_errors=True)

    def ours():
        prepare("ours", course.nbgrader)
        taken = timed([sys.executable, "-m", "autograder", "grade", name, "--jobs", "2"], course.root,
                      PYTHONPATH=str(ROOT))
        seen["ours"] = scores(books["ours"])
        return taken

    def theirs():
        prepare("stock", stock)
        taken = timed([sys.executable, "-m", "nbgrader", "autograde", name], stock, PATH=path, PYTHONPATH=str(ROOT))
        seen["stock"] = scores(books["stock"])
        assert len(seen["stock"]) and seen["ours"] == seen["stock"], "grades differ"
        return taken

    return ours, theirs


@registry.wall("sixteen hand-ins of the NumPy lab, boxed and split / stock nbgrader, bare", faster=5, repeats=1)
def numpy_lab():
    """Unit 03: a lab and a review, ten questions and eight."""
    return rivals(numpy_course)


@registry.wall("sixteen hand-ins of a TensorFlow lab, boxed and split / stock nbgrader, bare", faster=10, repeats=1)
def tensorflow_lab():
    """Three questions with TensorFlow and Keras."""
    return rivals(lambda folder: (tensorflow_course(folder), TENSORFLOW))
