"""What a student can still reach, against the policy itself over all combinations."""

import itertools
from fractions import Fraction

import pytest

from autograder.errors import CourseError
from autograder.policy import load_policy
from autograder.reports.what_if import assumptions, distance, limits, what_if, words

POLICY = load_policy()
SCALE = POLICY.scale


def test_nothing_open_gives_the_letter_of_the_policy():
    levels = {"review": "A", "lab1": "B", "lab2": "B", "project": "B"}
    found = what_if(levels, POLICY)
    assert (found.final, found.open, found.count, found.reach) == (POLICY.final(levels), (), 1, {"B": 1})
    assert words(found, POLICY) == ["The final grade is B (average 4.2)."]


def test_an_a_that_needs_at_least_a_b_in_the_project_says_so():
    found = what_if({"review": "A", "lab1": "A", "lab2": "A"}, POLICY)
    assert found.needs["A"] == ({"project": "B"},)
    assert "A or better needs at least B in project (2 of 6 give A)." in words(found, POLICY)


@pytest.mark.parametrize("levels", [{"review": "C", "lab1": "A"}, {"lab1": "B", "lab2": "D"}, {"review": "E"}, {}])
def test_whoever_fulfils_a_need_gets_the_letter_and_whoever_does_not_does_not(levels):
    found = what_if(levels, POLICY)
    assert found.count == 6 ** len(found.open) == sum(found.reach.values())
    for letter, ways in found.needs.items():
        for combination in itertools.product(SCALE, repeat=len(found.open)):
            mine = dict(zip(found.open, combination, strict=True))
            enough = any(all(SCALE[mine[name]] >= SCALE[level] for name, level in way.items()) for way in ways)
            got = POLICY.final(levels | mine).letter
            assert enough == (SCALE[got] >= SCALE[letter]), (letter, mine)


def test_no_need_asks_for_more_than_another():
    for ways in what_if({"lab1": "B"}, POLICY).needs.values():
        for one, other in itertools.permutations(ways, 2):
            assert not all(SCALE[one[name]] >= SCALE[other[name]] for name in one)


def test_an_assumption_wins_over_what_is_known():
    found = what_if({"review": "F", "lab1": "A", "lab2": "A", "project": "A"}, POLICY, {"review": "A"})
    assert (found.final.letter, found.assumed) == ("A", ("review",))


def test_what_failed_leaves_one_letter():
    assert words(what_if({"lab1": "F"}, POLICY), POLICY)[1:] == ["F in any case.", "Out of reach: A, B, C, D, E."]


@pytest.mark.parametrize(("assumed", "says"), [
    ({"lab9": "A"}, r"no component 'lab9'; there are .* Did you mean 'lab"), ({"lab1": "Q"}, "'Q' is not a level")])
def test_an_unknown_component_or_level_is_named(assumed, says):
    with pytest.raises(CourseError, match=says):
        what_if({}, POLICY, assumed)


def test_too_much_that_is_open_is_said_and_not_tried():
    parts = {f"p{n}": POLICY.components["lab2"].model_copy(update={"weight": Fraction(1, 8)}) for n in range(8)}
    with pytest.raises(CourseError, match="8 components are open, 1679616 combinations; say some of them"):
        what_if({}, POLICY.model_copy(update={"components": parts}))


@pytest.mark.parametrize(("pairs", "says"), [
    (["lab1"], "looks like lab1=A, got 'lab1'"), (["=A"], "got '=A'"), (["lab1="], "got 'lab1='"),
    (["lab1=A", "lab1=B"], "lab1 is assumed twice: A and B")])
def test_words_that_are_no_assumption_are_named(pairs, says):
    with pytest.raises(CourseError, match=says):
        assumptions(pairs)


def test_boundaries_lie_half_way_and_the_boundary_itself_gives_the_lower_letter():
    assert limits(POLICY)[0] == ("A", Fraction(9, 2))
    assert distance(Fraction(9, 2), POLICY) == ("A", 0) and POLICY.letter(POLICY.rounded(Fraction(9, 2))) == "B"
    assert distance(Fraction(46, 10), POLICY) == ("A", Fraction(1, 10))
    assert distance(Fraction(34, 10), POLICY) == ("B", Fraction(-1, 10))
