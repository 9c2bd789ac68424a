"""The grading policy: golden rows G001 to G004, every tuple of levels, and every mistake in the file."""

import itertools
import math
from fractions import Fraction

import pytest
import yaml

from autograder.errors import CourseError
from autograder.policy import DEFAULT, load_policy

LEVELS = "ABCDE"
TUPLES = list(itertools.product(LEVELS, repeat=4))


@pytest.fixture(scope="module")
def policy():
    return load_policy()


def graded(policy, levels):
    return policy.final(dict(zip(("review", "lab1", "lab2", "project"), levels, strict=True)))


def test_g001_the_weights_are_those_of_the_lecture_and_sum_to_one(policy):
    weights = {name: component.weight for name, component in policy.components.items()}
    quarter = Fraction(1, 4)
    assert weights == {"review": Fraction(1, 5), "lab1": quarter, "lab2": quarter, "project": Fraction(3, 10)}
    assert sum(weights.values()) == 1
    assert policy.scale == {"A": 5, "B": 4, "C": 3, "D": 2, "E": 1, "F": 0}


@pytest.mark.parametrize(("average", "whole"), [("3.6", 4), ("4.5", 4), ("3.5", 3), ("3.51", 4), ("1", 1), ("5", 5)],
                         ids=lambda value: f"G002-{value}")
def test_g002_a_fraction_goes_up_only_when_it_is_more_than_half(policy, average, whole):
    assert policy.rounded(average) == whole


def test_g002_of_625_tuples_32_are_exact_ties_and_python_rounds_half_of_them_up(policy):
    averages = [graded(policy, levels).average for levels in TUPLES]
    ties = [average for average in averages if average % 1 == Fraction(1, 2)]
    assert len(ties) == 32
    assert sum(round(average) != policy.rounded(average) for average in ties) == 16


@pytest.mark.parametrize("first", LEVELS)
def test_g001_g002_every_tuple_gets_the_weighted_average_rounded_as_the_lecture_says(policy, first):
    value = {"A": 5, "B": 4, "C": 3, "D": 2, "E": 1}
    for levels in (levels for levels in TUPLES if levels[0] == first):
        review, lab1, lab2, project = (value[level] for level in levels)
        twentieths = 4 * review + 5 * lab1 + 5 * lab2 + 6 * project          # the average, in twentieths
        final = graded(policy, levels)
        assert final.average == Fraction(twentieths, 20)
        assert value[final.letter] == math.ceil((twentieths - 10) / 20), levels


@pytest.mark.parametrize("levels", ["AB", "BC", "CD", "DE", "EF", "FF"], ids=lambda levels: f"G003-{levels}")
def test_g003_a_late_hand_in_costs_a_level_and_f_stays_f(policy, levels):
    assert policy.lowered(levels[0]) == levels[1]


@pytest.mark.parametrize("failed", ["review", "lab1", "lab2", "project"])
def test_g003_one_f_fails_the_course_whatever_the_rest(policy, failed):
    final = policy.final({name: "F" if name == failed else "A" for name in policy.components})
    assert (final.letter, final.failed) == ("F", (failed,))
    assert failed in final.why


def test_g003_what_is_missing_is_named_and_no_letter_given(policy):
    final = policy.final({"review": "A", "lab1": "A", "lab2": "B", "project": None})
    assert final.letter is None
    assert final.why == "incomplete: project"


LAB = [
    ("A", 12, 10), ("B", 12, 9), ("B", 12, 5), ("C", 12, "4.9"), ("C", 12, 0), ("D", "11.9", 10), ("D", 6, 0),
    ("E", "5.9", 10), ("E", 3, 0), ("F", "2.9", 10), ("F", 0, 0),
]


@pytest.mark.parametrize(("level", "basic", "advanced"), LAB, ids=lambda value: f"G004-{value}")
def test_g004_lab_levels_follow_the_rubric(policy, level, basic, advanced):
    assert policy.lab_level(basic, 12, advanced, 10) == level


PROJECT = [
    ("E", "C", 0, 0), ("D", "C", "1/2", "1/2"), ("C", "C", 1, 1), ("C", "A", 1, 0), ("B", "A", "1/2", "1/2"),
    ("A", "A", 1, 1), ("E", "A", "1/2", 0), ("D", "C", 1, "1/2"), ("E", "C", 1, 0), ("B", "A", 1, "1/2"),
]


@pytest.mark.parametrize(("level", "proposal", "basic", "advanced"), PROJECT, ids=lambda value: f"G004-{value}")
def test_g004_project_levels_follow_the_table(policy, level, proposal, basic, advanced):
    assert policy.project_level(proposal, basic, advanced) == level


def test_g004_a_project_without_code_that_runs_is_f(policy):
    assert policy.project_level("A", 1, 1, runs=False) == "F"


@pytest.mark.parametrize(("got", "level"), [(10, "A"), (9, "A"), ("8.9", "B"), (7, "C"), (5, "E"), ("4.9", "F")])
def test_review_levels_follow_the_share_of_points(policy, got, level):
    assert policy.review_level(got, 10) == level


def test_a_share_written_in_decimals_is_exact(policy):
    assert policy.review_level("0.9", 1) == "A"
    assert policy.mean(["A", "B"]) == "B"             # 4.5 goes down


@pytest.mark.parametrize(("call", "named"), [
    (lambda p: p.lab_level(13, 12, 0, 1), "13 of 12"), (lambda p: p.lab_level(-1, 12, 0, 1), "-1 of 12"),
    (lambda p: p.lowered("G"), "'G'"), (lambda p: p.mean([]), "no levels"), (lambda p: p.letter(7), "7"),
    (lambda p: p.final({"exam": "A"}), "exam"), (lambda p: p.final({"lab1": "X"}), "'X'"),
    (lambda p: p.project_level("B", 1, 1), "'B'"),
])
def test_bad_values_are_named(policy, call, named):
    with pytest.raises(CourseError, match=named):
        call(policy)


def changed(change):
    data = yaml.safe_load(DEFAULT.read_text())
    change(data)
    return yaml.safe_dump(data, sort_keys=False)


MISTAKES = {
    "weights": (lambda d: d["components"]["lab1"].update(weight=0.3), "sum to 1.*21/20"),
    "unknown level": (lambda d: d["lab"][0].update(level="S"), "unknown level 'S'"),
    "unknown pass": (lambda d: d.update({"pass": "P"}), "unknown level 'P'"),
    "share above one": (lambda d: d["review"][0].update(share=90), "90 is not a share"),
    "no number": (lambda d: d["lab"][0].update(basic="half"), "'half' is not a number"),
    "a truth value": (lambda d: d["lab"][0].update(basic=True), "True is not a number"),
    "unknown rubric": (lambda d: d["components"]["lab1"].update(rubric="exam"), "components > lab1 > rubric"),
    "a key that nobody reads": (lambda d: d.update(curve=1), "curve"),
    "a missing part": (lambda d: d.pop("review"), "review: this key is missing"),
    "order of rows": (lambda d: d["lab"].reverse(), "best level first"),
    "scale with a gap": (lambda d: d["scale"].update(F=-3), "count down by one"),
    "empty rubric": (lambda d: d.update(project=[]), "project rubric has no row"),
    "late upwards": (lambda d: d.update(late=-1), "late"),
    "project with assignments": (lambda d: d["components"]["project"].update(assignments=["03_x"]), "no assignments"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_in_the_file_is_named(tmp_path, mistake):
    change, named = MISTAKES[mistake]
    path = tmp_path / "policy.yml"
    path.write_text(changed(change))
    with pytest.raises(CourseError, match=rf"(?s)policy\.yml.*{named}"):
        load_policy(path)


@pytest.mark.parametrize(("text", "named"), [
    ("- a list", "list"), ("scale: [", "not readable YAML"), ("late: 1\nlate: 2", "'late' comes twice"),
    ("", "is empty"),
])
def test_a_file_that_is_no_policy_is_named(tmp_path, text, named):
    path = tmp_path / "policy.yml"
    path.write_text(text)
    with pytest.raises(CourseError, match=named):
        load_policy(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"nowhere\.yml does not exist"):
        load_policy(tmp_path / "nowhere.yml")


def test_another_course_has_another_scale(tmp_path):
    path = tmp_path / "policy.yml"
    path.write_text("""
scale: {"5": 5, "4": 4, U: 3}
pass: "4"
late: 2
round_up_above: 0.4
components: {lab: {weight: 1/3, rubric: lab, assignments: [01_tiny]}, exam: {weight: 2/3, rubric: project}}
lab: [{level: "5", basic: 1, advanced: 1}, {level: "4", basic: 1/2, advanced: 0}]
review: [{level: "4", share: 0.5}]
project: [{level: "4", proposal: C, basic: 0, advanced: 0}]
""")
    policy = load_policy(path)
    assert policy.final({"lab": "4", "exam": "5"}).letter == "5"      # 4 2/3 is more than 4.4
    assert policy.lowered("5") == "U"
    assert policy.lab_level(0, 1, 0, 1) == "U"
