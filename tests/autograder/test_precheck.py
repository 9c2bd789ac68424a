"""``check FILE``: what the grader would say, said before the hand-in, wherever the released notebook is found."""

import json
import os
import shutil

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import originals
from autograder.cli import app
from autograder.errors import CourseError
from autograder.intake import look
from autograder.labs import is_answer, meta
from autograder.originals import checksum, find, untouched
from autograder.precheck import verdicts
from autograder.rebuild import rebuild
from autograder.student import build as build_student
from tests.autograder.tiny import tiny_course

RIGHT = {"01-q1-basic": "def double(number):\n    return 2 * number",
         "01-q2-advanced": "def middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]",
         "01-q3-advanced": "It moves by one place at most."}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return the tiny course with what ``make student`` built."""
    course = tiny_course(tmp_path_factory.mktemp("world"))
    build_student(course)
    return course


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Return a folder outside of any course."""
    monkeypatch.setattr(originals, "HERE", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, released, answers=RIGHT, **changes):
    """Write the released notebook with answers to `path` and return it."""
    notebook = nbformat.from_dict(released["lab"])
    for cell in notebook.cells:
        cell.source = answers.get(meta(cell).get("grade_id"), cell.source)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**notebook, **changes}))
    return path


def states(verdict):
    return {each.id: each.state for each in verdict.questions}


PLACES = {
    "the labs of the course": lambda world, away: world.root / "build" / "student" / "labs" / "01_tiny" / "mine.ipynb",
    "a zip two folders above": lambda world, away: (
        shutil.copy(world.build / "student.zip", away / "student (1).zip"), away / "a" / "b" / "lab.ipynb")[1],
    "the untouched notebook beside it": lambda world, away: (
        shutil.copy(world.student / "labs" / "01_tiny" / "lab.ipynb", away / "given.ipynb"), away / "m.ipynb")[1],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_right_notebook_is_ready_wherever_the_original_is_found(world, away, released, place):
    path = write(PLACES[place](world, away), released)
    try:
        [verdict] = verdicts(path)
    finally:
        path.unlink()
    assert verdict.good, verdict
    assert "compared with" in verdict.belongs
    assert states(verdict) == {"01-q1-basic": "answered", "01-q2-advanced": "answered",
                               "01-q3-advanced": "answered; marked by a person"}


def test_the_release_of_the_course_comes_first(world, released, tmp_path):
    course = tiny_course(tmp_path / "own")
    folder = course.nbgrader / "release" / "01_tiny"
    folder.mkdir(parents=True)
    for kind in ("lab", "review"):
        nbformat.write(released[kind], folder / f"{kind}.ipynb")
    [verdict] = verdicts(write(course.root / "mine" / "lab.ipynb", released))
    assert verdict.belongs == "lab of 01_tiny, compared with the release of the course"
    assert {o.kind for o in find(folder, {"01-q1-basic"})} == {"lab", "review"}
    assert find(folder, {"77-q1-basic"}) == []


def test_what_is_missing_empty_unfinished_or_no_python_is_told_by_question(world, released, monkeypatch):
    monkeypatch.chdir(world.root)
    broken = {"01-q1-basic": "def double(number:\n    return", "01-q3-advanced": "  \n"}
    path = write(world.root / "mine.ipynb", released, broken)
    [verdict] = verdicts(path)
    assert not verdict.good
    assert states(verdict) == {"01-q1-basic": "not Python, line 1: '(' was never closed",
                               "01-q2-advanced": "not answered", "01-q3-advanced": "not answered: the cell is empty"}
    half = RIGHT["01-q1-basic"] + "\nraise NotImplementedError()"
    both = RIGHT["01-q1-basic"] + "\n" + RIGHT["01-q2-advanced"]
    [verdict] = verdicts(write(path, released, RIGHT | {"01-q1-basic": half}))
    assert states(verdict)["01-q1-basic"] == "answered, but raise NotImplementedError() still stands in it"
    [verdict] = verdicts(write(path, released, RIGHT | {"01-q1-basic": both, "01-q2-advanced": ""}))
    assert states(verdict)["01-q2-advanced"] == "answered in another cell"
    assert verdict.good
    [verdict] = verdicts(write(path, released, RIGHT | {"01-q1-basic": "-" * 40_000 + "1"}))
    assert states(verdict)["01-q1-basic"] == "not Python: too deep for its parser"
    path.unlink()


def test_the_notes_are_those_of_the_grader(world, released, tmp_path, monkeypatch):
    monkeypatch.chdir(world.root)
    path = write(tmp_path / "hand-in" / "lab (1).ipynb", released)
    content = json.loads(path.read_text())
    content["cells"] = [c for c in content["cells"] if c["id"] not in ("01-q1-basic-tests", "01-q3-advanced")]
    content["cells"].append(dict(content["cells"][2]))
    path.write_bytes(json.dumps(content).encode("utf-16"))
    [verdict] = verdicts(path)
    chosen, _, _ = look(path.parent, released)
    _, notes = rebuild(released["lab"], chosen["lab"])
    assert verdict.notes == chosen["lab"].notes + notes
    assert len(verdict.notes) == 5


@pytest.mark.parametrize(("data", "says"), [
    (b"", "is empty"), (b"[" * 9999, "nested more than 200 deep"), (b'{"cells": [', "breaks off"),
    (b"PK\x03\x04", "is a zip or a Word document"), (b"0" * (20 * 2**20 + 1), "has 20 MiB, more than 20"),
])
def test_what_the_grader_would_refuse_is_refused_with_its_words(away, data, says):
    (away / "lab.ipynb").write_bytes(data)
    [verdict] = verdicts(away / "lab.ipynb")
    assert says in verdict.refused
    assert not verdict.good


@pytest.mark.parametrize("make", [lambda p: p.symlink_to("lab.py"), os.mkfifo, lambda p: os.link("lab.py", p)])
def test_a_link_or_a_pipe_is_refused_and_never_opened(away, make):
    (away / "lab.py").write_text("{}")
    make(away / "lab.ipynb")
    [verdict] = verdicts("lab.ipynb")
    assert "it was left out" in verdict.refused


def test_a_notebook_of_no_lab_and_a_file_that_is_none_are_refused(away):
    (away / "x.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "1"}]}')
    assert "has no labelled cells" in verdicts(away / "x.ipynb")[0].refused
    (away / "lab.py").write_text("1")
    assert "is not a notebook: hand in the .ipynb file" in verdicts(away / "lab.py")[0].refused
    with pytest.raises(CourseError, match=r"lab\.ipnyb does not exist\. Did you mean 'x\.ipynb'|does not exist"):
        verdicts(away / "lab.ipnyb")


def test_without_the_release_it_says_so_and_checks_what_the_notebook_tells_of_itself(away, released):
    answers = {"01-q1-basic": RIGHT["01-q1-basic"], "01-q3-advanced": "def", "01-q1-basic-tests": "pass"}
    [verdict] = verdicts(write(away / "lab.ipynb", released, answers))
    assert "the released notebook cannot be found" in verdict.belongs
    assert states(verdict) == {"01-q1-basic": "answered", "01-q2-advanced": "not answered",
                               "01-q3-advanced": "answered"}
    assert verdict.notes == ["The cell 01-q1-basic-tests was changed; the released one counts."]
    [verdict] = verdicts(write(away / "lab.ipynb", released, {}))
    assert "Nothing in it has been changed since it was released." in verdict.notes


@pytest.mark.parametrize("spoil", [
    lambda c: c["cells"].append(dict(c["cells"][2])), lambda c: c["cells"].append(5),
    lambda c: c["cells"][2].update(metadata=5), lambda c: c["cells"][2]["metadata"].update(nbgrader=[1]),
    lambda c: c["cells"][3]["metadata"]["nbgrader"].update(points="many", grade_id=["x"]),
    lambda c: c["cells"][2].update(source={"a": 1}), lambda c: c["cells"][2].pop("cell_type"),
])
@pytest.mark.parametrize("run", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_no_damage_raises_without_the_release(away, released, spoil, run):
    path = write(away / "lab.ipynb", released)
    content = json.loads(path.read_text())
    spoil(content)
    path.write_text(json.dumps(content))
    [verdict] = verdicts(path, run=run)
    assert verdict.questions


def test_the_checksum_is_the_one_of_nbgrader(released):
    from nbgrader.utils import compute_checksum

    cells = [cell for notebook in released.values() for cell in notebook.cells if meta(cell)]
    assert cells and all(checksum(cell) == compute_checksum(cell) == meta(cell)["checksum"] for cell in cells)
    assert all(map(untouched, released.values()))
    next(cell for cell in cells if is_answer(cell)).source += " "
    assert not untouched(released["lab"])


def test_a_folder_is_judged_as_a_whole_hand_in(world, released, tmp_path, monkeypatch):
    monkeypatch.chdir(world.root)
    home = tmp_path / "jane"
    write(home / "lab.ipynb", released)
    os.mkfifo(home / "pipe.csv")
    found = {verdict.name: verdict for verdict in verdicts(home)}
    assert found["jane/lab.ipynb"].good
    assert "pipe.csv is a folder, a pipe or a device" in found["jane/lab.ipynb"].notes[0]
    assert found["jane/review.ipynb"].refused == "No review.ipynb was handed in."


@pytest.mark.slow
def test_the_visible_tests_run_in_a_process_of_their_own_and_nothing_else_runs(world, released, tmp_path, monkeypatch):
    monkeypatch.chdir(world.root)
    path, mark = tmp_path / "lab.ipynb", tmp_path / "ran"
    touch = f"open({str(mark)!r}, 'w').close()\n%matplotlib inline\n"
    write(path, released, RIGHT | {"01-q1-basic": touch + RIGHT["01-q1-basic"], "01-q2-advanced":
                                   "def middle(numbers):\n    return 0"})
    [verdict] = verdicts(path)
    assert verdict.good and not mark.exists()
    [verdict] = verdicts(path, run=True)
    assert mark.exists()
    assert {e.id: e.tests for e in verdict.questions} == {
        "01-q1-basic": "visible tests pass", "01-q2-advanced": "1 of 1 visible tests fail", "01-q3-advanced": ""}
    ends = {"import os; os._exit(3)": "Python itself ended", "while True: pass": "ran longer than 4 s"}
    for attack, says in ends.items():
        [verdict] = verdicts(write(path, released, RIGHT | {"01-q1-basic": attack}), run=True, seconds=4)
        assert says in verdict.ran and not verdict.good


def test_the_command_says_it_in_lines_and_exits_with_one_where_something_is_to_be_done(world, released, monkeypatch):
    monkeypatch.chdir(world.root)
    path = write(world.root / "a [bold]b.ipynb", released)
    result = CliRunner().invoke(app, ["check", str(path)])
    assert (result.exit_code, "Ready to hand in." in result.output) == (0, True), result.output
    assert "a [bold]b.ipynb: lab of 01_tiny" in result.output
    write(path, released, {})
    result = CliRunner().invoke(app, ["check", str(path), str(path)])
    assert (result.exit_code, result.output.count("look 01-q1-basic: not answered")) == (1, 2), result.output
    path.unlink()


def test_the_readme_of_students_says_how_to_ask(world):
    assert "python -m autograder check lab.ipynb" in (world.student / "README.md").read_text()


def test_a_switch_for_free_cells_that_is_none_is_a_problem_of_the_lab(sources):
    from autograder.labs import notebook_problems

    sources["lab"].metadata["autograder"]["extra_cells"] = "sometimes"
    says = "lab.py: extra_cells in the header is 'sometimes', should be true or false."
    assert says in notebook_problems(sources["lab"], "01", "lab", "lab.py")
