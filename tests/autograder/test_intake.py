"""What students do to a notebook, and what is graded then: answers by their label, the rest from the release."""

import copy
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake import Cell, Handed, decode, kind_of, look, read_notebook
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
    "too deep": (b"[" * 200_000, "nested more than 200 deep"),
    "deep metadata": (b'{"cells": [], "metadata": ' + b'{"a":' * 300 + b"1" + b"}" * 301, "nested more than 200 deep"),
    "deep but closed": (b'{"cells": ' + b"[" * 300 + b"]" * 300 + b"}", "nested more than 200 deep"),
    "values": (b"[" + b"1," * 500_001 + b"1]", "holds more than 500000 values"),
    "objects": (b"[" + b"{}," * 300_000 + b"1]", "holds more than 500000 values"),
    "quotes": (b'"' * 1_100_000, "holds more than 500000 values"),
    "Word": (b"PK\x03\x04" + bytes(range(256)), "is a zip or a Word document"),
    "web page": (b"\n<!DOCTYPE html><html>", "is a web page"),
    "PDF": (b"%PDF-1.7", "is a PDF"),
    "merge": (b'{"cells": [\n<<<<<<< HEAD\n', "marks of a merge conflict in line 2"),
    "trailing": (b'{"cells": [{"source": "x"}]}\n,,,', "damaged in line 2"),
    "null bytes": (b'{"cells": [{"source": "\0"}]}', "damaged in line 1"),
    "cells are an object": (b'{"cells": {"0": {"source": "x"}}}', "has no cells"),
    "worksheets are a number": (b'{"worksheets": 3}', "has no cells"),
    "worksheets of numbers": (b'{"worksheets": [1, {"cells": 3}]}', "has no cells"),
    "too many cells": (json.dumps({"cells": [{"source": "x"}] * 2001}).encode(), "has 2001 cells, more than 2000"),
    "too much text": (json.dumps({"cells": [{"source": "x" * 49_000}] * 11}).encode(), "has 539000 characters"),
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
    ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
    ("utf-32", "UTF-32"), ("utf-32-be", "UTF-32"), ("latin-1", "Latin-1"), ("cp1252", "Latin-1")])
def test_every_encoding_is_read_and_the_wrong_ones_told(encoding, note):
    text, said = decode("{} é à ü".encode(encoding))
    assert text == "{} é à ü"
    assert (note in said) if note else said == ""


def test_one_broken_byte_does_not_make_latin_1_of_utf_8():
    text, said = decode("é à ü".encode() + b"\xff")
    assert text == "é à ü\ufffd"
    assert "damaged" in said


def test_deep_text_inside_a_string_is_no_depth(tmp_path):
    path = tmp_path / "lab.ipynb"
    source = '"[' * 5000 + "\\" * 3 + "{" * 5000
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}]}))
    assert read_notebook(path).cells[0].source == source


ODD = {
    "NaN and infinity": ('{"cells": [CELL], "metadata": {"a": NaN, "b": -Infinity, "c": 1e999}}', ""),
    "a hundred thousand digits": ('{"cells": [CELL], "n": %s}' % ("9" * 100_000), ""),
    "a key twice": ('{"cells": [], "cells": [CELL]}', "The key 'cells' stands twice"),
    "things that are no cells": ('{"cells": [1, null, "x", [], {"source": 3}, CELL, {"source": {}}]}', "6 of 7"),
    "a cell too long": ('{"cells": [CELL, {"source": "%s"}]}' % ("x" * 60_000), "Cells with more than 50000"),
    "ten thousand empty cells": ('{"cells": [CELL%s]}' % (', {"cell_type": "code", "source": ""}' * 10_000), ""),
    "half of a pair": ('{"cells": [CELL, {"source": "\\ud800"}]}', "Characters that are none"),
    "null": ('{"cells": [CELL, {"source": "\\u0000"}]}', "Characters that are none"),
    "labels of every type": ('{"cells": [CELL, {"source": "", "metadata": {"nbgrader": [1]}}, {"cell_type": []},'
                             ' {"source": ["a", 1], "id": 5, "metadata": {"nbgrader": {"grade_id": {}}}}]}', ""),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_in_a_file_costs_no_answer(tmp_path, odd):
    text, note = ODD[odd]
    path = tmp_path / "lab.ipynb"
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": "01-q1-basic"}}}
    path.write_text(text.replace("CELL", json.dumps(cell)))
    got = read_notebook(path)
    assert (got.cells[0].source, got.cells[0].grade_id, got.reason) == ("x = 1", "01-q1-basic", "")
    assert note in " ".join(got.notes) and bool(note) == bool(got.notes)


@pytest.mark.parametrize("name", ["raw", "code", "markdown", "heading", 5, None, ["code"]])
def test_every_kind_of_cell_is_code_raw_or_text(tmp_path, name):
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": name, "source": "x", "attachments": {"a.png": {}}}]}))
    cell = read_notebook(path).cells[0]
    assert cell.kind == (name if name in ("raw", "code") else "markdown")
    assert cell.pictures


HOSTILE = {                                           # 20 MiB that cost a parser most; the last is within bounds
    "deep": "b'[' * M", "objects": "b'{\"cells\":[' + b'{},' * (M // 3 - 9) + b'1]}'", "quotes": "b'\"' * M",
    "pairs": "b'{' + b'\"a\":[],' * (M // 7 - 9) + b'\"b\":1}'",
    "random": "__import__('random').Random(1).randbytes(M)",
    "one emoji": "b'{\"cells\":[\"' + '\U0001f600'.encode() + b'a' * (M - 40) + b'\"]}'",
    "escapes": "b'{\"cells\":[\"' + b'\\\\n' * (M // 2 - 20) + b'\"]}'",
    "objects within bounds": "b'{\"cells\":[' + b'{\"a\":1},' * 160_000 + b'1]}'",
}
MEASURE = """
import json, os, resource, sys, time
from pathlib import Path
from autograder.intake import read_notebook
M = 20 * 2**20 - 1
for name, data in json.load(sys.stdin).items():
    path = Path(sys.argv[1]) / f"{name}.ipynb"
    if not (child := os.fork()):                      # each has a peak of its own
        path.write_bytes(eval(data))
        start = time.process_time()
        got = read_notebook(path)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([name, time.process_time() - start, peak, bool(got.reason or got.cells)]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_the_worst_files_cost_neither_time_nor_memory(tmp_path):
    done = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path)], check=True, capture_output=True, text=True,
                          input=json.dumps(HOSTILE))
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    assert [name for name, *_ in measured] == list(HOSTILE)
    for name, seconds, peak, read in measured:
        assert read and peak < 300 and seconds < 3, (name, seconds, peak)


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


def test_lines_end_alike_whatever_the_system(tmp_path, released, mine):
    for cell in mine.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    (tmp_path / "lab.ipynb").write_text(json.dumps(mine))
    graded, notes = rebuild(released["lab"], look(tmp_path, released)[0]["lab"])
    assert (answer(graded, "01-q1-basic"), notes, len(graded.cells)) == (DOUBLE, [], len(mine.cells))


def test_a_notebook_that_is_there_but_refused_is_not_called_missing(tmp_path, released):
    (tmp_path / "lab.ipynb").symlink_to("elsewhere")
    chosen, _, _ = look(tmp_path, released)
    assert chosen["lab"].reason == "No lab.ipynb that can be taken was handed in."
    assert chosen["review"].reason == "No review.ipynb was handed in."


@pytest.mark.slow
def test_every_damage_of_the_hostile_corpus_is_taken_in_and_keeps_the_answers_that_are_due(tmp_path):
    from autograder.notebooks import read_percent
    from autograder.release import student_version
    from tests.autograder.hostile import course, damage, hand_in
    from tests.autograder.tiny import write

    script = write(tmp_path / "lab.py", course.lab_text(dict.fromkeys(course.SECRETS, "secret")))
    blank = student_version(read_percent(script))
    world = hand_in.World(tmp_path, json.loads(json.dumps(blank)))
    for case in damage.CASES:
        if case.id == "d45-many-files":               # a hundred thousand files take a minute to write
            continue
        folder = tmp_path / case.id
        folder.mkdir()
        case.build(folder, world)
        handed = look(folder, {"lab": blank})[0]["lab"]
        assert handed.cells or handed.reason, case.id
        graded, _ = rebuild(blank, handed)
        nbformat.validate(graded)
        answers = "\n".join(cell.source for cell in graded.cells if is_answer(cell))
        if case.least == course.FULL:
            assert all(right.strip() in answers for right in hand_in.RIGHT.values()), case.id
        elif case.points < course.FULL:
            assert not all(right.strip() in answers for right in hand_in.RIGHT.values()) or os.geteuid() == 0, case.id


def test_a_folder_that_is_not_there_is_told(tmp_path, released):
    chosen, notes, _ = look(tmp_path / "gone", released)
    assert all(h.absent for h in chosen.values())
    assert "cannot be opened" in notes[0]


def test_a_placeholder_says_why_and_is_marked_not_to_run(released):
    notebook = placeholder(released["lab"], "It was empty.")
    assert notebook.metadata["autograder"]["not_run"] == "It was empty."
    assert "It was empty." in notebook.cells[0].source
