"""Lab and review of unit 03: every answer, right or wrong, earns what it should."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from autograder.alternatives import load_right_answers
from autograder.audit import blank, cells_of
from autograder.bench import Bench, Trial
from autograder.known_wrong import load_known_wrong, score_without_kernel
from autograder.labs import lab_sources, meta, notebook_problems, questions
from autograder.release import release_problems
from toolkit.data import five_houses

FOLDER = Path(__file__).parents[2] / "labs" / "03_regression"
SOURCES = lab_sources(FOLDER)
WRONG = load_known_wrong(FOLDER)
AUTO = [(kind, question.id) for kind, notebook in SOURCES.items() for question in questions(notebook)
        if not question.manual]
RIGHT = load_right_answers(FOLDER)
by_question = pytest.mark.parametrize(("kind", "question"), AUTO, ids=[name for _, name in AUTO])


@pytest.fixture(scope="module")
def benches():
    matplotlib.use("Agg")
    with threadpool_limits(1):                        # a fork starts BLAS's threads anew; a worker of an audit has none
        benches = {kind: Bench(cells_of(notebook), FOLDER) for kind, notebook in SOURCES.items()}
        assert all(bench.ready for bench in benches.values())
        yield benches
    matplotlib.pyplot.close("all")


def of_question(points, question):
    return {cell: value for cell, value in points.items() if cell.startswith(question + "-")}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_tests_of_the_solution_say_nothing(benches, kind):
    outcome = benches[kind].score()
    assert outcome.points == benches[kind].full
    assert (outcome.messages, outcome.output) == ({}, "")


@pytest.mark.parametrize("kind", SOURCES)
def test_each_failure_of_a_blank_hand_in_is_told(benches, kind):
    bench = benches[kind]
    outcome = bench.score(Trial({name: blank(source) for name, source in bench.answers.items()}))
    assert set(outcome.points.values()) == {0}
    assert set(bench.full) <= set(outcome.messages)


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{wrong.id}-{wrong.question}" for wrong in WRONG])
def test_a_known_wrong_answer_is_told_in_the_words_of_the_student(benches, wrong):
    outcome = benches[wrong.notebook].score(Trial({wrong.question: wrong.code}, only=wrong.question))
    assert outcome.output == ""
    for name, message in outcome.messages.items():
        assert message.startswith("AssertionError: "), f"{name} should say it in the student's words: {message}"


@by_question
def test_without_its_hidden_tests_a_question_lets_a_known_wrong_answer_through(benches, kind, question):
    bench = benches[kind]
    whole = bench.cells
    mine = [cell for cell in whole if cell.id.startswith(question + "-")]
    assert any(cell.hidden for cell in mine)
    try:
        bench.cells = [replace(cell, source=visible(cell)) if cell in mine else cell for cell in whole]
        full = sum(of_question(bench.full, question).values())
        lost = {wrong.id: full - bench.score(Trial({question: wrong.code}, only=question)).total
                for wrong in WRONG if wrong.question == question}
    finally:
        bench.cells = whole
    assert any(lost[wrong.id] != wrong.loses for wrong in WRONG if wrong.question == question), lost


def visible(cell):
    """Return a test cell as if its hidden tests had been forgotten."""
    return "\n".join(line for number, line in enumerate(cell.source.splitlines(), 1) if number not in cell.hidden)


def test_every_question_that_asks_for_code_has_two_right_answers_written_differently():
    for kind, question in AUTO:
        code = "def " in next(q.answer.source for q in questions(SOURCES[kind]) if q.id == question)
        assert sum(row.question == question for row in RIGHT) >= (2 if code and kind == "lab" else code), question


@pytest.mark.parametrize(
    ("kind", "question", "expression", "golden"),
    [
        pytest.param("lab", "03-q2-basic", "mse_gradient(A, y, np.zeros(3))", [-748.4, -1681484.8, -2368.4], id="G040"),
        pytest.param("lab", "03-q3-basic", "fit_least_squares(X, y)[1]", [0.0638433756, 103.436047], id="G037"),
        pytest.param("lab", "03-q3-basic", "np.dot(fit_least_squares(X, y)[1], [4000, 4]) + fit_least_squares(X, y)[0]",
                     598.68309, id="G038"),
        pytest.param("review", "03-r1-basic", "(answer_1 + 1) / 0.1", 2, id="G042"),
        pytest.param("review", "03-r3-basic", "one_house_gradient(A[1], y[1], np.zeros(3))", [-660, -1056000, -1980],
                     id="G041-E07"),
        pytest.param("review", "03-r6-advanced", "answer_6 - 0.04 - 0.05", 0.25, id="G043-E20"),
        pytest.param("review", "03-r7-basic", "answer_7", 3 * 4 * 5 + 1, id="G045"),
    ],
)
def test_a_solution_gives_the_numbers_of_the_lecture(benches, kind, question, expression, golden):
    X, y = five_houses()
    namespace = {**vars(benches[kind].module), "X": X, "y": y, "A": np.column_stack([np.ones(5), X])}
    exec(benches[kind].answers[question], namespace)
    assert eval(expression, namespace) == pytest.approx(golden, rel=1e-8)


def test_the_process_of_the_autograder_agrees_with_the_bench(benches):
    wrong = next(wrong for wrong in WRONG if wrong.id == "M03-01")
    points = score_without_kernel(SOURCES["lab"], {wrong.question: wrong.code}, folder=FOLDER)
    assert points == benches["lab"].score(Trial({wrong.question: wrong.code})).points


@pytest.mark.parametrize("kind", SOURCES)
def test_the_script_runs_all_its_tests_without_a_kernel_or_a_warning(kind, tmp_path):
    command = [sys.executable, "-W", "error", FOLDER / f"{kind}.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("kind", "prefix"), [("lab", "q"), ("review", "r")])
def test_metadata_points_and_release_are_sound(kind, prefix):
    notebook = SOURCES[kind]
    assert notebook_problems(notebook, "03", kind, f"{kind}.py") == []
    assert release_problems(notebook, f"{kind}.py") == []
    assert all(re.fullmatch(rf"03-{prefix}\d+-\w+(-tests|-hidden)?", meta(cell)["grade_id"])
               for cell in notebook.cells if meta(cell))


def test_every_question_has_three_known_wrong_answers_with_a_belief_and_a_hint():
    for kind, question in AUTO:
        rows = [wrong for wrong in WRONG if (wrong.notebook, wrong.question) == (kind, question)]
        assert len(rows) >= 3, question
        assert all(len(wrong.belief) > 10 and len(wrong.hint) > 10 for wrong in rows), question


def test_the_rubric_quotes_the_evidence_that_the_student_sees(benches, capsys):
    names = vars(benches["lab"].module)
    evidence = next(cell for cell in benches["lab"].cells if cell.id == "03-q10-evidence")
    exec(evidence.source, dict(names))
    shown = capsys.readouterr().out
    rubric = next(cell.source for cell in SOURCES["lab"].cells if meta(cell).get("grade_id") == "03-q10-advanced")
    for figure in ("58.1", "60.2", "69.8", "478", "112"):
        assert figure in shown, f"the evidence no longer shows {figure}:\n{shown}"
        assert figure in rubric
    low, high = re.search(r"112 houses of 120 to 400 m²\s+(-\d+)\s+-?\d+\s+(\d+)", shown).groups()
    assert f"expect {478 + int(low)} to {478 + int(high)}" in rubric
    assert f"{names['X_train'][:, 0].max():.0f} m²" in rubric
    far = re.findall(r"m²\s+([\d.]+) km\s+\+", shown)
    assert len(far) == 8 and all(1 <= float(km) <= 3 for km in far)


def test_the_lab_uses_other_houses_than_the_lecture():
    seeds = {name: set(re.findall(r"house_prices\([^)]*?random_state=(\d+)", path.read_text(encoding="utf-8")))
             for name, path in (("lab", FOLDER / "lab.py"), ("lecture", FOLDER.parents[1] / "course/03_regression.py"))
             if path.exists()}
    assert seeds["lab"] == {"23"}
    assert not seeds["lab"] & seeds.get("lecture", set())


def test_the_review_quotes_figures_that_can_be_computed_M03_09_and_M03_14(benches):
    text = "\n".join(cell.source for cell in SOURCES["review"].cells)
    X, y = five_houses()
    A, w = np.column_stack([np.ones(5), X]), np.zeros(3)
    hessian, slope = 2 / 5 * A.T @ A, 2 / 5 * A.T @ y
    step = np.eye(3) - 2e-7 * hessian
    for steps in (100, 100_000):
        power = np.linalg.matrix_power(step, steps)
        w = power @ np.zeros(3) + np.linalg.solve(hessian, (np.eye(3) - power) @ slope)
        assert f"{np.mean((A @ w - y) ** 2):.1f} after {steps:,} steps" in text
    best = np.random.default_rng(0).binomial(50, 0.5, size=(2000, 100)).max(axis=1) / 50
    assert abs(best.mean() - 0.68) < 0.01
