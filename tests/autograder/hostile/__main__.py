"""``python -m tests.autograder.hostile``: try the corpus on a grader, inside a guard; print and keep the verdicts."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from tests.autograder.hostile import guard, report
from tests.autograder.hostile.corpus import CASES
from tests.autograder.hostile.course import template
from tests.autograder.hostile.graders import GRADERS

ROOT = Path(__file__).resolve().parents[3]
BUILD, README = ROOT / "build" / "hostile", ROOT / "tests" / "benchmarks" / "README.md"


def main(
    grader: Annotated[str, typer.Option(help="stock, ours, or ours-landlock.")] = "ours",
    only: Annotated[list[str] | None, typer.Option(help="Ids or their beginnings: m01, or m for the family.")] = None,
    again: Annotated[bool, typer.Option(help="Run those, too, of which there is evidence.")] = False,
    user: Annotated[str, typer.Option(help="Whom the grader runs as, if this is root: ordinary, root.")] = "ordinary",
    together: Annotated[bool, typer.Option(help="As classes of a dozen; one by one where anything is wrong.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the feedback pages in Chromium, too.")] = True,
    readme: Annotated[bool, typer.Option(help="Write the tables into tests/benchmarks/README.md, too.")] = False,
    to: Annotated[Path, typer.Option(help="Where evidence, pages, tables go.")] = BUILD,
):
    """Exit with 1 if anything got out, came alive, was lost, won, or an honest hand-in got less than it deserves."""
    console = Console(highlight=False, soft_wrap=True)
    if grader not in GRADERS or user not in ("ordinary", "root"):
        names = ", ".join(GRADERS)
        raise typer.BadParameter(f"grader is {grader!r}, one of {names}; user is {user!r}, ordinary or root")
    if why := guard.missing():
        console.print(f"[red]No guard, no hostile code:[/] {escape(why)}")
        raise typer.Exit(2)
    cases = [case for case in CASES if not only or any(case.id.startswith(name) for name in only)]
    if not cases:
        raise typer.BadParameter(f"no hand-in begins with {', '.join(only)}")
    column = report.label(GRADERS[grader], user)
    kept = report.read_evidence(to, column)
    todo = [case for case in cases if again or case.id not in kept]

    def show(case, evidence):
        own.update(evidence.baseline or ())
        bad = "; ".join(report.judge(case, evidence, own).bad)
        console.print(f"{case.id:24} {evidence.seconds:5.1f} s  " + (f"[red]{escape(bad[:300])}[/]" if bad else "ok"))

    own = {line for evidence in kept.values() for line in evidence.baseline or ()}
    with tempfile.TemporaryDirectory(prefix="hostile-course-") as place:
        if todo:
            console.print(f"{len(todo)} hand-ins for {grader}, as {user}; {len(cases) - len(todo)} are known.")
            template(place)
        report.run_corpus(GRADERS[grader], todo, Path(place), folder=to, user=user, together=together,
                          on_case=show)
    finished(console, to, browser, readme)
    seen = report.verdicts(cases, report.read_evidence(to, column))
    honest = {case.id for case in cases if case.kind == "honest"}
    raise typer.Exit(any(v.escapes or v.scripts or v.lost or v.won or v.stopped or v.hung
                         or (v.short and v.id in honest) for v in seen))


def finished(console, to, browser, readme):
    """Write the tables of every grader of which there is evidence, and print the totals."""
    by_grader = {}
    for name in report.labels(to):
        if seen := report.read_evidence(to, name):
            by_grader[name] = report.verdicts(CASES, seen, report.opened_pages(to, name) if browser else {})
    (to / "hostile.md").write_text(f"{report.summary(CASES, by_grader)}\n\n{report.table(CASES, by_grader)}\n")
    (to / "hostile.json").write_text(report.as_json(CASES, by_grader))
    if readme:
        report.write_readme(README, CASES, by_grader)
    console.print(report.summary(CASES, by_grader))
    console.print(f"written to {to / 'hostile.md'} and {to / 'hostile.json'}")


if __name__ == "__main__":
    sys.exit(typer.run(main))
