"""Similarity: tokens that survive a disguise, fingerprints, and who is found in made-up classes and who is not."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.reports.answers import HandIn, Part, hand_ins
from autograder.reports.similarity import (
    Pair,
    Prints,
    Scope,
    background,
    chances,
    common_parts,
    similar,
    without_groups,
)
from autograder.reports.tokens import code_tokens, known_names, prose_tokens, without_given
from autograder.reports.winnowing import GUARANTEE, K, W, fingerprints, grams, tiles
from tests.autograder.reports.made_up import DISGUISES, disguised, names, release_of, run, students

LAB = Path(__file__).parents[3] / "labs" / "03_regression"
CODE = '''def f(X, y):
    """Return the mean."""
    total = 0  # start
    for row in X:
        total += row.sum() * 2
    return np.sqrt(total / len(X)), "text"
'''
# an answer of a student's own, unlike anything that the lab's author wrote down
OWN = '''def residuals_and_mse(y, y_hat):
    flat = []
    for index in range(y.shape[0]):
        value = y_hat[index]
        while hasattr(value, "__len__"):
            value = value[0]
        flat.append(float(y[index]) - float(value))
    out = np.empty(len(flat), dtype=float)
    for place, number in enumerate(flat):
        out[place] = number
    squares = [number ** 2 for number in flat if number == number]
    return out, sum(squares) / max(len(squares), 1)
'''


def words(source):
    return [token.word for token in code_tokens(source, frozenset({"np"}))]


@pytest.mark.parametrize("how", ["renamed", "commented", "layout"])
def test_names_comments_docstrings_brackets_and_layout_change_no_token(how):
    assert words(DISGUISES[how](CODE, random.Random(2))) == words(CODE)


def test_operators_attributes_and_known_names_do_change_tokens():
    for one, other in (("total += row", "total -= row"), (".sum()", ".mean()"), ("np.sqrt", "np.exp"), ("for", "with")):
        assert words(CODE.replace(one, other)) != words(CODE)


def test_tokens_stand_where_they_say():
    for token in code_tokens(CODE):
        text = CODE[token.start:token.end]
        assert text == token.word or token.word in ("name", "0", "text"), (text, token)


@pytest.mark.parametrize("source", ["def f(:\n  x = (1\ny = 2",
                                    "'''never closed", "\tx\n  y\n x", "$ ? \0", "x = 1 +\\", ""])
def test_what_is_no_python_is_read_as_far_as_it_goes(source):
    assert isinstance(code_tokens(source), tuple)


def test_the_rest_of_broken_code_is_read_all_the_same():
    assert "+" in words("def f(:\n    x = (1\n\ny = 2 + 3\n")


def test_names_of_given_code_are_known_and_given_tokens_at_both_ends_are_dropped():
    assert known_names(["import numpy as np, os\nfrom a.b import (c, d as e)\ndef f(x):\n    y = 1"]) == \
        {"np", "os", "c", "e", "f"}
    stub = code_tokens("def f(x):\n    raise NotImplementedError()")
    mine = without_given(code_tokens("def f(a):\n    b = a @ a\n    return b"), stub)
    assert [token.word for token in mine][:4] == ["name", "=", "name", "@"]


def test_the_example_of_the_paper():
    hashes = [77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]
    assert fingerprints(hashes, w=4) == {17, 8, 39}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=40), st.lists(st.integers(0, 5), max_size=40),
       st.lists(st.integers(0, 5), min_size=GUARANTEE, max_size=20))
def test_a_common_run_as_long_as_the_guarantee_is_always_found(before, after, run_):
    """Schleimer et al. 2003: every window of W grams keeps its smallest, and the run holds a whole window."""
    def hashes(numbers):
        return [hash(tuple(numbers[i:i + K])) for i in range(len(numbers) - K + 1)]

    assert fingerprints(hashes(before + run_)) & fingerprints(hashes(run_ + after))


def test_a_run_one_token_shorter_than_a_gram_is_never_found():
    assert grams(prose_tokens("a b c d")) == [] and len(grams(prose_tokens("a b c d e"))) == 1
    assert GUARANTEE == K + W - 1 == 7


def test_tiles_find_moved_parts_and_never_take_a_token_twice():
    left, right = prose_tokens("a b c d e f g"), prose_tokens("e f g x a b c d")
    found = tiles(left, right, least=3)
    assert [(t.left, t.right, t.length) for t in found] == [(0, 4, 4), (4, 0, 3)]
    assert len(tiles(prose_tokens("a b c a b c"), prose_tokens("a b c"), least=3)) == 1


def test_the_probability_of_a_sum_is_that_of_all_combinations():
    rng = np.random.default_rng(1)
    tables = [rng.choice([0.0, 1.5, 3.25], size=(6, 6)) for _ in range(3)]
    others = ~np.eye(6, dtype=bool)
    every = sum(np.meshgrid(*(table[others] for table in tables))).ravel()
    ask = chances(tables)
    for bits in (0.0, 1.5, 4.75, 9.75):
        assert ask(np.array(bits)) == pytest.approx(np.mean(every >= bits - 1e-9), abs=1e-12)
    assert ask(np.array(20.0)) == 0


@pytest.fixture(scope="module")
def known():
    return background(LAB)


@pytest.mark.parametrize(("count", "classes"), [(3, 40), (8, 20), (25, 10)])
def test_students_who_know_nothing_of_each_other_make_no_more_pairs_than_chance_may(known, count, classes):
    """Each answer is one that the lab's author wrote down, so that many are equal word for word, by chance."""
    pairs = [len(run(students(LAB, count, seed), LAB, known)) for seed in range(classes)]
    assert sum(pairs) <= 1 + 0.1 * classes, pairs


@pytest.mark.parametrize("how", DISGUISES)
def test_a_copy_in_any_disguise_is_found_and_hardly_anybody_else(how, known):
    hits, others = 0, 0
    for seed in range(6):
        found = students(LAB, 25, 500 + seed)
        pairs = names(run([*found, disguised(found[3], "copy", how, random.Random(seed))], LAB, known))
        hits += frozenset(("s003", "copy")) in pairs
        others += len(pairs - {frozenset(("s003", "copy"))})
    assert hits >= (4 if how == "everything" else 5)
    assert others <= 2


def test_one_long_answer_of_ones_own_is_enough(known):
    found = students(LAB, 25, seed=4)

    def with_own(hand_in, name, how):
        parts = [Part(p.notebook, p.question, p.kind, OWN) if p.question == "03-q1-basic" else p for p in hand_in.parts]
        return disguised(HandIn((name,), tuple(parts)), name, how, random.Random(3))

    one, other = with_own(found[0], "one", "verbatim"), with_own(found[9], "other", "renamed")
    pairs = run([*found[1:9], *found[10:], one, other], LAB, known)
    assert names(pairs) == {frozenset(("one", "other"))} and pairs[0].rare == ["03-q1-basic"]


def test_answers_that_everybody_writes_alike_say_nothing(known):
    """A class of perfect hand-ins from the same book: all alike, so nobody stands out."""
    first = students(LAB, 1, seed=1)[0]
    same = [HandIn((f"s{n}",), first.parts) for n in range(12)]
    assert run(same, LAB, known) == []


def test_a_question_speaks_with_the_bits_of_how_few_answer_it_alike():
    same, other = set(range(20)), set(range(100, 120))
    scope = Scope([same, same, other, same, set()], [other])
    assert scope.bits[0, 1] == pytest.approx(np.log2(5 / 3))        # five answers, three of them alike
    assert scope.bits[0, 2] == 0 and scope.bits[0, 4] == 0          # unlike; blank
    assert scope.share[0, 3] == 1 and scope.share[0, 4] == 0
    assert scope.rare[2, 2] == 0                                    # the lab's author wrote it
    assert scope.rare[0, 1] == pytest.approx(20 * np.log2(5 / 3))
    assert Scope([same] * 4).bits.max() == 0                        # everybody alike


def test_the_release_itself_is_no_similarity():
    prints = Prints(release_of(LAB))
    for question, stub in prints.stubs.items():
        assert prints.of(Part("lab", question, prints.kinds[question], stub)) == set()


def test_common_parts_are_the_same_code_on_both_sides():
    prints = Prints(release_of(LAB))
    left = Part("lab", "03-q1-basic", "code", OWN)
    right = Part("lab", "03-q1-basic", "code", DISGUISES["everything"](OWN, random.Random(1)))
    ours, theirs = common_parts(left, right, prints)
    assert [n for n, _, _ in sorted(ours)] == [n for n, _, _ in sorted(theirs)] != []
    for (_, start, end), (_, first, last) in zip(sorted(ours), sorted(theirs), strict=True):
        assert words(left.source[start:end]) == words(right.source[first:last])


def test_a_class_of_one_or_none_and_of_blank_hand_ins_has_no_pair(known):
    assert run([], LAB, known) == [] and run(students(LAB, 1), LAB, known) == []
    release = release_of(LAB)
    blank = [HandIn((f"s{n}",), tuple(Part(name, meta["grade_id"], kind, source) for name, cells in release.items()
                                      for kind, source, meta, _ in cells if meta.get("solution"))) for n in range(5)]
    assert run(blank, LAB, known) == []


def test_two_hundred_hand_ins_take_less_than_ten_seconds_of_one_core(known):
    import time

    found, begin = students(LAB, 200, seed=9), time.process_time()
    run(found, LAB, known)
    assert time.process_time() - begin < 10


def test_hand_ins_are_read_with_groups_as_one_and_cells_of_their_own(graded):
    found = hand_ins(graded.course, graded.name)
    assert [h.name for h in found] == ["ann", "ben", "cat", "dan", "eva", "fay + gus"]
    assert [part.source for part in found[0].parts if not part.question] == ["x = 1 + 1"] * 2    # in both notebooks
    pairs, there, _ = similar(graded.course, graded.name)
    assert (pairs, len(there)) == ([], 6)


def test_a_group_is_not_reported_against_itself(graded):
    def pair(one, other):
        return Pair(HandIn((one,), ()), HandIn((other,), ()))

    left = without_groups(graded.course, graded.name, [pair("fay", "gus"), pair("ann", "gus"), pair("ann", "ben")])
    assert names(left) == {frozenset(("ann", "gus")), frozenset(("ann", "ben"))}
