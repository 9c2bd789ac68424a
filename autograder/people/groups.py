"""Groups: who works with whom in which lab. One hand-in counts for all of a group; a student may be alone.

A group holds for all labs, or for one. Changing it for all leaves labs that are handed in already as they were.
"""

from sqlalchemy import select

from autograder.errors import CourseError
from autograder.people import log, stock
from autograder.people.records import known_assignment, known_students, person, records
from autograder.people.tables import Membership
from autograder.policy import load_policy


def teams(session, assignment=""):
    """Return ``{student: group}`` of one lab, or of the labs without groups of their own; who is alone is left out."""
    general, special = {}, {}
    columns = select(Membership.student, Membership.assignment, Membership.team)
    for row in session.execute(columns.where(Membership.assignment.in_(("", assignment)))):
        (special if row.assignment else general)[row.student] = row.team
    return {student: team for student, team in (general | special).items() if team}


def members(session, assignment, student):
    """Return who works with `student` in a lab, sorted, the student too."""
    there = teams(session, assignment)
    team = there.get(student)
    return sorted(s for s, other in there.items() if other == team) if team else [student]


def handed_in(session):
    """Return the names of the assignments that anybody has handed in."""
    rows = session.execute(stock.submissions())
    return sorted({row.assignment for row in rows})


def _write(session, student, assignment, team, who, why):
    """Put one student into a group, or alone, at one place; write the log. Return whether anything changed."""
    row = session.get(Membership, (student, assignment))
    before = row.team if row else (teams(session, assignment).get(student, "") if assignment else "")
    if before == team:
        return False
    if row:
        row.team = team
    else:
        session.add(Membership(student=student, assignment=assignment, team=team))
    session.flush()
    log.append(session, "group", who, student=student, assignment=assignment, old=before, new=team, why=why)
    return True


def freeze(session, student):
    """Write down the group that a student has in every lab handed in so far, before the general one changes."""
    for assignment in handed_in(session):
        if session.get(Membership, (student, assignment)) is None:
            team = teams(session, assignment).get(student, "")
            session.add(Membership(student=student, assignment=assignment, team=team))
    session.flush()


def place(session, name, students, assignment, who, why):
    """Make `students` the whole of group `name`; return who was moved. The session is a writing one."""
    leavers = [s for s, team in teams(session, assignment).items() if team == name and s not in students]
    moved = []
    for student, team in [*((s, "") for s in sorted(leavers)), *((s, name) for s in students)]:
        if not assignment and teams(session).get(student, "") != team:
            freeze(session, student)
        if _write(session, student, assignment, team, who, why):
            moved.append(student)
    return moved


def set_group(course, name, students, *, assignment="", who=None, why="", policy=None):
    """Make `students` the whole of the group `name` and return who was moved; nobody where it was so already.

    Parameters
    ----------
    course : Course
    name : str
    students : list of str
        Nobody ends the group.
    assignment : str
        Only in this lab; in all that nobody has handed in yet unless given.
    who, why : str, optional
    policy : Policy, optional
        Says how large a group may be.

    Raises
    ------
    CourseError
        If a student is unknown or comes twice, the group is too large, or the name is empty.
    """
    name, limit = check_name(name), (policy or load_policy()).group_size
    if twice := sorted({s for s in students if students.count(s) > 1}):
        raise CourseError(f"{', '.join(twice)} comes twice in the group {name}.")
    if len(students) > limit:
        raise CourseError(f"The group {name} would have {len(students)} students; the policy allows {limit}.")
    with records(course, write=True) as session:
        if assignment:
            known_assignment(session, assignment)
        moved = place(session, name, known_students(session, students), assignment, person(who), why)
    _refresh(course, assignment, moved)
    return moved


def set_alone(course, student, *, assignment="", who=None, why=""):
    """Take one student out of the group and return whether there was one; see `set_group`."""
    with records(course, write=True) as session:
        if assignment:
            known_assignment(session, assignment)
        known_students(session, [student])
        if not assignment and teams(session).get(student):
            freeze(session, student)
        moved = _write(session, student, assignment, "", person(who), why)
    _refresh(course, assignment, [student] if moved else [])
    return moved


def check_name(name):
    """Return the name of a group without spaces round it.

    Raises
    ------
    CourseError
        If it is empty, longer than 100 characters or not printable.
    """
    name = str(name).strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise CourseError(f"A group needs a name of 1 to 100 printable characters, got {name[:40]!r}.")
    return name


def _refresh(course, assignment, moved):
    """Let deadlines follow: an extension of a group is one of its members."""
    from autograder.people.deadlines import refresh

    if moved:
        refresh(course, [assignment] if assignment else None)
