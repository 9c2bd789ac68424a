"""The warm process inside a box: imports what a class needs once, then forks; it reads nothing of a student.

Runs as ``python -m autograder.sandbox.zygote FD``. On the socket FD it is told once what to import; every message
after that carries one socket, for one child. What the child shall do is said on that socket, which only the child
reads: nothing of one student is ever in the memory that the next one inherits.
"""

import atexit
import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import threading
import time
import traceback
import warnings

from autograder.sandbox import frames, inner, keeper
from autograder.sandbox.keeper import find


def warm(order, payload):
    """Import what the order names and call what it prepares; return what came of it."""
    start = time.monotonic()
    for name in order["preload"]:
        try:
            importlib.import_module(name)
        except Exception as error:
            return {"error": f"{name} cannot be imported: {type(error).__name__}: {error}"}
    if order["prepare"]:
        try:
            find(order["prepare"])(payload)
        except Exception:
            return {"error": f"{order['prepare']} failed:\n{traceback.format_exc()}"}
    gc.collect()
    gc.freeze()                                       # a collection in a child would copy every page it looks at
    return {"ready": os.getpid(), "seconds": time.monotonic() - start, "threads": len(os.listdir("/proc/self/task"))}


def serve(control):
    """Fork a child for every socket that comes, until the grader closes its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)     # how a child ended is for the grader to know; nobody waits here
    while True:
        try:
            order, _, files = frames.receive(control)
        except frames.Closed:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)      # Python 3.12: threads of OpenBLAS; it minds forks
            child = inner.fork(order["first"])
        if child == 0:
            control.close()
            return socket.socket(fileno=files[0])
        frames.close(files)


def run(function, argument, files):
    """Run the entry as a program of its own: its exceptions and exit codes are those of a process."""
    code = 0
    try:
        code = function(argument, *files)
    except SystemExit as leaving:
        code = leaving.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if not isinstance(code, int | None):
        code = 1
    leave(code or 0)


def leave(code):
    """End as Python does: wait for threads, run exit functions, write buffers; but do not return through the zygote."""
    with contextlib.suppress(BaseException):
        threading._shutdown()
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(code & 0xFF)


def main():
    """Warm up, then serve; in a child, become the student's process."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if sys.path and os.path.realpath(sys.path[0]) == os.getcwd():
        del sys.path[0]
    order, payload, _ = frames.receive(control)
    outcome = warm(order, payload)
    frames.send(control, outcome)
    if "error" in outcome:
        return
    del order, payload
    line = serve(control)
    if line is not None:
        run(*keeper.guard(line))


if __name__ == "__main__":
    main()
