"""What becomes of a damaged notebook: laws that hold for any list of cells, and the damages that people do."""

import copy

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake import Cell, Handed
from autograder.labs import is_answer, is_test, meta
from autograder.matching import understood
from autograder.rebuild import cells_of, rebuild

Q1, Q2, WORDS = "01-q1-basic", "01-q2-advanced", "01-q3-advanced"
TEST = "01-q1-basic-tests"
DOUBLE = "def double(number):\n    return 2 * number"
MIDDLE = "def middle(numbers):\n    return sorted(numbers)[1]"
LABELS = [Q1, Q2, WORDS, TEST, "01-q2-advanced-tests", "01-q2-advanced-hidden", "01-q9-basic", ""]
TEXTS = [DOUBLE, MIDDLE, f"{DOUBLE}\n{MIDDLE}", "def double(number):", "    return 2 * number", "import math", "",
         "  \n",
         "%%timeit\n" + DOUBLE, "%%time\n" + MIDDLE, "def middle(:", "x = '''", "''' + x",
         "A sentence of words.",
         "import math as double", "if True:\n    def middle(numbers): return 3", "assert double(2) == 4",
         "\ufffd", "a\\",
         "double = middle = None", "from __future__ import annotations", "class double: pass", "raise SystemExit"]


def source_of(notebook, name):
    return next(cell.source for cell in notebook.cells if meta(cell).get("grade_id") == name)


def code(source, label="", name=""):
    return Cell("code", source, label, name)


@pytest.fixture
def lab(released):
    return released["lab"]


@pytest.fixture
def cells(lab):
    """Return the cells of a right hand-in, by which a test begins its damage."""
    right = {Q1: DOUBLE, Q2: MIDDLE, WORDS: "Because of the middle."}
    return [Cell(c.kind, right.get(c.grade_id, c.source), c.grade_id, c.id) for c in cells_of(lab)]


def at(cells, label):
    return next(number for number, cell in enumerate(cells) if cell.grade_id == label)


def changed(cell, **what):
    fields = {"kind": cell.kind, "source": cell.source, "grade_id": cell.grade_id, "id": cell.id}
    return Cell(**(fields | what))


def graded(lab, cells):
    return rebuild(lab, Handed(cells))


def test_a_right_hand_in_is_taken_as_it_is_and_nothing_is_said(lab, cells):
    notebook, notes = graded(lab, cells)
    assert (notes, [c.source for c in notebook.cells]) == ([], [c.source for c in cells])


def damaged_cells(released):
    """Return a strategy for lists of cells: those of the release, damaged in every combination of its parts."""
    names = [cell.id for cell in released.cells] + ["fresh", "added-1", ""]
    texts = st.sampled_from([*TEXTS, *(cell.source for cell in released.cells)]) | st.text(max_size=20)
    kinds = st.sampled_from(["code", "code", "markdown", "raw"])
    return st.lists(st.builds(Cell, kinds, texts, st.sampled_from(LABELS), st.sampled_from(names)), max_size=14)


@pytest.mark.parametrize("extras", [True, False])
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_list_of_damaged_cells_is_mended(tiny_notebooks, extras, data):
    lab = copy.deepcopy(tiny_notebooks[1]["lab"])
    lab.metadata["autograder"]["extra_cells"] = extras
    cells = data.draw(damaged_cells(lab))
    notebook, notes = graded(lab, cells)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert all(isinstance(note, str) and note.endswith(".") for note in notes)
    fixed = [cell for cell in notebook.cells if meta(cell)]
    assert [c for c in fixed if is_test(c)] == [c for c in lab.cells if is_test(c)]     # byte for byte, in order
    assert [(c.id, c.cell_type, c.metadata) for c in fixed] == [
        (c.id, c.cell_type, c.metadata) for c in lab.cells if meta(c)]
    added = [cell for cell in notebook.cells if cell.id not in {c.id for c in lab.cells}]
    assert all(cell.metadata == {} for cell in added)
    assert extras or added == []
    given = {"", *(c.source.strip() for c in lab.cells)}
    everything = "\0".join(cell.source for cell in notebook.cells)
    for cell in cells:
        answer = next((c for c in lab.cells if meta(c).get("grade_id") == cell.grade_id and is_answer(c)), None)
        alone = sum(cell.grade_id == other.grade_id for other in cells) == 1
        own = cell.id in ("", "fresh", cell.grade_id) and not any(
            other is not cell and other.id == cell.grade_id for other in cells)
        if answer and alone and own and cell.source.strip() not in given:
            assert cell.source.strip("\n") in everything, (cell, notes)
    again, _ = graded(lab, cells_of(notebook))
    assert [(c.id, c.cell_type, c.source) for c in again.cells] == [
        (c.id, c.cell_type, c.source) for c in notebook.cells]


def test_an_id_that_was_copied_with_another_text_is_no_answer(lab, cells):
    cells.insert(1, code("import math", name=Q1))
    cells.append(Cell("markdown", "My notes.", "", Q1))
    notebook, _ = graded(lab, cells)
    assert source_of(notebook, Q1) == DOUBLE
    assert [c.source for c in notebook.cells if c.id.startswith("added")] == ["import math", "My notes."]


@pytest.mark.parametrize("label", ["01-q1-basics", "", "x" * 50])
def test_a_label_that_was_edited_is_found_by_the_id(lab, cells, label):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], grade_id=label)
    notebook, notes = graded(lab, cells)
    assert (source_of(notebook, Q1), notes) == (DOUBLE, [])
    assert len(notebook.cells) == len(lab.cells)


def test_a_label_that_was_copied_over_another_gives_way_to_the_id(lab, cells):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], grade_id=Q2)
    notebook, notes = graded(lab, cells)
    assert (source_of(notebook, Q1), source_of(notebook, Q2), notes) == (DOUBLE, MIDDLE, [])


def test_labels_that_were_exchanged_are_put_right_by_what_the_answers_define(lab, cells):
    one, two = at(cells, Q1), at(cells, Q2)
    cells[one], cells[two] = (changed(cells[one], grade_id=Q2, id="a"), changed(cells[two], grade_id=Q1, id="b"))
    notebook, notes = graded(lab, cells)
    assert (source_of(notebook, Q1), source_of(notebook, Q2)) == (DOUBLE, MIDDLE)
    assert f"The answer to {Q1} had the label of {Q2}; it was found by what it defines." in notes


def test_an_answer_typed_into_the_cell_of_another_question_is_found(lab, cells):
    stub = next(c.source for c in lab.cells if c.id == Q2)
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], source=MIDDLE)
    cells[at(cells, Q2)] = changed(cells[at(cells, Q2)], source=stub)
    notebook, _ = graded(lab, cells)
    assert source_of(notebook, Q2) == MIDDLE
    assert source_of(notebook, Q1) == source_of(lab, Q1)


def test_the_label_of_an_answer_on_a_test_takes_no_test_into_the_answer(lab, cells):
    cells[at(cells, TEST)] = changed(cells[at(cells, TEST)], grade_id=Q1, id="")
    notebook, notes = graded(lab, cells)
    assert (source_of(notebook, Q1), notes) == (DOUBLE, [])


def test_the_label_on_a_cell_of_imports_keeps_both_it_and_the_answer(lab, cells):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], grade_id="", id="lost")
    cells.insert(0, code("import math", Q1))
    notebook, notes = graded(lab, cells)
    assert source_of(notebook, Q1) == f"import math\n{DOUBLE}"
    assert notes == [f"The answer cell {Q1} does not define double; the cell that does was added to it."]


def test_an_answer_in_a_new_cell_at_the_end_counts_where_the_stub_was_left(lab, cells):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], source=source_of(lab, Q1))
    notebook, _ = graded(lab, [*cells, code(DOUBLE)])
    assert source_of(notebook, Q1) == DOUBLE


def test_an_answer_written_over_a_test_cell_is_found_and_the_test_is_the_released_one(lab, cells):
    cells[at(cells, TEST)] = changed(cells[at(cells, TEST)], source=DOUBLE + "\nassert double(1) == 2")
    del cells[at(cells, Q1)]
    notebook, notes = graded(lab, cells)
    assert "return 2 * number" in source_of(notebook, Q1)
    assert source_of(notebook, TEST) == source_of(lab, TEST)
    assert any("stood in a cell that was given" in note for note in notes)


def test_mending_goes_on_until_nothing_is_left_to_mend(lab, cells):
    cells[1] = changed(cells[1], source=DOUBLE)       # over a given text, which becomes a cell of its own at first
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], source="import math")
    notebook, _ = graded(lab, cells)
    assert source_of(notebook, Q1) == f"import math\n{DOUBLE}"
    assert len(notebook.cells) == len(lab.cells)


@pytest.mark.parametrize("mine", [0, 1], ids=["the other below", "the other above"])
def test_two_notebooks_merged_give_every_answer_once_and_run_in_order(lab, cells, mine):
    other = [changed(c, source=c.source.replace("2 * number", "0")) for c in cells]
    notebook, notes = graded(lab, [*cells, *other] if mine == 0 else [*other, *cells])
    bodies = [DOUBLE, DOUBLE.replace("2 * number", "0")]
    assert source_of(notebook, Q1) == "\n".join(bodies if mine == 0 else bodies[::-1])
    assert source_of(notebook, Q2) == MIDDLE
    assert len(notebook.cells) == len(lab.cells)
    assert any(f"{Q1} is there 2 times" in note for note in notes)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("label", [Q1, ""])
def test_an_answer_turned_to_text_is_taken_as_code_and_said(lab, cells, kind, label):
    index = at(cells, Q1)
    cells[index] = Cell(kind, DOUBLE, label, label)
    notebook, notes = graded(lab, cells)
    assert (source_of(notebook, Q1), notebook.cells[index].cell_type) == (DOUBLE, "code")
    assert any("taken as code" in note or "lost its label" in note for note in notes)


def test_words_turned_to_code_are_taken_as_words(lab, cells):
    index = at(cells, WORDS)
    cells[index] = changed(cells[index], kind="code")
    notebook, notes = graded(lab, cells)
    assert (notebook.cells[index].source, notebook.cells[index].cell_type) == ("Because of the middle.", "markdown")
    assert notes == [f"The answer cell {WORDS} had become a code cell; it was taken as text."]


def test_a_timed_answer_defines_what_it_should(lab, cells):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], source="\n%%timeit -n 1\n" + DOUBLE)
    cells[at(cells, Q2)] = changed(cells[at(cells, Q2)], source="%%time\n" + MIDDLE)
    notebook, notes = graded(lab, cells)
    assert source_of(notebook, Q1) == "\n# %%timeit -n 1\n" + DOUBLE
    assert source_of(notebook, Q2) == "%%time\n" + MIDDLE                # this one keeps what it defines
    assert len(notes) == 1 and "%%timeit" in notes[0]


def test_a_magic_inside_an_answer_put_together_does_not_break_it(lab, cells):
    cells.insert(at(cells, Q1), code("%%time\nimport math", Q1))
    cells[at(cells, Q2)] = changed(cells[at(cells, Q2)], source="%%time\n" + MIDDLE)
    notebook, _ = graded(lab, cells)
    assert source_of(notebook, Q1) == "# %%time\nimport math\n" + DOUBLE


def test_both_answers_in_one_cell_stay_there_and_no_stub_comes_behind_them(lab, cells):
    cells[at(cells, Q1)] = changed(cells[at(cells, Q1)], source=f"{DOUBLE}\n{MIDDLE}")
    cells[at(cells, Q2)] = changed(cells[at(cells, Q2)], source="")
    notebook, _ = graded(lab, cells)
    assert source_of(notebook, Q2) == ""


def test_without_any_label_or_id_answers_and_tests_are_found(lab, cells):
    bare = [changed(cell, grade_id="", id=f"cell-{number}") for number, cell in enumerate(cells)]
    notebook, notes = graded(lab, bare)
    assert (source_of(notebook, Q1), source_of(notebook, Q2)) == (DOUBLE, MIDDLE)
    assert not any("test cell" in note for note in notes)
    assert source_of(notebook, WORDS) == "Because of the middle."
    assert len(notebook.cells) == len(lab.cells)


def test_cells_in_reverse_order_are_put_in_order(lab, cells):
    notebook, _ = graded(lab, cells[::-1])
    assert [c.source for c in notebook.cells] == [c.source for c in cells]


@pytest.mark.parametrize("switch", [False, "no", 0, None, "true"])
def test_a_lab_that_takes_answers_only_leaves_free_cells_out_and_says_so(lab, cells, switch):
    lab.metadata["autograder"]["extra_cells"] = switch
    notebook, notes = graded(lab, [*cells, code("import math"), Cell("markdown", "Note.", "", "")])
    assert [c.source for c in notebook.cells] == [c.source for c in cells]
    assert notes == ["Cells of your own are not part of this lab; 2 were left out."]


def test_a_lab_that_takes_answers_only_mends_answers_all_the_same(lab, cells):
    lab.metadata["autograder"]["extra_cells"] = False
    index = at(cells, Q1)
    cells[index : index + 1] = [changed(cells[index], source="def double(number):"), code("    return 2 * number")]
    notebook, notes = graded(lab, cells)
    assert source_of(notebook, Q1) == DOUBLE
    assert notes == [f"The answer cell {Q1} was split; the parts were put together."]


@pytest.mark.parametrize("header", [{}, {"extra_cells": True}])
def test_free_cells_run_where_the_lab_does_not_forbid_them(lab, cells, header):
    lab.metadata["autograder"].update(header)
    notebook, notes = graded(lab, [code("import math"), *cells])
    assert (notebook.cells[0].source, notes) == ("import math", [])


def test_a_given_cell_that_was_changed_and_has_a_label_is_told(lab, cells):
    given = nbformat.v4.new_code_cell("start = 1", id="01-q0-setup")
    given.metadata["nbgrader"] = {"grade_id": "01-q0-setup", "grade": False, "solution": False, "locked": True}
    lab.cells.insert(0, given)
    notebook, notes = graded(lab, [code("start = 2", "01-q0-setup", "01-q0-setup"), *cells])
    assert [c.source for c in notebook.cells[:1]] == ["start = 1"]
    assert notes == ["The given cell 01-q0-setup was changed; the released one counts."]


def test_pictures_pasted_into_answers_are_not_taken_and_told(lab, cells):
    cells[at(cells, WORDS)] = Cell("markdown", "See ![](attachment:a.png)", WORDS, WORDS, pictures=True)
    notebook, notes = graded(lab, cells)
    assert all("attachments" not in cell for cell in notebook.cells)
    assert notes == ["Pictures that were pasted into cells are not taken (1 cells); only text is."]


@pytest.mark.parametrize("source", ["-" * 40_000 + "1", "(" * 40_000, "+".join("1" * 20_000),
                                    "a" + ".b" * 20_000, "lambda:" * 7000 + "1", "f'{" * 15_000,
                                    "x = " + "9" * 40_000, "\0", "\ud800", "'\\d'"])
def test_no_source_is_too_much_for_the_parser(source):
    sound, _ = understood(source)                     # none of these raises or ends the process
    assert sound == (source == "'\\d'")
    understood.cache_clear()
