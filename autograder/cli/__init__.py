"""The command line: ``python -m autograder COMMAND``."""

import sys

import typer
from rich.console import Console
from rich.markup import escape

from autograder.cli import grading, publishing
from autograder.errors import CourseError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in (publishing.app, grading.app):
    app.registered_commands.extend(group.registered_commands)


def main():
    """Run the command line; print a CourseError as a sentence and exit with 2."""
    try:
        app()
    except CourseError as error:
        Console(stderr=True).print(f"[bold red]autograder:[/] {escape(str(error))}", highlight=False)
        sys.exit(2)
