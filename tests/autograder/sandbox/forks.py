"""Forked children for the tests: a grader of its own starts a zygote, forks a student beside a victim, and reports.

Runs as ``python -m tests.autograder.sandbox.forks`` with JSON on stdin, so that an ordinary user can be the grader.
"""

import functools
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from autograder.errors import CourseError
from autograder.sandbox import child, pool, tiers, walls
from autograder.sandbox.limits import Box, Limits
from tests.autograder.sandbox.world import NO_BOX, ROOT, TOKEN, words_for

# Lives in the zygote as the module `probe`: runs source text, with what it prints going to a pipe.
PROBE = b'''
import contextlib, sys, traceback, types
probe = types.ModuleType("probe")
def run(code, out):
    with open(out, "w") as file, contextlib.redirect_stdout(file):
        try:
            exec(code, {"__name__": "student"})
        except BaseException:
            traceback.print_exc(file=file)
            raise
probe.run = run
sys.modules["probe"] = probe
'''
SECRET = "the victim's secret"
VICTIM = f'''
import os, time
for path in (RUNTIME + "/secret", "secret", "/tmp/secret" if os.environ["TMPDIR"] == "/tmp" else "secret2"):
    open(path, "w").write({SECRET!r})
print("ready", flush=True)
time.sleep(60)
'''
# Returns a dictionary of what each attempt came to; "refused ..." is what it should come to.
STUDENT = '''
import ctypes, json, os, random, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
found = {}
def attempt(name, function):
    try:
        found[name] = function()
    except BaseException as error:
        found[name] = f"refused {type(error).__name__} {getattr(error, 'errno', '')}".strip()
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return "done"
def processes():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
def everywhere():
    "Look for the victim's words in every file that can be found below the usual places."
    for top in (os.environ["TMPDIR"], "/home", "/dev/shm", os.path.dirname(RUNTIME), VICTIM_RUNTIME):
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    with open(os.path.join(folder, name)) as file:
                        if SECRET in file.read(10000):
                            return os.path.join(folder, name)
                except (OSError, UnicodeDecodeError):
                    pass
    raise FileNotFoundError("nothing")
attempt("status", lambda: {l.split(":")[0]: l.split(":")[1].strip() for l in open("/proc/self/status") if ":" in l})
attempt("files", lambda: sorted(int(n) for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")))
attempt("processes", processes)
attempt("folder", os.getcwd)
attempt("hostname", lambda: os.uname().nodename)
attempt("interfaces", lambda: [name for _, name in __import__("socket").if_nameindex()])
attempt("account", lambda: __import__("pwd").getpwuid(os.getuid()).pw_name)
attempt("random", lambda: [random.random(), float(__import__("numpy").random.rand())])
attempt("argv", lambda: [sys.argv, sorted(vars(sys.modules["__main__"]))[:1], signal.getsignal(signal.SIGINT).__name__,
                         signal.getsignal(signal.SIGCHLD).name, sys.stdin.read()])
attempt("environment", lambda: dict(os.environ))
attempt("data", lambda: open("data.csv").read())
attempt("write_home", lambda: open("new", "w").write("1") and "done")
attempt("write_runtime", lambda: open(RUNTIME + "/new", "w").write("1") and "done")
attempt("child", lambda: os.waitstatus_to_exitcode(os.system("exit 7")))
attempt("trace_keeper", lambda: call("ptrace", 0x4206, os.getppid(), 0, 0))
attempt("keeper_memory", lambda: open(f"/proc/{os.getppid()}/mem", "rb").read(1))
attempt("keeper_files", lambda: os.listdir(f"/proc/{os.getppid()}/fd"))
attempt("other_memory", lambda: open(f"/proc/{VICTIM_PID}/mem", "rb").read(1))
attempt("signal_victim", lambda: os.kill(VICTIM_PID, 0))
attempt("signal_zygote", lambda: os.kill(ZYGOTE_PID, 0))
attempt("sibling_folder", lambda: os.listdir(VICTIM_RUNTIME))
attempt("siblings", lambda: set(os.listdir(os.path.dirname(RUNTIME))).difference([os.path.basename(RUNTIME)]).pop())
attempt("secret", everywhere)
attempt("make_sibling", lambda: os.mkdir(os.path.dirname(RUNTIME) + "/new"))
attempt("unshare_user", lambda: call("unshare", 0x10000000))
attempt("unshare_files", lambda: call("unshare", 0x00020000))
attempt("mount", lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None))
attempt("uncover", lambda: call("umount2", os.path.dirname(RUNTIME).encode(), 2))
attempt("become_root", lambda: os.setuid(0))
print(json.dumps(found))
'''
HARMLESS = {"status", "files", "processes", "folder", "hostname", "interfaces", "account", "random", "argv",
            "environment", "data", "write_home", "write_runtime", "child"}
KILLER = '''
import os, signal
for target in (-1, 1, os.getppid(), VICTIM_PID, ZYGOTE_PID):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
'''


def start(zygote, program, limits=None, data=None, **names):
    """Fork a program; return ``(child, pipe that it prints to)``."""
    runtime = zygote.runtime()
    names |= {"RUNTIME": str(runtime), "SECRET": SECRET}
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    out, into = os.pipe()
    try:
        kid = zygote.fork("probe:run", (head + program).encode(), Box(data, runtime, limits or Limits()), fds=[into])
    finally:
        os.close(into)
    return kid, open(out)


def say(zygote, program, **how):
    """Return what a program printed and its exit code."""
    kid, pipe = start(zygote, program, **how)
    with pipe:
        said = pipe.read()
    return said, kid.wait(20)


def warm(tier, preload=(), **how):
    """Return a zygote that knows `probe`."""
    return pool.Zygote(tier, preload, prepare=("builtins:exec", PROBE), **how)


def _without(parts):
    """Make plans of second walls lack parts."""
    plan = walls.plan

    def less(*arguments, **named):
        return {**plan(*arguments, **named), **parts}

    walls.plan = less


def main():
    """Do an order and report."""
    order = json.load(sys.stdin)
    try:
        tier = tiers.choose(only=order["tier"])
    except CourseError as error:
        print(error)
        sys.exit(NO_BOX)
    if order["without"]:
        _without(order["without"])
    data = order["data"]
    with warm(tier, ["numpy", "numpy.random"]) as zygote:
        victim, pipe = start(zygote, VICTIM)
        assert pipe.readline() == "ready\n"
        seen = {"zygote": zygote.wait_until_warm()["ready"], "describe": zygote.describe()}
        names = {"VICTIM_PID": victim.pid, "VICTIM_RUNTIME": str(victim.box.runtime)}
        names["ZYGOTE_PID"] = zygote._process.inside()
        said, code = say(zygote, STUDENT, data=data, **names)
        seen |= {"found": json.loads(said) if said.startswith("{") else said, "code": code}
        seen["second"] = json.loads(say(zygote, STUDENT, **names)[0])["random"]
        if not order["without"]:                      # with half a wall it would end everything of this account
            seen["killer"] = say(zygote, KILLER, **names)[1]
            time.sleep(0.1)
        seen |= {"victim": victim.poll(), "alive": zygote.alive(), "folder": str(zygote.folder)}
    seen |= {"after": victim.poll(), "left": os.path.exists(seen["folder"])}
    seen["children"] = child.watchdog._children(os.getpid())
    print(json.dumps(seen))


@functools.cache
def beside(world, data=None, without="{}"):
    """Return what a student found beside a victim, and what became of both; `without` is JSON for the plan."""
    tier, account = world
    order = {"tier": tier, "without": json.loads(without), "data": data}
    done = subprocess.run(
        words_for(account, __name__), input=json.dumps(order), text=True, cwd=ROOT, capture_output=True, timeout=120,
        check=False, env={**os.environ, "HOME": "/nonexistent", "TOKEN": TOKEN})
    if done.returncode == NO_BOX:
        pytest.skip(done.stdout.partition(". Install")[0])
    assert done.returncode == 0, done.stdout + done.stderr
    return SimpleNamespace(**json.loads(done.stdout.splitlines()[-1]))


def won(found):
    """Return the attempts that were not refused, but for those that only look."""
    tried = {name: value for name, value in found.items() if name not in HARMLESS}
    return {name: value for name, value in tried.items() if not str(value).startswith("refused")}


if __name__ == "__main__":
    main()
