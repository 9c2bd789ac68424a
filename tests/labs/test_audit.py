"""Every lab is audited: its tests kill the mutants of its solutions, and every answer gets what it must."""

import pytest

from autograder.audit import audit
from autograder.layout import Course

pytestmark = pytest.mark.slow
COURSE = Course.here(__file__)


@pytest.fixture(scope="module", params=[lab.name for lab in COURSE.labs()])
def report(request):
    return audit(COURSE, request.param)


def test_the_tests_of_a_lab_are_good_enough_for_a_release(report):
    assert report.complaints == []


def test_the_score_is_high_before_explained_survivors_are_set_aside(report):
    mutants, killed = (sum(getattr(each, name) for each in report.questions) for name in ("mutants", "killed"))
    assert killed / mutants >= 0.95


def test_every_question_stands_alone_and_its_hidden_tests_see_more_than_the_visible_ones(report):
    assert [each.id for each in report.questions if not each.alone or not each.hidden] == []


def test_both_ways_of_grading_were_compared(report):
    assert report.compared >= len(report.questions) * 3
