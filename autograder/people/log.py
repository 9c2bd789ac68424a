"""The log: every change of a mark, extension, group, deadline or policy; when, who, from what, to what, why.

Lines are added, never changed: the database refuses it, and every line carries a hash over itself and the line before,
so that a line that was changed, removed or put in between is found. Whoever can write the database and the folder can
compute all hashes anew; a head (number and hash of the last line) that was noted elsewhere shows that, too.
"""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import select

from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.people.tables import Entry

START = "0" * 64
HEAD = "log.head"                                     # in nbgrader's course root: the last line that was seen here
FIELDS = ("number", "moment", "who", "what", "student", "assignment", "item", "old", "new", "why")
KINDS = ("tests", "by hand", "extra credit", "extension", "group", "deadline", "policy", "roster", "attempt")
FRESH = "fresh log entries"


def now():
    """Return the time as the log writes it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def fingerprint(previous, entry):
    """Return the hash of a line: over all its fields and the hash of the line before."""
    content = [previous, *(getattr(entry, name) for name in FIELDS)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def append(session, what, who, *, student="", assignment="", item="", old=None, new=None, why=""):
    """Add a line to the log in the transaction of `session`, a writing one of `records`.

    Parameters
    ----------
    what : str
        One of ``KINDS``.
    who : str
    old, new : JSON values
    """
    last = session.info.get(FRESH)
    if last is None:
        last = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).first()
    entry = Entry(number=last.number + 1 if last else 1, moment=now(), who=who, what=what, student=student,
                  assignment=assignment, item=item, old=json.dumps(old, sort_keys=True),
                  new=json.dumps(new, sort_keys=True), why=why)
    entry.hash = fingerprint(last.hash if last else START, entry)
    session.add(entry)
    session.info[FRESH] = entry
    return entry


def note_head(session):
    """Write number and hash of the last line beside the gradebook, after a commit that added lines."""
    entry = session.info.pop(FRESH, None)
    if entry is not None:
        session.refresh(entry)
        head = {"number": entry.number, "hash": entry.hash, "moment": entry.moment}
        write_whole(session.info["course"].nbgrader / HEAD, json.dumps(head) + "\n")


def entries(session, *, student=None, assignment=None, what=None):
    """Return the lines of the log in order, of one student, one assignment or some kinds where given."""
    query = select(Entry).order_by(Entry.number)
    if student:
        query = query.where(Entry.student == student)
    if assignment:
        query = query.where(Entry.assignment == assignment)
    if what:
        query = query.where(Entry.what.in_(what))
    return list(session.scalars(query))


def problems(session, head=None):
    """Return what is wrong with the log, each as a sentence; empty when no line was touched.

    Parameters
    ----------
    session : Session
    head : str, optional
        A hash, or its beginning (8 characters or more), that `verify` printed some time ago.

    Raises
    ------
    CourseError
        If `head` is no such thing.
    """
    if head is not None and (len(head) < 8 or set(head.lower()) - set("0123456789abcdef")):
        raise CourseError(f"{head!r} is not a head of the log; it has 8 to 64 of the characters 0-9 and a-f.")
    found, previous, number, hashes = [], START, 0, {}
    for entry in entries(session):
        number += 1
        if entry.number != number:
            missing = f"line {number}" if entry.number == number + 1 else f"lines {number} to {entry.number - 1}"
            found.append(f"The log has lost {missing}.")
            number = entry.number
        elif entry.hash != fingerprint(previous, entry):
            found.append(f"Line {number} of the log, or the one before it, is not as it was written "
                         f"({entry.moment}, {entry.who}, {entry.what}).")
        previous = hashes[number] = entry.hash
    found += _head_problems(session.info["course"].nbgrader / HEAD, hashes)
    if head is not None and not any(value.startswith(head.lower()) for value in hashes.values()):
        found.append(f"No line of the log has the hash {head}: it was rewritten or cut since that was noted.")
    return found


def _head_problems(path, hashes):
    """Compare the log with the head that was written beside the gradebook."""
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
        number, value = int(head["number"]), str(head["hash"])
    except FileNotFoundError:
        return [f"{path.name}, which says how far the log went, is missing."] if hashes else []
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{path.name}, which says how far the log went, cannot be read."]
    if number not in hashes:
        return [f"The log ends at line {max(hashes, default=0)}; {path.name} has seen line {number}."]
    return [] if hashes[number] == value else [f"Line {number} of the log is not the one that {path.name} has seen."]


def words(text):
    """Return a JSON value of the log as a person reads it.

    Examples
    --------
    >>> words('null'), words('{"lab/q1": 2.0}'), words('{"lab/q1": 2.0, "lab/q2": null, "lab/q3": 1.5}')
    ('-', 'lab/q1: 2', '3 cells: 3.5')
    """
    value = json.loads(text)
    if isinstance(value, dict):
        if len(value) > 2 and all(v is None or isinstance(v, int | float) for v in value.values()):
            return f"{len(value)} cells: {sum(v or 0 for v in value.values()):g}" if any(
                v is not None for v in value.values()) else "-"
        return ", ".join(f"{k}: {_plain(v)}" for k, v in value.items() if v is not None) or "-"
    return _plain(value)


def _plain(value):
    if value is None or value == "":
        return "-"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
