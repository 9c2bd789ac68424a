"""What runs where, read out of the source."""

import nbformat
import pytest

from autograder.split import plan
from autograder.split.script import Plan, python
from tests.autograder.split.conftest import cell


def read(*cells):
    return plan.read(nbformat.v4.new_notebook(cells=list(cells)))


def names(text, how=plan.defined):
    return how(plan.parse(text))


def test_names_are_found_wherever_a_cell_binds_them():
    text = ("import a.b, c as d\nfrom e import f as g\nh, (i, *j) = 1, (2,)\nk: int = 3\nl += 1\n"
            "for m in []:\n    n = 1\n"
            "with open('x') as o:\n    pass\nif (p := 1):\n    def q():\n        inner = 1\nclass R:\n    s = 1\n"
            "[t for t in []]\n[u := 1 for _ in []]\ntry:\n    v = 1\nexcept E as w:\n    pass")
    assert names(text) == set("adghijklmnopqRuv")
    assert "g" not in plan.defined(plan.parse(text), imports=False)


def test_names_are_read_in_functions_and_strings():
    text = "def f(x=a):\n    return g(x, b.c)\nglobals().get('answer_1')"
    assert names(text, plan.used) >= {"a", "g", "b", "answer_1"}


def test_changes_without_a_name_are_seen():
    assert names("x[0] = 1\ny.z = 2\nw.append(3)\ndel v[1]\nprint(u)", plan.touched) == {"x", "y", "w", "v"}


@pytest.mark.parametrize(("source", "left"), [
    ("%matplotlib inline\nx = 1", "pass\nx = 1"), ("!ls\n?x", "pass\npass"), ("%%time\nx = 1", "\nx = 1"),
    ("%%bash\nrm x", ""), ("x = 5 % 2", "x = 5 % 2"),
])
def test_what_only_ipython_understands_is_left_out(source, left):
    assert python(source) == left


def test_the_prefix_runs_once_and_later_cells_only_where_needed():
    made = read(
        cell("a", "import x"), cell("b", "p = 1"), cell("q1", "def f(): pass", answer=True),
        cell("c", "early = f()"), cell("d", "late = early + 1"), cell("t1", "assert f() == p", points=1),
        cell("e", "unused = 1"), cell("g", "def helper(): return deep"), cell("h", "deep = 5"),
        cell("i", "deep2 = []"), cell("j", "deep2.append(f)"), cell("t2", "helper(), deep2", points=1),
        cell("k", "helper = None"),
    )
    assert made.prefix == ["import x", "p = 1"]
    assert [test.before for test in made.tests] == [
        [], ["def helper(): return deep", "deep = 5", "deep2 = []", "deep2.append(f)"]]


def test_what_must_not_run_before_a_fork_runs_for_each_student():
    made = read(cell("a", "import numpy\nx = 1"), cell("b", "import tensorflow as tf"), cell("c", "t = tf.ones(3)"),
                cell("d", "unused = tf.ones(3)"), cell("q", "def f(): pass", answer=True),
                cell("t1", "f(), t", points=1))
    assert made.prefix == ["import numpy\nx = 1", "import tensorflow as tf"]
    assert made.tests[0].before == ["t = tf.ones(3)"]


def test_names_come_from_answers_only_and_never_those_of_given_cells():
    made = read(
        cell("a", "import np\nw = 1"),
        cell("q1", "import os\nnp = 2\nw = 3\nx = y = z = 4\ndef f(): pass", answer=True),
        cell("t1", "f(), np, w, x, os, helper", points=1), cell("b", "z = 1"),
        cell("t2", "x = 5\ny, z", points=1), cell("t3", "x, y, z, globals()['f']", points=1),
    )
    assert [test.names for test in made.tests] == [["f", "x"], ["f", "x", "y"], ["f", "y"]]


def test_a_name_of_a_given_cell_that_an_answer_binds_is_told():
    cells = [cell("a", "w = 1"), cell("q1", "w = 2", answer=True), cell("t1", "w", points=1)]
    assert plan.clashes(nbformat.v4.new_notebook(cells=cells)) == [("w", "a", "q1")]


def test_a_plan_travels_as_bytes():
    made = read(cell("a", "x = 'ä'"), cell("q", "y = 1", answer=True), cell("t", "y", points=0.5),
                cell("u", "y", points=1, in_process=True))
    again = Plan.from_bytes(made.to_bytes())
    assert again == made and again.digest() == made.digest() and again.in_process == ["u"]
