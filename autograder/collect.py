"""Bring hand-ins into ``submitted/``: a folder or a zip as Canvas gives it, or one folder a student.

Canvas names a file ``doejane_1234_56789_lab.ipynb``, with ``LATE`` after the name where it was late and ``-1`` at the
end where it was handed in again. One folder a student looks like ``jane/lab.ipynb``; a ``timestamp.txt`` beside it says
when. Nothing is lost: what is replaced goes to ``superseded/``, what cannot be placed is named with the reason.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder import handed_files
from autograder.errors import CourseError
from autograder.files import replace_folder
from autograder.gradebook import read_stamp
from autograder.intake import IGNORED, LARGEST
from autograder.roster import read_roster

CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?:(?P<user>\d+)_(?P<handin>\d+)_)(?P<file>.+)", re.IGNORECASE)
SIMPLE = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<file>[^_].*)", re.IGNORECASE)
AGAIN = re.compile(r"-\d+(?=\.\w+$)")                 # Canvas marks a file that was handed in again
UNSAFE = re.compile(r"[^\w.@+-]+")
MOST = 500 * 2**20                                    # bytes of one hand-in
DENSEST = 300                                         # times that a file in a zip may unpack to; notebooks reach 30
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, OSError, ValueError, EOFError, MemoryError)
PACKED = (".zip", ".rar", ".7z", ".gz", ".tar")


@dataclass(frozen=True)
class Item:
    """One file that came in."""

    name: PurePosixPath                               # as it was called, below the folder or in the zip
    data: bytes | None                                # None: not an ordinary file of a sane size
    when: datetime                                    # UTC, naive
    problem: str = ""


@dataclass
class Incoming:
    """What one student hands in now."""

    files: dict = field(default_factory=dict)         # name in submitted/ -> Item
    stamp: datetime | None = None                     # what its timestamp.txt says; else each file has its own time
    late: bool = False


@dataclass(frozen=True)
class Placed:
    """What happened to one student's hand-in, or to one file that belongs to nobody."""

    who: str
    what: str                                         # placed, replaced, unchanged, kept, left out
    why: str = ""


def from_folder(folder):
    """Yield an Item for every file below `folder`; links and devices are named, never followed."""
    closed = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(f for f in folders if f not in IGNORED)
        for name in [f for f in folders if os.path.islink(os.path.join(place, f))] + sorted(names):
            path = Path(place) / name
            shown = PurePosixPath(path.relative_to(folder).as_posix())
            try:
                status = path.lstat()
                data = path.read_bytes() if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST else None
            except OSError as error:
                yield Item(shown, None, datetime.min, f"it cannot be read: {error.strerror}")
                continue
            when = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
            if not stat.S_ISREG(status.st_mode):
                yield Item(shown, None, when, "it is a link or a device, not a file")
            elif status.st_size > LARGEST:
                yield Item(shown, None, when, f"it has {status.st_size >> 20} MiB, more than {LARGEST >> 20}")
            else:
                yield Item(shown, data, when)
    for error in closed:
        name = PurePosixPath(os.path.relpath(error.filename, folder))
        yield Item(name, None, datetime.min, f"the folder cannot be opened: {error.strerror}")


def from_zip(path):
    """Yield an Item for every file in a zip; nothing is unpacked to disk, and no name can point outside."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise CourseError(f"{path} is neither a folder nor a readable zip: {error}") from None
    with archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            name = PurePosixPath(info.filename.replace("\\", "/"))
            when = _date(info)
            if name.is_absolute() or ".." in name.parts or re.match(r"\w:", info.filename):
                yield Item(name, None, when, "its name points outside the zip")
            elif stat.S_ISLNK(info.external_attr >> 16):
                yield Item(name, None, when, "it is a link, not a file")
            elif info.file_size > LARGEST:
                yield Item(name, None, when, f"it has {info.file_size >> 20} MiB, more than {LARGEST >> 20}")
            elif info.file_size > 2**20 and info.file_size > DENSEST * info.compress_size:
                yield Item(name, None, when, f"it would unpack to more than {DENSEST} times its size")
            else:
                try:
                    yield Item(name, archive.read(info), when)
                except BROKEN as error:
                    yield Item(name, None, when, f"it cannot be unpacked: {error}")


def _date(info):
    """Return the date of a file in a zip, the earliest there is where it has none that exists."""
    try:
        return datetime(*info.date_time)
    except ValueError:
        return datetime.min


def sort_out(items, assignment, roster):
    """Return ``({student: Incoming}, [Placed, ...])``: whose the files are, and those that are nobody's."""
    incoming, nobody, spelt = {}, [], {}
    for item in unwrap(list(items), assignment):
        if set(item.name.parts) & (IGNORED - {"timestamp.txt"}):
            continue
        student, file, late = whose(item.name, assignment, roster)
        home = item.name.parts[0] if len(item.name.parts) > 1 and student not in roster.values() else student
        if item.problem or student is None or not file.name:
            reason = item.problem or "no student's name can be read from it"
            if item.name.suffix.lower() in PACKED and not item.problem:
                reason += "; it is packed once more: unpack it first"
            nobody.append(Placed(str(item.name), "left out", reason))
            continue
        if spelt.setdefault(student, home) != home:
            nobody.append(Placed(str(item.name), "left out", f"as a folder, {home!r} cannot be told from "
                                                             f"{spelt[student]!r}: give a roster, or rename one"))
            continue
        mine = incoming.setdefault(student, Incoming())
        mine.late |= late
        if file.name == "timestamp.txt":
            mine.stamp = read_stamp(item.data.decode("utf-8", "replace"))
            if mine.stamp is None:
                nobody.append(Placed(str(item.name), "left out", "no date can be read from it"))
            continue
        if (older := mine.files.get(str(file))) and older.when > item.when:
            nobody.append(Placed(str(item.name), "left out", f"{older.name} of the same student is newer"))
            continue
        if older:
            nobody.append(Placed(str(older.name), "left out", f"{item.name} of the same student is newer"))
        mine.files[str(file)] = item
    return incoming, nobody


def unwrap(items, assignment):
    """Return the items without the one folder that a zip of the whole download puts round everything."""
    names = [item.name for item in items]
    outer = {name.parts[0] for name in names}
    deep = all(len(n.parts) > 1 and (CANVAS.fullmatch(n.parts[1]) or len(n.parts) > 2) for n in names)
    if len(outer) != 1 or not deep or any(name.parts[1] == assignment for name in names):
        return items
    return [replace(item, name=PurePosixPath(*item.name.parts[1:])) for item in items]


def whose(name, assignment, roster):
    """Return ``(student, file, late)`` for the name of a file that came in; student None where it does not tell."""
    if len(name.parts) > 1:                           # one folder a student, perhaps with the assignment below
        student, *rest = name.parts
        rest = rest[1:] if len(rest) > 1 and rest[0] == assignment else rest
        return roster.get(student, safe(student)), PurePosixPath(*rest), False
    match = CANVAS.fullmatch(name.name) or SIMPLE.fullmatch(name.name)
    if not match:
        return None, name, False
    user = match.groupdict().get("user")
    student = f"{match['name']}-{user}" if user else match["name"]
    student = roster.get(user) or roster.get(match["name"]) or safe(student)
    return student, PurePosixPath(AGAIN.sub("", match["file"])), bool(match["late"])


def safe(student):
    """Return a student id that can be the name of a folder anywhere."""
    return UNSAFE.sub("-", student).strip(".-") or "nameless"


def collect(course, assignment, source, *, roster=None):
    """Bring the hand-ins in `source` into ``submitted/`` and return what happened to each, as Placed.

    Parameters
    ----------
    course : Course
    assignment : str
        The name of a lab.
    source : Path
        A folder or a zip.
    roster : Path, optional
        A CSV that maps Canvas ids and logins to student ids, such as Canvas's gradebook export; the imported roster
        unless given.

    Raises
    ------
    CourseError
        If `source` is neither a folder nor a zip, holds nothing, or holds the course itself; or if the lab or the
        roster does not exist.
    """
    course.lab(assignment)
    source = Path(source)
    own, asked = course.nbgrader.resolve(), source.resolve()
    if own.is_relative_to(asked) or asked.is_relative_to(own):
        raise CourseError(f"{source} is a part of the course or holds it; name the folder or the zip of the hand-ins.")
    names = read_roster(roster) if roster else _known(course)
    if source.is_dir():
        items = from_folder(source)
    elif source.is_file():
        items = from_zip(source)
    else:
        raise CourseError(f"{source} is neither a folder nor a zip.")
    incoming, placed = sort_out(items, assignment, names)
    if source.is_dir():                               # an empty folder is a hand-in of nothing; its student gets a row
        folders = (p for p in source.iterdir() if p.is_dir() and not p.is_symlink() and p.name not in IGNORED)
        for folder in sorted(p for p in folders if not any(p.iterdir())):
            incoming.setdefault(names.get(folder.name, safe(folder.name)), Incoming())
    if not incoming and not placed:
        raise CourseError(f"{source} holds no hand-in: there is no file in it.")
    for student, mine in sorted(incoming.items()):
        try:
            placed.append(_place(course, assignment, student, mine, source))
        except OSError as error:                      # a name too long, a file in the place of a folder; others go on
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise CourseError(f"The hand-in of {student} cannot be written: {error.strerror}. What was there "
                                  "before is still there; make room, then collect again.") from None
            reason = error.strerror or error.args[0][0][2]            # shutil gathers the reasons of many files
            placed.append(Placed(student, "left out", f"it cannot be written: {reason}"))
    return sorted(placed, key=lambda p: (p.what != "left out", p.who))


def _known(course):
    """Return the names of the roster that was imported; none where there is no gradebook yet."""
    from autograder.people.database import has_gradebook
    from autograder.people.records import records
    from autograder.people.roster import canvas_names

    if not has_gradebook(course.nbgrader):
        return {}
    with records(course) as session:
        return canvas_names(session)


def _place(course, assignment, student, mine, source):
    """Put one student's files in place, each unless a newer one is there; return what was done."""
    size = sum(len(item.data) for item in mine.files.values())
    if size > MOST:
        return Placed(student, "left out", f"the hand-in has {size >> 20} MiB, more than {MOST >> 20}")
    target = course.nbgrader / "submitted" / student / assignment
    before = record_of(target)
    come, newer = {}, []
    for name, item in mine.files.items():
        when = (mine.stamp or item.when).isoformat(" ", "seconds")
        fresh = {"when": when, "late": mine.late, "hash": hashlib.sha256(item.data).hexdigest(), "from": source.name}
        there = before.get(name)
        if there and there["hash"] == fresh["hash"]:
            continue
        if there and there["when"] > when:
            newer.append(f"{name} that is there is newer ({there['when']} against {when})")
            continue
        come[name] = (item, fresh)
    if not come and target.is_dir():
        return Placed(student, "kept" if newer else "unchanged", "; ".join(newer))
    replaced = sorted(set(come) & set(before))
    if replaced:
        _set_aside(course, target, student, assignment)
    fresh = target.with_name(f".{assignment}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        notes = _write(target, fresh, before, come)
        replace_folder(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        with contextlib.suppress(OSError):
            target.parent.rmdir()                     # a student for whom nothing could be written
    return Placed(student, "replaced" if replaced else "placed", "; ".join([*notes, *newer]))


def _write(target, fresh, before, come):
    """Write what is there and what comes into the folder `fresh`, with its record; return what is unusual."""
    if target.is_dir():
        shutil.copytree(target, fresh, symlinks=True)
    fresh.mkdir(parents=True, exist_ok=True)
    for name, (item, _) in come.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(item.data)
    record = before | {name: entry for name, (_, entry) in come.items()}
    when = max((entry["when"] for entry in record.values()), default="")
    late = any(entry["late"] for entry in record.values())
    if when > "1900":
        (fresh / "timestamp.txt").write_text(f"{when} UTC\n", encoding="utf-8")
    text = json.dumps({"late": late, "files": record}, indent=1, sort_keys=True)
    (fresh / "collected.json").write_text(text + "\n", encoding="utf-8")
    return [*(["late"] if late else []), *([] if record else ["the folder is empty"])]


def record_of(target):
    """Return ``{file: {when, late, hash, from}}`` of a hand-in: as `collect` wrote it, else as the files say."""
    try:
        return dict(json.loads((target / "collected.json").read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        record = {}
        with contextlib.suppress(OSError):
            for path in sorted(handed_files.files(target)[0]):
                when = datetime.fromtimestamp(path.lstat().st_mtime, UTC).replace(tzinfo=None)
                record[path.relative_to(target).as_posix()] = {
                    "when": when.isoformat(" ", "seconds"), "late": False, "from": "",
                    "hash": hashlib.sha256(handed_files.read(target, path)).hexdigest(),
                }
        return record


def _set_aside(course, target, student, assignment):
    """Copy a hand-in of which a part is replaced to ``superseded/``, beside those before it."""
    place = course.nbgrader / "superseded" / student / assignment
    place.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.name) for p in place.iterdir() if p.name.isdigit()), default=0)
    shutil.copytree(target, place / str(number), symlinks=True)
