"""Who needs a second look: what is borderline, odd, flagged, damaged or unmarked, and in what order."""

from fractions import Fraction

import pytest

from autograder.marks import Mark
from autograder.policy import load_policy
from autograder.reports.moderation import (
    Stakes,
    best_question,
    final_with,
    finals,
    moderate,
    odd_questions,
    table,
    unmarked,
    weight,
)
from autograder.reports.statistics import Item, Notebook
from autograder.results import Grade, Row

POLICY = load_policy()
KEYS = {("03_regression", "lab"), ("03_regression", "review"), ("04_x", "review")}


def mark(student, **components):
    return Mark(student, {("03_regression", "lab"): components.get("lab1")}, components, POLICY.final(components))


def lab(*grades):
    return Row("jane", "03_regression", {"lab": [Grade(*grade) for grade in grades]})


def test_an_average_on_the_boundary_is_a_case_and_so_is_one_nearby():
    on = mark("on", review="A", lab1="B", lab2="B", project="A")            # 1 + 1 + 1 + 1.5 = 4.5
    near = mark("near", review="A", lab1="B", lab2="A", project="B")        # 1 + 1 + 1.25 + 1.2 = 4.45
    far = mark("far", review="B", lab1="B", lab2="B", project="B")          # 4
    none = mark("none", review="A")
    found = list(finals([on, near, far, none], POLICY))
    assert [case.student for case in found] == ["on", "near"]
    assert found[0].why == "average 4.5 is exactly on the boundary, which gives B, not A"
    assert found[1].why == "average 4.45, B: 0.05 below the boundary to A"
    assert list(finals([near, far], POLICY, Fraction(0))) == []
    assert found[0].where == "formgrader/manage_students/on"


def test_the_weight_of_a_notebook_is_its_share_of_the_final_grade():
    assert weight(POLICY, "03_regression", "lab", KEYS) == Fraction(1, 4)
    assert weight(POLICY, "03_regression", "review", KEYS) == Fraction(1, 10)      # one of two reviews
    assert weight(POLICY, "09_none", "lab", KEYS) == 0


def test_what_tips_a_final_letter_has_a_whole_level_at_stake():
    jane = mark("jane", review="A", lab1="B", lab2="B", project="A")
    stakes = Stakes([jane], POLICY)
    assert stakes.of("jane", {("03_regression", "lab"): "A"}) == (Fraction(1), "A")
    assert stakes.of("jane", {("03_regression", "lab"): "C"}) == (Fraction(1, 4), "")
    assert final_with(jane, {("03_regression", "lab"): "A"}, POLICY).letter == "A"
    assert final_with(jane, {("03_regression", "lab"): "A"}, POLICY, {"lab1": "B"}).letter == "B"  # the CSV wins


def test_the_question_that_lacks_least_to_a_better_level_is_named():
    row = lab(("03-q1-basic-tests", 1, 2), ("03-q2-basic-tests", 2, 2), ("03-q3-advanced-tests", 0, 2))
    assert best_question(row, "lab", POLICY) == ("03-q1-basic", Fraction(1), "C")
    assert best_question(row, "lab", POLICY, {"03-q1-basic"}) is None
    assert best_question(lab(("03-q1-basic-tests", 2, 2)), "lab", POLICY) is None
    two = lab(("03-q1-basic-tests", 1, 2), ("03-q2-basic-tests", 1, 2), ("03-q3-basic-tests", 2, 2))
    assert best_question(two, "lab", POLICY) is None                # no single question makes all of the basic ones


@pytest.mark.parametrize(("item", "said"), [
    (Item("q", "lab", 2, 9, difficulty=0.5, correlation=-0.2), "item-rest correlation -0.20"),
    (Item("q", "lab", 2, 9, difficulty=0, states={"blank": 0.5}), "nobody of 9 has a point in q"),
    (Item("q", "lab", 2, 4, difficulty=0.5, correlation=-0.2), None),
    (Item("q", "lab", 2, 9, difficulty=0.5, correlation=0.2), None),
    (Item("q", "lab", 2, 9, difficulty=0, states={"blank": 1.0}), None)])
def test_a_question_that_the_weak_do_better_or_nobody_solves_is_a_case(item, said):
    found = list(odd_questions("03_regression", [Notebook("lab", 10, [], [item])], POLICY, KEYS))
    assert [said in case.why for case in found] == ([True] if said else [])
    if said:                                          # 1/4 of the grade, 5 levels, 2 of 10 points, 9 hand-ins
        assert found[0].stake == Fraction(1, 4) * 5 * Fraction(2, 10) * 9


def test_answers_that_wait_for_a_person_are_one_case_a_question():
    rows = [Row(name, "03_regression", {"lab": [Grade("03-q1-basic-tests", 2, 2), Grade("03-q2-basic", None, 2)]})
            for name in ("ann", "ben")]
    found = list(unmarked(rows, Stakes([mark("ann"), mark("ben")], POLICY)))
    assert [case.why for case in found] == ["2 answers to 03-q2-basic (lab, 2 points) wait to be marked by hand"]
    assert found[0].stake == 2 * Fraction(1, 4) * (5 - 2)  # no point: D, half of the basic ones; all: A


def test_a_class_is_sorted_by_what_is_at_stake_and_says_where_to_look(graded):
    policy = POLICY.model_copy(update={"components": {
        "lab1": POLICY.components["lab1"].model_copy(update={"weight": Fraction(3, 4), "assignments": [graded.name]}),
        "review": POLICY.components["review"].model_copy(update={"weight": Fraction(1, 4)})}})
    found = moderate(graded.course, policy=policy)
    assert [case.stake for case in found] == sorted((case.stake for case in found), reverse=True)
    kinds = {case.kind: case for case in reversed(found)}
    assert kinds["code"].student == "eva" and "line 3, sys._getframe" in kinds["code"].why
    assert kinds["hand-in"].student == "cat" and "was split" in kinds["hand-in"].why
    assert "7 answers to 01-q3-advanced" in kinds["by hand"].why
    assert kinds["by hand"].where == "formgrader/gradebook/01_tiny/lab"
    level = next(case for case in found if case.kind == "level" and case.student == "eva")
    assert "2 points in 01-q2-advanced are missing for the level A (now C)" in level.why
    assert level.where.startswith("formgrader/submissions/") and len(level.where) > 50
    assert not [case for case in found if case.student == "fay" and "q1-basic" in case.why]      # it is blank
    header, rows = table(found)
    assert all(len(row) == len(header) for row in rows)


def test_the_report_of_one_lab_has_no_final_grades_and_none_of_another_lab(graded):
    assert {case.kind for case in moderate(graded.course, graded.name)} <= {"code", "hand-in", "by hand", "level"}
    assert moderate(graded.course, "09_none") == []
