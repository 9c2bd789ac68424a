"""The command line: ``python -m autograder COMMAND``."""

import os
import sys

import typer
from rich.console import Console

from autograder.cli import audit, grading, people, publishing, reports
from autograder.cli.words import plain
from autograder.errors import CourseError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.callback(help=__doc__)(people.common)
for group in (publishing.app, audit.app, grading.app, people.app, reports.app):
    app.registered_commands.extend(group.registered_commands)
    app.registered_groups.extend(group.registered_groups)


def main():
    """Run the command line; print a CourseError, or what the system refuses, as a sentence and exit with 2.

    Ctrl-C ends with 130, as shells have it.
    """
    try:
        app()
    except KeyboardInterrupt:
        _say("stopped. What was not finished is not in place; run it again.")
        sys.exit(130)
    except BrokenPipeError:                           # the reader of our output has gone, such as head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except CourseError as error:
        _say(str(error))
        sys.exit(2)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _say(f"{name}{error.strerror or error}. The system refused this; nothing that was there before is lost.")
        sys.exit(2)


def _say(sentence):
    """Print a sentence to standard error, in one line where it is one."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]autograder:[/] {plain(sentence)}")
