"""The box is the best that works here, tried out; where none works, grading stops with the reason and the fix."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.sandbox import accounts, bubblewrap, landlock, launch, tier, tiers, visible
from autograder.sandbox.limits import Box, Limits
from tests.autograder.sandbox.world import ACCOUNTS, LINUX, ROOT, as_user

ON_LINUX = pytest.mark.skipif(not LINUX, reason="boxes are for Linux")


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Try everything out anew, and again after the test."""
    monkeypatch.delenv("AUTOGRADER_TIER", raising=False)
    tiers._probe.cache_clear()
    yield
    tiers._probe.cache_clear()


@pytest.fixture
def nothing_works(monkeypatch):
    """A machine as a strict container is: bubblewrap is there and fails, the kernel has no Landlock."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bubblewrap, "programs", lambda: ["/usr/bin/bwrap"])
    monkeypatch.setattr(tiers, "_try", lambda tried: "bwrap: No permissions to create new namespace")
    monkeypatch.setattr(landlock, "abi", lambda: 0)


def test_without_a_box_grading_is_refused_with_reason_and_fix(nothing_works):
    with pytest.raises(CourseError) as refused:
        tiers.choose()
    said = str(refused.value)
    assert "/usr/bin/bwrap: bwrap: No permissions to create new namespace" in said
    assert "Landlock: this kernel does not offer it" in said
    assert "apt-get install -y bubblewrap" in said and "apparmor_restrict_unprivileged_userns=0" in said
    assert "--unsafe-no-sandbox" in said


def test_only_who_asks_for_it_gets_no_box(nothing_works):
    chosen = tiers.choose(unsafe=True)
    assert (chosen.name, chosen.safe, chosen.describe()) == ("none", False, "none: no box")


def test_bubblewrap_comes_first_and_landlock_says_why_it_is_second(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bubblewrap, "programs", lambda: ["/usr/bin/bwrap", "/bundled/bwrap"])
    monkeypatch.setattr(landlock, "abi", lambda: 4)
    reasons = {"bubblewrap": "setting up uid map: Permission denied", "landlock": ""}
    monkeypatch.setattr(tiers, "_try", lambda tried: reasons[tried.name])
    chosen = tiers.choose()
    assert chosen.name == "landlock"
    assert "/usr/bin/bwrap: setting up uid map: Permission denied" in chosen.why and "/bundled/bwrap" in chosen.why
    assert "ABI 4" in chosen.describe() and "memory by" in chosen.describe()
    tiers._probe.cache_clear()
    monkeypatch.setattr(tiers, "_try", lambda tried: "" if tried.program == "/bundled/bwrap" else "broken")
    assert tiers.choose().program == "/bundled/bwrap"


def test_other_systems_have_no_box(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CourseError, match="needs Linux, this is darwin"):
        tiers.choose()


def test_a_tier_that_there_is_not_is_named(monkeypatch):
    monkeypatch.setenv("AUTOGRADER_TIER", "docker")
    with pytest.raises(CourseError, match="no tier 'docker'; a box is made by bubblewrap or landlock"):
        tiers.choose()


@ON_LINUX
@pytest.mark.slow
def test_a_machine_without_bubblewrap_and_landlock_refuses_for_real(tmp_path):
    """Behind a filter that has no namespaces and no Landlock, as in an old container, the probe itself fails."""
    program = f"""
import ctypes, errno, sys
sys.path.insert(0, {str(ROOT)!r})
import pyseccomp
rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "unshare")
for flag in (0x10000000, 0x00020000):
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), 444)
rules.load()
from autograder.sandbox import tiers
try:
    print(tiers.choose())
except tiers.CourseError as error:
    print("refused:", error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("refused: No box for students' code works here."), done.stdout
    assert "namespace" in done.stdout and "Landlock: this kernel does not offer it" in done.stdout


@ON_LINUX
@pytest.mark.slow
@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_probe_answers_for_each_account(account):
    words = [sys.executable, "-c", "from autograder.sandbox import tiers; print(tiers.choose().describe())"]
    if account == "user" and "root" in ACCOUNTS:
        words = as_user(words)
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    if "No box" in done.stderr:
        pytest.skip(done.stderr[-300:])
    assert f"({account})" in done.stdout


@ON_LINUX
def test_a_probe_that_can_look_out_is_no_box(monkeypatch):
    """A tier that starts programs without walls fails its probe."""
    monkeypatch.setattr(tier.Tier, "safe", property(lambda self: False))
    assert "new rights" in tiers._try(tiers.Tier("none")) or "not filtered" in tiers._try(tiers.Tier("none"))


def test_the_environment_is_an_allow_list():
    given = {"MPLBACKEND": "agg", "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "SECRET": "x", "PYTHONPATH": "/x",
             "LD_PRELOAD": "/x.so", "HOME": "/root", "PATH": "/evil", "JPY_PARENT_PID": "1"}
    inside = visible.environment(given, "/home/student", "/tmp")
    assert inside["MPLBACKEND"] == "agg" and inside["PYTHONHASHSEED"] == "7" and inside["OMP_NUM_THREADS"] == "2"
    assert inside["OPENBLAS_NUM_THREADS"] == "1"
    assert inside["HOME"] == "/home/student" and inside["PATH"] != "/evil"
    assert not {"SECRET", "PYTHONPATH", "LD_PRELOAD", "JPY_PARENT_PID"} & set(inside)


def test_of_the_source_tree_only_its_packages_are_shown():
    shown = [path for path in visible.read_only() if path.is_relative_to(ROOT)]
    expected = {ROOT / "autograder", ROOT / "toolkit"}
    assert expected <= set(shown)
    assert all(path in expected or path.is_relative_to(Path(sys.prefix).resolve()) for path in shown)
    assert not any(ROOT.is_relative_to(path) for path in visible.read_only())


def test_a_course_inside_a_folder_that_is_shown_is_cut_out(tmp_path):
    """Python in /opt/course/lib and the course in /opt/course/work: /opt/course is taken apart."""
    for name in ("lib/python", "bin", "work/labs", "work/toolkit"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "work")
    assert visible._around(tmp_path, tmp_path / "work") == [tmp_path / "bin", tmp_path / "lib"]
    assert visible._around(tmp_path / "lib", tmp_path / "work") == [tmp_path / "lib"]
    assert visible._around(tmp_path / "work", tmp_path / "work") == []


def test_data_for_a_box_is_plain_files_only_and_bounded(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.csv").write_bytes(b"1,2\n\x00")
    (tmp_path / "b.csv").symlink_to(tmp_path / "deep" / "a.csv")
    (tmp_path / "folder").symlink_to(tmp_path / "deep")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lab.ipynb").write_text("{}", encoding="ascii")
    plan, files = launch.unpack(launch.pack({"argv": ["x"]}, tmp_path))
    assert plan == {"argv": ["x"]} and files == [("deep/a.csv", b"1,2\n\x00")]
    with pytest.raises(ValueError, match="larger than its working folder, 3 bytes"):
        launch.pack({}, tmp_path, most=3)


@ON_LINUX
@pytest.mark.slow
def test_a_program_that_is_not_there_and_a_box_that_cannot_be_made_say_so(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    box = Box(None, run, Limits())
    chosen = tiers.choose()
    done = chosen.run(["/nowhere/program"], box)
    assert done.returncode == 127
    assert done.stdout == b"box: /nowhere/program: No such file or directory (/nowhere/program)\n"
    big = tmp_path / "data"
    big.mkdir()
    (big / "x").write_bytes(bytes(5000))
    with pytest.raises(CourseError, match="larger than its working folder"):
        chosen.run(["true"], Box(big, run, Limits(scratch=4096)))


@ON_LINUX
@pytest.mark.slow
@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137),
                                               ("import os; os.abort()", 134)])
def test_exit_codes_come_through(tmp_path, program, code):
    (tmp_path / "run").mkdir()
    for name in tiers.NAMES[:2]:
        try:
            chosen = tiers.choose(only=name)
        except CourseError:
            continue
        words = [sys.executable, "-I", "-S", "-c", program]
        assert chosen.run(words, Box(None, tmp_path / "run", Limits())).returncode == code


def test_accounts_of_boxes_are_nobodys():
    if accounts.is_root():
        assert accounts.FIRST <= accounts.new() < accounts.FIRST + accounts.NUMBER <= 524_288
    else:
        assert accounts.new() is None
