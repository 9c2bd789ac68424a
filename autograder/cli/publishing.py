"""Commands about the course material: check, run, slides, student, course, doctor."""

from contextlib import suppress
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autograder.cli.words import plain

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The first free one from 8888 unless given.")]


@app.command()
def check(
    files: Annotated[list[str] | None, typer.Argument(help="Notebooks, or folders, to be handed in.")] = None,
    write: Annotated[bool, typer.Option(help="Write every twin anew first; without FILES.")] = False,
    run: Annotated[bool, typer.Option(help="Run the visible tests of FILES, too.")] = False,
):
    """Say what the grader would say of FILES; without any, whether the course is whole; exit 1 if anything is wrong.

    FILES: are they readable, which answers are missing, damaged or no Python, what would be mended. Nothing of them
    runs without --run. The course: regenerate every twin and lab, compare byte for byte, say what does not agree.
    """
    from autograder.cli import words
    from autograder.errors import CourseError

    if files and write:
        raise CourseError("--write belongs to the check of the course; FILES are never written.")
    if files:
        return _check_files([words.path(name) for name in files], run)
    if run:
        raise CourseError("--run needs FILES: the notebooks whose visible tests should run.")
    from autograder import check as checking
    from autograder.layout import Course
    from autograder.twins import write_twins

    course = Course.here()
    if write:
        for path in write_twins(course):
            console.print(f"wrote course/{path.name}")
    found = checking.problems(course)
    for problem in found:
        fix = f" [dim]Fix: {plain(problem.fix)}[/]" if problem.fix else ""
        console.print(f"[red]{plain(problem.where)}[/]: {plain(problem.what)}{fix}")
    if found:
        console.print(f"[bold red]{len(found)} problem{'s' * (len(found) > 1)}[/] in {checking.summary(course)}.")
        raise typer.Exit(1)
    console.print(f"[green]All agree:[/] {checking.summary(course)}.")


def _check_files(paths, run):
    """Print the verdict on every file; exit 1 unless all can be handed in like this."""
    from autograder.precheck import verdicts

    found = [verdict for each in paths for verdict in verdicts(each, run=run)]
    for verdict in found:
        console.print(f"[bold]{plain(verdict.name)}[/]" + (f": {plain(verdict.belongs)}." if verdict.belongs else ""))
        if verdict.refused:
            console.print(f"  [red]The grader cannot take it:[/] {plain(verdict.refused)}")
        for note in verdict.notes:
            console.print(f"  [yellow]note[/] {plain(note)}")
        for each in verdict.questions:
            sign = "[green]good[/]" if each.good else "[red]look[/]"
            console.print(f"  {sign} {plain(each.id)}: {plain('; '.join(filter(None, (each.state, each.tests))))}")
        if verdict.ran:
            console.print(f"  [red]look[/] {plain(verdict.ran)}")
    bad = [verdict.name for verdict in found if not verdict.good]
    if bad:
        console.print(f"[bold red]Look again before you hand in:[/] {plain(', '.join(bad))}.")
        raise typer.Exit(1)
    console.print("[green]Ready to hand in.[/] Hidden tests may ask for more than is seen here.")


@app.command()
def run(
    lectures: Annotated[list[str] | None, typer.Argument(help="Numbers or names; all unless given.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE")] = None,
    fast: Annotated[bool, typer.Option(help="Small sizes: the parameter FAST.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="The parameter SEED.")] = None,
    repeat: Annotated[bool, typer.Option(help="Run everything twice and compare the outputs.")] = False,
    timeout: Annotated[int | None, typer.Option(min=1, max=86400, help="Seconds for one cell; no limit else")] = None,
):
    """Execute lectures with papermill: notebooks and a report in build/run, offline pages in build/html.

    A failing lecture does not stop the rest; the exit code is 1 then.
    """
    from autograder import run as running
    from autograder.layout import Course

    course = Course.here()
    parameters = running.parse_parameters(parameter or [])
    parameters |= {"FAST": True} if fast else {}
    parameters |= {"SEED": seed} if seed is not None else {}
    chosen = running.choose(course, lectures or [])
    running.check_parameters(chosen, parameters)
    first = _run_all(course, chosen, parameters, timeout, "1 of 2: " if repeat else "")
    failed = [each.lecture for each in first if not each.ok]
    if repeat and not failed:
        products = [course.build / "run" / f"{lecture.stem}.ipynb" for lecture in chosen]
        before = [running.numbers(product) for product in products]
        _run_all(course, chosen, parameters, timeout, "2 of 2: ")
        failed = [p.stem for p, there in zip(products, before, strict=True) if running.numbers(p) != there]
        verdict = f"[red]Not the same twice:[/] {', '.join(failed)}" if failed else "Both runs gave the same outputs."
        console.print(verdict)
    if failed:
        raise typer.Exit(1)


def _run_all(course, lectures, parameters, timeout, prefix):
    """Execute lectures one after the other with a bar for each; write and print the report; return the outcomes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder import run as running
    from autograder.errors import CourseError
    from autograder.notebooks import read_percent

    outcomes = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for lecture in lectures:
            total = None
            with suppress(CourseError):               # told as the outcome of this lecture; the rest go on
                total = sum(cell.cell_type == "code" for cell in read_percent(lecture).cells)
                total += bool(parameters)             # papermill adds a cell that sets them
            bar = progress.add_task(prefix + lecture.stem, total=total)
            step = partial(progress.advance, bar)
            outcomes.append(running.run_one(course, lecture, parameters, timeout=timeout, on_cell=step))
    report = running.write_report(course, outcomes)
    table = Table("lecture", "seconds", "peak MB", "outputs", "result")
    for each in outcomes:
        result = "[green]ran[/]" if each.ok else f"[red]{plain(each.error)}[/]"
        table.add_row(each.lecture, f"{each.seconds:.1f}", f"{each.peak_mb:.0f}", str(each.outputs), result)
    console.print(table)
    console.print(f"Pages: build/html. Report: {report.relative_to(course.root)}")
    return outcomes


@app.command()
def slides(
    decks: Annotated[list[str] | None, typer.Argument(help="Numbers or names; all unless given.")] = None,
    pdf: Annotated[bool, typer.Option(help="Also measure every slide and print a PDF, with Chromium.")] = True,
):
    """Build decks into build/slides, as offline pages and PDF; exit 1 if a slide overflows or lacks notes or words."""
    from rich.progress import Progress

    from autograder import slides as building
    from autograder.layout import Course

    course = Course.here()
    count = 0
    with Progress(console=console) as progress:
        for deck in building.choose(course, decks or []):
            _, parsed = building.parse(deck)
            blocks = sum(piece[0] == "code" for slide in parsed for piece in slide.pieces)
            bar = progress.add_task(f"{deck.stem}: {len(parsed)} slides", total=blocks)
            written, found = building.build(course, deck, pdf=pdf, on_cell=partial(progress.advance, bar))
            progress.update(bar, completed=blocks)
            for path in written:
                console.print(f"{path.relative_to(course.root)}  {path.stat().st_size / 1024:.0f} kB")
            for problem in found:
                console.print(f"[red]{deck.stem}[/]: {plain(problem)}")
            count += len(found)
    if count:
        raise typer.Exit(1)


@app.command()
def student():
    """Build build/student and build/student.zip: lectures, released labs, data; no solutions, no hidden tests."""
    from autograder import student as giving
    from autograder.layout import Course

    course = Course.here()
    _tell_fates(giving.build(course))
    size = (course.build / "student.zip").stat().st_size / 1024
    console.print(f"build/student.zip  {size:.0f} kB")


def _tell_fates(fates):
    """Print what became of the files of students: a line for each that was kept, one for the rest."""
    for path, fate in fates.items():
        if fate == "kept, new beside":
            console.print(f"[yellow]{plain(path)}[/]: you changed it, so it is kept; the new version lies beside it.")
        elif fate == "kept":
            console.print(f"{plain(path)}: you changed it, so it is kept.")
    written = sum(fate == "written" for fate in fates.values())
    console.print(f"build/student: {len(fates)} files, {written} written.")


@app.command("course")
def serve_course(
    port: Port = None,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is a display.")] = True,
):
    """Build what students get and serve it in JupyterLab, opened on the first lecture; Ctrl-C ends it."""
    from autograder import serve
    from autograder import student as giving
    from autograder.layout import Course

    course = Course.here()
    port = serve.usable_port(port)
    console.print("Building lectures and labs ...")
    _tell_fates(giving.build(course))
    console.print("Starting JupyterLab ...")
    serve.serve_course(course, port=port, browser=browser, say=lambda line: console.print(plain(line)))


@app.command()
def doctor():
    """Say what is missing on this machine, who needs it and how to get it; exit 1 if nobody could work like this."""
    from autograder import doctor as examining
    from autograder.layout import Course

    findings = examining.examine(Course.here())
    signs = {examining.GOOD: "[green]good[/]", examining.MISSING: "[red]missing[/]", examining.LOOK: "[yellow]look[/]"}
    table = Table("", "what", "found", "who needs it")
    for each in findings:
        table.add_row(signs[each.state], *map(plain, (each.what, each.found, each.needed_by)))
    Console(highlight=False).print(table)
    for each in findings:
        if each.fix:
            console.print(f"{each.what}: {plain(each.fix)}")
    if any(each.state == examining.MISSING and each.everyone for each in findings):
        console.print("[red]Something that everyone needs is missing.[/]")
        raise typer.Exit(1)
