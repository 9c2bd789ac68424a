"""Mutants: each kind of slip is made, nothing that cannot matter is, and the list is the same each time."""

import ast

import numpy as np
import pytest

from autograder.mutants import diff, mutants
from autograder.observe import literal

KINDS = {
    "arithmetic": ("return a - b", "return a + b"),
    "comparison": ("return a < b", "return a <= b"),
    "condition": ("return a and b", "return a"),
    "off by one": ("return a[1:]", "return a[2:]"),
    "axis": ("return a.mean(axis=0)", "return a.mean(axis=1)"),
    "sign": ("return -a", "return a"),
    "missing term": ("return a + b", "return b"),
    "in-place change": ("c = a - b\n    return c", "a -= b\n    c = a\n    return c"),
    "dropped copy": ("return a.copy()", "return a"),
    "swapped": ("return (a, b)", "return (b, a)"),
    "dtype": ("return np.zeros(b)", "return np.zeros(b, dtype=int)"),
    "ignored argument": ("return f(a, key=b)", "return f(a)"),
    "another function": ("return a.mean()", "return a.sum()"),
    "missing call": ("return abs(a)", "return a"),
    "missing statement": ("a[0] = 1\n    return a", "a[0] = 1", "return a"),
    "one round only": ("for x in a:\n        b += x", "for x in a:\n        b += x\n        break"),
    "constant": ("return f(a, True)", "return f(a, False)"),
}


def cell(body):
    return f'def answer(a, b):\n    """Return something."""\n    {body}'


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_slip_is_made(kind):
    before, *after = KINDS[kind]
    made = [ast.unparse(ast.parse(mutant.source)) for mutant in mutants(cell(before)) if mutant.kind == kind]
    assert ast.unparse(ast.parse(cell(after[-1]))) in made, made


ANSWERS = {
    'answer = "b"': {"answer = 'a'", "answer = 'c'", "answer = 'd'"},
    "answer = 61": {"answer = 62", "answer = 60", "answer = -61"},
    'answer = {"x": "fast", "y": "slow"}': {f"answer = {{'x': '{word}', 'y': '{word}'}}" for word in ("fast", "slow")},
    'answer = "ridge"': {"answer = 'something else'"},
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_is_a_value_gets_the_other_values(answer):
    assert {mutant.source for mutant in mutants(answer)} == ANSWERS[answer]


def test_a_number_is_also_rounded_and_moved_by_a_hundredth():
    sources = [mutant.source for mutant in mutants("answer = 0.34") if mutant.kind == "rounding"]
    assert sorted(float(source.split("=")[1]) for source in sources) == pytest.approx([0.3, 0.3366, 0.3434])


UNCHANGED = {
    "the order of a difference that is squared": ("return (a - b) ** 2", "(b - a) ** 2"),
    "the order of a difference whose size is taken": ("return np.abs(a - b)", "b - a"),
    "the order of two of which one is chosen": ("return max(a, b)", "max(b, a)"),
    "what only guards": ("return zip(a, b, strict=True)", "strict=False"),
    "a guard that is left out": ("return zip(a, b, strict=True)", "zip(a, b)\n"),
    "words for people": ("raise ValueError('a should be 1, is 2')", "raise ValueError('')"),
    "a name that would be missing": ("c = a\n    return c", '."""\n    return c'),
    "the same bytecode": ("return 1 + 1", "return 2 + 0"),
}


@pytest.mark.parametrize("what", UNCHANGED)
def test_a_change_that_cannot_matter_is_not_made(what):
    body, never = UNCHANGED[what]
    found = [mutant.source + "\n" for mutant in mutants(cell(body))]
    assert not any(never in source for source in found), found
    assert found or "ValueError" in body


def test_a_number_is_not_changed_in_place_but_an_array_may_be():
    calls = {"answer": [(["2.0", "__import__('numpy').array([1.0])"], {}, "3")]}
    both = "return f(a * 2, b * 2)"
    kinds = [m.change for m in mutants(cell(both)) if m.kind == "in-place change"]
    assert len(kinds) == 2
    kinds = [m.change for m in mutants(cell(both), calls=calls) if m.kind == "in-place change"]
    assert len(kinds) == 1 and "b *= 2" in kinds[0]


def test_only_the_lines_of_the_student_change():
    source = "def answer(a, n=3):\n    m = n + 1\n    return a * m"
    assert {mutant.change.split(":")[0] for mutant in mutants(source, lines={3})} == {"line 3"}


SOURCE = cell("""w = a.copy()
    for j in range(len(b)):
        w[j] -= 2 * a[j] / (b @ a + 1)
    return w, b.mean(axis=0)""")


def test_no_two_mutants_are_the_same_and_none_is_the_solution():
    found = mutants(SOURCE)
    assert len({mutant.change for mutant in found}) == len(found) > 30
    assert len({mutant.source for mutant in found}) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) not in {mutant.source for mutant in found}


def test_the_list_is_the_same_each_time():
    calls = {"answer": [(["1", "2"], {}, "3"), (["4", "5"], {}, "6")]}
    assert mutants(SOURCE, calls=calls) == mutants(SOURCE, calls=calls)


def by_heart(kind, *calls):
    found = mutants("def answer(a, b):\n    return a + b", calls={"answer": list(calls)})
    functions = []
    for mutant in (mutant for mutant in found if mutant.kind == kind):
        names = {}
        exec(mutant.source, names)
        functions.append((mutant.change, names["answer"]))
    return functions


def test_a_mutant_knows_the_visible_test_by_heart():
    (_, first), (_, each) = by_heart("constant answer", (["1", "2"], {}, "3"), (["4"], {"b": "5"}, "9"))
    assert [first(7, 7), first(4, b=5)] == [3, 3]
    assert [each(1, 2), each(4, b=5), each(0, 0)] == [3, 9, 3]


def test_a_mutant_ignores_a_parameter_and_takes_that_of_the_visible_test():
    (a, no_a), (b, no_b) = by_heart("ignored parameter", (["1", "2"], {}, "3"))
    assert (a, b) == ("answer takes 1 for a, whatever is given", "answer takes 2 for b, whatever is given")
    assert (no_a(10, 20), no_b(10, 20)) == (21, 12)


def test_a_result_that_cannot_be_written_down_makes_no_constant_answer():
    assert by_heart("constant answer", (["1", "2"], {}, None)) == []


def test_a_diff_shows_the_changed_line_and_one_on_each_side():
    before = "def f(a):\n    x = 1\n    y = a + x\n    return y\n"
    assert diff(before, before.replace("a + x", "a - x")) == [
        "     x = 1", "-    y = a + x", "+    y = a - x", "     return y"]


VALUES = [
    None, True, -3, 2.5, float("inf"), 1 + 2j, "it's", b"\x00", [1, (2,)], {"a": {"b": []}}, {3, 1, 2}, frozenset({1}),
    np.float32(0.1), np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.array(5.0), np.array([True, False]), ...,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_literal_gives_the_value_back(value):
    again = eval(literal(value))
    assert type(again) is type(value)
    assert np.array_equal(again, value) if isinstance(value, np.ndarray) else again == value
    assert getattr(again, "dtype", None) == getattr(value, "dtype", None)


@pytest.mark.parametrize("value", [object(), [lambda: 0], "x" * 9999, range(3), np.array([object()])],
                         ids=["object", "function", "long text", "range", "array of objects"])
def test_what_has_no_short_literal_has_none(value):
    assert literal(value) is None
