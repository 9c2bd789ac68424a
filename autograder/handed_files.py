"""The files of a hand-in as they lie on disk: looked at without opening, and only plain files of a sane size are read.

Nothing is followed and nothing is written. What a file is, is looked at once more after it is open, so a program of the
student cannot swap it for a link, a pipe or another file in between.
"""

import errno
import hashlib
import os
import stat
import unicodedata
from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

LARGEST = 20 * 2**20                                  # bytes of one file; a notebook without outputs has a few kB
TOGETHER = 100 * 2**20                                # bytes of all files
MOST = 500                                            # files that are taken beside the notebooks
NOTEBOOKS = 20                                        # notebooks that are read
SEEN = 20_000                                         # entries of folders that are looked at at all
DEEPEST = 4                                           # folders below the student's own that are searched
LONGEST = 120                                         # characters of a name
TOLD = 20                                             # sentences about files
IGNORED = {".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", "timestamp.txt", "collected.json"}
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}   # categories of characters that do not show or turn a line
# Windows knows neither links without rights nor these flags
_PLAIN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
_LAST = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = _PLAIN | _LAST | getattr(os, "O_DIRECTORY", 0)


@dataclass(frozen=True)
class Entry:
    """One thing that lies in a hand-in."""

    path: Path
    size: int
    why: str                                          # why it is not taken, as the rest of a sentence; empty: it is


def shown(name):
    r"""Return a name so that it can be printed: what does not show as its code, the middle of a long one left out.

    Examples
    --------
    >>> print(shown("a\nb\u202e.csv"))
    a\nb\u202e.csv
    """
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(name))
    return text if len(text) <= LONGEST else f"{text[:50]} ... {text[-20:]}"


def is_notebook(path):
    """Say whether a file is called like a notebook."""
    return Path(path).suffix.lower() == ".ipynb"


def problem(name, status):
    """Return why a file is not taken, as the rest of a sentence; empty where nothing is wrong with it."""
    if any(unicodedata.category(c) in UNSEEN for c in name):
        return "has a name with characters that do not show, or that are not UTF-8: rename it"
    if len(name) > LONGEST:
        return f"has a name of {len(name)} characters, more than {LONGEST}: rename it"
    if stat.S_ISLNK(status.st_mode):
        return "is a link, not a file: hand in the file itself"
    if not stat.S_ISREG(status.st_mode):
        return "is a folder, a pipe or a device, not a file"
    if status.st_nlink > 1:
        return "has a second name elsewhere (a hard link): copy it and hand in the copy"
    if status.st_size > LARGEST:
        mend = ": clear its outputs and save it" if is_notebook(name) else ""
        return f"has {status.st_size / 2**20:.0f} MiB, more than {LARGEST >> 20}{mend}"
    return ""


def _open(folder, parts, flags):
    """Return a descriptor of what lies at ``folder/parts``; a link anywhere on the way is an OSError."""
    if os.open not in os.supports_dir_fd:
        return os.open(os.path.join(folder, *parts), flags)
    place = os.open(folder, _FOLDER if parts else flags)
    try:
        for number, part in enumerate(parts, start=1):
            inner = os.open(part, flags | _LAST if number == len(parts) else _FOLDER, dir_fd=place)
            os.close(place)
            place = inner
        place, result = -1, place
        return result
    finally:
        if place >= 0:
            os.close(place)


def _listed(folder, parts, most):
    """Return ``[(name, status), ...]`` of one folder, at most so many; notebooks first, then by name."""
    by_number = os.scandir in os.supports_fd and os.open in os.supports_dir_fd
    place = _open(folder, parts, _FOLDER) if by_number else os.path.join(folder, *parts)
    try:
        with os.scandir(place) as there:
            listed = [(e.name, e.stat(follow_symlinks=False)) for e in islice(there, most) if e.name not in IGNORED]
    finally:
        if by_number:
            os.close(place)
    return sorted(listed, key=lambda item: (not is_notebook(item[0]), item[0]))


def entries(folder):
    """Yield an Entry for everything below `folder`: notebooks first, what lies deep last.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    """
    folder, left = Path(folder), SEEN
    queue = deque([()])
    while queue:
        parts = queue.popleft()
        place = folder.joinpath(*parts)
        try:
            listed = _listed(folder, parts, left + 1)
        except OSError as error:
            if not parts:
                raise
            yield Entry(place, 0, f"cannot be opened: {error.strerror}")
            continue
        for name, status in listed[:left]:
            if not stat.S_ISDIR(status.st_mode):
                yield Entry(place / name, status.st_size, problem(name, status))
            elif len(parts) < DEEPEST:
                queue.append((*parts, name))
            else:
                yield Entry(place / name, 0, "lies too deep to be looked at")
        left -= len(listed)
        if left < 0:
            yield Entry(place, 0, f"is one file too many: the first {SEEN} were looked at")
            return


def files(folder):
    """Return ``(files, notes)`` of a hand-in: the plain files that are taken, and sentences about all others.

    Raises
    ------
    OSError
        If the folder itself cannot be listed.
    """
    found, notes, size, count = [], [], 0, {True: 0, False: 0}
    for entry in entries(folder):
        notebook, why = is_notebook(entry.path), entry.why
        most = NOTEBOOKS if notebook else MOST
        if not why and count[notebook] >= most:
            why = f"is one too many: {most} {'notebooks' if notebook else 'other files'} are taken"
        if not why and size + entry.size > TOGETHER:
            why = f"is too much: all files together may have {TOGETHER >> 20} MiB"
        if why:
            notes.append(f"{shown(os.path.relpath(entry.path, folder))} {why}; it was left out.")
            continue
        count[notebook] += 1
        size += entry.size
        found.append(entry.path)
    return found, told(notes)


def told(notes):
    """Return so many sentences that a person reads them, and how many more there are."""
    more = len(notes) - TOLD
    return notes if more <= 0 else [*notes[:TOLD], f"So many more were left out: {more}."]


def one_file(path):
    """Return ``([path], [])``, or ``([], [sentence])`` where a hand-in of this file would not be taken.

    Raises
    ------
    OSError
        If there is no such file.
    """
    why = problem(path.name, os.lstat(path))
    return ([], [f"{shown(path.name)} {why}; it was left out."]) if why else ([path], [])


def read(folder, path, most=None):
    """Return the bytes of a file of a hand-in.

    Parameters
    ----------
    folder : Path
        The student's own folder; nothing below it is trusted, links on the way to the file included.
    path : Path
        The file, below `folder`.
    most : int, optional
        More bytes are an error; LARGEST unless given.

    Raises
    ------
    OSError
        If the file cannot be opened, or is not the plain file of a sane size any more that `files` saw.
    """
    most = LARGEST if most is None else most
    number = _open(folder, Path(path).relative_to(folder).parts, _PLAIN)
    try:
        status = os.fstat(number)
        if why := problem("", status):
            raise OSError(errno.EINVAL, f"it {why}", str(path))
        with os.fdopen(number, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(number)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return data


def digest(folder):
    """Return a hash of a hand-in: equal where taking it in again would give the same; reads only what is taken."""
    total = hashlib.sha256()
    try:
        taken, there = set(files(folder)[0]), list(entries(folder))
    except OSError as error:
        taken, there = set(), [Entry(Path(folder), 0, str(error.strerror))]
    for entry in there:
        if entry.path in taken:
            try:
                content = hashlib.sha256(read(folder, entry.path)).hexdigest()
            except OSError as error:
                content = f"{error.strerror}"
        else:
            content = f"{entry.size} {entry.why}"
        total.update(repr((os.path.relpath(entry.path, folder), content)).encode("utf-8", "surrogateescape"))
    return total.hexdigest()
