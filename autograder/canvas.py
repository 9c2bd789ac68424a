"""Rows of the CSV that Canvas reads, and CSV text that no spreadsheet computes anything from."""

import csv
import io
import re

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
FORMULA = re.compile(r"[=+\-@\t\r\n]")
CANVAS_ID = re.compile(r"-(\d+)$")                    # what `collect` puts behind the name of a file from Canvas


def harmless(value):
    """Return the text of a cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    text = str(value)
    stripped = text.lstrip()
    return f"'{text}" if stripped and (FORMULA.match(text) or FORMULA.match(stripped)) else text


def csv_text(rows):
    """Return rows of cells as CSV text, every cell harmless."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def number(points):
    """Return points as Canvas writes them: no needless zeros; nothing for None."""
    return "" if points is None else f"{float(points):.4f}".rstrip("0").rstrip(".")


def canvas_rows(gradebook_rows, people, roster=None, *, levels=None, names=None):
    """Return the rows of the Canvas CSV, header and points possible first.

    Parameters
    ----------
    gradebook_rows : dict {assignment: {student: Row}}
        As ``autograder.marks.gradebook_rows`` returns them.
    people : dict {student: name}
        Everybody in the gradebook.
    roster : dict {student: {column: text}}, optional
        What Canvas knows of the students, as ``autograder.roster.roster_rows`` returns it.
    levels : Policy, optional
        Write levels as this policy gives them (lateness included) in place of points.
    names : dict {column: name}, optional
        Canvas's names of the columns, such as ``{"03_regression lab": "Lab 1 (4711)"}``.
    """
    roster, names = roster or {}, names or {}
    columns = sorted({(assignment, kind) for assignment, rows in gradebook_rows.items()
                      for row in rows.values() for kind in row.grades})
    most = {(a, k): max(row.most(k) for row in gradebook_rows[a].values()) for a, k in columns}
    titles = [names.get(f"{a} {k}", f"{a} {k}") for a, k in columns]
    rows = [[*COLUMNS, *titles], ["    Points Possible", "", "", "", "", *(number(most[c]) for c in columns)]]
    lines = []
    for student in sorted(set(people) | set(roster)):
        known = roster.get(student, {})
        match = CANVAS_ID.search(student)
        identity = [known.get("Student") or people.get(student) or student,
                    known.get("ID") or (match[1] if match else ""), known.get("SIS User ID", ""),
                    known.get("SIS Login ID") or ("" if match else student), known.get("Section", "")]
        cells = []
        for assignment, kind in columns:
            row = gradebook_rows[assignment].get(student)
            if row is None or kind in row.missing:
                cells.append("")
            else:
                cells.append((row.level(kind, levels) or "") if levels else number(row.got(kind)))
        lines.append([*identity, *cells])
    return rows + sorted(lines, key=lambda line: (line[4], line[0].casefold(), line[3], line[1]))
