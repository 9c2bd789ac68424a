"""Commands about people and records: roster, group, deadline, extend, attempts, log, verify."""

import contextlib
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autograder.cli.words import path, plain

app = typer.Typer()
roster = typer.Typer(no_args_is_help=True, help="Who is in the class: import, list.")
group = typer.Typer(no_args_is_help=True, help="Who works together: set, alone, list.")
deadline = typer.Typer(no_args_is_help=True, help="Until when: set, list.")
canvas = typer.Typer(no_args_is_help=True, help="Canvas's gradebook read back: import.")
app.add_typer(roster, name="roster")
app.add_typer(group, name="group")
app.add_typer(deadline, name="deadline")
app.add_typer(canvas, name="canvas")
console = Console(highlight=False, soft_wrap=True)

Lab = Annotated[str, typer.Argument(help="The name of a lab, such as 03_regression.")]
OnlyLab = Annotated[str, typer.Option("--lab", help="Only in this lab; in all not handed in yet unless given.")]
Who = Annotated[str | None, typer.Option(help="Who does this, for the log; the login unless given.")]
Why = Annotated[str, typer.Option(help="The reason, for the log.")]
FILE = {"parser": path, "metavar": "FILE"}
CSV = Annotated[Path | None, typer.Option("--csv", **FILE, help="Write the table to this CSV, too.")]
WATCHED = {"build", "collect", "grade", "feedback", "marks", "export", "formgrader", "roster", "group", "deadline",
           "extend", "attempts", "log", "verify", "canvas"}


def watch(context):
    """Let the log see what changed in the gradebook before a command, and after it what the command changed."""
    from autograder.errors import CourseError
    from autograder.layout import Course

    name = context.invoked_subcommand
    if name not in WATCHED or context.resilient_parsing:
        return
    try:
        course = Course.here()
    except CourseError:
        return                                        # the command itself says that this is no course
    from autograder.people import database
    from autograder.people import watch as marks
    from autograder.people.records import person

    if database.has_gradebook(course.nbgrader):
        marks.look(course)
    who = f"{person()} in formgrader" if name == "formgrader" else person()

    def after():
        with contextlib.suppress(CourseError):        # what is wrong was said; the next command looks again
            if database.has_gradebook(course.nbgrader):
                marks.look(course, who=who, why=name)

    context.call_on_close(after)


def common(
    context: typer.Context,
    db: Annotated[str | None, typer.Option(help="The gradebook's database: sqlite:///path or postgresql://…; "
                                                "AUTOGRADER_DB or labs/course.yml say it, too.")] = None,
    who: Annotated[str | None, typer.Option(help="Who is at work, for the log; the login unless given.")] = None,
):
    """Build, release, grade and report labs; run and publish lectures."""
    from autograder.errors import CourseError
    from autograder.people.database import VARIABLE
    from autograder.people.records import WHO

    for variable, value in ((VARIABLE, db), (WHO, who)):
        if value is not None:
            if not value.strip():
                raise CourseError(f"--{'db' if variable == VARIABLE else 'who'} is empty.")
            before = os.environ.get(variable)
            os.environ[variable] = value.strip()      # worker processes read it there
            context.call_on_close(lambda v=variable, b=before: _restore(v, b))
    watch(context)


def _restore(variable, before):
    if before is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = before


def show(columns, rows, csv=None):
    """Print a table, and write it as CSV where a path is given."""
    from autograder.canvas import csv_text
    from autograder.files import write_whole

    table = Table(*columns)
    for row in rows:
        table.add_row(*(plain(str(cell)) for cell in row))
    wide = console if console.is_terminal else Console(highlight=False, width=max(console.width, 180))
    wide.print(table)
    if csv:
        console.print(f"wrote {plain(str(write_whole(csv, csv_text([columns, *rows]))))}")


def _course():
    from autograder.layout import Course

    return Course.here()


@roster.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(**FILE, help="A CSV: id, name, email, section, group; or Canvas's own.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also where values that are there are lost.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, write nothing.")] = False,
    who: Who = None,
):
    """Bring the class into the gradebook; show every change, and lose nothing unless told to."""
    from autograder.people.roster import import_roster

    changes, absent, written = import_roster(_course(), file, who=who, overwrite=overwrite, dry_run=dry_run)
    if changes:
        show(["student", "what", "before", "now"], [[c.student, c.column, c.old, c.new] for c in changes])
    if absent:
        console.print(f"In the gradebook, not in {plain(file.name)}; they stay: {plain(', '.join(absent))}")
    lost = sum(change.overwrites for change in changes)
    if written:
        console.print(f"{len(changes)} values are written." if changes else "Everything was so already.")
    elif dry_run:
        console.print(f"{len(changes)} values would be written, {lost} of them over others. Nothing is written.")
    else:
        console.print(f"[bold red]{lost} values would be lost, so nothing is written.[/] Look at the table, then add "
                      "--overwrite.")
        raise typer.Exit(1)


@roster.command("list")
def roster_list(csv: CSV = None):
    """Print who is in the class."""
    from autograder.people.records import records
    from autograder.people.roster import table

    with records(_course()) as session:
        columns, rows = table(session)
    show(list(columns), rows, csv)
    console.print(f"{len(rows)} students.")


@group.command("set")
def group_set(
    name: Annotated[str, typer.Argument(help="The name of the group.")],
    students: Annotated[list[str] | None, typer.Argument(help="Who is in it; nobody ends the group.")] = None,
    lab: OnlyLab = "",
    who: Who = None,
    why: Why = "",
):
    """Make these students the whole of a group; one hand-in of any of them is graded for all."""
    from autograder.people.groups import set_group

    moved = set_group(_course(), name, list(students or []), assignment=lab, who=who, why=why)
    console.print(f"Changed for {plain(', '.join(moved))}." if moved else "It was so already.")
    if moved and not lab:
        console.print("Labs that are handed in already keep the groups they had; --lab changes those of one lab.")


@group.command("alone")
def group_alone(
    student: Annotated[str, typer.Argument(help="Who works alone from now on.")],
    lab: OnlyLab = "",
    who: Who = None,
    why: Why = "",
):
    """Take a student out of the group."""
    from autograder.people.groups import set_alone

    moved = set_alone(_course(), student, assignment=lab, who=who, why=why)
    console.print(f"{plain(student)} works alone." if moved else "It was so already.")


@group.command("list")
def group_list(lab: Annotated[str, typer.Option("--lab", help="In this lab; in general unless given.")] = ""):
    """Print the groups."""
    from autograder.people.groups import teams
    from autograder.people.records import records

    course = _course()
    if lab:
        course.lab(lab)
    with records(course) as session:
        there = teams(session, lab)
    names = sorted(set(there.values()))
    show(["group", "students"], [[n, ", ".join(sorted(s for s, team in there.items() if team == n))] for n in names])
    console.print(f"{len(names)} groups.")


@deadline.command("set")
def deadline_set(
    lab: Lab,
    when: Annotated[str, typer.Argument(help="2026-12-01 (its last minute), 2026-12-01 17:00, UTC unless it says "
                                             "otherwise; or none.")],
    section: Annotated[str, typer.Option(help="Only for this section.")] = "",
    who: Who = None,
    why: Why = "",
):
    """Say when a lab is due, for all or for one section."""
    from autograder.people.deadlines import said, set_deadline

    before, now = set_deadline(_course(), lab, when, section=section, who=who, why=why)
    whom = f"section {section}" if section else "all"
    console.print(plain(f"{lab} is due {said(now) or 'never'} UTC for {whom}; before: {said(before) or 'never'}."))


@deadline.command("list")
def deadline_list(lab: Lab, csv: CSV = None):
    """Print when each student has to hand in a lab."""
    from autograder.people.deadlines import table
    from autograder.people.records import known_assignment, records

    with records(_course()) as session:
        known_assignment(session, lab)
        rows = table(session, lab)
    show(["student", "section", "group", "due (UTC)", "extended", "why"], rows, csv)


@app.command()
def extend(
    lab: Lab,
    until: Annotated[str, typer.Argument(help="A date, or date and time, as for deadline set; or none.")],
    student: Annotated[str, typer.Option(help="For this student.")] = "",
    group: Annotated[str, typer.Option(help="For all of this group.")] = "",
    why: Annotated[str, typer.Option(help="The reason; needed.")] = "",
    who: Who = None,
):
    """Give a student or a group more time, with a reason; it counts for what is handed in and graded already, too."""
    from autograder.people.deadlines import extend as run
    from autograder.people.deadlines import said

    before, now = run(_course(), lab, until, student=student, group=group, who=who, why=why)
    whom = student or f"group {group}"
    if before == now:
        console.print(plain(f"It was so already: {whom} until {said(now) or 'no extension'}."))
    else:
        console.print(plain(f"{whom} has until {said(now)} UTC for {lab}." if now else f"{whom} has no extension."))


@canvas.command("import")
def canvas_import(
    file: Annotated[Path, typer.Argument(**FILE, help="The gradebook as Canvas exports it.")],
    column: Annotated[list[str] | None, typer.Option(help="A column of Canvas and ours: 'Lab 1 (4711)=03_regression "
                                                          "lab'; may be given again.")] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Take over ids, logins and sections.")] = False,
    marks: Annotated[bool, typer.Option("--marks", help="Take over marks typed in Canvas, as extra credit.")] = False,
    who: Who = None,
):
    """Show how Canvas's gradebook differs from ours; take over only what you ask for."""
    from autograder.canvas import number
    from autograder.errors import CourseError
    from autograder.people.canvas_in import read, take
    from autograder.people.records import records

    names = {}
    for pair in column or ():
        theirs, sign, ours = pair.rpartition("=")
        if not sign or not theirs.strip() or not ours.strip():
            raise CourseError(f"--column {pair!r} should look like 'Lab 1 (4711)=03_regression lab'.")
        names[theirs.strip()] = ours.strip()
    course = _course()
    if ids or marks:
        found = take(course, file, names=names, ids=ids, marks=marks, who=who)
    else:
        with records(course) as session:
            found = read(session, file, names)
    if found.ids:
        show(["student", "what", "ours", "in Canvas"], found.ids)
    if found.marks:
        show(["student", "lab", "ours", "in Canvas", "as extra credit"], [
            [t.student, f"{t.assignment} {t.notebook}", number(t.ours), number(t.theirs), t.what]
            for t in found.marks])
    for words, what in ((found.ignored, "Columns that are none of ours"), (found.nobody, "Not on our roster")):
        if words:
            console.print(f"{what}: {plain(', '.join(words))}")
    console.print(f"{len(found.ids)} ids and {len(found.marks)} marks are others in Canvas; taken over: "
                  f"{' and '.join([*['ids'] * ids, *['marks'] * marks]) or 'nothing'}.")


@app.command()
def attempts(lab: Lab, student: Annotated[str | None, typer.Option(help="Only this student.")] = None,
             csv: CSV = None):
    """Print all hand-ins of a lab that were graded, with their points, and which one counts."""
    from autograder.people.attempts import table
    from autograder.people.records import known_assignment, known_students, records

    with records(_course()) as session:
        known_assignment(session, lab)
        if student:
            known_students(session, [student])
        found = table(session, lab, student)
    rows = [[who, when, by, f"{float(got):g}", f"{float(most):g}", "late" if late else "", "counts" if counts else ""]
            for who, when, by, got, most, late, counts in found]
    show(["student", "handed in (UTC)", "by", "points", "of", "late", "counts"], rows, csv)


@app.command()
def log(
    student: Annotated[str | None, typer.Option(help="Only about this student.")] = None,
    lab: Annotated[str | None, typer.Option(help="Only about this lab.")] = None,
    csv: Annotated[Path | None, typer.Option(**FILE, help="Write the lines to this CSV, with all cells.")] = None,
):
    """Print every change of a mark, extension, group, deadline or policy: when, who, what, from, to, why."""
    from autograder.canvas import csv_text
    from autograder.files import write_whole
    from autograder.people.log import FIELDS, entries, words
    from autograder.people.records import known_students, records

    course = _course()
    if lab:
        course.lab(lab)
    with records(course) as session:
        if student:
            known_students(session, [student])
        found = entries(session, student=student, assignment=lab)
        rows = [[e.moment, e.who, e.student, e.assignment, f"{e.what} {e.item}".strip(), words(e.old), words(e.new),
                 e.why] for e in found]
        lines = [[getattr(e, name) for name in (*FIELDS, "hash")] for e in found]
    show(["when (UTC)", "who", "student", "lab", "what", "from", "to", "why"], rows)
    console.print(f"{len(rows)} lines.")
    if csv:
        console.print(f"wrote {plain(str(write_whole(csv, csv_text([[*FIELDS, 'hash'], *lines]))))}")


@app.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A head that verify printed earlier: is that line still there?")]
    = None,
):
    """Say whether every line of the log is as it was written; exit 1 if not."""
    from autograder.people.log import entries, problems
    from autograder.people.records import records

    with records(_course()) as session:
        found, there = problems(session, head), entries(session)
    if found:
        for problem in found:
            console.print(f"[bold red]{plain(problem)}[/]")
        raise typer.Exit(1)
    last = there[-1].hash if there else "-"
    console.print(f"{len(there)} lines, none touched. Head: {last}")
    if there:
        console.print("Note the head elsewhere; verify --head HASH shows later that nothing before it was rewritten.")
