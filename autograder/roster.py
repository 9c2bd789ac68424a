"""A roster: a CSV that says which student is who in Canvas."""

from autograder.errors import CourseError
from autograder.files import read_csv

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
NOT_IN_A_NAME = set('/\\:*?"<>|')
LONGEST = 150                                         # bytes of the name of a folder, with room for what tools add


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
        If the file cannot be read, has no such column or no student, a student or a Canvas id comes twice, or a student
        id cannot be the name of a folder; naming the line.
    """
    columns, lines = read_csv(path, "The roster", wanted=("student", *COLUMNS))
    key = "student" if "student" in columns else "SIS Login ID"
    if key not in columns:
        raise CourseError(f"The roster {path} needs a column 'student' or 'SIS Login ID', has: {', '.join(columns)}.")
    rows, owner = {}, {}
    for line, row in lines:
        student = row[key]
        if not student:                               # Canvas's rows of points and of the test student
            continue
        if student in rows:
            raise CourseError(f"The roster {path} has {student!r} twice, the second time in line {line}.")
        if (set(student) & NOT_IN_A_NAME or student[0] == "." or not student.isprintable()
                or len(student.encode()) > LONGEST):
            raise CourseError(f"The roster {path}, line {line}: {student[:60]!r} cannot be a student id; it has to be "
                              "the name of a folder.")
        rows[student] = {column: row.get(column, "") for column in COLUMNS}
        for name in ("ID", "SIS Login ID"):
            other = owner.setdefault((name, rows[student][name]), student)
            if rows[student][name] and other != student:
                raise CourseError(f"The roster {path}, line {line}: {student!r} has the {name} of {other!r}, "
                                  f"{rows[student][name]}.")
    if not rows:
        raise CourseError(f"The roster {path} names no student.")
    return rows
