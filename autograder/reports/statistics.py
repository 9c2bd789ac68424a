r"""How the questions of an assignment did: how hard they were, and whether they tell the strong from the weak.

With :math:`x_{ij}` the points of student i in question j, :math:`m_j` what it is worth, and
:math:`T_i = \sum_j x_{ij}` all points of the notebook:

.. math:: p_j = \frac{1}{n m_j} \sum_i x_{ij}, \qquad
          r_j = \mathrm{corr}(x_{\cdot j},\; T - x_{\cdot j}), \qquad
          D_j = \bar p_j(\text{upper 27 \%}) - \bar p_j(\text{lower 27 \%})

p is the difficulty (1: everybody has it all), r the item-rest correlation and D the upper-lower index, the two usual
measures of discrimination. A question with r < 0 is done better by those who do worse elsewhere: look at its tests.

References
----------
Kelley 1939, "The selection of upper and lower groups for the validation of test items": 27 %. Ebel and Frisbie 1991,
"Essentials of educational measurement", chapter 13.
"""

import math
from collections import Counter
from dataclasses import dataclass, field, replace

from autograder.labs import QUESTION, points

GROUP = 0.27                                          # Kelley's share of the class in the upper and in the lower group
FEWEST = 3                                            # hand-ins without which a correlation says nothing
STATES = ("blank", "failed", "part", "full")          # of an answer, from nothing to all


@dataclass
class Item:
    """One question, or one test cell of it, as a class did it."""

    id: str
    notebook: str
    most: float
    count: int = 0                                    # hand-ins that are marked
    waiting: int = 0                                  # hand-ins that a person has yet to mark
    difficulty: float | None = None                   # p
    correlation: float | None = None                  # r
    upper_lower: float | None = None                  # D
    states: dict = field(default_factory=dict)        # state -> share of those that are marked
    wrong: Counter = field(default_factory=Counter)   # id of a known wrong answer -> how often it was seen
    cells: list = field(default_factory=list)         # Items of the test cells, where there are several


@dataclass
class Notebook:
    """What a class did with one notebook."""

    name: str
    most: float
    totals: list = field(default_factory=list)        # points of each hand-in that is there
    items: list = field(default_factory=list)         # of Item, in order


@dataclass
class Report:
    """The statistics of an assignment."""

    assignment: str
    students: int
    hand_ins: int                                     # a group counts once
    notebooks: list = field(default_factory=list)
    seconds: list = field(default_factory=list)       # of grading, each hand-in
    slowest: str = ""                                 # who took longest
    blanks: dict = field(default_factory=dict)        # student -> questions that were left as they were
    beliefs: dict = field(default_factory=dict)       # id of a known wrong answer -> what who gives it believes


def difficulty(scores, most):
    """Return p, the mean share of points; None where there is nothing to divide.

    Examples
    --------
    >>> difficulty([2, 1, 0, 1], 2)
    0.5
    """
    return math.fsum(scores) / (len(scores) * most) if scores and most else None


def correlation(item, rest):
    r"""Return Pearson's correlation of two columns; None for fewer than three rows or a column that is all equal.

    .. math:: r = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}
              {\sqrt{\sum_i (x_i - \bar x)^2 \sum_i (y_i - \bar y)^2}}

    Examples
    --------
    >>> correlation([0, 1, 2], [5, 7, 9]), correlation([1, 1, 1], [1, 2, 3])
    (1.0, None)
    """
    n = len(item)
    if n < FEWEST or len(set(item)) < 2 or len(set(rest)) < 2:
        return None
    mean_x, mean_y = math.fsum(item) / n, math.fsum(rest) / n
    dx, dy = [x - mean_x for x in item], [y - mean_y for y in rest]
    covariance = math.fsum(a * b for a, b in zip(dx, dy, strict=True))
    scale = math.sqrt(math.fsum(a * a for a in dx) * math.fsum(b * b for b in dy))
    return max(-1.0, min(1.0, covariance / scale)) if scale else None


def upper_lower(item, totals, most, group=GROUP):
    r"""Return D, the difficulty among the best minus that among the worst; None for few rows or equal totals.

    Both groups hold :math:`g = \max(1, \lfloor 0.27 n + 1/2 \rfloor)` students. Where the border of a group runs
    through students with equal totals, all of these belong to it in part, so that their order does not matter.

    Examples
    --------
    >>> upper_lower([2, 2, 1, 0], [9, 7, 5, 3], 2)
    1.0
    >>> upper_lower([2, 0, 1, 0], [9, 9, 5, 3], 2)          # the two best have 9: each is half of the upper group
    0.5
    """
    n = len(item)
    if n < FEWEST or len(set(totals)) < 2 or not most:
        return None
    size = max(1, math.floor(group * n + 0.5))

    def mean(best_first):
        left, total = float(size), 0.0
        for value in sorted(set(totals), reverse=best_first):
            tied = [x for x, t in zip(item, totals, strict=True) if t == value]
            part = min(1.0, left / len(tied))
            total, left = total + part * math.fsum(tied), left - part * len(tied)
            if left <= 0:
                break
        return total / size

    return (mean(True) - mean(False)) / most


def state(got, most, blank):
    """Return which of STATES an answer is in; points speak first."""
    if most and got >= most:
        return "full"
    if got > 0:
        return "part"
    return "blank" if blank else "failed"


def question_of(name):
    """Return the question that a graded cell belongs to, itself where its name says nothing."""
    match = QUESTION.match(name)
    return match[0] if match else name


def _order(name):
    """Return a key that puts question 10 behind question 9, and visible tests before hidden ones."""
    match = QUESTION.match(name)
    return (int(match["number"]), name.endswith("-hidden"), name) if match else (math.inf, False, name)


def _item(name, notebook, cells, rows, blanks):
    """Return the Item of some graded cells of a notebook.

    Parameters
    ----------
    cells : list of str
    rows : list of {grade id: Grade}
        One for each hand-in.
    blanks : list of bool
        Whether the answer was left as it was.
    """
    most = float(sum(points(next(row[c].most for row in rows if c in row)) for c in cells))
    item = Item(name, notebook, most)
    values, rest, totals, states = [], [], [], Counter()
    for row, blank in zip(rows, blanks, strict=True):
        mine = [row[c] for c in cells if c in row]
        if not mine or any(grade.got is None for grade in mine):
            item.waiting += bool(mine)
            continue
        got = _sum(mine)
        total = _sum([grade for grade in row.values() if grade.got is not None])
        values.append(got)
        totals.append(total)
        rest.append(total - got)
        states[state(got, most, blank)] += 1
    item.count = len(values)
    item.difficulty = difficulty(values, most)
    item.correlation = correlation(values, rest)
    item.upper_lower = upper_lower(values, totals, most)
    item.states = {name: states[name] / item.count for name in STATES} if item.count else {}
    return item


def _sum(grades):
    """Return the points of some grades; extra credit beyond what a cell is worth does not count here."""
    return float(sum(min(points(grade.got), points(grade.most)) for grade in grades))


def statistics(rows, blanks=None, wrong=None):
    """Return the Notebooks of an assignment.

    Parameters
    ----------
    rows : list of Row
        One for each hand-in that counts.
    blanks : dict {student: set of grade ids}, optional
        Answers that were left as they were.
    wrong : dict {grade id: Counter}, optional
        How often each known wrong answer was seen.
    """
    blanks, wrong, found = blanks or {}, wrong or {}, []
    for name in sorted({kind for row in rows for kind in row.grades}):
        there = [row for row in rows if row.grades.get(name) and name not in row.missing]
        by_id = [{grade.id: grade for grade in row.grades[name]} for row in there]
        ids = sorted({cell for row in by_id for cell in row}, key=_order)
        notebook = Notebook(name, 0.0)
        notebook.totals = [_sum([g for g in row.values() if g.got is not None]) for row in by_id]
        for question in dict.fromkeys(map(question_of, ids)):
            cells = [cell for cell in ids if question_of(cell) == question]
            empty = [question in blanks.get(row.student, ()) for row in there]
            item = _item(question, name, cells, by_id, empty)
            item.wrong = wrong.get(question, Counter())
            if len(cells) > 1:
                item.cells = [_item(cell, name, [cell], by_id, empty) for cell in cells]
            notebook.items.append(item)
            notebook.most += item.most
        found.append(notebook)
    return found


def report(course, assignment):
    """Return the Report of an assignment; a group with one hand-in counts once.

    Raises
    ------
    CourseError
        If it is not released or nobody is graded.
    """
    from autograder.gradebook import open_gradebook
    from autograder.marks import gradebook_rows
    from autograder.reports.answers import hand_ins, released, stubs
    from autograder.results import read_rows

    release, there = released(course, assignment), hand_ins(course, assignment)
    with open_gradebook(course) as gradebook:
        rows = gradebook_rows(gradebook, course.nbgrader).get(assignment, {})
    took = {row.student: row.seconds for row in read_rows(course.nbgrader, assignment) if row.seconds > 0}
    there = [(hand_in, rows[hand_in.students[0]]) for hand_in in there if hand_in.students[0] in rows]
    empty, given = {}, stubs(release)
    for hand_in, row in there:
        empty[row.student] = {part.question for part in hand_in.parts
                              if part.question and _same(part.source, given.get(part.question, ""))}
    wrong, beliefs = _known(course, assignment, there, empty)
    found = Report(assignment, sum(len(h.students) for h, _ in there), len(there), beliefs=beliefs)
    found.blanks = {student: empty[row.student] for hand_in, row in there for student in hand_in.students}
    found.notebooks = statistics([row for _, row in there], empty, wrong)
    mine = {hand_in.name: max(took.get(student, 0) for student in hand_in.students) for hand_in, _ in there}
    found.seconds = sorted(seconds for seconds in mine.values() if seconds)
    found.slowest = max(mine, key=mine.get) if found.seconds else ""
    return found


def _same(source, stub):
    """Say whether an answer is the released one, comments and layout aside."""
    from autograder.reports.tokens import code_tokens

    def bare(text):
        return [token.word for token in code_tokens(text)]

    return not source.strip() or source.split() == stub.split() or (bool(bare(stub)) and bare(source) == bare(stub))


def _known(course, assignment, there, empty):
    """Return ``({question: Counter}, {id: belief})`` of the known wrong answers that were recognised."""
    from autograder.errors import CourseError
    from autograder.hints import closest
    from autograder.known_wrong import load_known_wrong
    from autograder.reports.similarity import own_solutions

    try:
        folder = course.lab(assignment)
        answers, solutions = load_known_wrong(folder), own_solutions(folder)
    except CourseError:                               # a lab that is gone: its answers are, too
        return {}, {}
    counts, seen = {}, {}
    for hand_in, row in there:
        lost = {question_of(grade.id) for grades in row.grades.values() for grade in grades
                if grade.got is not None and grade.got < grade.most}
        for part in hand_in.parts:
            if part.kind != "code" or part.question not in lost or part.question in empty[row.student]:
                continue
            key = part.question, part.source
            if key not in seen:
                mine = [answer for answer in answers if answer.question == part.question]
                seen[key] = closest(part.source, mine, solutions.get(part.question, ""))
            if seen[key]:
                counts.setdefault(part.question, Counter())[seen[key].id] += 1
    return counts, {answer.id: answer.belief for answer in answers}


def table(found):
    """Return ``(header, rows)`` of a Report, a row for every question and test cell; None where there is no number."""
    header = ["notebook", "question", "cell", "points", "marked", "waiting", "difficulty", "item-rest correlation",
              "upper-lower index", *STATES, "known wrong answers"]
    rows = []
    for notebook in found.notebooks:
        for item in notebook.items:
            for each in (item, *(replace(cell, wrong=Counter()) for cell in item.cells)):
                wrong = ", ".join(f"{name}: {count}" for name, count in each.wrong.most_common())
                rows.append([notebook.name, item.id, "" if each is item else each.id, each.most, each.count,
                             each.waiting, each.difficulty, each.correlation, each.upper_lower,
                             *(each.states.get(name) for name in STATES), wrong])
    return header, rows
