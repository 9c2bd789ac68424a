"""Who and what needs a second look before grades go out: each case with its reason, its stake, and where to look.

At stake is how much the final grade can change, in levels: a letter that tips counts at least 1; a level of a lab
counts the weight that the policy gives it. What concerns many students is summed over them.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import quote

from autograder.marks import NOTEBOOK, component_level
from autograder.reports.statistics import question_of, report
from autograder.reports.suspicious import scan_hand_in, sentence
from autograder.reports.what_if import distance
from autograder.results import read_rows

MARGIN = Fraction(1, 10)                              # of a final average, from a boundary
ENOUGH = 5                                            # hand-ins without which statistics of a question are chance
SPLIT = "not tamper-proof"                            # of a question for all students; no case for a person
LONGEST = 400                                         # characters of a reason that are shown
ADDRESS = "formgrader/"                               # below the address that the command formgrader prints


@dataclass(frozen=True)
class Case:
    """One thing that a person should look at."""

    stake: Fraction                                   # levels of final grades that depend on it
    kind: str                                         # final, level, code, hand-in, question or by hand
    student: str                                      # empty for a question of all
    assignment: str                                   # empty for a final grade
    why: str
    where: str                                        # an address of formgrader's


def weight(policy, assignment, kind, keys):
    """Return the share of the final grade that one notebook of one assignment has, exactly.

    Parameters
    ----------
    keys : collection of (assignment, notebook)
        All that have levels.
    """
    total = Fraction(0)
    for component in policy.components.values():
        if NOTEBOOK.get(component.rubric) != kind:
            continue
        names = {name for name, other in keys if other == kind} if component.assignments == "all" \
            else set(component.assignments)
        if assignment in names:
            total += component.weight / len(names)
    return total


def final_with(mark, changes, policy, levels=None):
    """Return the Final of a Mark if some notebooks had other levels; ``changes`` is {(assignment, notebook): level}.

    A component that a CSV of levels gives, which wins over assignments, does not move.
    """
    given, after = dict(levels or {}), mark.levels | changes
    components = {name: given.get(name) or component_level(component, after, policy) or mark.components.get(name)
                  for name, component in policy.components.items()}
    return policy.final(components)


class Stakes:
    """Says what a change of levels would do to a final grade.

    Parameters
    ----------
    found : list of Mark
    policy : Policy
    levels : dict, optional
        As `marks.read_levels` returns it.
    """

    def __init__(self, found, policy, levels=None):
        self.policy, self.given = policy, levels or {}
        self.marks = {mark.student: mark for mark in found}
        self.keys = {key for mark in found for key in mark.levels}

    def of(self, student, changes):
        """Return ``(levels at stake, letter it would become or "")`` of changes {(assignment, notebook): level}."""
        scale, mark = self.policy.scale, self.marks[student]
        moved = sum((weight(self.policy, *key, self.keys) * abs(scale[level] - scale[mark.levels.get(key) or
                     self.policy.worst]) for key, level in changes.items()), Fraction(0))
        after = final_with(mark, changes, self.policy, self.given.get(student))
        if mark.final.letter and after.letter and after.letter != mark.final.letter:
            return max(moved, Fraction(abs(scale[after.letter] - scale[mark.final.letter]))), after.letter
        return moved, ""


def finals(found, policy, margin=MARGIN):
    """Yield a Case for every final average on a boundary between two letters, or at most `margin` away from one."""
    for mark in found:
        if mark.final.average is None:
            continue
        letter, off = distance(mark.final.average, policy)
        if letter is None or abs(off) > margin:
            continue
        average = f"average {float(mark.final.average):.4g}"
        if off == 0:
            why = f"{average} is exactly on the boundary, which gives {mark.final.letter}, not {letter}"
        else:
            why = f"{average}, {mark.final.letter}: {float(abs(off)):.3g} {'above' if off > 0 else 'below'} " \
                  f"the boundary to {letter}"
        yield Case(Fraction(1), "final", mark.student, "", why, f"{ADDRESS}manage_students/{quote(mark.student, '')}")


def best_question(row, kind, policy, blank=()):
    """Return ``(question, points missing, level)``: the least that one question, done fully, lacks to a better level.

    None where no single question would lift the notebook. Questions in `blank`, which were left as they were, do not.
    """
    now, lacking, most = row.level(kind, policy), defaultdict(Fraction), None
    if now is None:
        return None
    for grade in row.grades[kind]:
        if grade.got is not None and grade.got < grade.most:
            lacking[question_of(grade.id)] += Fraction(str(grade.most)) - Fraction(str(grade.got))
    for question, missing in sorted(lacking.items(), key=lambda each: each[1]):
        if question in blank:
            continue
        level = _with_full(row, kind, question).level(kind, policy)
        if policy.scale[level] > policy.scale[now] and (most is None or missing < most[1]):
            most = question, missing, level
    return most


def _with_full(row, kind, question):
    """Return a copy of a Row in which one question has all points."""
    grades = [replace(g, got=g.most) if question_of(g.id) == question and g.got is not None else g
              for g in row.grades[kind]]
    return replace(row, grades={**row.grades, kind: grades})


def levels(rows, stakes, where, blanks=None):
    """Yield a Case for every notebook that one question would lift to a better level."""
    for row in rows:
        for kind in row.grades:
            if row.student in stakes.marks and (
                    found := best_question(row, kind, stakes.policy, (blanks or {}).get(row.student, ()))):
                question, missing, level = found
                stake, letter = stakes.of(row.student, {(row.assignment, kind): level})
                tips = f", and the final letter {letter}" if letter else ""
                why = (f"{kind}: {float(missing):g} points in {question} are missing for the level {level} "
                       f"(now {row.level(kind, stakes.policy)}){tips}")
                yield Case(stake, "level", row.student, row.assignment, why, where(row, kind))


def _short(text):
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _all_or_nothing(row, stakes, level):
    """Return the changes that give all notebooks of a row one level; only those that have one."""
    return {(row.assignment, kind): level for kind in row.grades if row.level(kind, stakes.policy)}


def flagged(rows, hand_ins, stakes, where):
    """Yield a Case for every hand-in with code to be looked at, by the scan of its source or by the row's own flags."""
    by_student = {student: hand_in for hand_in in hand_ins for student in hand_in.students}
    for row in rows:
        seen = by_student.get(row.student)
        found = [sentence(*each) for each in scan_hand_in(seen)] if seen else []
        flags = [flag for flag in row.flags if SPLIT not in flag]
        found = list(dict.fromkeys([*flags, *found]))
        if found and row.student in stakes.marks:
            stake, _ = stakes.of(row.student, _all_or_nothing(row, stakes, stakes.policy.worst))
            more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
            yield Case(stake, "code", row.student, row.assignment, _short("; ".join(found[:3])) + more, where(row))


def noted(rows, stakes, where):
    """Yield a Case for every hand-in that was damaged, mended or stopped, as the notes of its row say."""
    best = next(iter(stakes.policy.scale))
    for row in rows:
        if row.notes and row.student in stakes.marks:
            stake, _ = stakes.of(row.student, _all_or_nothing(row, stakes, best))
            yield Case(stake, "hand-in", row.student, row.assignment, _short(" ".join(row.notes)), where(row))


def odd_questions(assignment, notebooks, policy, keys):
    """Yield a Case for every question that the weak do better than the strong, or that nobody solves."""
    steps = len(policy.scale) - 1
    for notebook in notebooks:
        for item in notebook.items:
            if item.count < ENOUGH or not item.most:
                continue
            worth = weight(policy, assignment, notebook.name, keys) * steps * Fraction(item.most) \
                / Fraction(notebook.most)
            where = f"{ADDRESS}gradebook/{quote(assignment, '')}/{quote(notebook.name, '')}"
            if item.correlation is not None and item.correlation < 0:
                why = (f"{item.id} has the item-rest correlation {item.correlation:.2f}: who does worse elsewhere does "
                       "better here. Are its tests right?")
                yield Case(worth * item.count, "question", "", assignment, why, where)
            elif item.difficulty == 0 and item.states.get("blank", 0) < 1:
                why = f"nobody of {item.count} has a point in {item.id}. Are its tests right?"
                yield Case(worth * item.count, "question", "", assignment, why, where)


def unmarked(rows, stakes):
    """Yield a Case for every question that waits for a person, with how many answers do."""
    waiting = defaultdict(list)
    for row in rows:
        for kind, grades in row.grades.items():
            for grade in grades:
                if grade.got is None:
                    waiting[row.assignment, kind, grade.id].append((row, grade))
    for (assignment, kind, name), each in waiting.items():
        stake = sum((_by_hand(row, kind, name, stakes) for row, _ in each if row.student in stakes.marks), Fraction(0))
        most = f"{each[0][1].most:g}"
        who = each[0][0].student if len(each) == 1 else ""
        why = f"{len(each)} answers to {name} ({kind}, {most} points) wait to be marked by hand"
        yield Case(stake, "by hand", who, assignment, why,
                   f"{ADDRESS}gradebook/{quote(assignment, '')}/{quote(kind, '')}")


def _by_hand(row, kind, name, stakes):
    """Return what is at stake between no point and all points for one answer."""
    ends = []
    for share in (0, 1):
        grades = [replace(g, got=g.most * share) if g.id == name else g for g in row.grades[kind]]
        ends.append(replace(row, grades={**row.grades, kind: grades}).level(kind, stakes.policy) or stakes.policy.worst)
    scale = stakes.policy.scale
    return weight(stakes.policy, row.assignment, kind, stakes.keys) * abs(scale[ends[1]] - scale[ends[0]])


def moderate(course, assignment=None, *, policy=None, levels_given=None, margin=MARGIN):
    """Return the Cases of one assignment, or of all and the final grades, what is most at stake first.

    Parameters
    ----------
    course : Course
    assignment : str, optional
    policy : Policy, optional
        The course's own unless given.
    levels_given : dict, optional
        As `marks.read_levels` returns it.
    margin : Fraction
        How far from a boundary a final average is borderline.
    """
    from autograder.gradebook import open_gradebook
    from autograder.marks import gradebook_rows, marks
    from autograder.policy import load_policy
    from autograder.reports.answers import hand_ins

    policy = policy or load_policy()
    found = marks(course, policy=policy, levels=levels_given, record=False)
    stakes, cases = Stakes(found, policy, levels_given), []
    with open_gradebook(course) as gradebook:
        there = gradebook_rows(gradebook, course.nbgrader)
        submissions = [submission for each in gradebook.assignments for submission in each.submissions]
        ids = {(each.assignment.name, each.student.id, notebook.name): notebook.id
               for each in submissions for notebook in each.notebooks}

    def where(row, kind=None):
        mine = [ids.get((row.assignment, row.student, name)) for name in ([kind] if kind else row.grades)]
        if len(mine) == 1 and mine[0]:
            return f"{ADDRESS}submissions/{mine[0]}"
        return f"{ADDRESS}manage_students/{quote(row.student, '')}/{quote(row.assignment, '')}"

    for name, by_student in there.items():
        graded = {row.student: row for row in read_rows(course.nbgrader, name)}
        rows = [by_student[student] for student in sorted(by_student) if student in graded]
        if assignment not in (None, name) or not rows:
            continue
        for row in rows:
            row.flags = graded[row.student].flags
        known = report(course, name)
        cases += levels(rows, stakes, where, known.blanks)
        cases += flagged(rows, hand_ins(course, name), stakes, where)
        cases += noted(rows, stakes, where)
        cases += unmarked(rows, stakes)
        cases += odd_questions(name, known.notebooks, policy, stakes.keys)
    if assignment is None:
        cases += finals(found, policy, margin)
    order = ("final", "question", "code", "hand-in", "by hand", "level")
    return sorted(cases, key=lambda case: (-case.stake, order.index(case.kind), case.student, case.assignment,
                                           case.why))


def table(cases):
    """Return ``(header, rows)`` of cases, for the screen and for a CSV."""
    header = ["at stake", "what", "student", "lab", "why", "where to look"]
    return header, [[f"{float(case.stake):.3g}", case.kind, case.student, case.assignment, case.why, case.where]
                    for case in cases]
