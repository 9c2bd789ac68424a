"""Commands about the course material: check, run, slides, student, course, doctor."""

import typer

app = typer.Typer()
