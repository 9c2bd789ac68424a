"""Commands of an instructor: build, release, collect, grade, feedback, marks, export, demo."""

import typer

app = typer.Typer()
