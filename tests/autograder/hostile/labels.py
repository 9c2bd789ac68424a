"""Attempts on the marks that are made in the file: labels, points, tags, copies and outputs of its cells."""

import json

from tests.autograder.hostile.hand_in import FIRST, SECOND, WRONG, cell_of, code, damaged, save
from tests.autograder.hostile.marks import EQUAL, EVIDENCE


def _forged(change):
    """Return a damage that lets ``change(content)`` edit a notebook with wrong answers."""

    def damage(folder, content, world):
        change(content)
        save(folder, content)

    return damage


def _points(content):
    for cell in content["cells"]:
        if (data := cell["metadata"].get("nbgrader")) and data.get("grade"):
            data.update(points=100, max_score=100, checksum="0" * 32, locked=False)
            cell["source"] = "pass"


def _tag(*tags):
    def change(content):
        for cell in content["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade"):
                cell["metadata"]["tags"] = list(tags)
    return change


def _solution_tests(content):
    for cell in content["cells"]:
        if (data := cell["metadata"].get("nbgrader")) and data.get("grade"):
            data.update(solution=True, grade=False, locked=False, task=False)


def _as_markdown(content):
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["cell_type"] = "raw"
            cell.pop("outputs", None), cell.pop("execution_count", None)


def _double_tests(content):
    for name in ("01-q1-basic-hidden", "01-q2-advanced-hidden"):
        twin = json.loads(json.dumps(cell_of(content, name)))
        twin.update(id=f"twin-{name}", source="pass")
        content["cells"].append(twin)


def _tests_first(content):
    content["cells"].sort(key=lambda c: not c["metadata"].get("nbgrader", {}).get("grade"))


def _swapped(content):
    one, two = cell_of(content, FIRST), cell_of(content, "01-q2-advanced-hidden")
    one["metadata"], two["metadata"] = two["metadata"], one["metadata"]


def _outputs(content):
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(execution_count=1, outputs=[{"output_type": "execute_result", "execution_count": 1,
                                                     "metadata": {}, "data": {"text/plain": "100"}}])


def _split_flag(content):
    content["metadata"]["autograder"] = {"in_process": True, "not_run": "", "points": {"basic": 100}}
    for cell in content["cells"]:
        cell["metadata"]["autograder"] = {"in_process": True, "mode": "skip"}
    _answer(content, EQUAL + "def mean_price(prices):\n    return Equal()\n")


def _answer(content, source):
    cell_of(content, FIRST)["source"] = source


def _own_grade_cell(content):
    content["cells"].append({**code("5"), "metadata": {"nbgrader": {
        "grade": True, "grade_id": "01-q9-bonus", "locked": True, "points": 95, "schema_version": 3, "solution": False,
        "task": False}}})


def _schema(version):
    def change(content):
        for cell in content["cells"]:
            if data := cell["metadata"].get("nbgrader"):
                data["schema_version"] = version
    return change


def _solution_in_test(content):
    _answer(content, "get_ipython().run_cell = None\n%%script false\nassert 0")
    cell_of(content, SECOND)["source"] = "%%capture --no-stderr\n" + WRONG[SECOND]


CASES = [
    damaged(f"m{number}-{name}", what, 0.0, EVIDENCE, _forged(change), kind="marks", answers=WRONG)
    for number, name, what, change in (
        (60, "points", "changes points, checksums and tests in the metadata", _points),
        (61, "skip-tag", "tags the tests skip-execution; a test without output has full marks",
         _tag("skip-execution", "remove_cell")),
        (62, "raises-tag", "tags the tests raises-exception", _tag("raises-exception")),
        (63, "tests-are-answers", "makes the tests answer cells in the metadata", _solution_tests),
        (64, "tests-are-text", "makes the tests raw cells", _as_markdown),
        (65, "double-tests", "adds copies of the tests that pass", _double_tests),
        (66, "tests-first", "moves the tests before the answers", _tests_first),
        (67, "swapped-labels", "swaps the labels of an answer and a test", _swapped),
        (68, "baked-outputs", "hands in cells with outputs and execution counts as if they had run", _outputs),
        (69, "split-flag", "claims in the metadata that its tests run in its own process", _split_flag),
        (70, "own-test", "adds a test of its own, worth 95 points", _own_grade_cell),
        (71, "schema-new", "claims a schema of nbgrader that does not exist yet", _schema(99)),
        (72, "schema-old", "claims a schema of nbgrader of long ago", _schema(1)),
        (73, "cell-magics", "answers with cell magics that swallow what follows", _solution_in_test),
    )
]
