"""Which known wrong answer an answer looks like: names, comments and layout do not matter, the idea does."""

import pytest

from autograder.hints import closest, likeness, normal_form
from autograder.known_wrong import WrongAnswer

RIGHT = "def mse(X, y, w):\n    return ((X @ w - y) ** 2).mean()"


def wrong(name, code):
    return WrongAnswer(id=name, question="q", notebook="lab", loses=1, belief="b", code=code, hint=f"hint {name}")


SUM = wrong("sum", "def mse(X, y, w):\n    return ((X @ w - y) ** 2).sum()")
ABSOLUTE = wrong("absolute", "def mse(X, y, w):\n    return abs(X @ w - y).mean()")


@pytest.mark.parametrize("code", [
    SUM.code, "def mse(X, y, w):\n    '''Mine.'''\n    # squares\n    return ( (X@w - y)**2 ).sum()",
    "def mse(data, target, weights):\n    return ((data @ weights - target) ** 2).sum()",
    "def mse(X: list, y, w) -> float:\n    return ((X @ w - y) ** 2).sum()",
])
def test_the_same_idea_is_found_under_other_names_and_comments(code):
    assert closest(code, [ABSOLUTE, SUM], RIGHT) is SUM


@pytest.mark.parametrize("code", [RIGHT, "def mse(X, y, w):\n    return 0", "def mse(X, y, w:\n", "", "x = 1"])
def test_what_looks_like_no_known_mistake_gets_no_hint(code):
    assert closest(code, [ABSOLUTE, SUM], RIGHT) is None


def test_a_small_change_of_a_long_mistake_is_still_that_mistake():
    body = "\n".join(f"    total = total + {n} * x[{n}]" for n in range(20))
    long = wrong("long", f"def f(x):\n    total = 1\n{body}\n    return total")
    code = long.code.replace("return total", "return total + 1")
    assert closest(code, [long], "def f(x):\n    return x.sum()") is long


def test_what_is_nearer_to_the_solution_is_not_called_that_mistake():
    body = "\n".join(f"    total = total + {n} * x[{n}]" for n in range(20))
    text = "def f(x):\n    total = 0\n" + body + "\n    return total"
    mistake = wrong("long", text.replace("total = 0", "total = 1"))
    assert closest(text.replace("19 * x", "18 * x"), [mistake], text) is None


def test_functions_and_globals_keep_their_names():
    assert normal_form("def f(x): return g(x)") != normal_form("def f(x): return h(x)")
    assert likeness("a b c", "a b c") == 1


def test_there_is_no_hint_where_nothing_is_known():
    assert closest(RIGHT, [], RIGHT) is None
