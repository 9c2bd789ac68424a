"""What a lab is made of: questions, their answer cells, their tests and points; and what can be wrong with one.

A lab is a folder ``labs/NN_topic`` with the percent scripts ``lab.py`` and ``review.py``. A question is one solution
cell ``NN-qK-basic`` or ``NN-qK-advanced`` (``r`` instead of ``q`` in a review) and the test cells whose ids start with
its id. A solution cell that carries points itself is marked by hand.
"""

import ast
import re
from dataclasses import dataclass, field
from fractions import Fraction

from autograder.errors import CourseError
from autograder.notebooks import read_percent

NOTEBOOKS = ("lab", "review")
QUESTION = re.compile(r"(?P<unit>\d\d)-(?P<kind>[qr])(?P<number>\d+)-(?P<level>basic|advanced)")
KIND = {"lab": "q", "review": "r"}
FEWEST_WRONG = 3                                      # known wrong answers that a question needs before it is trusted
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


def points(number):
    """Return points as an exact fraction of what is written: 0.1 is one tenth, not the nearest binary number."""
    return number if isinstance(number, Fraction) else Fraction(str(number))


def meta(cell):
    """Return the nbgrader metadata of a cell, empty where there is none."""
    return cell.metadata.get("nbgrader") or {}


def is_answer(cell):
    """Say whether a student writes into this cell."""
    return bool(meta(cell).get("solution"))


def is_test(cell):
    """Say whether this cell is executed for points."""
    return bool(meta(cell).get("grade")) and not is_answer(cell) and cell.cell_type == "code"


@dataclass(frozen=True)
class Question:
    """One question of a lab: its answer cell and, unless it is marked by hand, its test cells."""

    id: str
    level: str                                        # basic or advanced
    answer: object
    tests: list = field(default_factory=list)

    @property
    def manual(self):
        """Say whether a person marks it."""
        return bool(meta(self.answer).get("grade"))

    @property
    def points(self):
        """Return what the question is worth, exactly."""
        cells = [self.answer] if self.manual else self.tests
        return sum((points(meta(cell).get("points", 0)) for cell in cells), Fraction(0))


def lab_sources(folder):
    """Return the notebooks ``{name: notebook}`` of a lab folder, solutions included.

    Raises
    ------
    CourseError
        If there is neither a ``lab.py`` nor a ``review.py``.
    """
    found = {name: read_percent(folder / f"{name}.py") for name in NOTEBOOKS if (folder / f"{name}.py").exists()}
    if not found:
        raise CourseError(f"{folder} holds no lab.py and no review.py.")
    return found


def questions(notebook):
    """Return the questions of a notebook in order; a test cell belongs to the question that its id starts with."""
    asked = {}
    for cell in notebook.cells:
        grade_id = meta(cell).get("grade_id", "")
        if is_answer(cell):
            match = QUESTION.fullmatch(grade_id)
            asked[grade_id] = Question(grade_id, match["level"] if match else "basic", cell)
        elif is_test(cell) and (match := QUESTION.match(grade_id)) and match[0] in asked:
            asked[match[0]].tests.append(cell)
    return list(asked.values())


def region(source, begin, end):
    """Return the lines of `source` between the marks `begin` and `end`, and the lines outside, as two lists."""
    inside, outside, open_ = [], [], False
    for line in source.splitlines():
        if begin in line:
            open_ = True
        elif end in line:
            open_ = False
        else:
            (inside if open_ else outside).append(line)
    return inside, outside


def _cell_problems(cell, where):
    """Yield what is wrong with the nbgrader metadata of one cell."""
    data = meta(cell)
    needed = ("grade", "grade_id", "locked", "schema_version", "solution", "task")
    missing = [key for key in needed if key not in data]
    if missing:
        yield f"{where}: the nbgrader metadata lacks {', '.join(missing)}; write all of {', '.join(needed)}."
        return
    if data["schema_version"] != 3:
        yield f"{where}: schema_version is {data['schema_version']!r}, needs 3."
    if data["grade"]:
        try:
            if points(data["points"]) < 0:
                yield f"{where}: points are {data['points']}, need 0 or more."
        except (KeyError, ValueError, TypeError):
            yield f"{where}: points are {data.get('points')!r}, need a number."
    if cell.cell_type == "markdown" and data["grade"] != data["solution"]:
        yield f"{where}: a markdown cell is marked by hand or not at all: grade and solution must both be true."
    if data["solution"] and data["locked"]:
        yield f"{where}: a solution cell cannot be locked; students write into it."
    if data["grade"] and not data["solution"] and not data["locked"]:
        yield f"{where}: a test cell must be locked."
    for begin, end in ((BEGIN, END), (HIDDEN_BEGIN, HIDDEN_END)):
        marks = re.findall(f"{begin[4:]}|{end[4:]}", cell.source)
        if marks != [begin[4:], end[4:]] * (len(marks) // 2):
            yield f"{where}: {begin!r} and {end!r} do not come in pairs: {', '.join(marks)}."
    if begin_in(cell, BEGIN) and not data["solution"]:
        yield f"{where}: a solution region stands in a cell that is not a solution cell."
    if begin_in(cell, HIDDEN_BEGIN) and not (data["grade"] and not data["solution"]):
        yield f"{where}: a hidden-test region stands in a cell that is not a test cell."


def begin_in(cell, mark):
    """Say whether the region mark (without its ``###``) stands in a cell."""
    return mark.removeprefix("### ") in cell.source


def not_python(source):
    """Return why a code cell is not Python, empty where it is; lines for IPython count as Python."""
    plain = ("pass" if line.lstrip()[:1] in ("%", "!", "?") else line for line in source.splitlines())
    reason = ""
    for text in (source, "" if source.startswith("%%") else "\n".join(plain)):
        try:
            ast.parse(text)
            return ""
        except (SyntaxError, ValueError) as error:
            reason = f"not Python, line {getattr(error, 'lineno', 0)}: {getattr(error, 'msg', error)}"
    return reason


def notebook_problems(notebook, unit, kind, where):
    """Return what is wrong with one notebook of a lab, each as a sentence that says where.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook with its solutions, as ``read_percent`` gives it.
    unit : str
        Two digits that every grade id must start with.
    kind : {"lab", "review"}
    where : str
        The name of the file, for the sentences.
    """
    problems, seen = [], set()
    for cell in notebook.cells:
        data = meta(cell)
        if cell.cell_type == "code" and (wrong := not_python(cell.source)):
            problems.append(f"{where}, cell {cell.id}: {wrong}.")
        if not data:
            if begin_in(cell, BEGIN) or begin_in(cell, HIDDEN_BEGIN):
                problems.append(f"{where}, cell {cell.id}: a solution or hidden-test region in a cell without nbgrader "
                                "metadata would be released.")
            continue
        grade_id = data.get("grade_id", "")
        problems += _cell_problems(cell, f"{where}, cell {grade_id or cell.id}")
        match = QUESTION.match(grade_id)
        if not (data.get("grade") or data.get("solution")):
            continue
        if not match or match["unit"] != unit or match["kind"] != KIND[kind]:
            problems.append(f"{where}: grade id {grade_id!r} should look like {unit}-{KIND[kind]}1-basic or "
                            f"{unit}-{KIND[kind]}1-advanced, tests with -tests or -hidden after it.")
        elif is_answer(cell):
            if match[0] != grade_id:
                problems.append(f"{where}: the solution cell {grade_id!r} should be called {match[0]!r}.")
            seen.add(match[0])
        elif match[0] not in seen:
            problems.append(f"{where}: the tests {grade_id!r} come before the solution cell {match[0]!r}, "
                            "or there is none.")
    for question in questions(notebook):
        if not question.manual and not question.tests:
            problems.append(f"{where}: question {question.id} has no test cell and is not marked by hand.")
    return problems + _points_problems(notebook, where)


def totals(notebook):
    """Return the points of a notebook as ``{"basic": .., "advanced": .., "manual": ..}``, exact."""
    sums = dict.fromkeys(("basic", "advanced", "manual"), Fraction(0))
    for question in questions(notebook):
        sums["manual" if question.manual else question.level] += question.points
    return sums


def _points_problems(notebook, where):
    header = notebook.metadata.get("autograder")
    if not header or not isinstance(header.get("points"), dict):
        return [f"{where}: the YAML header has no autograder: {{title, minutes, points: {{basic, advanced, manual}}}}."]
    problems = [f"{where}: the header has no {key}." for key in ("title", "minutes") if not header.get(key)]
    if not isinstance(header.get("extra_cells", True), bool):
        problems.append(f"{where}: extra_cells in the header is {header['extra_cells']!r}, should be true or false.")
    try:
        there = totals(notebook)
    except (ValueError, TypeError):
        return problems                               # told cell by cell above
    for kind, total in there.items():
        try:
            agrees = points(header["points"].get(kind, 0)) == total
        except (ValueError, TypeError):
            agrees = False
        if not agrees:
            problems.append(f"{where}: the header says {header['points'].get(kind, 0)} {kind} points, "
                            f"the cells add up to {float(total):g}.")
    return problems


def lab_problems(course):
    """Return everything that is wrong with the labs of `course`, each as one sentence; empty when all is well.

    Looked at: notebooks under ``labs/`` (there must be none), nbgrader metadata, grade ids unique over the whole
    course, tests after their solution, points against the header, and at least three known wrong answers for each
    question that is not marked by hand.
    """
    from autograder.alternatives import name_problems
    from autograder.known_wrong import load_known_wrong

    problems, owner = [], {}
    for stray in sorted(course.root.glob("labs/**/*.ipynb")):
        problems.append(f"{stray.relative_to(course.root)}: notebooks of labs are built, never kept; delete it.")
    for folder in course.labs():
        try:
            sources = lab_sources(folder)
        except CourseError as error:
            problems.append(str(error))
            continue
        for kind, notebook in sources.items():
            where = f"labs/{folder.name}/{kind}.py"
            problems += notebook_problems(notebook, folder.name[:2], kind, where)
            for cell in notebook.cells:
                grade_id = meta(cell).get("grade_id")
                if grade_id and owner.setdefault(grade_id, f"{where}#{id(cell)}") != f"{where}#{id(cell)}":
                    problems.append(f"{where}: grade id {grade_id!r} is used twice; the other one is in "
                                    f"{owner[grade_id].split('#')[0]}.")
        try:
            wrong = load_known_wrong(folder)
            problems += name_problems(folder, sources)
        except CourseError as error:
            problems.append(str(error))
            continue
        problems += _wrong_problems(folder, sources, wrong)
    return problems


def _worth(question):
    """Return the points of a question, 0 where they cannot be read, which is told elsewhere."""
    try:
        return question.points
    except (ValueError, TypeError):
        return Fraction(0)


def _wrong_problems(folder, sources, wrong):
    where = f"labs/{folder.name}/known_wrong.yml"
    problems = []
    asked = {(kind, q.id): q for kind, notebook in sources.items() for q in questions(notebook)}
    for answer in wrong:
        question = asked.get((answer.notebook, answer.question))
        if question is None or question.manual:
            problems.append(f"{where}: {answer.id} names {answer.notebook}/{answer.question}, which is not a question "
                            "with tests.")
        elif not 0 < points(answer.loses) <= _worth(question):
            problems.append(f"{where}: {answer.id} loses {answer.loses:g} of {float(_worth(question)):g} points.")
    for (kind, name), question in asked.items():
        count = sum(answer.notebook == kind and answer.question == name for answer in wrong)
        if not question.manual and count < FEWEST_WRONG:
            problems.append(f"{where}: question {name} has {count} known wrong answers, needs {FEWEST_WRONG} or more.")
    return problems
