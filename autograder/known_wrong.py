"""Known wrong answers: misconceptions as data, what each must lose, and a way to score them without a kernel."""

import ast
import json
import subprocess
import sys

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import CourseError
from autograder.files import read_text
from autograder.labs import NOTEBOOKS, is_answer, is_test, meta

FILE = "known_wrong.yml"


class WrongAnswer(BaseModel):
    """One wrong answer that students give, why they believe it, and what it costs."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    id: str                                           # M03-01, or any id that is unique in the file
    question: str                                     # grade id of the solution cell that it replaces
    notebook: str
    loses: float                                      # points lost of the whole notebook, exactly
    belief: str                                       # what the student thinks
    code: str                                         # the whole solution cell
    hint: str                                         # what the feedback says; points at the idea, not at the fix


def load_known_wrong(folder):
    """Return the known wrong answers of a lab folder, in order; none if the file is not there.

    Raises
    ------
    CourseError
        If the file is no list of answers, a field is missing, unknown or of the wrong type, an id comes twice, or the
        code of an answer is not Python.
    """
    path = folder / FILE
    where = f"{folder.parent.name}/{folder.name}/{FILE}"
    if not path.exists():
        return []
    try:
        rows = yaml.safe_load(read_text(path, "The file"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CourseError(f"{where} is not readable YAML: {error}") from None
    if not isinstance(rows, list):
        raise CourseError(f"{where} should be a list of wrong answers, is {type(rows).__name__}.")
    answers, ids = [], set()
    for position, row in enumerate(rows, start=1):
        name = row.get("id", f"number {position}") if isinstance(row, dict) else f"number {position}"
        try:
            answer = WrongAnswer.model_validate(row)
            ast.parse(answer.code)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in error.errors())
            raise CourseError(f"{where}, answer {name}: {wrong}") from None
        except SyntaxError as error:
            reason = f"line {error.lineno}: {error.msg}"
            raise CourseError(f"{where}, answer {name}: the code is not Python, {reason}") from None
        if answer.notebook not in NOTEBOOKS:
            raise CourseError(f"{where}, answer {name}: notebook is {answer.notebook!r}, should be one of "
                              f"{', '.join(NOTEBOOKS)}.")
        if answer.id in ids:
            raise CourseError(f"{where}: the id {answer.id} comes twice.")
        ids.add(answer.id)
        answers.append(answer)
    return answers


def score_without_kernel(notebook, replacement=None, *, folder=None, timeout=120):
    """Return the points of every test cell when the notebook runs in a plain Python process.

    Parameters
    ----------
    notebook : NotebookNode
        With solutions, hidden tests included.
    replacement : dict {grade_id: str}, optional
        Sources to put in place of solution cells.
    folder : Path, optional
        The working folder of the process: the lab's own, if it reads data files.
    timeout : float
        Seconds for the whole notebook.

    Returns
    -------
    dict {grade_id: float}
        A test cell that raises is worth 0; one that ends in a number is worth that number, between 0 and its points.

    Raises
    ------
    CourseError
        If a replacement names no solution cell, the process dies or needs longer than `timeout`.
    """
    replacement = dict(replacement or {})
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        grade_id = meta(cell).get("grade_id", cell.get("id", ""))
        source = replacement.pop(grade_id, cell.source) if is_answer(cell) else cell.source
        cells.append({"id": grade_id, "source": source, "points": meta(cell)["points"] if is_test(cell) else None})
    if replacement:
        raise CourseError(f"No solution cell is called {', '.join(map(repr, sorted(replacement)))}.")
    command = [sys.executable, "-m", "autograder.without_kernel"]
    try:
        done = subprocess.run(
            command, input=json.dumps(cells), capture_output=True, text=True, timeout=timeout, cwd=folder
        )
    except subprocess.TimeoutExpired:
        raise CourseError(f"The cells ran longer than {timeout:g} s.") from None
    if done.returncode:
        raise CourseError(f"The process that ran the cells ended with {done.returncode}: {done.stderr[-500:]}")
    return json.loads(done.stdout.rsplit("\n", 1)[-1])
