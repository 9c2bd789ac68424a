"""The warm process shares what it imported and prepared, and never holds anything of a student."""

import contextlib
import os
import sys

import pytest

from autograder.errors import CourseError
from autograder.sandbox import pool, zygote
from autograder.sandbox.tier import Tier
from tests.autograder.sandbox.forks import say, start, warm
from tests.autograder.sandbox.world import LINUX

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LINUX, reason="namespaces and file descriptors of processes")]
PREPARED = b"import sys, types; kept = types.ModuleType('kept'); kept.number = 41; sys.modules['kept'] = kept"


def occurrences(pid, needle):
    """Return how often bytes occur in the writable memory of a process."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            low, high = (int(end, 16) for end in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                with contextlib.suppress(OSError, ValueError):
                    memory.seek(low)
                    found += memory.read(high - low).count(needle)
    return found


@pytest.fixture(scope="module")
def bare():
    """A zygote without walls: what is tested here does not depend on them."""
    with warm(Tier("none"), ["colorsys"]) as made:
        yield made


def test_a_child_finds_what_the_zygote_imported(bare):
    assert say(bare, "import sys; print('colorsys' in sys.modules, 'wave' in sys.modules)") == ("True False\n", 0)


def test_children_inherit_what_was_prepared_and_cannot_change_it_for_others():
    with pool.Zygote(Tier("none"), prepare=("builtins:exec", PREPARED)) as made:
        for _ in range(2):
            box = pool.Box(None, made.runtime(), made.limits)
            change = b"import sys, kept; kept.number += 1; sys.exit(kept.number)"
            assert made.fork("builtins:exec", change, box).wait(20) == 42


@pytest.mark.skipif(LINUX and os.geteuid() != 0, reason="needs root to look into the memory of the zygote")
def test_nothing_of_a_student_is_ever_in_the_memory_of_the_zygote(bare):
    secret = "-".join(["connection", "key", "of", "a", "sibling"])
    for _ in range(2):
        assert say(bare, f"print(len({secret!r}))")[1] == 0
    pid = bare._process.inside()
    assert occurrences(pid, b"colorsys") > 0, "the search itself must find what is there"
    assert occurrences(pid, secret.encode()) == 0


@pytest.mark.parametrize(("code", "exit"), [
    ("", 0), ("import sys; sys.exit(3)", 3), ("import sys; sys.exit('no')", 1), ("1 / 0", 1),
    ("import os; os._exit(9)", 9),
    ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
    ("import atexit, os; atexit.register(os._exit, 5)", 5),
])
def test_a_child_ends_as_a_process_does(bare, code, exit):
    assert say(bare, code)[1] == exit


@pytest.mark.parametrize(("raised", "code"), [
    (None, 0), (SystemExit(4), 4), (SystemExit("words"), 1), (SystemExit(), 0), (ValueError("x"), 1),
    (KeyboardInterrupt(), 1),
])
def test_exceptions_become_exit_codes(monkeypatch, capsys, raised, code):
    codes = []
    monkeypatch.setattr(zygote, "leave", codes.append)

    def entry(argument, *files):
        if raised is not None:
            raise raised

    zygote.run(entry, b"", [])
    assert codes == [code]
    assert ("Traceback" in capsys.readouterr().err) is (raised is not None and not isinstance(raised, SystemExit))


@pytest.mark.parametrize(("how", "why"), [
    ({"preload": ["no_such_package"]}, "no_such_package cannot be imported: ModuleNotFoundError: No module named"),
    ({"prepare": ("builtins:exec", b"1 / 0")}, "builtins:exec failed:\n(.|\n)*ZeroDivisionError"),
    ({"prepare": ("builtins:nothing", b"")}, "builtins:nothing failed:\n(.|\n)*AttributeError"),
])
def test_a_zygote_that_cannot_warm_up_says_why(how, why):
    with pool.Zygote(Tier("none"), **how) as made, pytest.raises(CourseError, match=why):
        made.wait_until_warm()


def test_a_child_may_start_processes_of_its_own(bare):
    said, code = say(bare, "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], "
                           "capture_output=True, text=True).stdout)")
    assert (said.strip(), code) == ("42", 0)


def test_an_unknown_entry_is_said(bare):
    box = pool.Box(None, bare.runtime(), bare.limits)
    with pytest.raises(CourseError, match="ModuleNotFoundError: No module named 'nowhere'"):
        bare.fork("nowhere:main", b"", box)
    assert bare.alive()
    kid, pipe = start(bare, "print(1)")
    with pipe:
        assert pipe.read() == "1\n" and kid.wait(20) == 0


def test_the_working_folder_is_not_on_the_path(bare):
    said, _ = say(bare, "import os, sys; print([p for p in sys.path if p in ('', os.getcwd())])")
    assert said == "[]\n"
    assert sys.path                                   # of the grader, untouched
