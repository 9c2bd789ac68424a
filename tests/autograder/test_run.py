"""The batch run: parameters, report, the same numbers twice, and one failing lecture that stops nothing."""

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from autograder import run
from autograder.cli import app
from autograder.errors import CourseError
from autograder.notebooks import read_percent
from tests.autograder.tiny import tiny_course, write

WIDGET = """# %% [markdown]
# # Numbers
#
# $x$

# %% tags=["parameters"]
FAST = False
SEED = 1

# %%
import random
import time

random.seed(SEED)
print(random.random(), FAST)
print(f"it took {time.perf_counter():.3f} s", object())
"""


@pytest.fixture
def course(tmp_path):
    return tiny_course(tmp_path)


def test_parameters_are_read_as_yaml_and_fitted_to_the_names_of_the_lecture(course):
    notebook = read_percent(course.lectures()[0])
    assert run.parameters_of(notebook) == {"FAST": False, "seed": 1}
    parameters = run.parse_parameters(["SEED=7", "fast=true"])
    assert run.fitting(notebook, parameters, "01") == {"seed": 7, "FAST": True}


@pytest.mark.parametrize("pair", ["SEED", "=3", "a b=3", "x=[1"])
def test_a_parameter_that_cannot_be_read_is_an_error_that_shows_it(pair):
    with pytest.raises(CourseError, match=re.escape(pair.partition("=")[0] or pair)):
        run.parse_parameters([pair])


def test_a_parameter_that_no_cell_sets_is_an_error_with_the_known_ones(course):
    with pytest.raises(CourseError, match=r"no parameter depth\. It has: FAST, seed"):
        run.fitting(read_percent(course.lectures()[0]), {"depth": 3}, "01_tiny.py")


@pytest.mark.parametrize("name", ["01", "01_tiny", "course/01_tiny.py"])
def test_a_lecture_is_chosen_by_number_name_or_path(course, name):
    assert run.choose(course, [name]) == course.lectures()


def test_an_unknown_lecture_is_an_error_with_the_known_ones(course):
    with pytest.raises(CourseError, match=r"no lecture '04'\. Lectures: 01_tiny"):
        run.choose(course, ["04"])


def test_numbers_forget_times_and_addresses_and_nothing_else(tmp_path):
    def lines(text):
        cell = {"outputs": [{"output_type": "stream", "text": text, "execution_count": 3}]}
        return run.numbers(write(tmp_path / "x.ipynb", json.dumps({"cells": [cell]})))

    assert lines("took 3.1 ms at 0x7f3a, id ck12ab34cd") == lines("took 2 ms at 0x99, id ck12ab34cd")
    assert lines("loss 0.25") != lines("loss 0.26")
    assert lines("12345678") != lines("12345679")


@pytest.mark.slow
def test_a_failing_lecture_is_reported_and_the_rest_runs(course, monkeypatch):
    write(course.root / "course" / "02_broken.py", "# %%\n1 + 1\n\n# %%\n1 / 0\n")
    write(course.root / "course" / "03_bad_formula.py", "# %% [markdown]\n# $\\nosuch$\n\n# %%\n1\n")
    write(course.root / "course" / "04_numbers.py", WIDGET)
    monkeypatch.chdir(course.root)
    result = CliRunner().invoke(app, ["run"])
    assert result.exit_code == 1, result.output
    rows = {row["lecture"]: row for row in json.loads((course.build / "run" / "report.json").read_text())}
    assert rows["01_tiny"]["error"] == ""
    assert rows["02_broken"]["error"] == "cell 2: ZeroDivisionError: division by zero"
    assert "nosuch" in rows["03_bad_formula"]["error"]
    assert rows["04_numbers"]["error"] == ""
    assert rows["04_numbers"]["outputs"] == 1
    assert rows["04_numbers"]["peak_mb"] > 20
    assert "| 02_broken |" in (course.build / "run" / "report.md").read_text()
    assert (course.build / "html" / "04_numbers.html").exists()
    assert (course.build / "run" / "02_broken.ipynb").exists()
    assert str(course.root) not in (course.build / "run" / "04_numbers.ipynb").read_text()


@pytest.mark.slow
def test_two_runs_give_the_same_numbers_and_another_seed_others(course, monkeypatch):
    (course.root / "course" / "01_tiny.py").unlink()
    write(course.root / "course" / "04_numbers.py", WIDGET)
    monkeypatch.chdir(course.root)
    twice = CliRunner().invoke(app, ["run", "--repeat", "--fast"])
    assert twice.exit_code == 0, twice.output
    assert "Both runs gave the same outputs" in twice.output
    first = run.numbers(course.build / "run" / "04_numbers.ipynb")
    assert "True" in first[0]
    assert CliRunner().invoke(app, ["run", "--fast", "--seed", "2"]).exit_code == 0
    assert run.numbers(course.build / "run" / "04_numbers.ipynb") != first


@pytest.mark.slow
def test_random_numbers_without_a_seed_are_seen_by_repeat(course, monkeypatch):
    (course.root / "course" / "01_tiny.py").unlink()
    write(course.root / "course" / "04_numbers.py", "# %%\nimport random\nrandom.random()\n")
    monkeypatch.chdir(course.root)
    twice = CliRunner().invoke(app, ["run", "--repeat"])
    assert twice.exit_code == 1
    assert "Not the same twice: 04_numbers" in twice.output


def test_a_lecture_runs_as_a_plain_script(course):
    subprocess.run([sys.executable, course.lectures()[0]], check=True, cwd=course.root)
