"""What students do to a notebook, and what is graded then: answers by their label, the rest from the release."""

import copy
import json
import os
import re

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import intake
from autograder.intake import Cell, Handed, decode, files, kind_of, look, read_notebook
from autograder.labs import is_answer, is_test, meta
from autograder.rebuild import placeholder, rebuild


def solved(notebook, **answers):
    """Return the released notebook with answers: ``double="..."`` fills the cell whose stub defines double."""
    for cell in notebook.cells:
        for name, source in answers.items():
            if is_answer(cell) and f"def {name}" in cell.source:
                cell.source = source
    return notebook


def handed(notebook):
    return Handed([Cell(c.cell_type, c.source, meta(c).get("grade_id", ""), c.get("id", "")) for c in notebook.cells])


def answer(notebook, name):
    return next(cell.source for cell in notebook.cells if meta(cell).get("grade_id") == name)


DOUBLE, MIDDLE = "def double(number):\n    return 2 * number", "def middle(numbers):\n    return sorted(numbers)[1]"


@pytest.fixture
def mine(released):
    """Return the released lab with both answers in it."""
    return solved(copy.deepcopy(released["lab"]), double=DOUBLE, middle=MIDDLE)


def place(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if meta(cell).get("grade_id") == name)


def test_an_untouched_hand_in_is_taken_as_it_is(released, mine):
    graded, notes = rebuild(released["lab"], handed(mine))
    assert notes == []
    assert [c.source for c in graded.cells] == [c.source for c in mine.cells]


def test_a_copied_answer_counts_once_and_the_last_wins_as_in_the_notebook(released, mine):
    copied = nbformat.v4.new_code_cell("def double(number):\n    return 0")
    copied.metadata["nbgrader"] = dict(meta(mine.cells[place(mine, "01-q1-basic")]))
    mine.cells.insert(place(mine, "01-q1-basic"), copied)
    graded, notes = rebuild(released["lab"], handed(mine))
    assert answer(graded, "01-q1-basic").endswith("return 2 * number")
    assert any("01-q1-basic is there 2 times" in note for note in notes)
    assert len([c for c in graded.cells if meta(c).get("grade_id") == "01-q1-basic"]) == 1


def test_an_untouched_copy_of_the_stub_does_not_hide_the_answer(released, mine):
    stub = nbformat.from_dict(released["lab"].cells[place(released["lab"], "01-q1-basic")])
    stub.source = "def double(number):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    blank = nbformat.from_dict({**released["lab"], "cells": [dict(c) for c in released["lab"].cells]})
    blank.cells[place(blank, "01-q1-basic")].source = stub.source
    mine.cells.insert(place(mine, "01-q1-basic") + 1, stub)
    graded, _ = rebuild(blank, handed(mine))
    assert answer(graded, "01-q1-basic") == DOUBLE


@pytest.mark.parametrize("labelled", [True, False], ids=["label on both halves", "label on the first half"])
def test_a_split_answer_is_put_together(released, mine, labelled):
    index = place(mine, "01-q1-basic")
    half = nbformat.v4.new_code_cell("    return 2 * number")
    half.metadata.update({"nbgrader": dict(meta(mine.cells[index]))} if labelled else {})
    mine.cells[index].source = "def double(number):"
    mine.cells.insert(index + 1, half)
    graded, notes = rebuild(released["lab"], handed(mine))
    assert answer(graded, "01-q1-basic") == DOUBLE
    assert len(graded.cells) == len(released["lab"].cells)
    assert any("put together" in note for note in notes)


def test_a_broken_copy_does_not_spoil_a_sound_one(released, mine):
    index = place(mine, "01-q1-basic")
    broken = nbformat.v4.new_code_cell("def double(number:\n    return")
    broken.metadata["nbgrader"] = dict(meta(mine.cells[index]))
    mine.cells.insert(index, broken)
    graded, _ = rebuild(released["lab"], handed(mine))
    assert answer(graded, "01-q1-basic") == DOUBLE


def test_an_answer_that_lost_its_label_is_found_by_what_it_defines(released, mine):
    cell = mine.cells[place(mine, "01-q1-basic")]
    del cell.metadata["nbgrader"]
    cell.id = "fresh"
    graded, notes = rebuild(released["lab"], handed(mine))
    assert answer(graded, "01-q1-basic") == DOUBLE
    assert any("lost its label" in note for note in notes)
    assert len(graded.cells) == len(released["lab"].cells)


def test_a_deleted_answer_is_the_stub_again(released, mine):
    del mine.cells[place(mine, "01-q1-basic")]
    graded, notes = rebuild(released["lab"], handed(mine))
    assert answer(graded, "01-q1-basic") == answer(released["lab"], "01-q1-basic")
    assert "The answer cell 01-q1-basic is missing." in notes


def test_tests_come_from_the_release_whatever_was_done_to_them(released, mine):
    tests = [cell for cell in mine.cells if is_test(cell)]
    tests[0].source, tests[0].metadata["nbgrader"]["points"] = "pass", 100
    mine.cells.remove(tests[1])
    mine.cells.append(nbformat.from_dict(tests[2]))
    graded, notes = rebuild(released["lab"], handed(mine))
    expected = [(meta(c), c.source) for c in released["lab"].cells if is_test(c)]
    assert [(meta(c), c.source) for c in graded.cells if is_test(c)] == expected
    for word in ("was changed", "was deleted", "there 2 times"):
        assert any(word in note for note in notes), word


def test_cells_that_a_student_added_run_where_they_stood_without_metadata(released, mine):
    own = nbformat.v4.new_code_cell("import math")
    own.metadata.update(tags=["skip-execution"], nbgrader={"grade_id": "made-up", "grade": True, "points": 9})
    mine.cells.insert(1, own)
    graded, _ = rebuild(released["lab"], handed(mine))
    assert graded.cells[1].source == "import math"
    assert graded.cells[1].metadata == {}


def test_a_given_cell_that_was_changed_runs_after_the_given_one(released, mine):
    given = nbformat.v4.new_code_cell("start = 1", id="lab-000")
    released["lab"].cells.insert(0, given)
    mine = handed(released["lab"])
    mine.cells[0] = Cell("code", "start = 2", "", "lab-000")
    graded, _ = rebuild(released["lab"], mine)
    assert [cell.source for cell in graded.cells[:2]] == ["start = 1", "start = 2"]


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_shuffle_with_losses_and_copies_gives_every_released_cell_once_in_order(tiny_notebooks, rng):
    released = tiny_notebooks[1]["lab"]
    cells = handed(released).cells
    mixed = [rng.choice(cells) for _ in range(rng.randrange(3 * len(cells)))]
    graded, _ = rebuild(released, Handed(mixed))
    ids = [meta(c)["grade_id"] for c in released.cells if meta(c)]
    assert [meta(c)["grade_id"] for c in graded.cells if meta(c)] == ids
    assert len({cell.id for cell in graded.cells}) == len(graded.cells)
    nbformat.validate(graded)


DAMAGE = {
    "not JSON": (b'{"cells": [', "breaks off or is damaged in line 1"),
    "empty": (b"  \n", "is empty"),
    "another file": (b"[1, 2]", "is not a notebook"),
    "no cells": (b'{"cells": []}', "has no cells"),
    "cells that are none": (b'{"cells": [1, null, {"source": 3}]}', "has no cells"),
    "too deep": (b"[" * 200_000, "(nested too deep|breaks off)"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_cannot_be_read_gives_a_reason(tmp_path, damage):
    data, reason = DAMAGE[damage]
    path = tmp_path / "lab.ipynb"
    path.write_bytes(data)
    got = read_notebook(path)
    assert got.cells == []
    assert re.search(reason, got.reason), got.reason


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.ipynb"
    path.write_bytes(data)
    got = read_notebook(path)
    assert got.cells or got.reason


@pytest.mark.parametrize(("encoding", "note"), [
    ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("latin-1", "Latin-1"), ("cp1252", "Latin-1")])
def test_every_encoding_is_read_and_the_wrong_ones_told(encoding, note):
    text, said = decode("é à ü".encode(encoding))
    assert text == "é à ü"
    assert (note in said) if note else said == ""


def test_the_format_of_2013_is_read(tmp_path):
    cells = [{"cell_type": "code", "input": ["x = ", "1"], "metadata": {"nbgrader": {"grade_id": "01-q1-basic"}}}]
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))
    got = read_notebook(path)
    assert [(c.source, c.grade_id) for c in got.cells] == [("x = 1", "01-q1-basic")]
    assert "version 3" in got.notes[0]


def test_lone_surrogates_do_not_reach_a_file(tmp_path):
    path = tmp_path / "lab.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": "x = \'\\\\ud800\'"}]}'.replace("\\\\", "\\"))
    read_notebook(path).cells[0].source.encode("utf-8")


@pytest.mark.parametrize("name", ["lab.ipynb", "lab (1).ipynb", "LAB-2.ipynb", "my_lab.ipynb", "whatever.ipynb"])
def test_a_notebook_is_known_by_its_cells_whatever_its_name(released, mine, name):
    assert kind_of(name, handed(mine), released) == "lab"


@pytest.mark.parametrize(("name", "kind"), [("lab (1).ipynb", "lab"), ("Review-3.ipynb", "review"), ("x.ipynb", None),
                                            ("lab_review.ipynb", None)])
def test_a_notebook_that_cannot_be_read_is_known_by_its_name(released, name, kind):
    assert kind_of(name, Handed(reason="damaged"), released) == kind


def test_links_devices_and_huge_files_are_left_out_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "LARGEST", 2**20)
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.ipynb").write_text("{}")
    (home / "lab.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (home / "folder").symlink_to(tmp_path)
    os.mkfifo(home / "pipe")
    (home / "big.csv").write_bytes(b"0" * (2**20 + 1))
    (home / "data.csv").write_text("1")
    found, notes = files(home)
    assert [path.name for path in found] == ["data.csv"]
    assert len(notes) == 4
    assert any("big.csv has 1 MiB" in note for note in notes)


def test_of_two_files_for_one_notebook_the_readable_one_with_the_right_name_counts(tmp_path, released, mine):
    (tmp_path / "lab.ipynb").write_text(json.dumps(mine))
    (tmp_path / "lab (1).ipynb").write_text(json.dumps(released["lab"]))
    chosen, _, _ = look(tmp_path, released)
    assert "lab (1).ipynb was left out; lab.ipynb counts." in chosen["lab"].notes
    (tmp_path / "lab.ipynb").write_text("{")
    chosen, _, _ = look(tmp_path, released)
    assert chosen["lab"].cells and "The file is called lab (1).ipynb, should be lab.ipynb." in chosen["lab"].notes


def test_a_missing_notebook_a_zip_and_an_empty_folder_are_told(tmp_path, released):
    chosen, _, _ = look(tmp_path, released)
    assert chosen["lab"].absent and "empty" in chosen["lab"].reason
    (tmp_path / "all.zip").write_bytes(b"PK")
    chosen, _, others = look(tmp_path, released)
    assert "all.zip was not opened" in chosen["review"].reason
    assert [path.name for path in others] == ["all.zip"]


def test_a_folder_that_is_not_there_is_told(tmp_path, released):
    chosen, notes, _ = look(tmp_path / "gone", released)
    assert all(h.absent for h in chosen.values())
    assert "cannot be opened" in notes[0]


def test_a_placeholder_says_why_and_is_marked_not_to_run(released):
    notebook = placeholder(released["lab"], "It was empty.")
    assert notebook.metadata["autograder"]["not_run"] == "It was empty."
    assert "It was empty." in notebook.cells[0].source
