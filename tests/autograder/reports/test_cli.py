"""The commands stats, moderate, similar and what-if: what they print and write."""

import csv
import shutil

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.layout import Course
from autograder.policy import DEFAULT


@pytest.fixture
def own(graded, tmp_path, monkeypatch):
    """Return a copy of the graded course, with the current folder in it."""
    shutil.copytree(graded.course.root, tmp_path / "own")
    monkeypatch.chdir(tmp_path / "own")
    return Course(tmp_path / "own")


def call(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_stats_prints_a_table_and_writes_a_csv_and_a_page(own, graded):
    said = call("stats", graded.name, "--csv", own.root / "s.csv")
    assert "6 hand-ins of 7 students." in said and "M01-01: 2" in said and "nan" not in said
    assert "page: build/reports/01_tiny/statistics.html" in said
    lines = read(own.root / "s.csv")
    assert len(lines) == 6 and lines[0]["question"] == "01-q1-basic" and float(lines[0]["difficulty"]) == 0.5
    assert lines[4]["difficulty"] == ""                             # waits for a person
    assert (own.build / "reports" / "01_tiny" / "statistics.html").is_file()


def test_moderate_prints_cases_with_addresses_and_writes_a_csv(own):
    policy = own.root / "policy.yml"
    policy.write_text(DEFAULT.read_text().replace("[03_regression]", "[01_tiny]"))
    said = call("moderate", "--policy", policy, "--csv", own.root / "m.csv")
    assert "sys._getframe" in said and "formgrader/" in said
    lines = read(own.root / "m.csv")
    assert {line["what"] for line in lines} >= {"code", "hand-in", "by hand", "level"}
    stakes = [float(line["at stake"]) for line in lines]
    assert stakes == sorted(stakes, reverse=True) and stakes[0] > 0


def test_similar_says_that_a_pair_is_no_verdict_and_writes_a_page(own, graded):
    said = call("similar", graded.name, "--csv", own.root / "p.csv")
    assert "6 hand-ins, 0 pairs. A pair is a reason to look, not a verdict." in said
    assert read(own.root / "p.csv") == []
    assert "No pair stands out" in (own.build / "reports" / "01_tiny" / "similar.html").read_text()


def test_what_if_prints_levels_and_what_each_letter_needs(own):
    said = call("what-if", "ann", "--set", "lab1=A", "--set", "lab2=A", "--set", "review=A")
    assert "assumed" in said and "A or better needs at least B in project (2 of 6 give A)." in said
    assert "points wait to be marked by hand" in said
    assert "The final grade is A (average 5)." in call("what-if", "ann", *(
        word for name in ("lab1", "lab2", "review", "project") for word in ("--set", f"{name}=A")))


def test_no_report_changes_a_point_or_the_log(own, graded):
    def state():
        return {path: path.read_bytes() for folder in ("rows", "autograded") for path in
                (own.nbgrader / folder).rglob("*") if path.is_file()}

    call("log")                                       # takes note of what the fixture did
    before, log = state(), call("log")
    for words in (("stats", graded.name), ("moderate",), ("similar", graded.name), ("what-if", "ann")):
        call(*words)
    assert state() == before
    assert call("log") == log
