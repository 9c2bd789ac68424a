"""The command ``audit`` says whether the tests of a lab are any good."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.cli.words import path, plain

app = typer.Typer()
console = Console(highlight=False, soft_wrap=True)
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="Processes at once; one a core unless given.")]
FILE = {"parser": path, "metavar": "FILE"}
COLOURS = {"+": "green", "-": "red", " ": "dim"}


class Bars:
    """Progress bars of an audit, made as its steps come."""

    def __init__(self, shown):
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress, self.bars = Progress(*columns, console=shown), {}

    def __enter__(self):
        self.progress.start()
        return self

    def __exit__(self, *error):
        self.progress.stop()

    def step(self, name, done, total):
        """Show how far a step is."""
        if name not in self.bars:
            self.bars[name] = self.progress.add_task(name, total=total)
        self.progress.update(self.bars[name], completed=done)


def question_table(report):
    """Return the table of questions: mutants, who killed them, scores."""
    from autograder.verdicts import NEEDED

    table = Table("question", "mutants", "killed", "by the visible", "by the hidden alone", "explained", "score", "raw",
                  title=f"{report.lab}: mutants of the solutions")
    for each in report.questions:
        colour = "green" if each.score >= NEEDED else "bold red"
        numbers = (each.mutants, each.killed, each.visible, each.hidden, each.explained)
        score = f"[{colour}]{each.score:.2f}[/]" if each.mutants else "-"
        table.add_row(each.id, *map(str, numbers), score, f"{each.raw:.2f}" if each.mutants else "-")
    return table


def survivor_lines(report):
    """Yield the lines that show every survivor as a coloured diff, with its explanation where it has one."""
    for each in report.questions:
        for survivor in each.survivors:
            colour, fate = ("green", "explained") if survivor.reason else ("red", "survives")
            yield f"[{colour}]{fate}[/] {each.id}, {survivor.kind}: {plain(survivor.change)}"
            yield from (f"    [{COLOURS[line[0]]}]{plain(line)}[/]" for line in survivor.diff)
            if survivor.reason:
                yield f"    because: {plain(survivor.reason)}"


def show(report, out):
    """Print a report: the table, the survivors, the answers whose points are known, the verdict."""
    out.print(question_table(report))
    for line in survivor_lines(report):
        out.print(line)
    mutants, killed, explained = (sum(getattr(each, name) for each in report.questions)
                                  for name in ("mutants", "killed", "explained"))
    if mutants:
        score, endless = killed / max(mutants - explained, 1), sum(each.endless for each in report.questions)
        out.print(f"{killed} of {mutants} mutants are killed ({endless} did not end): raw score {killed / mutants:.3f},"
                  f" {score:.3f} without the {explained} survivors that are explained.")
    kinds = {}
    for case in report.cases:
        kinds.setdefault(case.kind, []).append(case.agrees)
    out.print("As they must: " + ", ".join(f"{kind} {sum(good)} of {len(good)}" for kind, good in kinds.items()) + ". "
              f"{report.compared} answers were graded in the student's process and apart from it.")
    for complaint in report.complaints:
        out.print(f"[bold red]not good enough:[/] {plain(complaint)}")
    if needy := [each.id for each in report.questions if not each.alone]:
        out.print(f"[yellow]Needs the answers before it[/], so that one mistake may cost twice: {', '.join(needy)}.")
    if not report.complaints:
        out.print(f"[green]The tests of {report.lab} are good[/] ({report.seconds:.0f} s).")


@app.command()
def audit(
    lab: Annotated[str, typer.Argument(help="The name of a lab, such as 03_regression, or all.")],
    question: Annotated[str | None, typer.Option(help="Only this question, such as 03-q1-basic.")] = None,
    jobs: Jobs = None,
    to: Annotated[Path | None, typer.Option("--json", **FILE, help="Write the report as JSON, too.")] = None,
):
    """Grade what has known points, and mutants of the solutions; exit 1 if the tests let too many live.

    Needed for a release: the solution gets full marks, the blank release nothing, known wrong answers lose what they
    must, right answers get full marks, and every question kills 0.95 of its mutants that are not explained.
    """
    from autograder.audit import audit as run
    from autograder.errors import CourseError
    from autograder.files import write_whole
    from autograder.layout import Course

    course = Course.here()
    if to is not None and (to.is_dir() or not to.parent.is_dir()):
        why = "is a folder; the name of a file is needed" if to.is_dir() else "lies in no folder that exists"
        raise CourseError(f"--json: {to} {why}.")
    if lab == "all" and question:
        raise CourseError(f"--question {question}: a question is one lab's; name the lab instead of all.")
    names, reports = [folder.name for folder in course.labs()] if lab == "all" else [course.lab(lab).name], []
    if not names:
        raise CourseError("This course has no labs: there is no folder labs/NN_topic.")
    wide = console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=max(console.width, 160))
    for name in names:
        try:
            with Bars(console) as bars:
                reports.append(run(course, name, question=question, jobs=jobs, on_step=bars.step))
        except KeyboardInterrupt:
            console.print(f"[yellow]Stopped[/]; no result of {name} is kept.")
            raise typer.Exit(130) from None
        show(reports[-1], wide)
    if to is not None:
        rows = [json.loads(report.to_json()) for report in reports]
        write_whole(to, json.dumps(rows[0] if lab != "all" else rows, indent=1) + "\n")
        console.print(f"wrote {to}")
    if any(report.complaints for report in reports):
        raise typer.Exit(1)
