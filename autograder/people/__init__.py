"""The people of a class and what is on record about them: roster, groups, deadlines, extensions, attempts, the log.

What nbgrader stores (students, due dates, scores, comments) stays in its tables; ours lie beside them in the same
database and add what it lacks.
"""
