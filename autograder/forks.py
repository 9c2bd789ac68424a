"""A piece of work in a forked process of its own: limited, cut off from the terminal, and gone afterwards.

It starts with everything that this process has loaded and computed, and whatever it does stays without effect here. For
instructors' code only: nothing keeps it from the files and the network of the user.
"""

import contextlib
import faulthandler
import io
import json
import math
import os
import select
import shutil
import signal
import tempfile
import threading
import time
import warnings
from pathlib import Path

SLOW = 10                                             # seconds on the clock for one of computing, on a busy machine


def threads():
    """Return how many threads this process has, those of libraries included where the system tells."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


@contextlib.contextmanager
def quiet():
    """Swallow what is printed and warned about."""
    swallowed = io.StringIO()
    with (contextlib.redirect_stdout(swallowed), contextlib.redirect_stderr(swallowed), warnings.catch_warnings()):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def data_copy(folder=None):
    """Give a new folder that holds a copy of the lab's data, and remove it; no script and no answer is in it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as new:
        if folder is not None:
            for path in sorted(Path(folder).iterdir()):
                if path.suffix in (".py", ".yml", ".ipynb") or path.name.startswith((".", "__")) or path.is_symlink():
                    continue
                (shutil.copytree if path.is_dir() else shutil.copy2)(path, Path(new, path.name))
        yield new


@contextlib.contextmanager
def working_folder(folder=None):
    """Work in such a copy."""
    with data_copy(folder) as new, contextlib.chdir(new):
        yield


def apart(work, seconds, memory, folder=None):
    """Call ``work(write)`` in a forked process and return ``(lines, end, seconds)``.

    Parameters
    ----------
    work : callable
        Gets a function that sends one JSON value to this process.
    seconds : int
        Of computing; on the clock it may take ``SLOW`` times as long.
    memory : int or None
        Bytes that it may allocate in addition.

    Returns
    -------
    tuple
        What was sent, in order; ``""`` or what ended the process (``"time"`` where it had no more); seconds of
        computing.
    """
    reader, writer = os.pipe()
    with working_folder(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)     # Python 3.12 warns of threads, which were looked for
        child = os.fork()
        if not child:
            _child(work, writer, reader, seconds, memory)
        os.close(writer)
        try:
            data = _read(reader, seconds * SLOW)
        finally:
            os.close(reader)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)      # the child and what it started
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
    lines = [json.loads(line) for line in data.decode(errors="replace").split("\n")[:-1]]
    if lines and lines[-1] == ["end"]:
        return lines[:-1], "", used.ru_utime + used.ru_stime
    signalled = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None
    late = signalled in ("SIGXCPU", "SIGALRM", "SIGKILL")       # the last is ours, or that of a hard limit
    end = "time" if late else signalled or f"exit {os.waitstatus_to_exitcode(status)}"
    return lines, end, used.ru_utime + used.ru_stime


def _read(reader, seconds):
    """Return what comes through a pipe until its end, a last line or the time is over."""
    data, deadline = b"", time.monotonic() + seconds
    while not data.endswith(b'["end"]\n'):
        ready, _, _ = select.select([reader], [], [], max(deadline - time.monotonic(), 0))
        piece = os.read(reader, 1 << 16) if ready else b""
        if not piece:
            break
        data += piece
    return data


def _child(work, writer, reader, seconds, memory):
    """Limit this forked process, do the work, and end without looking back."""
    import resource

    code = 1
    try:
        faulthandler.disable()
        os.setsid()
        os.close(reader)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(math.ceil(seconds * SLOW))       # ends with its parent gone, too
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory is not None:
            most = _data() + memory
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))

        def write(value):
            line = (json.dumps(value, default=str) + "\n").encode()
            while line:
                line = line[os.write(writer, line) :]

        work(write)
        write(["end"])
        code = 0
    finally:
        os._exit(code)


def _data():
    """Return how much data this process has, as RLIMIT_DATA counts it; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 1 << 36
