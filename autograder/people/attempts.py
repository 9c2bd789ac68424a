"""Hand-ins of one student or group, first to last: which are graded, what each gave, and which one counts.

With ``resubmission: last`` in the policy the newest counts; with ``best`` the one with the best levels, lateness
included, then the most points, then the earliest. What counts is in the gradebook, under ``autograded/`` and in the
kept row; all others stay on record with their points. Points by hand belong to the student, not to an attempt.
"""

import contextlib
import copy
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from sqlalchemy import select

from autograder import handed_files
from autograder.collect import record_of
from autograder.errors import CourseError
from autograder.files import replace_folder
from autograder.gradebook import open_gradebook, read_stamp
from autograder.people import deadlines, log, stock, watch
from autograder.people.groups import members
from autograder.people.locks import grading, locked
from autograder.people.records import person, records
from autograder.people.tables import Attempt
from autograder.policy import load_policy
from autograder.results import Row, keep

LARGEST_STAMP = 4096                                  # bytes of a timestamp.txt


@dataclass(frozen=True)
class HandIn:
    """One hand-in as it lies on disk."""

    folder: Path
    moment: datetime | None                           # UTC; None where nothing says when
    flagged: bool                                     # whether Canvas calls it late
    digest: str                                       # of its files; the same files again are the same attempt
    by: str                                           # who handed it in


def hand_in(folder, by):
    """Return the HandIn in a folder under ``submitted/`` or ``superseded/``."""
    folder, moment = Path(folder), None
    record, stamp = record_of(folder), folder / "timestamp.txt"
    with contextlib.suppress(OSError):
        moment = read_stamp(handed_files.read(folder, stamp, LARGEST_STAMP).decode("utf-8", "replace"))
    if moment is None and record:
        moment = datetime.fromisoformat(max(entry["when"] for entry in record.values()))
    flagged = any(entry.get("late") for entry in record.values())
    return HandIn(folder, moment, flagged, handed_files.digest(folder), by)


def hand_ins(course, session, assignment, student):
    """Return all that a student, or the group, handed in, earliest first; the same files twice count once."""
    found, root = [], course.nbgrader
    for member in members(session, assignment, student):
        older = root / "superseded" / member / assignment
        folders = [p for p in older.glob("*") if p.is_dir() and not p.is_symlink()] if older.is_dir() else []
        here = root / "submitted" / member / assignment
        found += [hand_in(folder, member) for folder in folders + ([here] if here.is_dir() else [])]
    found.sort(key=lambda h: (h.moment or datetime.min, h.by, str(h.folder)))
    once = {}
    for each in found:
        once.setdefault(each.digest, each)
    return list(once.values())


def teams_of(course, assignment, students):
    """Return the groups that `students` belong to in a lab, each a sorted list; one task of grading is one of them."""
    with records(course) as session:
        groups = {tuple(members(session, assignment, student)) for student in students}
    return [list(group) for group in sorted(groups)]


def register(course, assignment, students):
    """Make students and their submissions known to nbgrader, one grader at a time: no row is lost or doubled."""
    with records(course) as session:
        query = stock.submissions().where(stock.assignment.c.name == assignment,
                                          stock.submitted_assignment.c.student_id.in_(students))
        there = {row.student for row in session.execute(query)}
    if there >= set(students):
        return
    with locked(course, "records"), open_gradebook(course) as gradebook:
        for student in students:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)


def best(rows, policy):
    """Return the key of the Row that counts among ``{digest: Row}``, given first to last.

    Compared are the sum of levels (lateness included), the points, and being in time; of equals the first.
    """
    def worth(digest):
        row = rows[digest]
        levels = [row.level(kind, policy) for kind in row.grades]
        values = [policy.scale[level] - policy.scale[policy.worst] for level in levels if level]
        return sum(values), row.got(), not row.late

    return max(rows, key=worth)                       # max keeps the first of equals


def grade_hand_ins(course, assignment, student, grade_one, *, policy=None, unchanged=None, who=None, why="graded"):
    """Grade what one student or group handed in, as far as the policy asks, and settle what counts.

    Parameters
    ----------
    course : Course
    assignment, student : str
        Any one of a group stands for all of it.
    grade_one : callable
        ``grade_one(student, folder)`` grades the hand-in in `folder` as that of `student`, leaves gradebook and
        ``autograded/`` as nbgrader does, and returns the Row.
    policy : Policy, optional
        The course's own unless given.
    unchanged : callable, optional
        ``unchanged(row, folder)`` says whether grading the hand-in in `folder` again would give the Row on record; it
        is not graded then.
    who, why : str, optional
        For the log.

    Returns
    -------
    dict {str: Row}
        One for each member of the group; of the attempt that counts.
    """
    policy, who = policy or load_policy(), person(who)
    with records(course) as session:
        team = members(session, assignment, student)
    with contextlib.ExitStack() as held:
        for member in team:                           # sorted, so that two graders cannot wait for each other
            held.enter_context(locked(course, grading(assignment, member)))
        with records(course) as session:
            handed = hand_ins(course, session, assignment, student)
        if not handed:
            raise CourseError(f"{student}: no hand-in for {assignment}.")
        register(course, assignment, team)
        watch.look(course, assignment=assignment, students=team, held=True)
        wanted = handed if policy.resubmission == "best" else handed[-1:]
        lead = wanted[-1].by if wanted[-1].by in team else team[0]
        rows = {}
        for each in wanted:
            rows[each.digest] = _graded(course, assignment, lead, each, grade_one, unchanged, policy)
        settled = _settle(course, assignment, team, lead, {h.digest: h for h in wanted}, rows, policy, who)
        watch.look(course, assignment=assignment, students=team, who=who, why=why, held=True)
    return settled


def _kept(course, assignment, student, digest):
    """Return where the autograded notebooks of an attempt are kept."""
    return course.nbgrader / "attempts" / student / assignment / digest[:16]


def _autograded(course, assignment, student):
    return course.nbgrader / "autograded" / student / assignment


def _graded(course, assignment, student, each, grade_one, unchanged, policy):
    """Return the Row of one hand-in: the one on record where hand-in and release are as they were, else a new one."""
    kept = _kept(course, assignment, student, each.digest)
    with records(course) as session:
        stored = session.get(Attempt, (assignment, student, each.digest))
    if unchanged and stored and (kept.is_dir() if policy.resubmission == "best" else stored.counts):
        row = Row.from_json(stored.row)
        if unchanged(row, each.folder):
            return row
    row = grade_one(student, each.folder)
    if policy.resubmission == "best":
        _copy(_autograded(course, assignment, student), kept)
    return row


def _copy(source, target):
    """Put a copy of the folder `source` in the place of `target`, whole or not at all."""
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, fresh)
    else:
        fresh.mkdir()
    replace_folder(fresh, target)


def _settle(course, assignment, team, lead, handed, rows, policy, who):
    """Write down all attempts of a group and put the one that counts into place for every member."""
    settled, last = {}, list(handed)[-1]
    with records(course, write=True) as session:
        dates = deadlines.calendar(session, assignment)
        for member in team:
            mine = {}
            for digest, each in handed.items():
                row = copy.deepcopy(rows[digest])
                row.student = member
                row.late = dates.is_late(member, each.moment, flagged=each.flagged)
                mine[digest] = row
            counts = best(mine, policy) if policy.resubmission == "best" else last
            _note(session, assignment, member, handed, mine, counts, policy, who)
            settled[member] = mine[counts], counts
        deadlines.follow(session, assignment, team)
    for member, (row, digest) in settled.items():
        if member != lead or policy.resubmission == "best":
            kept = policy.resubmission == "best"
            source = _kept(course, assignment, lead, digest) if kept else _autograded(course, assignment, lead)
            _copy(source, _autograded(course, assignment, member))
            _write_scores(course, row, handed[digest].moment)
        keep(course.nbgrader, row)
    return {member: row for member, (row, _) in settled.items()}


def _note(session, assignment, member, handed, mine, counts, policy, who):
    """Keep the attempts of one member, and a line in the log where another one counts than before."""
    known = {a.digest: a for a in session.scalars(
        select(Attempt).where(Attempt.assignment == assignment, Attempt.student == member))}
    before = next((a for a in known.values() if a.counts), None)
    for attempt in known.values():
        attempt.counts = attempt.digest == counts
    for digest, row in mine.items():
        attempt = known.get(digest) or Attempt(assignment=assignment, student=member, digest=digest)
        attempt.moment, attempt.flagged = handed[digest].moment, handed[digest].flagged
        attempt.by, attempt.row, attempt.counts = handed[digest].by, row.to_json(), digest == counts
        session.add(attempt)
    session.flush()
    if before is None or before.digest != counts:
        def said(attempt):
            return deadlines.said(attempt.moment) or "no date"

        log.append(session, "attempt", who, student=member, assignment=assignment, old=before and said(before),
                   new=said(handed[counts]), why=f"the {policy.resubmission} of {len(mine)} counts"
                   if policy.resubmission == "best" else "the last counts")


def _write_scores(course, row, moment):
    """Give a member what grading gave: scores as nbgrader keeps them; points and comments of a person stay."""
    unanswered = _unanswered(_autograded(course, row.assignment, row.student))
    with open_gradebook(course) as gradebook:
        submission = gradebook.find_submission(row.assignment, row.student)
        submission.timestamp = moment
        for notebook in submission.notebooks:
            given = {grade.id: grade.got for grade in row.grades.get(notebook.name, [])}
            for grade in notebook.grades:
                grade.auto_score = given.get(grade.cell.name, 0.0)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in notebook.comments:
                key = (notebook.name, comment.cell.name)
                comment.auto_comment = "No response." if key in unanswered else None
        gradebook.db.commit()


def _unanswered(folder):
    """Return ``{(notebook, grade id)}`` of the answer cells that are as they were released."""
    from nbgrader.utils import compute_checksum, is_solution

    return {(path.stem, cell.metadata["nbgrader"]["grade_id"]) for path in folder.glob("*.ipynb")
            for cell in nbformat.read(path, as_version=4).cells
            if is_solution(cell) and cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)}


def table(session, assignment, student=None):
    """Return rows (student, handed in, by, points, of, late, counts) of all attempts on record, in order."""
    query = select(Attempt).where(Attempt.assignment == assignment)
    query = query.where(Attempt.student == student) if student else query
    rows = []
    for a in sorted(session.scalars(query), key=lambda a: (a.student, a.moment or datetime.min)):
        row = Row.from_json(a.row)
        rows.append((a.student, deadlines.said(a.moment) or "", a.by, row.got(), row.most(), row.late, a.counts))
    return rows
