"""What students get: lectures, released labs with their data and a page of advice; from an allow-list, never more."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

from autograder.build import checked_sources
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.html import title_of
from autograder.notebooks import read_percent, to_bytes
from autograder.release import leaks, student_version

DATA = {".csv", ".json", ".txt", ".tsv", ".npz", ".parquet", ".png", ".svg", ".jpg"}
MANIFEST = ".written.json"                            # what we wrote last: path -> sha256
TEMPLATE = Path(__file__).parent / "templates" / "student" / "README.md"
NEW = " (new version)"


def student_files(course):
    """Return everything that students get, ``{path: bytes}``, in order.

    Lectures as notebooks without outputs; labs and reviews as their student's versions; the data files that lie beside
    a lab; a README.

    Raises
    ------
    CourseError
        If a file shows a solution or a hidden test, naming the file and the place.
    """
    files, found, units = {}, [], []
    for lecture in course.lectures():
        notebook = read_percent(lecture)
        files[f"course/{lecture.stem}.ipynb"] = to_bytes(notebook)
        units.append(f"- `course/{lecture.stem}.ipynb`: {title_of(notebook, lecture.stem)}")
    for folder in course.labs():
        for kind, source in checked_sources(course, folder.name).items():
            path = f"labs/{folder.name}/{kind}.ipynb"
            files[path] = to_bytes(student_version(source))
            found += [f"{path} shows {leak}" for leak in leaks(files[path].decode(), source)]
            header = source.metadata.get("autograder", {})
            minutes = f", about {header['minutes']} minutes" if header.get("minutes") else ""
            units.append(f"- `{path}`: {header.get('title', folder.name)}{minutes}")
        for data in sorted(folder.rglob("*")):
            if data.is_file() and not data.is_symlink() and data.suffix in DATA:
                files[f"labs/{folder.name}/{data.relative_to(folder).as_posix()}"] = data.read_bytes()
    files["README.md"] = TEMPLATE.read_text(encoding="utf-8").replace("{units}", "\n".join(units)).encode()
    for path, content in files.items():
        if not path.startswith("labs/") or not path.endswith(".ipynb"):
            found += [f"{path} shows {leak}" for leak in leaks(content.decode("utf-8", errors="replace"))]
    if found:
        raise CourseError("Nothing is given to students:\n- " + "\n- ".join(found))
    return dict(sorted(files.items()))


def digest(content):
    """Return the sha256 of some bytes, as text."""
    return hashlib.sha256(content).hexdigest()


def write_folder(course, files):
    """Write the files of students into ``build/student`` and return what became of each, ``{path: word}``.

    ``written``, ``same``, ``kept`` (the student changed it and it is up to date), or ``kept, new beside`` (the student
    changed it and there is a newer version: that one is written beside it). Nothing that a student wrote is lost.
    """
    folder = course.student
    manifest = folder / MANIFEST
    try:
        before = dict(json.loads(manifest.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        before = {}
    fates, now = {}, {}
    for path, content in files.items():
        target = folder / path
        now[path] = digest(content)
        there = digest(target.read_bytes()) if target.exists() else None
        if there == now[path]:
            fates[path] = "same"
        elif there is None or there == before.get(path):
            write_whole(target, content)
            fates[path] = "written"
        elif before.get(path) == now[path]:
            fates[path] = "kept"
        else:
            write_whole(target.with_name(f"{target.stem}{NEW}{target.suffix}"), content)
            fates[path] = "kept, new beside"
    write_whole(manifest, json.dumps(now, indent=1, sort_keys=True).encode())
    return fates


def zip_bytes(files):
    """Return the files as a zip, the same bytes for the same files."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, date_time=(2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return memory.getvalue()


def build(course):
    """Write ``build/student`` and ``build/student.zip``; return what became of each file of the folder."""
    files = student_files(course)
    fates = write_folder(course, files)
    write_whole(course.build / "student.zip", zip_bytes(files))
    return fates
