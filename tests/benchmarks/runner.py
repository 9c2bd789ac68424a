"""Run the benchmarks that were asked for and say whether they meet their targets."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks import report
from tests.benchmarks.registry import registry

BUILD = Path(__file__).resolve().parents[2] / "build"


def measure(benchmarks, console):
    """Return the Row of each benchmark, with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    rows = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(benchmarks))
        for benchmark in benchmarks:
            progress.update(task, description=benchmark.name)
            rows.append(benchmark.run())
            progress.advance(task)
    return rows


def run(names=(), *, benchmarks=registry, folder=BUILD, console=None):
    """Measure, print the table, write it to `folder`; return the exit code.

    Returns
    -------
    int
        0 if every target is met, 1 if one is missed or a benchmark failed, 2 if a name fits nothing.
    """
    console = console or Console(width=None if sys.stdout.isatty() else 120)
    try:
        chosen = benchmarks.select(names)
    except KeyError as error:
        console.print(f"benchmarks: {error.args[0]}", style="red", highlight=False, markup=False)
        return 2
    rows = measure(chosen, console)
    console.print(report.screen(rows))
    for row in rows:
        if row.note:
            console.print(f"{row.name}: {row.note}", highlight=False, markup=False)
    report.write(rows, folder)
    missed = [row for row in rows if row.met is False]
    met = sum(row.met is True for row in rows)
    console.print(f"{met} of {met + len(missed)} targets met; written to {folder / 'bench.md'} and bench.json",
                  highlight=False, soft_wrap=True)
    return 1 if missed else 0


def command(
    names: Annotated[list[str] | None, typer.Argument(help="Rooms, or parts of names; all unless given.")] = None,
    show: Annotated[bool, typer.Option("--list", help="List the benchmarks and their targets only.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for bench.md and bench.json.")] = BUILD,
):
    """Measure speed as ratios against the reference libraries."""
    registry.discover()
    if show:
        for benchmark in registry.select():
            typer.echo(f"{benchmark.room:16} {benchmark.name}: {benchmark.target or 'shown only'}")
        return
    raise typer.Exit(run(names or (), folder=out))


def main():
    """Run the command line."""
    typer.run(command)
