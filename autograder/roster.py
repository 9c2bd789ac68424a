"""A roster: a CSV that says which student is who in Canvas."""

import csv
import io
from pathlib import Path

from autograder.errors import CourseError


def read_roster(path):
    """Return ``{Canvas id, login or student id: student id}`` of a roster (see `roster_rows`)."""
    rows = roster_rows(path)
    return {key: student for student, row in rows.items() for key in (row["ID"], row["SIS Login ID"], student) if key}


def roster_rows(path):
    """Return ``{student id: row}`` of a roster, Canvas's own export for instance.

    The student id is the column ``student`` where there is one, else ``SIS Login ID``.

    Raises
    ------
    CourseError
        If the file is missing, has no such column, or a student comes twice.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"The roster {path} does not exist.") from None
    except UnicodeDecodeError:
        raise CourseError(f"The roster {path} is not saved as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text))
    columns = reader.fieldnames or []
    key = "student" if "student" in columns else "SIS Login ID"
    if key not in columns:
        raise CourseError(f"The roster {path} needs a column 'student' or 'SIS Login ID', has: {', '.join(columns)}.")
    rows = {}
    for line, row in enumerate(reader, start=2):
        student = (row[key] or "").strip()
        if not student:                               # Canvas's rows of points and of the test student
            continue
        if student in rows:
            raise CourseError(f"The roster {path} has {student!r} twice, the second time in line {line}.")
        wanted = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        rows[student] = {column: (row.get(column) or "").strip() for column in wanted}
    return rows
