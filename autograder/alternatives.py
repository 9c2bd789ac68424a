"""What an author says beside a lab about its tests: other right answers, and why a mutant may live."""

import ast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import CourseError
from autograder.files import read_text
from autograder.labs import NOTEBOOKS, questions

RIGHT, SURVIVORS = "right_answers.yml", "survivors.yml"


class RightAnswer(BaseModel):
    """An answer that looks unlike the solution and is right: tests judge what it does, not how it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    id: str                                           # A03-01, or any id that is unique in the file
    question: str                                     # grade id of the solution cell that it replaces
    notebook: str
    how: str                                          # what is different about it
    code: str                                         # the whole solution cell


class Explanation(BaseModel):
    """Why a mutant that all tests pass is no hole in the tests: it does the same thing, as a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    change: str                                       # as the audit prints it: "line 3: 2 -> 3"
    reason: str


def load_right_answers(folder):
    """Return the alternative right answers of a lab folder, in order; none if the file is not there.

    Raises
    ------
    CourseError
        If the file is no list of answers, a field is missing, unknown or of the wrong type, an id comes twice, or the
        code of an answer is not Python.
    """
    answers = _load(folder, RIGHT, RightAnswer, lambda row: row.id)
    for answer in answers:
        where = f"{_where(folder, RIGHT)}, entry {answer.id}"
        try:
            ast.parse(answer.code)
        except SyntaxError as error:
            raise CourseError(f"{where}: the code is not Python, line {error.lineno}: {error.msg}") from None
        if answer.notebook not in NOTEBOOKS:
            raise CourseError(f"{where}: notebook is {answer.notebook!r}, should be one of {', '.join(NOTEBOOKS)}.")
    return answers


def load_explanations(folder):
    """Return the explained survivors of a lab folder, in order; none if the file is not there.

    Raises
    ------
    CourseError
        If the file is no list of explanations, a field is missing, unknown or of the wrong type, a reason is empty, or
        a change is explained twice.
    """
    rows = _load(folder, SURVIVORS, Explanation, lambda row: f"{row.question}, {row.change}")
    for row in rows:
        if len(row.reason.strip()) < 10:
            raise CourseError(f"{_where(folder, SURVIVORS)}: {row.question}, {row.change!r}: the reason says nothing.")
    return rows


def name_problems(folder, notebooks):
    """Return a sentence for every right answer and explanation that belongs to no question with tests.

    Raises
    ------
    CourseError
        If one of the two files cannot be read.
    """
    asked = {(kind, question.id) for kind, notebook in notebooks.items() for question in questions(notebook)
             if question.tests and not question.manual}
    found = [f"{_where(folder, RIGHT)}: {row.id} names {row.notebook}/{row.question}, not a question with tests."
             for row in load_right_answers(folder) if (row.notebook, row.question) not in asked]
    return found + [f"{_where(folder, SURVIVORS)}: {row.question} is not a question with tests."
                    for row in load_explanations(folder) if row.question not in {name for _, name in asked}]


def _where(folder, name):
    return f"{folder.parent.name}/{folder.name}/{name}"


def _load(folder, name, model, identity):
    """Return the rows of a YAML file beside a lab as objects of `model`, each with another `identity`."""
    path, where = folder / name, _where(folder, name)
    if not path.exists():
        return []
    try:
        rows = yaml.safe_load(read_text(path, "The file")) or []        # nothing but comments is no rows
    except yaml.YAMLError as error:
        raise CourseError(f"{where} is not readable YAML: {error}") from None
    if not isinstance(rows, list):
        raise CourseError(f"{where} should be a list, is {type(rows).__name__}.")
    found = {}
    for position, row in enumerate(rows, start=1):
        try:
            entry = model.model_validate(row)
        except ValidationError as error:
            told = (row.get("id") or row.get("change") if isinstance(row, dict) else None) or f"number {position}"
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in error.errors())
            raise CourseError(f"{where}, entry {told}: {wrong}") from None
        if identity(entry) in found:
            raise CourseError(f"{where}: {identity(entry)} comes twice.")
        found[identity(entry)] = entry
    return list(found.values())
