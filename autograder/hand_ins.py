"""Made-up hand-ins of a lab and what each must get: perfect, blank, mistaken, late, and damaged in every way."""

import copy
import json
from dataclasses import dataclass, field
from fractions import Fraction

import nbformat

from autograder.errors import CourseError
from autograder.known_wrong import load_known_wrong
from autograder.labs import BEGIN, END, is_answer, is_test, lab_sources, meta, points, questions, region
from autograder.release import student_version

IN_TIME, DUE, LATE = "2026-02-27 12:00:00 UTC", "2026-03-01 17:00", "2026-03-02 09:00:00 UTC"


@dataclass
class Case:
    """One made-up student."""

    student: str
    what: str
    points: Fraction                                  # what the tests must give
    files: dict = field(default_factory=dict)         # name -> bytes
    late: bool = False


class Lab:
    """A lab from which hand-ins are made: released notebooks, right answers, points."""

    def __init__(self, folder):
        self.sources = lab_sources(folder)
        self.released = {kind: student_version(notebook) for kind, notebook in self.sources.items()}
        self.wrong = load_known_wrong(folder)
        self.right = {
            meta(cell)["grade_id"]: _solution(cell)
            for notebook in self.sources.values() for cell in notebook.cells if is_answer(cell)
        }
        self.main = "lab" if "lab" in self.sources else next(iter(self.sources))
        self.asked = {q.id: q for notebook in self.sources.values() for q in questions(notebook) if not q.manual}
        self.most = sum(q.points for q in self.asked.values())

    def notebooks(self, answers=None):
        """Return the released notebooks with `answers` over the right ones; ``{kind: NotebookNode}``."""
        answers = self.right | (answers or {})
        filled = copy.deepcopy(self.released)
        for notebook in filled.values():
            for cell in notebook.cells:
                if is_answer(cell):
                    cell.source = answers[meta(cell)["grade_id"]]
        return filled

    def first(self):
        """Return the first question of the main notebook that tests mark."""
        return next(q for q in questions(self.sources[self.main]) if not q.manual)

    def middle(self):
        """Return a question of the main notebook with others before and after it, where there are."""
        asked = [q for q in questions(self.sources[self.main]) if not q.manual]
        return asked[len(asked) // 2]

    def before(self, question):
        """Return the points that tests before a question's answer cell give, and those of the other notebooks."""
        total = Fraction(0)
        for kind, notebook in self.sources.items():
            for cell in notebook.cells:
                if kind == self.main and meta(cell).get("grade_id") == question.id:
                    break
                total += points(meta(cell)["points"]) if is_test(cell) else 0
        return total


def _solution(cell):
    """Return the right answer of a cell as a student would write it, without the marks of the region."""
    inside, outside = region(cell.source, BEGIN, END)
    if not inside:
        return "\n".join(outside)
    return "\n".join(line for line in cell.source.splitlines() if BEGIN[4:] not in line and END[4:] not in line)


def _bytes(notebooks):
    """Return files as they are, damage included; nothing is validated or mended on the way."""
    return {f"{kind}.ipynb": json.dumps(nb, indent=1, sort_keys=True).encode() for kind, nb in notebooks.items()}


def _place(notebook, grade_id):
    return next(i for i, cell in enumerate(notebook.cells) if meta(cell).get("grade_id") == grade_id)


def damaged(lab):
    """Yield ``(name, what, points, files)`` of every kind of damage, each done to a perfect hand-in."""
    main, first, middle = lab.main, lab.first(), lab.middle()
    file = f"{main}.ipynb"
    of_main = sum(q.points for q in questions(lab.sources[main]) if not q.manual)

    def change(alter, answers=None):
        notebooks = lab.notebooks(answers)
        alter(notebooks[main])
        return _bytes(notebooks)

    def duplicate(notebook):
        for grade_id in (first.tests[0].id, first.id):
            index = _place(notebook, grade_id)
            notebook.cells.insert(index + 1, copy.deepcopy(notebook.cells[index]))

    def split(notebook):
        index = _place(notebook, first.id)
        lines = notebook.cells[index].source.rstrip().splitlines()
        half = copy.deepcopy(notebook.cells[index])
        notebook.cells[index].source, half.source = "\n".join(lines[:-1]), lines[-1]
        half.id = f"{half.id}-half"
        notebook.cells.insert(index + 1, half)

    def edit(notebook):
        for cell in notebook.cells:
            if is_test(cell):
                cell.metadata["nbgrader"]["points"] = 100
                cell.source = "pass"
        del notebook.cells[_place(notebook, middle.id)].metadata["nbgrader"]
        notebook.metadata["kernelspec"] = {"name": "julia", "display_name": "Julia", "language": "julia"}

    perfect = _bytes(lab.notebooks())
    latin = lab.notebooks()
    latin[main].cells.append(nbformat.v4.new_markdown_cell("C'était très difficile, voilà.", id="note"))
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [
        {"cell_type": c.cell_type, "metadata": c.metadata, ("input" if c.cell_type == "code" else "source"): c.source}
        for c in lab.notebooks()[main].cells]}]}
    stops = {middle.id: f"import os\nos._exit(1)\n{lab.right[middle.id]}"}
    yield "duplicated-cells", "an answer and a test cell copied", lab.most, change(duplicate)
    yield "split-cell", "an answer cell split in two", lab.most, change(split)
    yield "no-test", "a test cell deleted", lab.most, change(lambda nb: nb.cells.pop(_place(nb, first.tests[0].id)))
    yield "no-answer", "an answer cell deleted", lab.most - middle.points, change(
        lambda nb: nb.cells.pop(_place(nb, middle.id)))
    yield "wrong-name", "a file name that Windows made up", lab.most, {
        (f"{main} (1).ipynb" if name == file else name): data for name, data in perfect.items()}
    yield "bad-json", "a file cut off half way", lab.most - of_main, perfect | {
        file: perfect[file][: len(perfect[file]) // 2]}
    yield "latin-1", "a file not saved as UTF-8", lab.most, perfect | {
        file: json.dumps(latin[main], ensure_ascii=False).encode("latin-1", "replace")}
    yield "empty-folder", "nothing handed in", Fraction(0), {}
    yield "dead-kernel", "Python ends in the middle", lab.before(middle), _bytes(lab.notebooks(stops))
    yield "endless-loop", "a loop that never ends", lab.most - middle.points, _bytes(
        lab.notebooks({middle.id: "while True:\n    pass"}))
    yield "edited-metadata", "points, labels, kernel and tests changed", lab.most - first.points, change(
        edit, {first.id: _stub(lab, first.id)})
    yield "old-format", "a notebook of format 3", lab.most, perfect | {file: json.dumps(old).encode()}
    yield "one-missing", "only one of the notebooks", of_main, {file: perfect[file]}


def _stub(lab, grade_id):
    return next(c.source for nb in lab.released.values() for c in nb.cells if meta(c).get("grade_id") == grade_id)


def hand_ins(folder, count=30):
    """Return `count` Cases for the lab in `folder`, the same each time.

    Among them: one perfect, one blank, one late, one late and mistaken, every kind of damage, and every known wrong
    answer, spread over the remaining students with at most one a question each.

    Raises
    ------
    CourseError
        If `count` is too small for all of these, saying how many it takes; or if no question is marked by tests.
    """
    lab = Lab(folder)
    if not any(not q.manual for q in questions(lab.sources[lab.main])):
        raise CourseError(f"{folder.name} has no question in {lab.main}.py that tests mark; a demo needs one.")
    cases = [
        Case("demo-full", "everything right", lab.most, _bytes(lab.notebooks())),
        Case("demo-blank", "nothing written", Fraction(0), _bytes(lab.released)),
        Case("demo-late", "everything right, late", lab.most, _bytes(lab.notebooks()), late=True),
    ]
    cases += [Case(f"demo-{name}", what, points_, files) for name, what, points_, files in damaged(lab)]
    most = max((sum(w.question == q for w in lab.wrong) for q in lab.asked), default=0)
    remaining = count - len(cases)
    if remaining < most:
        raise CourseError(
            f"The demo of {folder.name} needs {len(cases) + most} students or more: {len(cases)} for full, blank, late "
            f"and damaged hand-ins, {most} for known wrong answers; got {count}."
        )
    given = [[] for _ in range(remaining)]
    number = 0
    for question in lab.asked:
        for wrong in (w for w in lab.wrong if w.question == question):
            given[number % remaining].append(wrong)
            number += 1
    for index, mistakes in enumerate(given, start=1):
        files = _bytes(lab.notebooks({wrong.question: wrong.code for wrong in mistakes}))
        lost = sum((points(wrong.loses) for wrong in mistakes), Fraction(0))
        what = f"known wrong: {', '.join(wrong.id for wrong in mistakes)}" if mistakes else "right again"
        late = index == 1                             # late and mistaken
        what += ", late" if late else ""
        cases.append(Case(f"demo-wrong-{index:02d}", what, lab.most - lost, files, late))
    return cases
