"""The matrix of outcomes names what is really graded, all of it."""

import re

import pytest
import yaml

from autograder.layout import Course
from autograder.notebooks import read_percent

COURSE = Course.here(__file__)
MATRIX = yaml.safe_load((COURSE.root / "course" / "outcomes.yml").read_text(encoding="utf-8"))
SOLUTION = re.compile(r"\d\d-[qr]\d+-(basic|advanced)")


def questions(unit):
    """Return the ids of all graded questions of the lab and the review of a unit."""
    cells = [cell for name in ("lab", "review") for cell in read_percent(COURSE.lab(unit) / f"{name}.py").cells]
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in cells}
    return {grade_id for grade_id in ids if SOLUTION.fullmatch(grade_id)}


def test_every_unit_with_a_lab_stands_in_the_matrix():
    assert set(MATRIX["units"]) == {lab.name for lab in COURSE.labs()}


@pytest.mark.parametrize("unit", MATRIX["units"])
def test_each_question_serves_exactly_one_line_of_the_matrix(unit):
    named = [grade_id for line in MATRIX["units"][unit] for grade_id in line["graded"]]
    assert len(named) == len(set(named)), "a question stands in two lines"
    assert set(named) == questions(unit)


@pytest.mark.parametrize("unit", MATRIX["units"])
def test_the_lecture_promises_what_the_matrix_says(unit):
    lecture = (COURSE.root / "course" / f"{unit}.py").read_text(encoding="utf-8")
    outcomes = lecture.split("After this lecture you can ...")[1].split("# You need")[0]
    promised = re.findall(r"^# - (.+)$", outcomes, re.M)
    assert len(promised) == len(MATRIX["units"][unit])


def test_every_line_serves_outcomes_that_exist():
    served = {ilo for lines in MATRIX["units"].values() for line in lines for ilo in line["serves"]}
    assert served <= set(MATRIX["outcomes"])
