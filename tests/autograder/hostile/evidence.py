"""What a run leaves behind, as far as it can be seen afterwards: marks, secrets, files, processes, pages."""

import contextlib
import json
import os
import re
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.autograder.hostile import page
from tests.autograder.hostile.course import HONEST, LAB, POINTS, STUDENT, fixed_rows, scores

PLANTED = "planted"                                   # in the name of every file that an attack leaves
FORGED = "planted-log"                                # what an attack writes into the grader's own terminal
REACHED = re.compile(r'reached: ([\w./-]*\w)(?![\w./"-])')  # what an attack prints for a kernel interface that answered
MOST_READ = 64 * 2**20                                # bytes of one file that are searched
WORKING = {".ipython", ".local", ".cache", ".config", ".jupyter", ".keras", ".matplotlib", ".npm"}
ORIGINALS = ("source", "release", "submitted", "nbgrader_config.py")


@dataclass
class Evidence:
    """What was seen of one hand-in under one grader."""

    id: str
    marks: dict | None = None                         # cell -> points; None: no row; a value None: never marked
    others: dict | None = None                        # the same of the honest student behind
    secrets: list = field(default_factory=list)       # names of secrets that reached the student's own results
    hidden_in_page: bool = False                      # hidden tests stand in the feedback page
    hits: list = field(default_factory=list)          # listeners of the host that were reached
    changed: list = field(default_factory=list)       # files outside the student's results that are not as before
    planted: list = field(default_factory=list)       # files that an attack left
    gradebook: list = field(default_factory=list)     # what else changed in the gradebook
    processes: list = field(default_factory=list)     # survivors, a victim killed, a grader killed
    forged: list = field(default_factory=list)        # text of the student's in the grader's own terminal
    reached: list = field(default_factory=list)       # interfaces of the operating system that answered
    guard: list = field(default_factory=list)         # why the guard had to step in
    active: list = field(default_factory=list)        # what could act in the feedback page
    baseline: list | None = None                      # the same in the page of the honest student
    pages: int = 0
    seconds: float = 0.0
    memory: int = 0                                   # MiB at most, of all processes
    most: int = 0                                     # processes at most
    tail: str = ""                                    # the end of what the grader printed

    def to_json(self):
        """Return the evidence as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text):
        """Return the evidence that `to_json` wrote."""
        return cls(**json.loads(text))


def snapshot(world):
    """Return ``{path: what it is}`` of everything that grading has no reason to change."""
    found, book = {}, None
    with contextlib.suppress(OSError):                # a second name of the gradebook changes when that is written
        book = (world.nbgrader / "gradebook.db").stat().st_ino
    waiting = [str(world.root)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:                               # a folder that its owner shut
            continue
        for entry in entries:
            path = Path(entry.path)
            if _working(world, path) or entry.inode() == book:
                continue
            status, name = entry.stat(follow_symlinks=False), path.relative_to(world.root).as_posix()
            if stat.S_ISDIR(status.st_mode):
                found[name] = stat.filemode(status.st_mode)
                waiting.append(entry.path)
            else:
                found[name] = (stat.filemode(status.st_mode), status.st_size, status.st_mtime_ns)
    return found


def _working(world, path):
    """Say whether a grader writes here in the course of its work."""
    if path.parent == world.nbgrader:
        return path.name not in ORIGINALS
    return path.parent == world.root / "home" and path.name in WORKING


def differences(before, after):
    """Return how two snapshots differ, each as a line."""
    lines = [f"removed {name}" for name in before if name not in after]
    lines += [f"added {name}" for name in after if name not in before]
    lines += [f"changed {name}" for name in before if name in after and before[name] != after[name]]
    return sorted(lines)[:20]


def planted(places, students=(STUDENT,)):
    """Return the files below `places` that an attack left, outside the own folders of `students`."""
    found = (path for place in places for path in _below(place, students))
    return sorted(path for path in found if PLANTED in os.path.basename(path))[:20]


def _below(place, without=()):
    """Yield the paths of everything below a folder, however deep, links not followed, folders named `without` left out.

    os.walk of Python 3.11 calls itself for every level, which a hostile tree can exhaust.
    """
    waiting = [str(place)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name in without:
                    continue
                yield entry.path
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _results(world, student):
    """Yield the ordinary files of a student's results: all of nbgrader's root but the originals and other people's."""
    for place in sorted(world.nbgrader.iterdir()):
        if place.name in ORIGINALS or not place.is_dir():
            continue
        for path in map(Path, _below(place)):
            mine = student in path.relative_to(world.nbgrader).parts or path.stem == student
            with contextlib.suppress(OSError):
                if mine and stat.S_ISREG(path.lstat().st_mode):
                    yield path


def _read(path):
    try:
        with path.open("rb") as file:
            return file.read(MOST_READ)
    except OSError:
        return b""


def said(path):
    """Return ``(outputs, tracebacks)``: the text that the student's cells put out, and the tracebacks of given cells.

    A traceback of a test shows the source of the test in stock nbgrader; that is no success of the student's.
    """
    try:
        cells = json.loads(_read(path))["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return _read(path).decode("utf-8", "replace"), ""
    outputs, tracebacks = [], []
    for cell in cells:
        test = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") in POINTS
        for output in cell.get("outputs", []):
            trace = output.pop("traceback", [])
            outputs.append(json.dumps(output, ensure_ascii=False))
            (tracebacks if test else outputs).append(json.dumps(trace, ensure_ascii=False))
    return "\n".join(outputs), "\n".join(tracebacks)


def _effective(table):
    """Return the points of each cell as the gradebook counts them: by hand before automatic, extra credit on top."""
    return table and {name: auto if not manual and not extra else (auto if manual is None else manual) + (extra or 0)
                      for name, (auto, manual, extra) in table.items()}


def gather(case, world, tokens, before, rows, log, students=None):
    """Return the Evidence that files tell; who ran the grader adds processes, hits and the guard.

    Parameters
    ----------
    case : HandIn
    world : World
    tokens : dict
        Secret -> token.
    before : dict
        The snapshot from before the run.
    rows : list
        What `fixed_rows` said before the run.
    log : str
        Everything that the grader printed.
    students : dict {student: HandIn}, optional
        All hostile students of the class; only the one of the course unless given.
    """
    students = students or {STUDENT: case}
    student = next(name for name, each in students.items() if each.id == case.id)
    found = Evidence(case.id, tail=log[-2500:])
    book = world.nbgrader / "gradebook.db"
    try:
        marks, others, now = scores(book, student), scores(book, HONEST), fixed_rows(book)
    except Exception as error:                        # whatever was done to the file, it is the evidence
        found.gradebook.append(f"the gradebook cannot be read: {error}")
    else:
        found.marks, found.others = _effective(marks), _effective(others)
        if now != rows:
            found.gradebook.append("rows that grading has no reason to touch are not as before")
        for who, table in ((student, marks), (HONEST, others)):
            by_hand = [name for name, (_, manual, extra) in (table or {}).items() if manual or extra]
            found.gradebook += [f"{who} has marks by hand or extra credit in {name}" for name in by_hand]
    found.changed = differences(before, snapshot(world))
    found.planted = planted([world.root], students)
    search = {name: token for name, token in tokens.items() if name not in ("hidden", "solution")}
    for path in _results(world, student):
        data = _read(path)
        html = path.suffix == ".html"
        for name, token in search.items():
            if token.encode() in data:
                found.secrets.append(name)
        if html:
            found.pages += 1
            found.active = sorted({*found.active, *page.active(data.decode("utf-8", "replace"))})
            found.hidden_in_page |= tokens["hidden"].encode() in data
            if tokens["solution"].encode() in data:
                found.secrets.append("solution")
        elif path.suffix == ".ipynb":
            outputs, _ = said(path)
            found.secrets += [name for name in ("hidden", "solution") if tokens[name] in outputs]
            found.reached += REACHED.findall(outputs)
    found.secrets += [name for name, token in search.items() if token in log]
    found.forged = [FORGED] if FORGED in log else []
    found.secrets, found.reached = sorted(set(found.secrets)), sorted(set(found.reached))
    honest = world.nbgrader / "feedback" / HONEST / LAB / "lab.html"
    if honest.is_file():
        found.baseline = page.active(honest.read_text(encoding="utf-8", errors="replace"))
    return found
