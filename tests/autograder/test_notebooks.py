"""Notebooks from percent scripts: one way, the same bytes each time."""

import json

import nbformat
import pytest

from autograder.errors import CourseError
from autograder.notebooks import read_percent, to_bytes
from tests.autograder.tiny import tiny_course, write


@pytest.fixture
def lab(tmp_path):
    return tiny_course(tmp_path).root / "labs" / "01_tiny" / "lab.py"


def test_the_same_text_gives_the_same_bytes_and_a_valid_notebook(lab):
    once, again = to_bytes(read_percent(lab)), to_bytes(read_percent(lab))
    assert once == again
    nbformat.validate(nbformat.reads(once.decode(), as_version=4))
    assert once.endswith(b"\n")
    assert not once.endswith(b"\n\n")


def test_cell_ids_are_grade_ids_else_positions_and_unique(lab):
    ids = [cell.id for cell in read_percent(lab).cells]
    assert len(set(ids)) == len(ids)
    assert "01-q1-basic-tests" in ids
    assert ids[0] == "lab-001"


def test_metadata_is_kernel_language_and_ours_only(lab):
    text = lab.read_text().replace("#   autograder:", "#   jupytext:\n#     formats: ipynb,py:percent\n#   autograder:")
    notebook = read_percent(write(lab, text))
    assert set(notebook.metadata) == {"kernelspec", "language_info", "autograder"}
    assert "formats" not in to_bytes(notebook).decode()
    assert notebook.metadata.autograder["points"] == {"basic": 2, "advanced": 3, "manual": 1}


def test_tags_of_a_cell_are_kept(tmp_path):
    lecture = tiny_course(tmp_path).lectures()[0]
    tags = [cell.metadata.get("tags") for cell in read_percent(lecture).cells]
    assert ["parameters"] in tags


def test_sources_are_split_in_lines_and_not_ascii_is_readable(tmp_path):
    path = write(tmp_path / "01_x.py", "# %%\nname = 'Åsa'\nname\n")
    cell = json.loads(to_bytes(read_percent(path)))["cells"][0]
    assert cell["source"] == ["name = 'Åsa'\n", "name"]
    assert cell["outputs"] == []
    assert cell["execution_count"] is None


def test_a_missing_script_is_an_error_with_its_name(tmp_path):
    with pytest.raises(CourseError, match=r"gone\.py does not exist"):
        read_percent(tmp_path / "gone.py")


def test_bytes_that_are_no_text_are_an_error_with_the_name(tmp_path):
    path = tmp_path / "bad.py"
    path.write_bytes(b"\xff\xfe\x00# %%")
    with pytest.raises(CourseError, match=r"bad\.py is not saved as UTF-8"):
        read_percent(path)
