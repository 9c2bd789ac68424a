"""The doctor says what is missing and never falls ill."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import doctor
from autograder.cli import app
from autograder.layout import Course
from tests.autograder.tiny import tiny_course, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path):
    course = tiny_course(tmp_path)
    write(course.root / "requirements.txt", "")
    write(course.root / "pyproject.toml", "[project]\ndependencies = []\n")
    return course


def test_a_lock_is_read_for_this_machine_only():
    text = (
        "# comment\nnumpy==2.4.1\n    # via x\nonly-windows==1 ; sys_platform == 'win32'\n"
        "here==2 ; python_version >= '3.11'\nwithout-version\nNot A Line\n"
    )
    versions = doctor.locked(text)
    assert versions["numpy"] == "2.4.1"
    assert versions["here"] == "2"
    assert versions["without-version"] is None
    assert ("only-windows" in versions) == (sys.platform == "win32")


def test_a_missing_package_is_named_and_stops_everyone(course, monkeypatch):
    write(course.root / "pyproject.toml", '[project]\ndependencies = ["numpy", "no-such-package-here>=1"]\n')
    finding = doctor.packages(course)
    assert "no-such-package-here" in finding.found
    assert (finding.state, finding.everyone) == (doctor.MISSING, True)
    monkeypatch.chdir(course.root)
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1


def test_a_package_in_another_version_than_the_lock_is_named(course):
    write(course.root / "requirements.txt", "numpy==0.0.1\n")
    finding = doctor.packages(course)
    assert finding.state == doctor.LOOK
    assert "(lock 0.0.1)" in finding.found


def test_a_copy_later_on_the_path_does_not_count(course, monkeypatch, tmp_path):
    text = "Metadata-Version: 2.1\nName: numpy\nVersion: 0.0.1\n"
    write(tmp_path / "vendored" / "numpy-0.0.1.dist-info" / "METADATA", text)
    before = doctor.installed()["numpy"]
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "vendored")])
    assert doctor.installed()["numpy"] == before


def test_this_environment_is_as_locked():
    finding = doctor.packages(Course(ROOT))
    assert finding.state == doctor.GOOD, finding.found


@pytest.mark.parametrize(
    ("said", "state", "found"),
    [
        ('openjdk version "17.0.12" 2024-07-16', doctor.GOOD, "17"),
        ('openjdk version "21" 2023', doctor.GOOD, "21"),
        ('java version "1.8.0_201"', doctor.LOOK, "8"),
        ("", doctor.MISSING, "none"),
    ],
)
def test_java_is_judged_by_its_version(course, monkeypatch, said, state, found):
    monkeypatch.setattr(doctor, "say_of", lambda *command: said)
    finding = doctor.java(course)
    assert (finding.state, finding.found) == (state, found)
    assert bool(finding.fix) == (state != doctor.GOOD)


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10), doctor.MISSING), ((3, 11), doctor.GOOD), ((3, 14), doctor.MISSING)]
)
def test_python_is_judged_by_its_version(course, monkeypatch, version, state):
    monkeypatch.setattr(doctor.sys, "version_info", (*version, 0, "final", 0))
    assert doctor.python(course).state == state


def test_a_look_that_fails_is_a_finding(course, monkeypatch):
    def ill(course):
        raise OSError("no pulse")

    monkeypatch.setattr(doctor, "LOOKS", (ill,))
    (finding,) = doctor.examine(course)
    assert finding.found == "cannot tell: OSError: no pulse"


def test_a_missing_lock_is_a_finding_not_a_traceback(course):
    (course.root / "requirements.txt").unlink()
    found = {finding.what: finding for finding in doctor.examine(course)}
    assert "cannot tell: FileNotFoundError" in found["packages"].found


def test_with_a_broken_path_there_is_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "doctor"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name == "HOME"} | {"PATH": "/no/such/folder"},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Java: install" in done.stdout


def test_a_program_that_fails_or_hangs_says_nothing():
    assert doctor.say_of("no-such-program-here") == ""
    assert doctor.say_of("python", "-c", "raise SystemExit(1)") == ""
