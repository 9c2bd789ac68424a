"""The parent of a box without a process list of its own: it outlives every process inside and ends them all.

It stays outside the wall, adopts what its descendants leave behind, and dies with the grader.
"""

import contextlib
import os
import signal
import sys
import time

from autograder.sandbox.launch import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl, start

ROUNDS = 200


def descendants(root):
    """Return the process ids below `root`, whoever started them."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def end_account(uid):
    """Kill whatever runs under the box's own account, in one call of the kernel."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(OSError):
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(pid, 0)


def end_all(uid=None):
    """Kill everything below this process; stop it first, so that nothing is started meanwhile."""
    for _ in range(ROUNDS):
        if uid is not None:
            end_account(uid)
        stopped, before = [], None
        while stopped != before:
            before, stopped = stopped, sorted(descendants(os.getpid()))
            _signal_all(set(stopped) - set(before or ()), signal.SIGSTOP)
        _signal_all(stopped, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not descendants(os.getpid()):
            return
        time.sleep(0.005)


def remove(folder):
    """Remove a folder that a box wrote, whatever modes its folders have; no link is followed."""
    import shutil  # not at the start of every box

    for here, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(here, name)
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)             # before it is looked into
    shutil.rmtree(folder, ignore_errors=True)


def _watch(first, plan):
    """Reap until the first process ends; then end the rest, tidy up and exit with its code."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == first:
            end_all(plan.get("uid"))
            remove(plan["private"])
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def run(plan, files):
    """Start the program of the plan in a child; return there, never here."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    uid = plan.get("uid")

    def stop(number, frame):
        end_all(uid)
        remove(plan["private"])
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if uid is not None:
        for folder in plan["own"]:
            os.chown(folder, uid, uid)
    first = os.fork()
    if first == 0:
        os.setsid()
        start(plan, files)
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != plan["parent"]:
            stop(signal.SIGTERM, None)
    _watch(first, plan)
