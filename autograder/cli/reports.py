"""Commands that look at a class: stats, moderate, similar, what-if. None of them changes a point."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autograder.cli.people import FILE, show
from autograder.cli.words import plain

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)

Lab = Annotated[str, typer.Argument(help="The name of a lab, such as 03_regression.")]
CSV = Annotated[Path | None, typer.Option("--csv", **FILE, help="Write the table to this CSV, too.")]
Levels = Annotated[Path | None, typer.Option(**FILE, help="A CSV: student, and a column for each component given.")]
PolicyFile = Annotated[Path | None, typer.Option(**FILE, help="A policy file; the course's own unless given.")]


def _course():
    """Return the course, or say that it has no gradebook yet."""
    from autograder.errors import CourseError
    from autograder.layout import Course
    from autograder.people.database import has_gradebook

    course = Course.here()
    if not has_gradebook(course.nbgrader):
        raise CourseError("There is no gradebook yet; run: python -m autograder build all")
    return course


def _number(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


@app.command()
def stats(lab: Lab, csv: CSV = None):
    """Print how the questions of a lab did, and write the same with pictures as a page."""
    from autograder.canvas import csv_text
    from autograder.files import write_whole
    from autograder.reports.page import statistics_page
    from autograder.reports.statistics import STATES, report, table

    course = _course()
    found = report(course, course.lab(lab).name)
    header, rows = table(found)
    drawn = Table("question", *(["points", "marked", "difficulty", "item-rest r", "upper-lower", *STATES]),
                  "known wrong answers")
    for notebook, question, cell, most, count, waiting, p, r, d, *states, wrong in rows:
        name = f"  {cell}" if cell else f"{notebook} {question}"
        colour = "[red]" if r is not None and r < 0 else ""
        shares = [_number(None if share is None else 100 * share, "{:.0f} %") for share in states]
        drawn.add_row(plain(name), f"{most:g}", f"{count} (+{waiting})" if waiting else str(count), _number(p),
                      colour + _number(r), _number(d), *shares, plain(wrong))
    _print(drawn)
    console.print(f"{found.hand_ins} hand-ins of {found.students} students.")
    if csv:
        cells = [["" if cell is None else cell for cell in row] for row in rows]
        console.print(f"wrote {plain(str(write_whole(csv, csv_text([header, *cells]))))}")
    console.print(f"page: {_shown(course, statistics_page(course, found))}")


def _print(table):
    """Print a table; into a file or a pipe, where no window says how wide, wide enough to be read."""
    table.columns[0].no_wrap = True
    wide = console if console.is_terminal else Console(highlight=False, width=max(console.width, 180))
    wide.print(table)


def _shown(course, where):
    """Return a path as a person wants to read it: below the course where it is there."""
    return plain(where.relative_to(course.root) if where.is_relative_to(course.root) else where)


@app.command()
def moderate(
    lab: Annotated[str | None, typer.Argument(help="A lab; all and the final grades unless given.")] = None,
    margin: Annotated[str, typer.Option(help="How far from a boundary a final average is borderline.")] = "0.1",
    levels: Levels = None,
    policy: PolicyFile = None,
    csv: CSV = None,
):
    """Print who and what needs a second look before grades go out, what is most at stake first."""
    from autograder.cli.grading import _rules
    from autograder.marks import read_levels
    from autograder.reports.moderation import moderate as run
    from autograder.reports.moderation import table

    course = _course()
    rules, width = _rules(course, policy), _margin(margin)
    given = read_levels(levels, rules) if levels else None
    name = None if lab is None else course.lab(lab).name
    cases = run(course, name, policy=rules, levels_given=given, margin=width)
    header, rows = table(cases)
    show(header, rows, csv)
    console.print(f"{len(rows)} cases. The addresses begin with what the command formgrader prints.")


def _margin(text):
    """Return a margin as a fraction.

    Raises
    ------
    CourseError
        If it is no number from 0 to 1/2.
    """
    from autograder.errors import CourseError

    try:
        margin = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise CourseError(f"A margin is a number from 0 to 0.5, such as 0.1 or 1/10; got {text!r}.") from None
    if not 0 <= margin <= Fraction(1, 2):
        raise CourseError(f"A margin is a number from 0 to 0.5, such as 0.1 or 1/10; got {text!r}.")
    return margin


@app.command()
def similar(lab: Lab, csv: CSV = None):
    """Print which hand-ins are more alike than chance explains, and write them side by side as a page."""
    from autograder.reports.page import similar_page
    from autograder.reports.similarity import similar as run

    course = _course()
    name = course.lab(lab).name
    pairs, found, release = run(course, name)
    rows = [[pair.left.name, pair.right.name, f"{100 * pair.share:.0f} %", f"{pair.evidence:.0f}", f"{pair.chance:.1g}",
             ", ".join(pair.alike), ", ".join(pair.rare)] for pair in pairs]
    show(["who", "and who", "common", "bits", "by chance", "answers alike", "long and found nowhere else"], rows, csv)
    console.print(f"{len(found)} hand-ins, {len(pairs)} pairs. A pair is a reason to look, not a verdict.")
    console.print(f"page: {_shown(course, similar_page(course, name, pairs, found, release))}")


@app.command(name="what-if")
def what_if(
    student: Annotated[str, typer.Argument(help="Whose final grade.")],
    assume: Annotated[list[str] | None, typer.Option("--set", metavar="COMPONENT=LEVEL",
                                                     help="A level that is assumed; may be given again.")] = None,
    levels: Levels = None,
    policy: PolicyFile = None,
):
    """Print the final letter under assumed levels, and what each letter still needs."""
    from autograder.cli.grading import _rules
    from autograder.errors import CourseError
    from autograder.files import meant
    from autograder.marks import marks, read_levels
    from autograder.reports.what_if import assumptions, words
    from autograder.reports.what_if import what_if as run

    course = _course()
    rules, assumed = _rules(course, policy), assumptions(assume or [])
    run({}, rules, assumed | {name: rules.worst for name in rules.components if name not in assumed})
    found = marks(course, policy=rules, levels=read_levels(levels, rules) if levels else None, record=False)
    mark = next((mark for mark in found if mark.student == student), None)
    if mark is None:
        raise CourseError(f"There is no student {student!r} in the gradebook of {len(found)}."
                          f"{meant(student, [mark.student for mark in found])}")
    result = run(mark.components, rules, assumed)
    rows = [[name, level or "-", "assumed" if name in result.assumed else "" if level else "open"]
            for name, level in result.levels.items()]
    show(["component", "level", ""], rows)
    for sentence in words(result, rules):
        console.print(plain(sentence))
    if mark.waiting:
        console.print(f"{float(mark.waiting):g} points wait to be marked by hand; levels of labs may still change.")
