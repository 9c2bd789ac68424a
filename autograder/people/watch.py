"""Marks watched: what changed in the gradebook since the log last saw it, by whomever; and marks shared in a group.

nbgrader tells nobody when formgrader writes a mark. So every command compares the gradebook with what the log says and
writes down the difference; who did it in formgrader is not known, only between which two looks.
"""

import contextlib
import json

from sqlalchemy import select, update

from autograder.people import deadlines, groups, log, stock
from autograder.people.locks import BusyError, grading, locked
from autograder.people.records import records
from autograder.people.tables import Attempt, Entry, Extension

KINDS = {"tests": "auto_score", "by hand": "manual_score", "extra credit": "extra_credit"}
OUTSIDE = {"tests": "nbgrader", "by hand": "formgrader", "extra credit": "formgrader"}


def seen(session, assignment=None, students=None):
    """Return ``{(student, assignment, kind): {notebook/cell: points}}`` as the log says it."""
    query = select(Entry.student, Entry.assignment, Entry.what, Entry.new)
    query = query.where(Entry.what.in_(KINDS)).order_by(Entry.number)
    query = query.where(Entry.assignment == assignment) if assignment else query
    query = query.where(Entry.student.in_(students)) if students else query
    state = {}
    for entry in session.execute(query):
        cells = state.setdefault((entry.student, entry.assignment, entry.what), {})
        cells.update(json.loads(entry.new))
    return {key: {c: v for c, v in cells.items() if v is not None} for key, cells in state.items()}


def there(session, assignment=None, students=None):
    """Return the same as `seen`, as the gradebook says it."""
    query = stock.grades()
    query = query.where(stock.assignment.c.name == assignment) if assignment else query
    query = query.where(stock.submitted_assignment.c.student_id.in_(students)) if students else query
    state = {}
    for row in session.execute(query):
        for kind, name in KINDS.items():
            if (value := getattr(row, name)) is not None:
                state.setdefault((row.student, row.assignment, kind), {})[f"{row.notebook}/{row.cell}"] = value
    return state


def differences(session, assignment=None, students=None):
    """Return ``[(student, assignment, kind, old, new), ...]``: only the cells that changed, None where no points."""
    before, now = seen(session, assignment, students), there(session, assignment, students)
    found = []
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key, {}), now.get(key, {})
        changed = sorted(c for c in old.keys() | new.keys() if old.get(c) != new.get(c))
        if changed:
            found.append((*key, {c: old.get(c) for c in changed}, {c: new.get(c) for c in changed}))
    return found


def look(course, *, assignment=None, students=None, who=None, why="", held=False):
    """Write every change of a mark or a due date that the log has not seen into it; return how many lines that took.

    Parameters
    ----------
    course : Course
    assignment : str, optional
    students : list of str, optional
        Only these; everybody unless given.
    who : str, optional
        Who changed them; formgrader or nbgrader unless given.
    why : str
    held : bool
        Whether the caller holds the grading locks of these students. A student who is being graded by another is left
        to that one otherwise.
    """
    with records(course) as session:
        if not (differences(session, assignment, students) or _dates(session) or list(_foreign(session))):
            return 0
    with records(course, write=True) as session, contextlib.ExitStack() as held_now:
        free, count = {}, 0
        for student, name, kind, old, new in differences(session, assignment, students):
            if not held and (student, name) not in free:
                free[student, name] = _is_free(course, held_now, name, student)
            if held or free[student, name]:
                _append(session, student, name, kind, old, new, who or OUTSIDE[kind], why or _since(session))
                count += 1
                if kind == "by hand":
                    count += _share(session, student, name, old, new)
        for name, before, now in _dates(session):
            log.append(session, "deadline", who or "formgrader", assignment=name, old=before, new=now,
                       why=why or _since(session))
            deadlines.follow(session, name)
            count += 1
        count += _adopt(session)
    return count


def _is_free(course, stack, assignment, student):
    """Take the grading lock of one student if nobody holds it; say whether."""
    try:
        stack.enter_context(locked(course, grading(assignment, student), wait=0))
    except BusyError:
        return False
    return True


def _append(session, student, assignment, kind, old, new, who, why):
    item = next(iter(new)) if len(new) == 1 else ""
    log.append(session, kind, who, student=student, assignment=assignment, item=item, old=old, new=new, why=why)


def _since(session):
    """Return between which looks a change happened that nobody told us of."""
    last = session.scalar(select(Entry.moment).order_by(Entry.number.desc()).limit(1))
    return f"found by comparing; after {last}" if last else "found by comparing"


def _dates(session):
    """Return ``[(assignment, logged, there), ...]`` of the due dates that nbgrader has and the log has not."""
    query = select(Entry.assignment, Entry.new).where(Entry.what == "deadline", Entry.item == "")
    logged = {entry.assignment: json.loads(entry.new) for entry in session.execute(query.order_by(Entry.number))}
    rows = session.execute(select(stock.assignment.c.name, stock.assignment.c.duedate).order_by("name"))
    return [(name, logged.get(name), deadlines.said(due)) for name, due in rows
            if logged.get(name) != deadlines.said(due)]


def _foreign(session):
    """Yield (assignment, student, until) of extensions that nbgrader has beyond what ours say."""
    dates = {}
    for row in session.execute(stock.submissions().where(stock.submitted_assignment.c.extension.is_not(None))).all():
        if row.duedate is not None:
            if row.assignment not in dates:
                dates[row.assignment] = deadlines.calendar(session, row.assignment)
            if row.duedate + row.extension > dates[row.assignment].due(row.student).moment:
                yield row.assignment, row.student, row.duedate + row.extension


def _adopt(session):
    """Take over extensions that were given with nbgrader's own function, which keeps no reason; return how many."""
    found, why = list(_foreign(session)), "given with nbgrader's own function"
    for assignment, student, until in found:
        mine = session.get(Extension, (assignment, student, ""))
        before = mine.until if mine else None
        if mine:
            mine.until = until
        else:
            session.add(Extension(assignment=assignment, student=student, team="", until=until, why=why,
                                  who="nbgrader"))
        session.flush()
        log.append(session, "extension", "nbgrader", student=student, assignment=assignment,
                   old=deadlines.said(before), new=deadlines.said(until), why=why)
    return len(found)


def oral(course, assignment):
    """Return ``{notebook/cell}`` of the questions that are asked in person: cell metadata ``autograder: {oral: true}``.

    Nothing is handed in for them, and a mark is one person's, also in a group.
    """
    found = set()
    for path in (course.nbgrader / "release" / assignment).glob("*.ipynb"):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["metadata"].get("autograder", {}).get("oral"):
                    found.add(f"{path.stem}/{cell['metadata'].get('nbgrader', {}).get('grade_id')}")
    return found


def _share(session, student, assignment, old, new):
    """Give the others of a group the points that a person gave one of them, unless they have their own.

    Only for the same hand-in. Whoever has other points than the one had before keeps them, and oral questions are each
    one's own.
    """
    team = [m for m in groups.members(session, assignment, student) if m != student]
    attempts = {a.student: a.digest for a in session.execute(select(Attempt.student, Attempt.digest).where(
        Attempt.assignment == assignment, Attempt.counts))}
    alone, count = oral(session.info["course"], assignment), 0
    for other in team:
        if student not in attempts or attempts.get(other) != attempts[student]:
            continue
        rows = {f"{r.notebook}/{r.cell}": r for r in session.execute(stock.grades().where(
            stock.assignment.c.name == assignment, stock.submitted_assignment.c.student_id == other))}
        follow = {c: v for c, v in new.items() if c in rows and c not in alone and rows[c].manual_score == old[c]
                  and rows[c].manual_score != v}
        for cell, value in follow.items():
            session.execute(update(stock.grade).where(stock.grade.c.id == rows[cell].id).values(
                manual_score=value, needs_manual_grade=rows[cell].auto_score is None and value is None))
        if follow:
            _append(session, other, assignment, "by hand", {c: old[c] for c in follow}, follow, "the group",
                    f"as {student}: one hand-in of both")
            count += 1
    return count


def note_policy(course, policy, *, who, name="policy.yml"):
    """Write a change of the policy into the log: the parts of it that are not as the log has them."""
    with records(course) as session:
        state = {}
        for entry in log.entries(session, what=["policy"]):
            state.update(json.loads(entry.new))
    now = json.loads(json.dumps(policy.model_dump(mode="python", by_alias=True), default=str, sort_keys=True))
    state = {key: value for key, value in state.items() if value is not None}
    changed = sorted(key for key in state.keys() | now.keys() if state.get(key) != now.get(key))
    if not changed:
        return False
    with records(course, write=True) as session:
        log.append(session, "policy", who, item=name, old={k: state.get(k) for k in changed},
                   new={k: now.get(k) for k in changed}, why="in use" if not state else "changed")
    return True


