"""nbgrader's tables, as far as we read and write them without importing nbgrader, which takes seconds.

Only rows that nbgrader's own functions would write the same way are written here: names of students, due dates,
extensions. A test compares these columns with nbgrader's models.
"""

from sqlalchemy import Boolean, DateTime, Float, Interval, String, column, select, table, union_all

student = table("student", *(column(name, String) for name in (
    "id", "first_name", "last_name", "email", "lms_user_id")))
assignment = table("assignment", column("id", String), column("name", String), column("duedate", DateTime))
notebook = table("notebook", column("id", String), column("name", String), column("assignment_id", String))
base_cell = table("base_cell", column("id", String), column("name", String), column("notebook_id", String))
grade_cells = table("grade_cells", column("id", String), column("max_score", Float))
task_cells = table("task_cells", column("id", String), column("max_score", Float))
submitted_assignment = table(
    "submitted_assignment", column("id", String), column("assignment_id", String), column("student_id", String),
    column("timestamp", DateTime), column("extension", Interval))
submitted_notebook = table(
    "submitted_notebook", column("id", String), column("assignment_id", String), column("notebook_id", String))
grade = table(
    "grade", column("id", String), column("notebook_id", String), column("cell_id", String),
    column("auto_score", Float), column("manual_score", Float), column("extra_credit", Float),
    column("needs_manual_grade", Boolean))
TABLES = (student, assignment, notebook, base_cell, grade_cells, task_cells, submitted_assignment, submitted_notebook,
          grade)


def submissions():
    """Return the query (id, student, assignment, timestamp, extension, duedate) of all submissions."""
    s = submitted_assignment
    return select(s.c.id, s.c.student_id.label("student"), assignment.c.name.label("assignment"), s.c.timestamp,
                  s.c.extension, assignment.c.duedate).join_from(s, assignment, assignment.c.id == s.c.assignment_id)


def grades():
    """Return the query of all grades: whose, where, points by the tests, by a person, extra, and how many there are."""
    s, n, most = submitted_assignment, submitted_notebook, union_all(
        select(grade_cells.c.id, grade_cells.c.max_score), select(task_cells.c.id, task_cells.c.max_score)).subquery()
    return (
        select(grade.c.id, s.c.student_id.label("student"), assignment.c.name.label("assignment"),
               notebook.c.name.label("notebook"), base_cell.c.name.label("cell"), grade.c.auto_score,
               grade.c.manual_score, grade.c.extra_credit, grade.c.needs_manual_grade, most.c.max_score)
        .join_from(grade, n, n.c.id == grade.c.notebook_id)
        .join(s, s.c.id == n.c.assignment_id)
        .join(assignment, assignment.c.id == s.c.assignment_id)
        .join(notebook, notebook.c.id == n.c.notebook_id)
        .join(base_cell, base_cell.c.id == grade.c.cell_id)
        .join(most, most.c.id == grade.c.cell_id)
    )
