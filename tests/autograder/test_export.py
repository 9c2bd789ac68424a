"""The CSV for Canvas: columns, points possible, ids from a roster, and no cell that a spreadsheet would compute."""

import csv
import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.canvas import canvas_rows, csv_text, harmless, number
from autograder.export import export
from autograder.policy import load_policy
from autograder.results import Grade, Row
from tests.autograder.conftest import NAME
from tests.autograder.tiny import write

HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_tiny lab", "01_tiny review"]


def read(path):
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def grades(lab, review=2.0):
    return {"lab": [Grade("01-q1-basic-tests", lab, 6.0)], "review": [Grade("01-r1-basic-tests", review, 2.0)]}


def rows(**by_student):
    return {NAME: {name.replace("_", "-"): Row(name, NAME, *given) for name, given in by_student.items()}}


def test_the_columns_and_the_points_possible_are_canvas_own():
    table = canvas_rows(rows(jane=(grades(4.5),)), {"jane": "Doe, Jane"})
    assert table[0] == HEADER
    assert table[1] == ["    Points Possible", "", "", "", "", "6", "2"]
    assert table[2] == ["Doe, Jane", "", "", "jane", "", "4.5", "2"]


def test_the_id_comes_from_the_roster_else_from_what_canvas_put_into_the_file_name():
    roster = {"jane": {"Student": "Doe, Jane", "ID": "17", "SIS User ID": "S1", "SIS Login ID": "jd", "Section": "B"}}
    table = canvas_rows(rows(jane=(grades(1),), jim_23=(grades(2),)), {"jane": "jane", "jim-23": "jim-23"}, roster)
    assert table[2][:5] == ["jim-23", "23", "", "", ""]
    assert table[3][:5] == ["Doe, Jane", "17", "S1", "jd", "B"]


def test_what_was_not_handed_in_is_an_empty_cell_not_a_zero():
    given = rows(jane=(grades(1, 0.0), [], ["review"]))
    table = canvas_rows(given, {"jane": "jane", "zoe": "zoe"})
    assert [line[5:] for line in table[2:]] == [["1", ""], ["", ""]]


def test_levels_stand_in_place_of_points_where_wanted():
    late = rows(jane=(grades(6.0), [], [], True))
    table = canvas_rows(late, {"jane": "jane"}, levels=load_policy())
    assert table[2][5:] == ["B", "B"]


def test_columns_can_have_the_names_that_canvas_gave_them():
    table = canvas_rows(rows(jane=(grades(6.0),)), {"jane": "jane"}, names={"01_tiny lab": "Lab 1 (4711)"})
    assert table[0][5:] == ["Lab 1 (4711)", "01_tiny review"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(1)", "\n=1"])
def test_no_cell_begins_as_a_formula_does(text):
    assert harmless(text) == f"'{text}"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1), min_size=1))
@settings(deadline=None)
def test_the_text_is_read_back_as_it_was_and_no_cell_computes(content):
    back = list(csv.reader(io.StringIO(csv_text(content), newline="")))
    assert [row or [""] for row in back] == [[harmless(cell) for cell in row] for row in content]
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for row in back for cell in row if cell.strip())


@pytest.mark.parametrize(("points", "text"), [
    (7, "7"), (7.5, "7.5"), (None, ""), (0, "0"), (100, "100"), (1 / 3, "0.3333")])
def test_points_are_written_without_needless_zeros(points, text):
    assert number(points) == text


@pytest.mark.slow
def test_the_export_of_a_class_is_the_same_each_time_and_holds_everybody(graded_class, tmp_path):
    first = export(graded_class.course, tmp_path / "a.csv", roster=graded_class.course.build / "demo" / "roster.csv")
    again = export(graded_class.course, tmp_path / "b.csv", roster=graded_class.course.build / "demo" / "roster.csv")
    assert first.read_bytes() == again.read_bytes() == graded_class.paths["Canvas"].read_bytes()
    content = read(first)
    assert len(content) == 2 + len(graded_class.outcomes)
    full = next(line for line in content if line[3] == "demo-full")
    assert full == ["Demo, Full", "4000", "S0000", "demo-full", "Group 1", "5", "2"]


@pytest.mark.slow
def test_nbgrader_itself_can_export_with_the_plugin(graded_class, tmp_path):
    command = [sys.executable, "-m", "nbgrader", "export", "--exporter=autograder.export.CanvasExporter",
               f"--to={tmp_path / 'canvas.csv'}", "--CanvasExporter.levels=True"]
    done = subprocess.run(command, cwd=graded_class.course.nbgrader, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    late = next(line for line in read(tmp_path / "canvas.csv") if line[3] == "demo-late")
    assert late[5:] == ["B", "B"]


def test_a_folder_of_the_target_is_made(course, tmp_path):
    path = export(course, tmp_path / "new" / "canvas.csv", roster=write(tmp_path / "r.csv", "student,ID\njane,7\n"))
    assert read(path) == [HEADER[:5], ["    Points Possible", "", "", "", ""], ["jane", "7", "", "jane", ""]]
