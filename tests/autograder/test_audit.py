"""The audit: good tests pass it, every defect is told, a release waits for it, and it is the same each time."""

import copy
import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from autograder import audit as auditing
from autograder import release as releasing
from autograder.alternatives import load_explanations, load_right_answers, name_problems
from autograder.audit import audit, blank, cells_of, fingerprint, fresh, kept
from autograder.build import build
from autograder.cli import app
from autograder.errors import CourseError
from autograder.labs import lab_problems, lab_sources
from autograder.layout import Course
from autograder.release import blank_answers, release
from autograder.verdicts import Case, Question, Report, Survivor
from tests.autograder.conftest import NAME
from tests.autograder.tiny import tiny_course, write

RIGHT = """\
- id: A01-01
  question: 01-q1-basic
  notebook: lab
  how: a product
  code: "def double(number):\\n    return 2 * number"
"""
LOOP = """\
    left = number
    while left:
        left = left - 1
    return 2 * number"""


def edit(course, name, old, new):
    path = course.lab(NAME) / name
    text = path.read_text() if path.exists() else ""
    assert old in text
    return write(path, text.replace(old, new, 1) if old else text + new)


def good():
    return Report(NAME, "f" * 64, [Question("01-q1-basic", "lab", 2.0, mutants=5, visible=3, hidden=1, survivors=[
        Survivor("sign", "line 4: 2 -> -2", ("- a", "+ b"), "the same place")])],
        [Case("solution", "", "lab", 2.0, 2.0)], [], compared=97, seconds=1.5)


def test_an_explained_survivor_is_set_aside_and_the_raw_score_tells_it():
    each = good().questions[0]
    assert (each.killed, each.explained, each.score, each.raw) == (4, 1, 1.0, 0.8)
    each.survivors = [replace(each.survivors[0], reason="")]
    assert (each.score, each.explained) == (0.8, 0)


def test_a_report_survives_its_json():
    report = good()
    assert Report.from_json(report.to_json()) == report
    assert json.loads(report.to_json())["passed"] is True


COMPLAINTS = {
    "a survivor": (lambda r: r.questions[0].survivors.append(Survivor("sign", "x", ())) or setattr(
        r.questions[0], "mutants", 6), "01-q1-basic has the mutation score 0.80, needs 0.95: 1 of 6 mutants survive"),
    "a case": (lambda r: r.cases.append(Case("known wrong", "M01-01", "lab", 3.0, 5.0, "why")),
               "lab: the known wrong M01-01 gets 5 points, must get 3. why"),
    "a problem": (lambda r: r.problems.append("a file is stale"), "a file is stale"),
}


@pytest.mark.parametrize("what", COMPLAINTS)
def test_each_defect_is_a_complaint(what):
    report = good()
    assert report.complaints == []
    change, told = COMPLAINTS[what]
    change(report)
    assert len(report.complaints) == 1 and told in report.complaints[0]


def test_a_blank_answer_is_what_nbgrader_releases(sources):
    real = lab_sources(Course.here(__file__).lab("03_regression"))
    without = copy.deepcopy(sources["lab"])
    without.cells[2].source = "pass"
    for notebook in (*sources.values(), *real.values(), without):
        made = {cell.id: blank(cell.source) for cell in cells_of(notebook) if cell.role == "answer"}
        released = blank_answers(notebook)
        assert made == {name: released[name] for name in made} and made


def test_hidden_lines_are_those_between_the_marks(sources):
    tests = {cell.id: cell for cell in cells_of(sources["lab"]) if cell.role == "test"}
    lines = tests["01-q1-basic-tests"].source.splitlines()
    assert [lines[number - 1] for number in tests["01-q1-basic-tests"].hidden] == [
        'assert double(3) == 6, "twice three is six"']
    assert not tests["01-q2-advanced-tests"].hidden


CHANGES = {
    "a test": lambda c: edit(c, "lab.py", "twice two is four", "two twos"),
    "an explanation": lambda c: edit(c, "survivors.yml", "from the end", "from behind"),
    "a new file of data": lambda c: write(c.lab(NAME) / "data.csv", "1"),
    "the package that the lab imports": lambda c: write(c.root / "helper" / "part.py", "VALUE = 2"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_result_is_stale_when_anything_that_it_depends_on_changes(course, what):
    edit(course, "lab.py", "# %% [markdown]\n# # A tiny lab\n", "# %%\nfrom helper import part\n")
    write(course.root / "helper" / "__init__.py", "")
    write(course.root / "helper" / "part.py", "VALUE = 1")
    before = fingerprint(course, NAME)
    write(course.lab(NAME) / "__pycache__" / "x.pyc", "")
    assert fingerprint(course, NAME) == before
    report = Report(NAME, before)
    write(kept(course, NAME), report.to_json())
    assert fresh(course, NAME) == report
    CHANGES[what](course)
    assert fresh(course, NAME) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"lab": "01_tiny"}', "\udcff"])
def test_a_damaged_result_is_no_result(course, text):
    write(kept(course, NAME), "").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert fresh(course, NAME) is None


MISTAKES = {
    "no list": ("right_answers.yml", "a: 1", "should be a list, is dict"),
    "no YAML": ("right_answers.yml", "- {id: [", "not readable YAML"),
    "a field missing": ("right_answers.yml", "- {id: A1, question: q}", "entry A1: notebook: Field required"),
    "an unknown field": ("right_answers.yml", RIGHT.replace("how:", "hwo:"), "hwo: Extra inputs"),
    "an id twice": ("right_answers.yml", RIGHT * 2, "A01-01 comes twice"),
    "an unknown notebook": ("right_answers.yml", RIGHT.replace("lab", "exam"), "notebook is 'exam'"),
    "code that is none": ("right_answers.yml", RIGHT.replace("2 * number", "2 *"), "not Python, line 2"),
    "a text as entry": ("survivors.yml", "- hello", "entry number 1"),
    "no reason": ("survivors.yml", "- {question: 01-q1-basic, change: x, reason: ' '}", "the reason says nothing"),
    "a change twice": ("survivors.yml", "- {question: q, change: x, reason: because it is}\n" * 2, "q, x comes twice"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_in_a_file_beside_the_lab_is_named(course, mistake):
    name, text, told = MISTAKES[mistake]
    write(course.lab(NAME) / name, text)
    with pytest.raises(CourseError, match=rf"(?s)labs/01_tiny/{name}.*{told}"):
        name_problems(course.lab(NAME), lab_sources(course.lab(NAME)))
    assert any(told in problem for problem in lab_problems(course)), "check tells it, too"


def test_files_that_are_not_there_or_hold_comments_only_are_empty(course):
    (course.lab(NAME) / "survivors.yml").write_text("# none\n")
    assert load_explanations(course.lab(NAME)) == load_right_answers(course.lab(NAME)) == []


def test_an_answer_or_an_explanation_of_no_question_is_named(course):
    write(course.lab(NAME) / "right_answers.yml", RIGHT.replace("01-q1-basic", "01-q3-advanced"))
    edit(course, "survivors.yml", "01-q2-advanced", "01-q9-basic")
    told = "\n".join(name_problems(course.lab(NAME), lab_sources(course.lab(NAME))))
    assert "A01-01 names lab/01-q3-advanced, not a question with tests" in told
    assert "survivors.yml: 01-q9-basic is not a question with tests" in told
    with pytest.raises(CourseError, match="A01-01"):
        audit(course, NAME)


def test_files_about_the_tests_are_not_handed_out(course):
    write(course.lab(NAME) / "right_answers.yml", RIGHT)
    assert sorted(path.name for path in build(course, NAME).iterdir()) == ["lab.ipynb", "review.ipynb"]


@pytest.fixture
def call(course, monkeypatch):
    monkeypatch.chdir(course.root)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(("words", "told"), [
    (["09_none"], "There is no lab '09_none'"),
    ([NAME, "--question", "01-q9-basic"], "There is no question '01-q9-basic'"),
    ([NAME, "--question", "01-q3-advanced"], "Questions: 01-q1-basic, 01-q2-advanced, 01-r1-basic."),
    ([NAME, "--json", "."], "--json: . is a folder"), ([NAME, "--json", "no/x"], "no/x lies in no folder that exists"),
    (["all", "--question", "01-q1-basic"], "name the lab instead of all"),
])
def test_a_mistake_on_the_command_line_is_a_sentence(call, words, told):
    result = call("audit", *words)
    assert isinstance(result.exception, CourseError) and told in str(result.exception)


def test_the_command_shows_survivors_as_diffs_and_exits_with_1(call, course, monkeypatch):
    report = good()
    report.questions[0].survivors.append(Survivor("axis", "line 5: 0 -> 1", ("- mean(axis=0)", "+ mean(axis=1)")))
    report.questions[0].mutants += 1
    monkeypatch.setattr("autograder.audit.audit", lambda *a, **options: report)
    result = call("audit", NAME, "--json", "out.json")
    shown = " ".join(result.output.split())
    for words in ("survives 01-q1-basic, axis: line 5: 0 -> 1", "- mean(axis=0) + mean(axis=1)",
                  "explained 01-q1-basic, sign: line 4: 2 -> -2", "because: the same place", "raw score 0.667, 0.800",
                  "not good enough: lab: 01-q1-basic has the mutation score 0.80"):
        assert words in shown, shown
    assert result.exit_code == 1
    assert json.loads((course.root / "out.json").read_text())["passed"] is False


def test_ctrl_c_keeps_nothing_and_exits_with_130(call, course, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.audit.audit", interrupted)
    result = call("audit", NAME)
    assert (result.exit_code, kept(course, NAME).exists()) == (130, False)
    assert "Stopped" in result.output


def test_a_release_is_refused_while_the_audit_complains_and_nothing_is_audited_twice(course, monkeypatch):
    build(course, NAME)
    asked = []

    def bad(there, name, **options):
        asked.append(name)
        report = replace(good(), fingerprint=fingerprint(course, NAME), problems=["a hole"])
        write(kept(course, NAME), report.to_json())
        return report

    monkeypatch.setattr("autograder.audit.audit", bad)
    for _ in range(2):
        with pytest.raises(CourseError, match=r"(?s)not released, its tests are not good enough:\n- a hole"):
            release(course, NAME, audit=True)
    assert asked == [NAME] and not (course.nbgrader / "release" / NAME).exists()
    release(course, NAME)
    assert asked == [NAME], "a made-up class is released without an audit"


def test_a_lab_that_was_changed_after_it_was_built_is_not_released(course):
    build(course, NAME)
    edit(course, "lab.py", "twice two is four", "two twos")
    with pytest.raises(CourseError, match=r"labs/01_tiny/lab.py has changed since 01_tiny was built"):
        release(course, NAME, audit=True)


def test_the_command_release_asks_for_the_audit(call, course, monkeypatch):
    build(course, NAME)
    asked = []
    monkeypatch.setattr(releasing, "_refuse_weak_tests", lambda *words: asked.append(words[1]))
    assert call("release", NAME).exit_code == 0
    assert asked == [NAME]


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """Return a tiny course, its report, and the report of a second audit with one process."""
    course = tiny_course(tmp_path_factory.mktemp("audited"))
    write(course.lab(NAME) / "right_answers.yml", RIGHT)
    steps = {}
    first = audit(course, NAME, jobs=2, on_step=lambda step, done, total: steps.update({step: (done, total)}))
    return course, first, audit(course, NAME, jobs=1), steps


@pytest.mark.slow
def test_good_tests_pass_and_the_result_is_kept(audited):
    course, first, _, _ = audited
    assert first.complaints == []
    assert {case.kind: case.got for case in first.cases if case.notebook == "review" and not case.name} == {
        "solution": 2.0, "blank": 0.0}
    assert sum(case.kind == "known wrong" for case in first.cases) == 9
    assert all(each.mutants >= 5 and each.visible and each.hidden for each in first.questions)
    reasons = [survivor.reason for each in first.questions for survivor in each.survivors]
    assert reasons == ["The same place, from the end."]
    assert first.compared == 2 * 2 + 9 + 1
    assert fresh(course, NAME) == replace(first, seconds=fresh(course, NAME).seconds)


@pytest.mark.slow
def test_an_audit_is_the_same_with_one_process_and_with_two(audited):
    _, first, second, steps = audited
    assert replace(first, seconds=0) == replace(second, seconds=0)
    assert set(steps) == {"answers", "mutants", "both ways"}
    assert all(done == total > 0 for done, total in steps.values()), steps


@pytest.mark.slow
def test_constant_answers_and_ignored_parameters_are_among_the_mutants(audited, monkeypatch):
    course = audited[0]
    made = []
    real = auditing.mutants
    monkeypatch.setattr(auditing, "mutants", lambda *a, **o: made.extend(real(*a, **o)) or real(*a, **o))
    audit(course, NAME, question="01-q1-basic", jobs=1)
    assert {"constant answer", "ignored parameter"} <= {mutant.kind for mutant in made}


@pytest.mark.slow
def test_every_defect_of_a_lab_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(auditing, "LEAST", 1)
    course = tiny_course(tmp_path)
    edit(course, "lab.py", 'assert double(3) == 6, "twice three is six"', "pass")      # a hidden test is forgotten
    edit(course, "survivors.yml", "-2", "-9")                                           # an explanation is stale
    edit(course, "known_wrong.yml", "loses: 2", "loses: 1")
    write(course.lab(NAME) / "right_answers.yml", RIGHT.replace("2 * number", "number"))
    edit(course, "review.py", "    return number + number", LOOP)
    report = audit(course, NAME, jobs=2)
    told = "\n".join(report.complaints)
    assert "01-q1-basic has the mutation score" in told
    assert "'line 4: 2 -> -9' is explained but does not survive" in told
    assert "the known wrong M01-01 gets 5 points, must get 4" in told
    assert "the known wrong M01-02 gets 5 points, must get 3" in told, "it passes without the hidden test"
    assert "the right A01-01 (a product) gets 0 points, must get 2. 01-q1-basic-tests: AssertionError: twice" in told
    review = next(each for each in report.questions if each.id == "01-r1-basic")
    assert review.endless >= 2, "an endless mutant is a killed one"
    assert not any("left + 1" in survivor.change for survivor in review.survivors)
    before = json.loads(kept(course, NAME).read_text())
    assert before["passed"] is False and before["complaints"] == report.complaints


@pytest.mark.slow
def test_mutants_wait_until_the_solution_gets_full_marks(tmp_path):
    course = tiny_course(tmp_path)
    edit(course, "lab.py", "return number + number", "return number")
    report = audit(course, NAME, jobs=1)
    assert "lab: the solution gets 3 points, must get 5." in report.complaints[0]
    assert all(each.mutants == 0 for each in report.questions)
