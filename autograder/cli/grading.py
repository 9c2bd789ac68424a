"""Commands of an instructor: build, release, collect, grade, feedback, marks, export, demo, formgrader."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)

Lab = Annotated[str, typer.Argument(help="The name of a lab, such as 03_regression.")]
Labs = Annotated[str, typer.Argument(help="The name of a lab, or all.")]
Students = Annotated[list[str] | None, typer.Option("--student", help="Only this student; may be given again.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at once; as many as there are cores unless given.")]
PolicyFile = Annotated[Path | None, typer.Option(help="A policy file; the course's own unless given.")]
Roster = Annotated[Path | None, typer.Option(help="A CSV with students' Canvas ids, such as Canvas's own export.")]
Levels = Annotated[Path | None, typer.Option(help="A CSV of levels: student, and a column for each component given.")]


def _progress():
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _shown(course, path):
    """Return a path as a person wants to read it: below the course where it is there."""
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


def _names(course, name):
    return [folder.name for folder in course.labs()] if name == "all" else [course.lab(name).name]


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
    """Make the students' version; refuse it if a solution or a hidden test is in it."""
    from autograder.layout import Course
    from autograder.release import release as run

    course = Course.here()
    for name in _names(course, lab):
        console.print(f"released {_shown(course, run(course, name))}: no solution and no hidden test in it")


@app.command()
def collect(
    lab: Lab,
    source: Annotated[Path, typer.Argument(help="A folder or a zip of hand-ins, as Canvas gives it.")],
    roster: Roster = None,
):
    """Bring hand-ins to where they are graded; newer ones are never overwritten, nothing is lost."""
    from autograder.collect import collect as run
    from autograder.layout import Course

    placed = run(Course.here(), lab, source, roster=roster)
    table = Table("who", "what", "why")
    for each in placed:
        colour = "red" if each.what == "left out" else "yellow" if each.what == "kept" else "green"
        table.add_row(escape(each.who), f"[{colour}]{each.what}[/]", escape(each.why))
    _print(table)
    out = sum(each.what == "left out" for each in placed)
    console.print(f"{len(placed) - out} hand-ins are in place, {out} files could not be placed.")


def row_table(rows, policy):
    """Return the table student | points | level | why of graded rows."""
    table = Table("student", "points", "level", "why")
    for row in rows:
        waiting = f" (+{float(row.waiting()):g} by hand)" if row.waiting() else ""
        levels = ", ".join(f"{kind} {row.level(kind, policy) or '-'}" for kind in sorted(row.grades))
        points = f"{float(row.got()):g}/{float(row.most() - row.waiting()):g}{waiting}"
        table.add_row(escape(row.student), points, levels, escape(row.why))
    return table


@app.command()
def grade(
    lab: Lab,
    student: Students = None,
    jobs: Jobs = None,
    cell_timeout: Annotated[int, typer.Option(min=1, help="Seconds for one cell.")] = 30,
    notebook_timeout: Annotated[int, typer.Option(min=1, help="Seconds for one notebook.")] = 600,
    new: Annotated[bool, typer.Option(help="Leave out those whose hand-in did not change.")] = False,
    policy: PolicyFile = None,
):
    """Grade everybody who handed in, one student a task; nobody can stop the others and everybody gets a row."""
    from autograder.grade import UNSANDBOXED, handed_in
    from autograder.grade import grade as run
    from autograder.layout import Course
    from autograder.policy import load_policy
    from autograder.worker import Limits

    course, rules = Course.here(), load_policy(policy)
    course.lab(lab)
    console.print(f"[yellow]{UNSANDBOXED}[/]")
    with _progress() as progress:
        bar = progress.add_task("grade", total=len(student or handed_in(course, lab)))
        rows = run(course, lab, students=student, jobs=jobs, limits=Limits(cell_timeout, notebook_timeout),
                   only_new=new, on_row=lambda row: progress.advance(bar))
        progress.update(bar, completed=len(rows))
    _print(row_table(rows, rules))
    console.print(f"{len(rows)} students graded.")


@app.command()
def feedback(lab: Lab, student: Students = None):
    """Write a page for every student: what failed, in plain words, with a hint."""
    from autograder.errors import CourseError
    from autograder.feedback import feedback as run
    from autograder.layout import Course

    course = Course.here()
    course.lab(lab)
    with _progress() as progress:
        bar = progress.add_task("feedback", total=None)
        pages = run(course, lab, students=student, on_student=lambda name: progress.advance(bar))
        progress.update(bar, total=len(pages), completed=len(pages))
    failed = {name: error for name, error in pages.items() if isinstance(error, CourseError)}
    for name, error in failed.items():
        console.print(f"[red]{escape(name)}[/]: {escape(str(error))}")
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
        table.add_row(*(escape(str(cell)) for cell in row))
    return table


@app.command()
def marks(
    levels: Levels = None,
    policy: PolicyFile = None,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this CSV, too.")] = None,
):
    """Print the level of every assignment and the final letter, or what is missing for it."""
    from autograder.layout import Course
    from autograder.marks import marks as run
    from autograder.marks import read_levels, write_marks
    from autograder.policy import load_policy

    course, rules = Course.here(), load_policy(policy)
    found = run(course, policy=rules, levels=read_levels(levels, rules) if levels else None)
    _print(mark_table(found))
    if csv:
        console.print(f"wrote {_shown(course, write_marks(found, csv))}")


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="The file to write.")] = Path("canvas.csv"),
    roster: Roster = None,
    levels: Annotated[bool, typer.Option(help="Write levels instead of points.")] = False,
    policy: PolicyFile = None,
):
    """Write the gradebook as the CSV that Canvas reads."""
    from autograder.export import export as run
    from autograder.layout import Course
    from autograder.policy import load_policy

    course = Course.here()
    path = run(course, to, roster=roster, policy=load_policy(policy) if levels else None)
    console.print(f"wrote {_shown(course, path)}")


@app.command()
def demo(
    lab: Lab,
    students: Annotated[int, typer.Option(help="How many made-up students.")] = 30,
    jobs: Jobs = None,
    policy: PolicyFile = None,
):
    """Grade a made-up class, from hand-ins to letters; exit 1 if anybody gets other points than expected."""
    from autograder.demo import demo as run
    from autograder.grade import UNSANDBOXED
    from autograder.layout import Course
    from autograder.policy import load_policy

    course, rules, bars = Course.here(), load_policy(policy), {}
    console.print(f"[yellow]{UNSANDBOXED}[/]")
    with _progress() as progress:

        def step(name, done, total):
            bars.setdefault(name, progress.add_task(name, total=total) if name not in bars else None)
            progress.update(bars[name], completed=done)

        outcomes, found, paths = run(course, lab, count=students, jobs=jobs, policy=rules, on_step=step)
    table = Table("student", "expected", "points", "level", "why", title=f"{lab}: {len(outcomes)} made-up hand-ins")
    for each in outcomes:
        colour = "green" if each.agrees else "bold red"
        got = "no row" if each.row is None else f"{float(each.row.got()):g}"
        table.add_row(each.case.student, f"{float(each.case.points):g}", f"[{colour}]{got}[/]", each.level,
                      escape(f"{each.case.what}. {each.row.why if each.row else ''}"))
    _print(table)
    _print(mark_table(found))
    invented = ", ".join(name for name, part in rules.components.items() if not part.assignments)
    console.print(f"Made up, not graded: {invented}. Points by hand are still to be given, in formgrader.")
    for what, path in paths.items():
        console.print(f"{what}: {_shown(course, path)}")
    console.print("To look at the hand-ins: python -m autograder formgrader")
    wrong = [each.case.student for each in outcomes if not each.agrees]
    if wrong or len(outcomes) != students:
        console.print(f"[bold red]{len(wrong)} of {students} got other points than expected:[/] {', '.join(wrong)}")
        raise typer.Exit(1)
    console.print(f"[green]All {students} got what they must.[/]")


@app.command()
def formgrader(
    port: Annotated[int | None, typer.Option(help="The port; the first free one from 8888 unless given.")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is a display.")] = True,
):
    """Serve formgrader on the gradebook, to mark by hand; Ctrl-C ends it."""
    import secrets

    from autograder import serve
    from autograder.formgrader import command
    from autograder.formgrader import serve as run
    from autograder.layout import Course

    course = Course.here()
    port, token = port or serve.free_port(serve.FIRST_PORT), secrets.token_hex(16)
    _, address = command(course, port, token, browser=False)
    console.print(f"Formgrader: {address}")
    raise typer.Exit(run(course, port, token, browser=browser and serve.has_display()))
