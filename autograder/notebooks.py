"""Notebooks from percent scripts, one way and byte for byte the same each time."""

from pathlib import Path

import nbformat

from autograder.errors import CourseError
from autograder.files import read_text

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
        If the file is missing, not saved as UTF-8 or no percent script, or its metadata has the wrong shape.
    """
    path = Path(path)
    text = read_text(path, "The script")
    try:
        import jupytext  # brings a Jupyter server along; graders never need it

        parsed = jupytext.reads(text, fmt="py:percent")
    except Exception as error:
        raise CourseError(f"{path} cannot be read as a percent script: {error}") from error
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": LANGUAGE})
    if "autograder" in parsed.metadata:
        notebook.metadata["autograder"] = parsed.metadata["autograder"]
        if not isinstance(notebook.metadata["autograder"], dict):
            raise CourseError(f"{path}: autograder in the header should hold title, minutes and points, is "
                              f"{notebook.metadata['autograder']!r}.")
    for position, cell in enumerate(parsed.cells, start=1):
        data = cell.metadata.get("nbgrader", {})
        grade_id = data.get("grade_id") if isinstance(data, dict) else data
        if not isinstance(data, dict) or not isinstance(grade_id, str | None):
            raise CourseError(f"{path}, cell {position}: the nbgrader metadata should be a mapping with a grade_id "
                              f"that is text, is {data!r}.")
        cell.id = grade_id or f"{path.stem.replace('_', '-')}-{position:03d}"
        notebook.cells.append(cell)
    return notebook


def to_bytes(notebook):
    """Return `notebook` as the bytes of an ``.ipynb`` file: sorted keys, sources split in lines, one final newline."""
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
