"""How a cell that ran becomes points: nothing by accident, everything with a reason."""

import nbformat
import pytest

from autograder.preprocessors import Dedup, error_words, not_run, partial, score


def cell(*outputs, ran=True, points=2):
    made = nbformat.v4.new_code_cell("assert True", execution_count=1 if ran else None, outputs=list(outputs))
    made.metadata["nbgrader"] = {"grade": True, "grade_id": "01-q1-basic-tests", "points": points, "solution": False,
                                 "locked": True, "schema_version": 3, "task": False}
    return made


def error(name, value=""):
    return nbformat.v4.new_output("error", ename=name, evalue=value, traceback=[])


def result(text):
    return nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)


def stream(name):
    return nbformat.v4.new_output("stream", name=name, text="careful\n")


CASES = {
    "silent": ([], 2, ""),
    "an error": ([error("AssertionError", "one weight too few")], 0, "one weight too few"),
    "an assert without words": ([error("AssertionError")], 0, "A check failed."),
    "another error": ([error("NameError", "name 'x' is not defined")], 0, "NameError: name 'x' is not defined"),
    "the stub": ([error("NotImplementedError")], 0, "Not answered yet."),
    "the time limit": ([error("CellTimeoutError")], 0, "The cell ran longer"),
    "an interrupt": ([error("KeyboardInterrupt")], 0, "The cell ran longer"),
    "a warning on stderr": ([stream("stderr")], 2, "Passed, with warnings."),
    "a print": ([stream("stdout")], 2, ""),
    "an error after output": ([stream("stdout"), error("ValueError", "x")], 0, "ValueError: x"),
    "part of the points": ([result("0.5")], 0.5, "Partly right: 0.5 of 2."),
    "part as NumPy shows it": ([result("np.float64(0.5)")], 0.5, "Partly right"),
    "nan": ([result("nan")], 0, "Partly right: 0 of 2."),
    "less than nothing": ([result("-3")], 0, "Partly right"),
    "more than there is": ([result("99")], 2, ""),
    "infinity": ([result("inf")], 2, ""),
    "no number": ([result("'done'")], 2, ""),
    "False": ([result("False")], 0, "Partly right"),
}


@pytest.mark.parametrize("case", CASES)
def test_points_and_reason_follow_from_the_output(case):
    outputs, points, why = CASES[case]
    got, said = score(cell(*outputs))
    assert got == points
    assert said.startswith(why)


def test_a_test_that_did_not_run_gets_nothing():
    assert score(cell(ran=False)) == (0, "The test did not run.")


def test_a_cell_marked_as_not_run_says_why():
    made = cell(ran=False)
    not_run(made, "Python itself ended in cell 3.")
    assert score(made) == (0, "Python itself ended in cell 3.")


@pytest.mark.parametrize("changed", [False, True])
def test_an_answer_by_hand_waits_for_a_person_unless_it_is_untouched(changed):
    from nbgrader.utils import compute_checksum

    made = nbformat.v4.new_markdown_cell("YOUR ANSWER HERE")
    made.metadata["nbgrader"] = {"grade": True, "solution": True, "grade_id": "01-q3-advanced", "points": 4,
                                 "locked": False, "schema_version": 3, "task": False}
    made.metadata["nbgrader"]["checksum"] = compute_checksum(made)
    made.source = "Because." if changed else made.source
    assert score(made) == ((None, "To be marked by hand.") if changed else (0, "Not answered."))


@pytest.mark.parametrize(("text", "points"), [
    ("1e-1", 0.1), (".5", 0.5), ("1.", 1), ("[1]", 2), (["0.25"], 0.25), ("NaN", 0)])
def test_partial_credit_reads_every_spelling_of_a_number(text, points):
    assert partial(text, 2) == points


def test_a_copied_cell_loses_its_label_and_no_empty_one_stays():
    notebook = nbformat.v4.new_notebook(cells=[cell(), cell()])
    notebook, _ = Dedup().preprocess(notebook, {})
    assert "nbgrader" not in notebook.cells[0].metadata
    assert notebook.cells[1].metadata["nbgrader"]["grade_id"] == "01-q1-basic-tests"


def test_the_name_of_an_error_is_enough_where_it_says_nothing():
    assert error_words({"ename": "ZeroDivisionError", "evalue": ""}) == "ZeroDivisionError"
