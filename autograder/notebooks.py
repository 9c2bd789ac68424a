"""Notebooks from percent scripts, one way and byte for byte the same each time."""

from pathlib import Path

import jupytext
import nbformat

from autograder.errors import CourseError

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}


def read_percent(path):
    """Return the notebook that the percent script at `path` describes.

    Cell ids are the nbgrader grade_id where there is one, else ``<stem>-<position>``, so the same text gives the same
    bytes. Metadata is the kernel and the language, without versions, and without jupytext's ``formats`` header, which
    would carry solutions into a release. What the YAML header says under ``jupyter: autograder:`` is kept.

    Raises
    ------
    CourseError
        If the file is missing or cannot be read as a percent script.
    """
    path = Path(path)
    try:
        parsed = jupytext.read(path, fmt="py:percent")
    except FileNotFoundError:
        raise CourseError(f"{path} does not exist.") from None
    except Exception as error:
        raise CourseError(f"{path} cannot be read as a percent script: {error}") from error
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": LANGUAGE})
    if "autograder" in parsed.metadata:
        notebook.metadata["autograder"] = parsed.metadata["autograder"]
    for position, cell in enumerate(parsed.cells, start=1):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.id = grade_id or f"{path.stem.replace('_', '-')}-{position:03d}"
        notebook.cells.append(cell)
    return notebook


def to_bytes(notebook):
    """Return `notebook` as the bytes of an ``.ipynb`` file: sorted keys, sources split in lines, one final newline."""
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
