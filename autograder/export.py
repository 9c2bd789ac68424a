"""Grades as the CSV that Canvas reads: an exporter of nbgrader, and the command ``python -m autograder export``.

    nbgrader export --exporter=autograder.export.CanvasExporter --to=canvas.csv

One column for each notebook of each assignment. Canvas finds students by ID and SIS Login ID; a roster (its own
gradebook export will do) gives them.
"""

from pathlib import Path

from nbgrader.plugins import ExportPlugin
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from traitlets import Bool, Dict, Unicode

from autograder.canvas import canvas_rows, csv_text
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.gradebook import open_gradebook, quiet
from autograder.marks import gradebook_rows
from autograder.people.roster import canvas_rows as known_rows
from autograder.people.tables import Person
from autograder.people.watch import look
from autograder.policy import load_policy
from autograder.roster import roster_rows


def people(gradebook):
    """Return ``{student id: "last, first"}``, the id where no name is known."""
    return {s.id: ", ".join(n for n in (s.last_name, s.first_name) if n) or s.id for s in gradebook.students}


def canvas_known(gradebook):
    """Return what an imported roster knows of the students in Canvas, nothing where none was imported."""
    if not inspect(gradebook.engine).has_table(Person.__tablename__):
        return {}
    with Session(gradebook.engine) as session:
        return known_rows(session)


def write(gradebook, root, to, *, roster=None, policy=None, names=None, students=(), assignments=()):
    """Write the Canvas CSV of an open gradebook to the file `to` and return its path.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    root : Path
        nbgrader's course root.
    to : Path
    roster : Path, optional
        A CSV with Canvas's columns Student, ID, SIS User ID, SIS Login ID, Section; what the gradebook knows unless
        given.
    policy : Policy, optional
        Write levels instead of points.
    names : dict, optional
        Canvas's names of the columns, see ``autograder.canvas.canvas_rows``.
    students, assignments : list of str
        Only these, where any is named.

    Raises
    ------
    CourseError
        If there is no student, the roster is none, or the file cannot be written.
    """
    known = roster_rows(roster) if roster else canvas_known(gradebook)
    rows = {a: by for a, by in gradebook_rows(gradebook, root).items() if not assignments or a in assignments}
    there = people(gradebook)
    if students:
        there = {s: name for s, name in there.items() if s in students}
        known = {s: row for s, row in known.items() if s in students}
    if not there and not known:
        raise CourseError("There is nobody to export: no student is in the gradebook and no roster names one. Grade a "
                          "lab first, or give a roster.")
    return write_whole(to, csv_text(canvas_rows(rows, there, known, levels=policy, names=names)))


def export(course, to, *, roster=None, policy=None, names=None):
    """Write the Canvas CSV of `course` to the file `to` and return its path; see `write`."""
    look(course)
    with open_gradebook(course) as gradebook:
        return write(gradebook, course.nbgrader, to, roster=roster, policy=policy, names=names)


class CanvasExporter(ExportPlugin):
    """Writes the gradebook as Canvas reads it."""

    roster = Unicode("", help="a CSV that gives students their Canvas ids").tag(config=True)
    levels = Bool(False, help="write levels of the course policy instead of points").tag(config=True)
    policy = Unicode("", help="the policy file; the course's own unless given").tag(config=True)
    names = Dict({}, help="names of the columns in Canvas").tag(config=True)

    def export(self, gradebook):
        """Write the file that ``--to`` names, ``canvas.csv`` unless given."""
        policy = load_policy(self.policy or None) if self.levels else None
        with quiet():
            write(gradebook, Path(self.config.CourseDirectory.root), self.to or "canvas.csv",
                  roster=self.roster or None, policy=policy, names=self.names,
                  students=[str(s) for s in self.student], assignments=[str(a) for a in self.assignment])
