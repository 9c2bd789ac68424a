"""nbgrader's preprocessors, mended: nothing a student does stops the class, and marks are never given by accident.

nbgrader loads these by name (see ``autograder.gradebook.CONFIG``), so its own commands behave the same way.
"""

import math
import re
import time

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import DeduplicateIds, Execute, SaveAutoGrades
from nbgrader.utils import compute_checksum, is_grade, is_solution
from traitlets import Integer

NOT_RUN = "NotRun"                                    # the name of the error in cells that never ran
TIMED_OUT = ("CellTimeoutError", "KeyboardInterrupt")  # what a cell that runs too long ends with: it is interrupted
NUMBER = re.compile(r"(?:np\.\w+\()?([-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|nan|inf))\)?", re.IGNORECASE)


class Dedup(DeduplicateIds):
    """Takes the label off a copied cell; nbgrader leaves an empty one, which stops the whole class later."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Remove empty nbgrader metadata that the base class leaves behind."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


def not_run(cell, reason):
    """Write into a code cell that it did not run and why; a cell without output would get full marks from nbgrader."""
    if cell.cell_type == "code" and cell.source.strip():
        cell.outputs.append(nbformat.v4.new_output("error", ename=NOT_RUN, evalue=reason, traceback=[reason]))


class BoundedExecute(Execute):
    """Runs a notebook within limits; keeps what ran before a kernel died, and says of the rest that it did not run."""

    total_timeout = Integer(600, help="seconds for all cells of a notebook together").tag(config=True)

    def preprocess(self, nb, resources, km=None):
        """Execute all cells unless the notebook is marked as not to be run."""
        self.stopped, self.deadline = "", None
        if reason := nb.metadata.get("autograder", {}).get("not_run"):
            for cell in nb.cells:
                not_run(cell, reason)
            return nb, resources
        return super().preprocess(nb, resources, km)

    def out_of_time(self):
        """Return why nothing runs any more, nothing while there is time."""
        self.deadline = self.deadline or time.monotonic() + self.total_timeout      # the kernel is up only now
        if not self.stopped and time.monotonic() > self.deadline:
            self.stopped = f"The notebook ran longer than {self.total_timeout} s; the cells from here on did not run."
        return self.stopped

    def preprocess_cell(self, cell, resources, index):
        """Execute one cell, or say why it was not."""
        if reason := self.out_of_time():
            not_run(cell, reason)
            return cell, resources
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        where = f"the cell {name}" if name else f"cell {index + 1}"
        try:
            return super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            reason = f"Python itself ended in {where} (os._exit, a crash, or out of memory)"
        except CellTimeoutError:
            reason = f"{where} ran longer than {self.timeout} s and could not be interrupted"
        except Exception as error:                    # an output that cannot be read: a broken message, too deep JSON
            reason = f"what {where} put out cannot be read ({type(error).__name__})"
        self.stopped = f"{reason[0].upper()}{reason[1:]}; the cells after it did not run."
        cell.outputs = [o for o in cell.outputs if o.output_type == "stream"][:20]
        not_run(cell, f"{reason[0].upper()}{reason[1:]}.")
        return cell, resources


def error_words(output):
    """Return an error output as one line for a student."""
    name, value = output.get("ename", ""), str(output.get("evalue", "")).strip()
    if name == NOT_RUN:
        return value
    if name in TIMED_OUT:
        return "The cell ran longer than the time limit: is there a loop that never ends?"
    if name == "NotImplementedError" and not value:
        return "Not answered yet."
    if name == "AssertionError":
        return value or "A check failed."
    return f"{name}: {value}" if value else name


def partial(text, most):
    """Return the points that a test's last value gives: a number, clamped to 0 .. most; nan is 0, no number is all."""
    text = "".join(text) if isinstance(text, list) else text
    if text.strip() == "False":
        return 0.0
    match = NUMBER.fullmatch(text.strip())
    if not match:
        return most
    value = float(match[1])
    return 0.0 if math.isnan(value) else min(max(value, 0.0), most)


def score(cell):
    """Return ``(points, why)`` of a graded cell after the run; points None where a person must mark it.

    Unlike nbgrader: text on stderr costs nothing, a cell that did not run gets nothing, and partial credit that is nan,
    negative or more than the maximum is clamped.
    """
    most = float(cell.metadata["nbgrader"]["points"])
    if (cell.metadata.get("autograder") or {}).get("oral"):
        return None, "To be asked in person."
    if is_solution(cell):
        if cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell):
            return 0.0, "Not answered."
        return None, "To be marked by hand."
    if cell.cell_type != "code":
        return None, "To be marked by hand."
    for output in cell.outputs:
        if output.output_type == "error":
            return 0.0, error_words(output)
    if cell.source.strip() and cell.execution_count is None:
        return 0.0, "The test did not run."
    points = most
    for output in cell.outputs:
        if output.output_type == "execute_result" and "text/plain" in output.data:
            points = partial(output.data["text/plain"], most)
    if points < most:
        return points, f"Partly right: {points:g} of {most:g}."
    if any(o.output_type == "stream" and o.name == "stderr" for o in cell.outputs):
        return points, "Passed, with warnings."
    return points, ""


class CarefulGrades(SaveAutoGrades):
    """Writes the points of `score` into the gradebook, all at once; marks that a person gave stay."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Write points and the automatic comment of one cell; the last one commits them all."""
        names = self.notebook_id, self.assignment_id, self.student_id
        if is_grade(cell):
            grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *names)
            grade.auto_score, _ = score(cell)
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        if is_solution(cell):
            comment = self.gradebook.find_comment(cell.metadata["nbgrader"]["grade_id"], *names)
            untouched = cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)
            comment.auto_comment = "No response." if untouched else None
        if cell_index + 1 == resources["cells"]:
            self.gradebook.db.commit()
        return cell, resources

    def preprocess(self, nb, resources):
        """Write the points of a notebook."""
        return super().preprocess(nb, {**resources, "cells": len(nb.cells)})[0], resources
