"""The filter refuses what it says, answers as libraries can bear it, and nothing else changes."""

import errno
import json
import struct
import subprocess
import sys

import pytest

from autograder.errors import CourseError
from autograder.sandbox import seccomp
from tests.autograder.sandbox.world import LINUX, ROOT, WORLDS, attempts

pytestmark = pytest.mark.skipif(not LINUX, reason="seccomp is for Linux")
EPERM = {"anonymous_file", "shared_memory", "trace", "keyring", "extended_filter", "ring", "performance_counter",
         "new_user_namespace", "clone_into_namespace", "mount", "type_for_others", "read_by_handle"}
NO_FAMILY = {"virtual_socket", "packet_socket", "audit_socket"}
NO_CALL = {"unknown_call", "clone3_into_namespace"}


def behind(program, **how):
    """Run Python behind a filter, without any other wall; return what it prints as JSON."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom autograder.sandbox import seccomp\n" \
            f"import json, os, socket, signal, subprocess, threading\nseccomp.load(seccomp.program(**{how!r}))\n" \
            "def outcome(call, *a):\n    try: call(*a); return 'done'\n" \
            "    except OSError as error: return __import__('errno').errorcode[error.errno]\n"
    words = [sys.executable, "-c", start + program]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_answers_are_the_ones_that_libraries_can_bear(world):
    found, _ = attempts(world)
    assert {name: found[name].split()[-1] for name in EPERM | NO_FAMILY | NO_CALL} == {
        **dict.fromkeys(EPERM, "EPERM"), **dict.fromkeys(NO_FAMILY, "EAFNOSUPPORT"), **dict.fromkeys(NO_CALL, "ENOSYS")}


def test_ordinary_work_goes_on_behind_the_filter(tmp_path):
    said = behind(f"""
os.chdir({str(tmp_path)!r})
open("a", "w").write("x"); os.chmod("a", 0o600); os.truncate("a", 0); os.utime("a", (0, 0))
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()): pass
one, two = socket.socketpair()
child = subprocess.Popen(["sleep", "60"]); child.terminate()
thread = threading.Thread(target=print, args=("",), kwargs={{"end": ""}}); thread.start(); thread.join()
print(json.dumps([child.wait(), outcome(socket.socket, 16, 3, 0), os.stat("a").st_mode & 0o777, os.stat("a").st_mtime]))
""")
    assert said == [-15, "done", 0o600, 0]


def test_where_files_are_shared_modes_and_times_stay_and_nobody_is_called(tmp_path):
    (tmp_path / "a").write_text("x", encoding="ascii")
    (tmp_path / "a").chmod(0o644)
    said = behind(f"""
import ctypes
os.chdir({str(tmp_path)!r})
os.chmod("a", 0o777); fd = os.open("a", os.O_RDONLY); os.fchmod(fd, 0o777); os.utime("a", (0, 0))
child = subprocess.Popen(["sleep", "60"]); child.terminate(); child.wait()
libc = ctypes.CDLL(None)
def sets_limit(pid): return libc.syscall(302, pid, 7, ctypes.byref((ctypes.c_ulong * 2)(5, 5)), None)
print(json.dumps([
    oct(os.stat("a").st_mode & 0o777), os.stat("a").st_mtime > 0, outcome(os.truncate, "a", 0),
    outcome(os.open, "a", os.O_RDONLY | os.O_TRUNC), outcome(os.open, "a", os.O_WRONLY | os.O_TRUNC),
    outcome(socket.socket, socket.AF_INET), outcome(socket.socket, socket.AF_UNIX),
    outcome(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM),
    outcome(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM),
    outcome(socket.socket(socket.AF_UNIX).connect, "/nowhere"), outcome(os.setxattr, "a", "user.x", b"x"),
    sets_limit(os.getppid()), outcome(os.setpriority, os.PRIO_PROCESS, os.getppid(), 19), child.returncode]))
""", namespaces=False)
    assert said == ["0o644", True, "EPERM", "EPERM", "done", "EAFNOSUPPORT", "done", *4 * ["EPERM"], -1, "done", -15]


def test_where_signals_are_not_kept_inside_a_process_reaches_only_itself():
    said = behind("""
child = subprocess.Popen(["sleep", "1"])
got = []
signal.signal(signal.SIGUSR1, lambda *a: got.append(1))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
print(json.dumps([len(got), outcome(os.kill, os.getppid(), 0), outcome(os.kill, child.pid, 15),
    outcome(os.killpg, 0, 0), outcome(os.kill, -1, 0),
    outcome(signal.pidfd_send_signal, os.pidfd_open(child.pid), 15), child.wait()]))
""", namespaces=False, signals=False)
    assert said == [2, "EPERM", "EPERM", "EPERM", "EPERM", "EPERM", 0]


def test_the_program_is_whole_instructions_and_names_no_process_yet():
    usual, alone = seccomp.program(), seccomp.program(namespaces=False, signals=False)
    assert len(usual) % 8 == 0 and len(usual) // 8 < 4096
    mark = struct.pack("=I", seccomp.ITSELF)
    assert mark not in usual and mark in alone


def test_a_filter_that_the_kernel_does_not_take_is_an_error():
    assert behind("""
try:
    seccomp.load(bytes(8))
except OSError as error:
    print(json.dumps([error.errno, "does not take the filter" in str(error)]))
""") == [errno.EINVAL, True]


def test_without_libseccomp_the_reason_and_the_fix_are_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(CourseError, match="apt-get install -y libseccomp2"):
        seccomp._library()
