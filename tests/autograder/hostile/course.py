"""The course that is attacked: one lab of five points, two students, and secrets where a grader keeps secrets."""

import contextlib
import json
import secrets
import shutil
import sqlite3
from pathlib import Path

from autograder.layout import Course
from tests.autograder.tiny import HEADER, cell, write

LAB = "01_hostile"
STUDENT, HONEST = "mallory", "zoe"                    # in this order: who stops the class takes zoe's marks with her
POINTS = {"01-q1-basic-tests": 1.0, "01-q1-basic-hidden": 1.0, "01-q2-advanced-tests": 1.0,
          "01-q2-advanced-hidden": 2.0}
FULL = sum(POINTS.values())
SECRETS = ("notes", "solution", "hidden", "environment", "other", "gradebook", "home", "tcp")
PLAIN_CONFIG = '''\
import os
c = get_config()
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
'''

SETUP = '''
from pathlib import Path

PRICES = [float(line) for line in Path("data.csv").read_text().split()]
'''
MEAN = '''
def mean_price(prices):
    """Return the mean of a list of prices."""
    ### BEGIN SOLUTION
    # {solution}
    return sum(prices) / len(prices)
    ### END SOLUTION
'''
MEAN_VISIBLE = 'assert mean_price([1.0, 2.0, 6.0]) == 3.0, "the mean of 1, 2 and 6 is 3"'
MEAN_HIDDEN = '''
### BEGIN HIDDEN TESTS
# {hidden}
assert abs(mean_price(PRICES) - 12.75) < 1e-9, "the mean of the prices in the file"
assert abs(mean_price([5.0]) - 5.0) < 1e-9, "one price is its own mean"
### END HIDDEN TESTS
'''
MIDDLE = '''
def middle(numbers):
    """Return the median of an odd number of numbers."""
    ### BEGIN SOLUTION
    return sorted(numbers)[len(numbers) // 2]
    ### END SOLUTION
'''
MIDDLE_VISIBLE = 'assert middle([1, 2, 3]) == 2, "the middle of 1, 2, 3 is 2"'
MIDDLE_HIDDEN = '''
### BEGIN HIDDEN TESTS
# {hidden}
numbers = [9, 1, 5]
assert middle(numbers) == 5, "the numbers need not come in order"
assert numbers == [9, 1, 5], "the numbers of the caller stay as they are"
### END HIDDEN TESTS
'''
DATA = "10.5\n12.0\n15.75\n"


def lab_text(tokens):
    """Return the lab as a percent script, with the secrets of its solution and its hidden tests in it."""

    def fill(text):
        return text.format(**tokens) if "{" in text else text

    return "\n".join([
        HEADER.format(title="A lab under attack", points="{basic: 2, advanced: 3, manual: 0}"),
        "# %% [markdown]\n# # A lab under attack\n",
        f"# %%{SETUP}",
        "# %% [markdown]\n# ### Question 1 (basic, 2 points)\n# The mean of prices.\n",
        cell("01-q1-basic", fill(MEAN)),
        cell("01-q1-basic-tests", MEAN_VISIBLE, points=1),
        cell("01-q1-basic-hidden", fill(MEAN_HIDDEN), points=1),
        "# %% [markdown]\n# ### Question 2 (advanced, 3 points)\n# The middle of numbers.\n",
        cell("01-q2-advanced", MIDDLE),
        cell("01-q2-advanced-tests", MIDDLE_VISIBLE, points=1),
        cell("01-q2-advanced-hidden", fill(MIDDLE_HIDDEN), points=2),
    ])


def _gradebook(course, tokens):
    """Write a secret and an old mark of a third student into the gradebook: nobody has business with either."""
    from autograder.gradebook import open_gradebook

    with open_gradebook(course) as gradebook:
        for student in (STUDENT, HONEST):
            gradebook.update_or_create_student(student)
        gradebook.update_or_create_student("yolanda", email=tokens["gradebook"])
        submission = gradebook.update_or_create_submission(LAB, "yolanda")
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.manual_score, grade.needs_manual_grade = 0.5, False
        gradebook.db.commit()


def template(folder):
    """Build and release the course once in `folder` and return ``{secret: token}``; runs start from copies of it.

    The folder holds ``course/`` (ours), ``stock/`` (the same without our configuration of nbgrader), ``notes.txt``,
    ``home/`` and ``tokens.json``.
    """
    from autograder.build import build
    from autograder.release import release

    folder = Path(folder)
    tokens = {name: f"secret-{name}-{secrets.token_hex(6)}" for name in SECRETS}
    course = Course(folder / "course")
    write(course.root / "labs" / LAB / "lab.py", lab_text(tokens))
    write(course.root / "labs" / LAB / "data.csv", DATA)
    (course.root / "course").mkdir()
    build(course, LAB)
    release(course, LAB)
    _gradebook(course, tokens)
    shutil.copytree(course.root, folder / "stock")
    (folder / "stock" / "build" / "nbgrader" / "nbgrader_config.py").write_text(PLAIN_CONFIG)
    write(folder / "notes.txt", f"What nobody but the instructor may read: {tokens['notes']}\n")
    write(folder / "home" / ".bashrc", "# the grader's own\n")
    write(folder / "home" / ".ssh" / "id_ed25519", f"{tokens['home']}\n")
    write(folder / "tokens.json", json.dumps(tokens))
    return tokens


def scores(path, student):
    """Return ``{cell: (automatic, manual, extra)}`` of one student as the gradebook at `path` has it; None: no row."""
    ask = """
        SELECT base_cell.name, grade.auto_score, grade.manual_score, grade.extra_credit
        FROM submitted_assignment
        JOIN assignment ON assignment.id = submitted_assignment.assignment_id
        JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN grade ON grade.notebook_id = submitted_notebook.id
        JOIN base_cell ON base_cell.id = grade.cell_id
        WHERE submitted_assignment.student_id = ? AND assignment.name = ?"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        found = {name: marks for name, *marks in database.execute(ask, (student, LAB))}
    return found or None


def fixed_rows(path):
    """Return the rows of the gradebook that grading has no reason to change, as sorted text."""
    asks = ("SELECT id, email FROM student WHERE email IS NOT NULL",
            "SELECT name FROM assignment", "SELECT max_score FROM grade_cells",
            "SELECT name, type FROM base_cell",
            "SELECT grade.auto_score, grade.manual_score, grade.extra_credit FROM grade "
            "JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id "
            "JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id "
            "WHERE submitted_assignment.student_id = 'yolanda'")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return [sorted(map(repr, database.execute(ask))) for ask in asks]
