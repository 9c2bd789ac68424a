"""The command line: every command is there, and mistakes are sentences, not tracebacks."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.cli import app
from tests.autograder.tiny import tiny_course

COMMANDS = ["check", "run", "slides", "student", "course", "doctor", "build", "release", "collect", "grade", "feedback",
            "marks", "export", "demo", "formgrader"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output.split()) > 10


def test_without_a_command_the_list_is_shown():
    output = CliRunner().invoke(app, []).output
    assert all(command in output for command in COMMANDS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "99"], "There is no lecture '99'"),
        (["slides", "99"], "There is no deck '99'"),
        (["run", "-p", "nonsense"], "A parameter looks like NAME=VALUE"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(tmp_path, monkeypatch, capsys, words, says):
    monkeypatch.chdir(tiny_course(tmp_path).root)
    assert said(monkeypatch, capsys, words) == (2, says)


def test_outside_a_course_every_command_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, text = said(monkeypatch, capsys, ["check"], whole=True)
    assert code == 2
    assert "is not inside a course" in text


def said(monkeypatch, capsys, words, *, whole=False):
    """Run the command line in this process; return its exit code and what it wrote to stderr (the first sentence)."""
    monkeypatch.setattr(sys, "argv", ["autograder", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    text = " ".join(capsys.readouterr().err.split()).removeprefix("autograder: ")
    return end.value.code, text if whole else text.partition(".")[0].partition(",")[0]


def test_the_command_line_starts_without_nbgrader_papermill_and_nbconvert():
    code = "import sys, autograder.cli; print([m for m in ('nbgrader', 'papermill', 'nbconvert') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
