"""The gate counts what failed, and says so."""

import pytest

from tests import gate

REPORT = """<testsuites><testsuite tests="4">
<testcase classname="a" name="one" time="0.5"/>
<testcase classname="a" name="two" time="2.5"><failure message="x"/></testcase>
<testcase classname="a" name="three" time="0.1"><error message="x"/></testcase>
<testcase classname="a" name="four" time="0"><skipped message="x"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(REPORT)
    tests = gate.read_report(path)
    assert (tests.passed, tests.failed, tests.skipped) == (1, 2, 1)
    assert max(tests.times) == (2.5, "a::two")


@pytest.mark.parametrize("text", [None, "", "<broken"])
def test_a_missing_or_broken_report_is_a_failure(tmp_path, text):
    path = tmp_path / "x.xml"
    if text is not None:
        path.write_text(text)
    assert gate.read_report(path).failed == 1


@pytest.mark.parametrize(("broken", "code"), [(None, 0), ("style", 1), ("course", 1), ("slow tests", 1)])
def test_every_step_runs_and_one_that_fails_makes_the_exit_code(monkeypatch, capsys, tmp_path, broken, code):
    seen = []

    def step(name, command):
        seen.append(name)
        for word in command:
            if word.startswith("--junit-xml="):
                (tmp_path / word.partition("=")[2]).write_text("<testsuite><testcase name='b'/></testsuite>")
        return gate.Step(name, name != broken, 1.0)

    monkeypatch.setattr(gate, "step", step)
    monkeypatch.setattr(gate, "REPORTS", tmp_path)
    monkeypatch.setattr(gate, "install_system_packages", lambda: True)
    assert gate.main() == code
    assert seen == ["style", "imports", "course", "fast tests", "slow tests"]
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith(f"2 passed, {code} failed")


def test_what_is_missing_is_said_where_it_cannot_be_installed(monkeypatch, capsys):
    monkeypatch.setattr(gate, "SYSTEM", {"chromium": lambda: None, "bubblewrap": lambda: "/usr/bin/bwrap"})
    monkeypatch.setattr(gate.shutil, "which", lambda name: None)
    assert gate.install_system_packages() is False
    assert "Missing: chromium." in capsys.readouterr().out
