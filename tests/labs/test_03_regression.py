"""Lab and review of unit 03: every answer, right or wrong, earns what it should."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import yaml

from autograder.known_wrong import load_known_wrong, score_without_kernel
from autograder.labs import HIDDEN_BEGIN, HIDDEN_END, lab_sources, meta, notebook_problems, questions, region
from autograder.release import release_problems
from tests.labs.mutants import mutants
from tests.labs.right_answers import RIGHT
from tests.labs.runner import Bench, blank
from toolkit.data import five_houses

FOLDER = Path(__file__).parents[2] / "labs" / "03_regression"
SOURCES = lab_sources(FOLDER)
WRONG = load_known_wrong(FOLDER)
AUTO = [(kind, question.id) for kind, notebook in SOURCES.items() for question in questions(notebook)
        if not question.manual]
EQUIVALENT = yaml.safe_load((Path(__file__).parent / "equivalent_mutants.yml").read_text(encoding="utf-8"))
by_question = pytest.mark.parametrize(("kind", "question"), AUTO, ids=[name for _, name in AUTO])


@pytest.fixture(scope="module")
def benches():
    matplotlib.use("Agg")
    yield {kind: Bench(notebook) for kind, notebook in SOURCES.items()}
    matplotlib.pyplot.close("all")


def of_question(points, question):
    return {cell: value for cell, value in points.items() if cell.startswith(question + "-")}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_solution_earns_full_marks_and_says_nothing(benches, kind):
    outcome = benches[kind].score()
    assert outcome.messages == {}
    assert outcome.points == benches[kind].full
    assert outcome.output == ""


@pytest.mark.parametrize("kind", SOURCES)
def test_a_blank_hand_in_earns_nothing_and_each_failure_is_told(benches, kind):
    bench = benches[kind]
    outcome = bench.score({name: blank(source) for name, source in bench.answers.items()})
    assert set(outcome.points.values()) == {0}
    assert set(bench.full) <= set(outcome.messages)


@by_question
def test_a_question_stands_when_all_others_are_blank(benches, kind, question):
    bench = benches[kind]
    others = {name: blank(source) for name, source in bench.answers.items() if name != question}
    points = bench.score(others).points
    assert of_question(points, question) == of_question(bench.full, question)
    assert sum(points.values()) == sum(of_question(points, question).values())


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{wrong.id}-{wrong.question}" for wrong in WRONG])
def test_a_known_wrong_answer_loses_exactly_its_points(benches, wrong):
    bench = benches[wrong.notebook]
    outcome = bench.score({wrong.question: wrong.code})
    assert sum(bench.full.values()) - outcome.total == wrong.loses, outcome.messages
    assert outcome.output == ""
    for name, message in outcome.messages.items():
        assert message.startswith("AssertionError: "), f"{name} should say it in the student's words: {message}"


@pytest.mark.parametrize(
    ("question", "how"), [(question, how) for question, answers in RIGHT.items() for how in answers]
)
def test_a_right_answer_written_differently_earns_full_marks(benches, question, how):
    bench = benches["review" if "-r" in question else "lab"]
    outcome = bench.score({question: RIGHT[question][how]}, only=question)
    assert outcome.messages == {}
    assert outcome.points == of_question(bench.full, question)


@by_question
def test_mutants_of_the_solution_are_killed(benches, kind, question):
    bench = benches[kind]
    full = of_question(bench.full, question)
    survivors = [mutant.change for mutant in mutants(bench.answers[question])
                 if bench.score({question: mutant.source}, only=question, seconds=5).points == full]
    assert survivors == [row["change"] for row in EQUIVALENT if row["question"] == question]


def test_the_mutation_score_is_high_before_equivalent_mutants_are_set_aside(benches):
    count = sum(len(mutants(benches[kind].answers[question])) for kind, question in AUTO)
    assert count > 250
    assert 1 - len(EQUIVALENT) / count >= 0.95


def without_hidden(source):
    """Return a test cell as if its hidden tests had been forgotten."""
    return "\n".join(region(source, HIDDEN_BEGIN, HIDDEN_END)[1])


@by_question
def test_without_its_hidden_tests_a_question_lets_a_known_wrong_answer_through(benches, kind, question):
    bench = benches[kind]
    kept = [(cell, cell.source) for cell in bench.cells if meta(cell).get("grade_id", "").startswith(question + "-")]
    assert any(without_hidden(source) != source for _, source in kept)
    try:
        for cell, source in kept:
            cell.source = without_hidden(source)
        full = sum(of_question(bench.full, question).values())
        lost = {wrong.id: full - bench.score({question: wrong.code}, only=question).total
                for wrong in WRONG if wrong.question == question}
    finally:
        for cell, source in kept:
            cell.source = source
    assert any(lost[wrong.id] != wrong.loses for wrong in WRONG if wrong.question == question), lost


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
    namespace = {**benches[kind].namespace, "X": X, "y": y, "A": np.column_stack([np.ones(5), X])}
    exec(benches[kind].answers[question], namespace)
    assert eval(expression, namespace) == pytest.approx(golden, rel=1e-8)


def test_the_process_of_the_autograder_agrees_with_the_bench(benches):
    wrong = next(wrong for wrong in WRONG if wrong.id == "M03-01")
    points = score_without_kernel(SOURCES["lab"], {wrong.question: wrong.code}, folder=FOLDER)
    assert points == benches["lab"].score({wrong.question: wrong.code}).points


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
    bench = benches["lab"]
    evidence = next(cell for cell in bench.cells if meta(cell).get("grade_id") == "03-q10-evidence")
    exec(evidence.source, dict(bench.namespace))
    shown = capsys.readouterr().out
    rubric = next(cell.source for cell in SOURCES["lab"].cells if meta(cell).get("grade_id") == "03-q10-advanced")
    for figure in ("58.1", "60.2", "69.8", "478", "112"):
        assert figure in shown, f"the evidence no longer shows {figure}:\n{shown}"
        assert figure in rubric
    low, high = re.search(r"112 houses of 120 to 400 m²\s+(-\d+)\s+-?\d+\s+(\d+)", shown).groups()
    assert f"expect {478 + int(low)} to {478 + int(high)}" in rubric
    assert f"{bench.namespace['X_train'][:, 0].max():.0f} m²" in rubric
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
