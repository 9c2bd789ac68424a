"""Between the warm process and the student's: the one that builds the wall, looks after what runs behind it, ends it.

It is process 1 of the student's list of processes where there is one. It never runs anything of a student, and the
student's process can neither look into it nor trace it nor end it.
"""

import contextlib
import importlib
import os
import select
import signal
import socket

from autograder.sandbox import frames, inner, launch, supervisor, syscalls


def find(name):
    """Return the function called ``module:function``."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def guard(line):
    """Build the second wall around this forked process, start the student's process behind it and look after that.

    Returns
    -------
    (function, bytes, list of int)
        What to run, in the student's process only: every other process ends here.
    """
    try:
        order, packed, files = frames.receive(line)
        argument, (plan, contents) = packed[:order["argument"]], launch.unpack(packed[order["argument"]:])
        if plan["wall"] == "namespaces":
            inner.spaces(user=plan["uid"] is None)
            if os.getpid() != 1:
                raise PermissionError(f"process {os.getpid()} has no list of processes of its own")
            inner.folders(plan)
            launch.set_rlimits(plan["rlimits"])
            inner.shut(plan)
        else:
            os.setsid()
            syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        above, below = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            above.close()
            line.close()
            return enter(plan, contents, below, files, order["entry"], argument)
        below.close()
        frames.close(files)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)   # the student's process, same account, cannot look into this one
        look_after(line, above, pid, plan)
    except BaseException as error:
        with contextlib.suppress(BaseException):
            frames.send(line, {"error": f"{type(error).__name__}: {error}"})
        os._exit(launch.FAILED)


def enter(plan, contents, above, files, entry, argument):
    """Finish the wall from the inside, say so, and return what to run once somebody looks after this process."""
    try:
        os.setsid()
        if plan["wall"] != "namespaces":
            launch.set_rlimits(plan["rlimits"])
        if plan["wall"] == "landlock":
            inner.shut(plan)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        launch.write_files(plan["home"], contents)
        inner.fresh(plan, [above.fileno(), *files])
        function = find(entry)
        frames.send(above, {"ready": True})
        frames.receive(above)
        above.close()
        return function, argument, files
    except BaseException as error:
        with contextlib.suppress(BaseException):
            frames.send(above, {"error": f"{type(error).__name__}: {error}"})
        os._exit(launch.FAILED)


def look_after(line, below, pid, plan):
    """Report the student's process to the grader, take in orphans, and end with it, or when the grader lets go."""
    said, _, _ = frames.receive(below)
    if "error" in said:
        frames.send(line, said)
        os._exit(launch.FAILED)
    handles = [os.pidfd_open(os.getpid()), os.pidfd_open(pid)]
    inner.only_files([line.fileno(), below.fileno(), *handles])
    frames.send(line, {"ready": True}, files=handles)
    os.close(handles[0])
    frames.receive(line)                              # the grader watches now
    frames.send(below, {"go": True})
    below.close()
    code = wait(line, pid, handles[1])
    if os.getpid() != 1:                              # the end of process 1 ends its list anyway
        supervisor.end_all(plan["uid"])
    with contextlib.suppress(OSError, frames.Closed):
        frames.send(line, {"exit": code})
    os._exit(0)


def wait(line, pid, handle):
    """Return the exit code of process `pid`; end it where the grader closes the line first."""
    codes = {}

    def reap(number=None, frame=None):
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                codes[ended[0]] = os.waitstatus_to_exitcode(ended[1])

    signal.signal(signal.SIGCHLD, reap)
    watched = select.poll()
    watched.register(line, select.POLLIN)
    watched.register(handle, select.POLLIN)
    while handle not in (heard := dict(watched.poll())):
        if line.fileno() in heard:                    # nothing more is ever said on it: it was closed
            os.kill(pid, signal.SIGKILL)
            watched.unregister(line)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    reap()
    return codes.get(pid, -int(signal.SIGKILL))
