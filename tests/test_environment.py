"""The ways into the project: ``make`` with its variables, and ``environment.yml`` for conda."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]


def make(*words, folder=ROOT):
    done = subprocess.run(["make", *words], cwd=folder, capture_output=True, text=True, timeout=120)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(("words", "says"), [
    (["grade", "LAB="], "There is no lab ''"),
    (["grade", "LAB=03_regresion"], "Did you mean '03_regression'"),
    (["grade", "LAB=03_regression 04"], "There is no lab '03_regression 04'"),
    (["nonsense"], "No rule to make target"),
])
def test_make_passes_mistakes_on_to_the_commands(words, says):
    code, said = make("-o", ".venv/ready", f"RUN={sys.executable} -m autograder", *words)
    assert code != 0
    assert says in said


@pytest.mark.parametrize(("python", "says"), [
    ("nopython", "nopython"), ("./old", "needs Python 3.11 to 3.13; ./old is 3.9"),
])
def test_make_with_a_python_that_does_not_do_says_which_does(tmp_path, python, says):
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = tmp_path / "old"
    old.write_text(f'#!{sys.executable}\nimport sys\nsys.version_info = (3, 9)\nexec(sys.argv[2])\n')
    old.chmod(0o755)
    code, said = make("course", f"PYTHON={python}", folder=tmp_path)
    assert code != 0
    assert says in said
    assert not (tmp_path / ".venv").exists()


def test_conda_gets_the_same_world_as_pip():
    found = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert found["name"] == project["name"]
    assert found["channels"] == ["conda-forge"]
    versions = dict(line.split("=") for line in found["dependencies"] if isinstance(line, str) and "=" in line)
    assert versions.pop("python") in SpecifierSet(project["requires-python"])
    assert versions == {"openjdk": "17"}
    assert "pip" in found["dependencies"]


def test_the_pip_part_of_conda_is_the_lock_and_this_project():
    found = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    (lines,) = [each["pip"] for each in found["dependencies"] if isinstance(each, dict)]
    words = dict(line.split(" ", 1) for line in lines)
    assert words.keys() == {"-c", "-e"}
    assert (ROOT / words["-c"]).is_file() and (ROOT / words["-e"] / "pyproject.toml").is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / words["-c"]).read_text(encoding="utf-8").splitlines()
    names = {Requirement(line.partition(" #")[0]).name.lower() for line in locked if line[:1].isalnum()}
    wanted = {Requirement(line).name.lower() for line in project["dependencies"]}
    assert wanted <= names
