"""Commands of an instructor: build, release, collect, grade, feedback, marks, export, demo, formgrader."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.cli.words import path, plain

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)

Lab = Annotated[str, typer.Argument(help="The name of a lab, such as 03_regression.")]
Labs = Annotated[str, typer.Argument(help="The name of a lab, or all.")]
Students = Annotated[list[str] | None, typer.Option("--student", help="Only this student; may be given again.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="Processes at once; one a core unless given.")]
FILE = {"parser": path, "metavar": "FILE"}
PolicyFile = Annotated[Path | None, typer.Option(**FILE, help="A policy file; the course's own unless given.")]
Roster = Annotated[Path | None, typer.Option(**FILE, help="A CSV with Canvas ids, such as Canvas's own export.")]
Levels = Annotated[Path | None, typer.Option(**FILE, help="A CSV: student, and a column for each component given.")]
Unsafe = Annotated[bool, typer.Option("--unsafe-no-sandbox", help="Run students' code without a box, as yourself.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The first free one from 8888 unless given.")]


def _progress():
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())
    return Progress(*columns, console=console)


def _shown(course, where):
    """Return a path as a person wants to read it: below the course where it is there."""
    return plain(where.relative_to(course.root) if where.is_relative_to(course.root) else where)


def _names(course, name):
    """Return the names of the labs that `name` means."""
    from autograder.errors import CourseError

    if name == "all" and not course.labs():
        raise CourseError("This course has no labs: there is no folder labs/NN_topic.")
    return [folder.name for folder in course.labs()] if name == "all" else [course.lab(name).name]


def _lab(course, name):
    """Return the name of one lab, or say that it is none, or that all is too many."""
    from autograder.errors import CourseError

    if name == "all":
        names = ", ".join(folder.name for folder in course.labs())
        raise CourseError(f"One lab at a time, not 'all'. Labs: {names or 'none'}.")
    return course.lab(name).name


def _rules(course, file):
    """Return the policy in `file`, or the course's own; assignments that a file names have to be labs of the course."""
    from autograder.errors import CourseError
    from autograder.files import meant
    from autograder.policy import load_policy

    rules, labs = load_policy(file), [folder.name for folder in course.labs()]
    for part, component in rules.components.items() if file else ():
        for name in component.assignments if component.assignments != "all" else ():
            if name not in labs:
                raise CourseError(f"{file}: {part} names the assignment {name!r}, which is no lab; labs are "
                                  f"{', '.join(labs) or 'none'}.{meant(name, labs)}")
    return rules


def _with_gradebook(course):
    """Return the course, or say that it has no gradebook yet."""
    from autograder.errors import CourseError
    from autograder.people.database import has_gradebook

    if not has_gradebook(course.nbgrader):
        raise CourseError("There is no gradebook yet; run: python -m autograder build all")
    return course


def _print(table):
    """Print a table; into a file or a pipe, where no window says how wide, wide enough to be read."""
    table.columns[0].no_wrap = True
    wide = console if console.is_terminal else Console(highlight=False, width=max(console.width, 180))
    wide.print(table)


@app.command()
def build(lab: Labs, due: Annotated[str | None, typer.Option(help="When it is due, UTC unless it says so.")] = None):
    """Build notebooks with solutions from labs/NN_topic/*.py and register the assignment with nbgrader."""
    from autograder.build import build as run
    from autograder.layout import Course

    course = Course.here()
    for name in _names(course, lab):
        console.print(f"built {_shown(course, run(course, name, due=due))}")


@app.command()
def release(lab: Labs):
    """Make the students' version; refuse it if a solution or a hidden test is in it, or if its tests are weak.

    The tests are judged by the last audit, or by a new one where anything has changed since.
    """
    from autograder.cli.audit import Bars
    from autograder.layout import Course
    from autograder.release import release as run

    course = Course.here()
    for name in _names(course, lab):
        with Bars(console) as bars:
            folder = run(course, name, audit=True, on_step=bars.step)
        console.print(f"released {_shown(course, folder)}: no solution and no hidden test in it")


@app.command()
def collect(
    lab: Lab,
    source: Annotated[Path, typer.Argument(parser=path, help="A folder or a zip of hand-ins, as Canvas gives it.")],
    roster: Roster = None,
):
    """Bring hand-ins to where they are graded; newer ones are never overwritten, nothing is lost."""
    from autograder.collect import collect as run
    from autograder.layout import Course

    course = Course.here()
    placed = run(course, _lab(course, lab), source, roster=roster)
    table = Table("who", "what", "why")
    for each in placed:
        colour = "red" if each.what == "left out" else "yellow" if each.what == "kept" else "green"
        table.add_row(plain(each.who), f"[{colour}]{each.what}[/]", plain(each.why))
    _print(table)
    out = sum(each.what == "left out" for each in placed)
    console.print(f"{len(placed) - out} hand-ins are in place, {out} files could not be placed.")
    if out == len(placed):
        raise typer.Exit(1)


def row_table(rows, policy):
    """Return the table student | points | level | why of graded rows."""
    table = Table("student", "points", "level", "why")
    for row in rows:
        waiting = f" (+{float(row.waiting()):g} by hand)" if row.waiting() else ""
        levels = ", ".join(f"{kind} {row.level(kind, policy) or '-'}" for kind in sorted(row.grades))
        points = f"{float(row.got()):g}/{float(row.most() - row.waiting()):g}{waiting}"
        table.add_row(plain(row.student), points, levels, plain(row.why))
    return table


@app.command()
def grade(
    lab: Lab,
    only: Annotated[list[str] | None, typer.Option("--only", "--student", help="Only this one; repeat it.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only who handed in after this, UTC.")] = None,
    again: Annotated[bool, typer.Option(help="Also those for whom nothing has changed.")] = False,
    jobs: Jobs = None,
    cell_timeout: Annotated[int, typer.Option(min=1, max=86400, help="Seconds for one cell.")] = 30,
    notebook_timeout: Annotated[int, typer.Option(min=1, max=86400, help="Seconds for one notebook.")] = 600,
    unsafe_no_sandbox: Unsafe = False,
    policy: PolicyFile = None,
):
    """Grade everybody who handed in; nobody can stop the others and everybody gets a row.

    Run again, it goes on where it was stopped: those for whom nothing has changed keep their row.
    """
    from autograder.errors import CourseError
    from autograder.grade import grade as run
    from autograder.grade import handed_in
    from autograder.grade import since as handed_in_since
    from autograder.gradebook import utc
    from autograder.layout import Course
    from autograder.sandbox.limits import Limits

    course = Course.here()
    rules, lab = _rules(course, policy), _lab(course, lab)
    limits, wanted = Limits(cell_timeout, notebook_timeout), only
    if since is not None:
        later = handed_in_since(course, lab, utc(since))
        wanted = [student for student in later if not only or student in only]
        if not wanted:
            raise CourseError(f"Nobody{' of these' if only else ''} has handed in {lab} after {since} (UTC).")
    _say_how(unsafe_no_sandbox)
    with _progress() as progress:
        bar = progress.add_task("grade", total=len(wanted or handed_in(course, lab)))
        rows = run(course, lab, students=wanted, jobs=jobs, limits=limits, again=again, unsafe=unsafe_no_sandbox,
                   on_row=lambda row: progress.advance(bar))
        progress.update(bar, completed=len(rows))
    if not rows:
        raise CourseError(f"Nobody handed in {lab} yet; run: python -m autograder collect {lab} SOURCE")
    _print(row_table(rows, rules))
    console.print(f"{len(rows)} students graded.")
    _end_unsafe(unsafe_no_sandbox)


def _say_how(unsafe):
    """Say in which box code is going to run, in red where in none."""
    from autograder.grade import UNSANDBOXED
    from autograder.sandbox import tiers

    how = tiers.choose(unsafe)
    boxed = f"Students' code runs in a box: {plain(how.describe())}."
    console.print(f"[bold red]{UNSANDBOXED}[/]" if unsafe else boxed)


def _end_unsafe(unsafe):
    """Repeat the warning at the end; under CI, where nobody reads it, fail."""
    from autograder.grade import UNSANDBOXED

    if unsafe:
        console.print(f"[bold red]{UNSANDBOXED}[/]")
        if os.environ.get("CI"):
            raise typer.Exit(3)


@app.command()
def feedback(lab: Lab, student: Students = None):
    """Write a page for every student: what failed, in plain words, with a hint."""
    from autograder.errors import CourseError
    from autograder.feedback import feedback as run
    from autograder.layout import Course

    course = Course.here()
    lab = _lab(course, lab)
    with _progress() as progress:
        bar = progress.add_task("feedback", total=None)
        pages = run(course, lab, students=student, on_student=lambda name: progress.advance(bar))
        progress.update(bar, total=len(pages), completed=len(pages))
    failed = {name: error for name, error in pages.items() if isinstance(error, CourseError)}
    for name, error in failed.items():
        console.print(f"[red]{plain(name)}[/]: {plain(error)}")
    where = _shown(course, course.nbgrader / "feedback")
    console.print(f"{len(pages) - len(failed)} students have feedback in {where}.")
    if failed:
        raise typer.Exit(1)


def mark_table(found):
    """Return the table of levels and final letters."""
    from autograder.marks import table as content

    header, rows = content(found)
    table = Table(*header)
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    return table


@app.command()
def marks(
    levels: Levels = None,
    policy: PolicyFile = None,
    csv: Annotated[Path | None, typer.Option(**FILE, help="Write the table to this CSV, too.")] = None,
):
    """Print the level of every assignment and the final letter, or what is missing for it."""
    from autograder.errors import CourseError
    from autograder.layout import Course
    from autograder.marks import marks as run
    from autograder.marks import read_levels, write_marks

    course = _with_gradebook(Course.here())
    rules = _rules(course, policy)
    found = run(course, policy=rules, levels=read_levels(levels, rules) if levels else None)
    if not found:
        raise CourseError("Nobody is in the gradebook yet; run: python -m autograder grade NN_topic")
    _print(mark_table(found))
    if csv:
        console.print(f"wrote {_shown(course, write_marks(found, csv))}")


@app.command()
def export(
    to: Annotated[Path, typer.Option(**FILE, help="The file to write.")] = Path("canvas.csv"),
    roster: Roster = None,
    levels: Annotated[bool, typer.Option(help="Write levels instead of points.")] = False,
    policy: PolicyFile = None,
):
    """Write the gradebook as the CSV that Canvas reads."""
    from autograder.export import export as run
    from autograder.layout import Course

    course = _with_gradebook(Course.here())
    rules = _rules(course, policy)
    console.print(f"wrote {_shown(course, run(course, to, roster=roster, policy=rules if levels else None))}")


@app.command()
def demo(
    lab: Lab,
    students: Annotated[int, typer.Option(min=1, max=10000, help="How many made-up students.")] = 30,
    jobs: Jobs = None,
    unsafe_no_sandbox: Unsafe = False,
    policy: PolicyFile = None,
):
    """Grade a made-up class, from hand-ins to letters; exit 1 if anybody gets other points than expected."""
    from autograder.demo import demo as run
    from autograder.layout import Course

    course, bars = Course.here(), {}
    rules, lab = _rules(course, policy), _lab(course, lab)
    _say_how(unsafe_no_sandbox)
    with _progress() as progress:

        def step(name, done, total):
            bars.setdefault(name, progress.add_task(name, total=total) if name not in bars else None)
            progress.update(bars[name], completed=done)

        outcomes, found, paths = run(course, lab, count=students, jobs=jobs, policy=rules, unsafe=unsafe_no_sandbox,
                                     on_step=step)
    table = Table("student", "expected", "points", "level", "why", title=f"{lab}: {len(outcomes)} made-up hand-ins")
    for each in outcomes:
        colour = "green" if each.agrees else "bold red"
        got = "no row" if each.row is None else f"{float(each.row.got()):g}"
        table.add_row(each.case.student, f"{float(each.case.points):g}", f"[{colour}]{got}[/]", each.level,
                      plain(f"{each.case.what}. {each.row.why if each.row else ''}"))
    _print(table)
    _print(mark_table(found))
    invented = ", ".join(name for name, part in rules.components.items() if not part.assignments)
    console.print(f"Made up, not graded: {invented}. Points by hand are still to be given, in formgrader.")
    for what, where in paths.items():
        console.print(f"{what}: {_shown(course, where)}")
    console.print("To look at the hand-ins: python -m autograder formgrader")
    wrong = [each.case.student for each in outcomes if not each.agrees]
    if wrong or len(outcomes) != students:
        console.print(f"[bold red]{len(wrong)} of {students} got other points than expected:[/] {', '.join(wrong)}")
        raise typer.Exit(1)
    console.print(f"[green]All {students} got what they must.[/]")
    _end_unsafe(unsafe_no_sandbox)


@app.command()
def formgrader(
    port: Port = None,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is a display.")] = True,
):
    """Serve formgrader on the gradebook, to mark by hand; Ctrl-C ends it."""
    import secrets

    from autograder import serve
    from autograder.formgrader import command
    from autograder.formgrader import serve as run
    from autograder.layout import Course

    course = Course.here()
    token = secrets.token_hex(16)
    command(course, serve.FIRST_PORT, token, browser=False)           # says what is missing before a port is looked for
    port = serve.usable_port(port)
    _, address = command(course, port, token, browser=False)
    console.print(f"Formgrader: {address}")
    raise typer.Exit(run(course, port, token, browser=browser and serve.has_display()))
