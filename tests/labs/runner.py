"""Score a lab in this process: its setup runs once, then any set of answers costs milliseconds.

`autograder.known_wrong.score_without_kernel` starts a process for each set of answers and is the judge of last resort;
a mutation score needs some hundred sets. Cells of the released kind (setup, tests) run as they are, in one namespace.
"""

import contextlib
import io
import warnings
from dataclasses import dataclass, field

from autograder.labs import BEGIN, END, is_answer, is_test, meta
from autograder.worker import time_limit

STUB = "raise NotImplementedError()"         # what nbgrader leaves of a solution


class TooLong(BaseException):
    """An answer that does not end; no `except Exception` of a cell swallows it."""


def blank(source):
    """Return a solution cell as a student receives it: the regions replaced by nbgrader's stub, indented alike."""
    lines, inside = [], False
    for line in source.splitlines():
        if BEGIN in line:
            lines.append(line.replace(BEGIN, STUB))
        inside = (inside or BEGIN in line) and END not in line
        if not inside and BEGIN not in line and END not in line:
            lines.append(line)
    return "\n".join(lines)


@dataclass
class Outcome:
    """What one set of answers gave."""

    points: dict = field(default_factory=dict)         # {test cell: points}
    messages: dict = field(default_factory=dict)       # {cell that failed: text of its error}
    output: str = ""                                   # stdout and stderr of the test cells

    @property
    def total(self):
        """Return the sum of the points."""
        return sum(self.points.values())


class Bench:
    """A lab notebook whose setup has run; `score` tries answers against its tests."""

    def __init__(self, notebook):
        self.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.answers = {meta(cell)["grade_id"]: cell.source for cell in self.cells if is_answer(cell)}
        self.full = {meta(cell)["grade_id"]: meta(cell)["points"] for cell in self.cells if is_test(cell)}
        self.namespace = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for cell in self.cells:
                if not is_answer(cell) and not is_test(cell):
                    exec(cell.source, self.namespace)

    def score(self, replacement=None, *, only=None, seconds=20):
        """Return the `Outcome` of the solutions with `replacement` ``{solution cell: source}`` in their place.

        Parameters
        ----------
        replacement : dict, optional
        only : str, optional
            Run the cells of this question only.
        seconds : float
            Limit for each cell.
        """
        replacement, namespace, outcome = replacement or {}, dict(self.namespace), Outcome()
        assert set(replacement) <= set(self.answers), f"no such answers: {set(replacement) - set(self.answers)}"
        for cell in self.cells:
            name = meta(cell).get("grade_id", "")
            if not (is_answer(cell) or is_test(cell)) or (only and name != only and not name.startswith(only + "-")):
                continue
            said, message = io.StringIO(), None
            with (contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings(),
                  time_limit(seconds, TooLong)):
                warnings.simplefilter("ignore")
                try:
                    exec(compile(replacement.get(name, cell.source), f"<{name}>", "exec"), namespace)
                except (Exception, SystemExit, TooLong) as error:
                    message = f"{type(error).__name__}: {error}"
                    outcome.messages[name] = message
            if is_test(cell):
                outcome.points[name] = 0 if message else self.full[name]
                outcome.output += said.getvalue()
        return outcome
