"""Statistics of questions: the definitions by hand and against SciPy and pandas, small classes, the table."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from autograder.reports.statistics import (
    correlation,
    difficulty,
    question_of,
    report,
    state,
    statistics,
    table,
    upper_lower,
)
from autograder.results import Grade, Row

SCORES = {"01-q1-basic-tests": [2, 2, 1, 0, 2, 0], "01-q2-advanced-tests": [3, 1, 0, 0, 3, 1],
          "01-q3-basic-tests": [0, 0, 2, 2, 1, 2]}
MOST = {"01-q1-basic-tests": 2, "01-q2-advanced-tests": 3, "01-q3-basic-tests": 2}


def rows(scores=SCORES, most=MOST, notebook="lab"):
    count = len(next(iter(scores.values())))
    return [Row(f"s{i}", "01_tiny", {notebook: [Grade(name, values[i], most[name]) for name, values in scores.items()]})
            for i in range(count)]


def test_the_worked_example_by_hand():
    items = {item.id: item for item in statistics(rows())[0].items}
    first = items["01-q1-basic"]
    assert first.difficulty == pytest.approx(7 / 12)                # 2 + 2 + 1 + 0 + 2 + 0 of 12
    # rests 3 1 2 2 4 3, mean 2.5; items mean 7/6: covariance sum 0.5, sums of squares 29/6 and 5.5
    assert first.correlation == pytest.approx(0.5 / (29 / 6 * 5.5) ** 0.5)
    # g = round(0.27 * 6) = 2; totals 5 3 3 2 6 3: the best two are s4 and s0, the last s3 and a third of s1, s2, s5
    assert first.upper_lower == pytest.approx((2 + 2) / 4 - (0 + (2 + 1 + 0) / 3) / 4)
    assert first.states == {"blank": 0, "failed": 2 / 6, "part": 1 / 6, "full": 3 / 6}
    assert items["01-q3-basic"].correlation < 0


def test_difficulty_and_item_rest_correlation_are_those_of_pandas_and_scipy():
    frame = pd.DataFrame(SCORES)
    for item in statistics(rows())[0].items:
        name = f"{item.id}-tests"
        rest = frame.drop(columns=name).sum(axis=1)
        assert item.difficulty == pytest.approx((frame[name] / MOST[name]).mean())
        assert item.correlation == pytest.approx(frame[name].corr(rest))
        assert item.correlation == pytest.approx(pearsonr(frame[name], rest).statistic)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=3, max_size=12), st.randoms())
def test_numbers_do_not_depend_on_the_order_of_students_and_stay_in_range(pairs, rng):
    item, rest = ([p[k] for p in pairs] for k in (0, 1))
    totals = [a + b for a, b in pairs]
    shuffled = rng.sample(pairs, len(pairs))
    again = correlation([p[0] for p in shuffled], [p[1] for p in shuffled])
    r, d = correlation(item, rest), upper_lower(item, totals, 4)
    assert (r is None) == (len(set(item)) == 1 or len(set(rest)) == 1)
    if r is not None:
        assert -1 <= r <= 1 and r == pytest.approx(again) == pytest.approx(np.corrcoef(item, rest)[0, 1])
    if d is not None:
        assert -1 <= d <= 1
        assert d == pytest.approx(upper_lower([p[0] for p in shuffled], [a + b for a, b in shuffled], 4))


def test_the_upper_lower_index_without_ties_is_the_share_of_the_best_minus_that_of_the_last():
    rng = np.random.default_rng(5)
    item, totals = rng.integers(0, 2, 50), rng.permutation(50)
    order = np.argsort(totals)
    size = round(0.27 * 50 + 1e-9)
    expected = item[order[-size:]].mean() - item[order[:size]].mean()
    assert upper_lower(list(item), list(totals), 1) == pytest.approx(expected)


@pytest.mark.parametrize("scores", [[2], [2, 0], [1, 1, 1, 1]], ids=["one", "two", "all equal"])
def test_a_class_that_is_too_small_or_all_equal_gives_none_not_nan(scores):
    item = statistics(rows({"01-q1-basic-tests": scores}, {"01-q1-basic-tests": 2}))[0].items[0]
    assert item.difficulty == sum(scores) / 2 / len(scores)
    assert (item.correlation, item.upper_lower) == (None, None)


def test_nobody_and_nothing_to_get_give_none():
    assert difficulty([], 2) is None and difficulty([0], 0) is None
    assert statistics([]) == []


def test_what_waits_for_a_person_counts_apart_and_a_missing_notebook_not_at_all():
    found = rows({"01-q1-basic-tests": [2, 0, 1], "01-q3-advanced": [None, 1, None]},
                 {"01-q1-basic-tests": 2, "01-q3-advanced": 1})
    found[1].missing = ["lab"]
    first, by_hand = statistics(found)[0].items
    assert (first.count, by_hand.count, by_hand.waiting, by_hand.difficulty) == (2, 0, 2, None)
    assert by_hand.states == {}


@pytest.mark.parametrize(("got", "most", "blank", "expected"), [
    (2, 2, True, "full"), (1, 2, True, "part"), (0, 2, True, "blank"), (0, 2, False, "failed"), (3, 2, False, "full")])
def test_points_say_what_became_of_an_answer_before_its_text_does(got, most, blank, expected):
    assert state(got, most, blank) == expected


def test_questions_come_in_the_order_of_their_numbers():
    names = [f"01-q{n}-basic-tests" for n in (10, 9, 1)]
    found = statistics(rows({n: [1, 0, 1] for n in names}, dict.fromkeys(names, 1)))[0]
    assert [item.id for item in found.items] == ["01-q1-basic", "01-q9-basic", "01-q10-basic"]
    assert question_of("strange") == "strange"


def test_the_report_of_a_class_counts_a_group_once_and_knows_mistakes_blanks_and_seconds(graded):
    found = report(graded.course, graded.name)
    assert (found.students, found.hand_ins) == (7, 6)
    lab, review = found.notebooks
    first, second, third = lab.items
    assert [cell.id for cell in second.cells] == ["01-q2-advanced-tests", "01-q2-advanced-hidden"]
    assert first.wrong == Counter({"M01-01": 2}) and second.wrong == Counter({"M01-06": 1})
    assert (first.states["blank"], second.states["blank"]) == (1 / 6, 1 / 6)
    assert (third.waiting, third.count) == (6, 0)
    assert review.items[0].difficulty == pytest.approx(8 / 12)
    assert found.blanks["gus"] == {"01-q1-basic", "01-q3-advanced"}
    assert (found.seconds[-1], found.slowest) == (5.0, "ann") and len(found.seconds) == 6
    assert found.beliefs["M01-01"] == "doubling is squaring"


def test_the_table_has_a_row_for_every_question_and_test_cell(graded):
    header, lines = table(report(graded.course, graded.name))
    assert [line[1:3] for line in lines] == [
        ["01-q1-basic", ""], ["01-q2-advanced", ""], ["01-q2-advanced", "01-q2-advanced-tests"],
        ["01-q2-advanced", "01-q2-advanced-hidden"], ["01-q3-advanced", ""], ["01-r1-basic", ""]]
    assert all(len(line) == len(header) for line in lines)
