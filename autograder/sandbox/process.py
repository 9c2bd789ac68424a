"""A running box, as the grader sees it: wait for it, interrupt what runs inside, end the whole tree."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

from autograder.sandbox import supervisor, watchdog

LAST_BREATH = 5                                       # seconds


def _first_child(pid, depth):
    """Return the process `depth` generations below, always the eldest, or None while there is none."""
    for _ in range(depth):
        below = watchdog._children(pid)
        if not below:
            return None
        pid = min(below)
    return pid


class BoxedProcess(subprocess.Popen):
    """The head of a box's tree; what is run inside is some generations below.

    ``signal`` reaches the program inside, ``kill`` ends the whole tree. ``ended_by`` says which limit ended it, if any.
    """

    def __init__(self, argv, *, depth, private=None, gentle=False, group=None, uid=None, told=None, **how):
        self.depth, self.private, self.gentle, self.group, self.uid = depth, private, gentle, group, uid
        self.told = told                              # where bubblewrap says who the box's first process is
        self.ended_by, self.watch, self._inside, self._pidfd = "", None, None, None
        super().__init__(argv, **how)
        with contextlib.suppress(OSError, AttributeError):
            self._pidfd = os.pidfd_open(self.pid)

    def fileno(self):
        """Return a descriptor that is readable as soon as the head has ended."""
        if self._pidfd is None:
            raise OSError("this system has no descriptors for processes, or the box is cleared away")
        return self._pidfd

    def inside(self, seconds=2.0):
        """Return the program's process id as this side numbers it; None where it is not there (any more)."""
        end = time.monotonic() + seconds
        while self._inside is None and self.poll() is None:
            self._inside = _first_child(self.pid, self.depth)
            if self._inside is None:
                if time.monotonic() > end:
                    return None
                time.sleep(0.002)
        return self._inside

    def signal(self, number):
        """Send a signal to the program inside and its group, as a terminal does; SIGKILL ends the tree."""
        if number == signal.SIGKILL:
            self.kill()
        elif (pid := self.inside()) is not None and self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(pid) == pid:
                    os.killpg(pid, number)
                else:
                    os.kill(pid, number)              # it is only just starting

    send_signal = signal

    def terminate(self):
        """Ask the program inside to end."""
        self.signal(signal.SIGTERM)

    def kill(self):
        """End every process of the tree now."""
        if self.poll() is not None:
            return
        if self.gentle:                               # the supervisor must live to end the others
            self._tell(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.wait(2)
                return
        pids = watchdog.tree(self.pid)
        self._tell(signal.SIGKILL)
        if self.gentle:
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)

    def _tell(self, number):
        with contextlib.suppress(ProcessLookupError):
            super().send_signal(number)

    def end(self, reason):
        """End the tree because of a limit."""
        self.ended_by = reason
        self.kill()

    def _handle_exitstatus(self, status, *rest):
        super()._handle_exitstatus(status, *rest)
        self.clear()

    def clear(self):
        """Remove what the box left on this machine: its private folder, its group of processes."""
        if self.watch is not None:
            self.watch.close()
        if self.told is not None:
            self._wait_for_the_others()
        if self.gentle and self.uid is not None and self.returncode == -signal.SIGKILL:
            supervisor.end_account(self.uid)          # nobody else is left to do it
        if self.private is not None:
            supervisor.remove(self.private)
        if self.group is not None:
            with contextlib.suppress(OSError):
                Path(self.group).rmdir()

    def _wait_for_the_others(self):
        """Wait until the box's first process has ended, and with it all: that is a moment after the head's end."""
        told, self.told = self.told, None
        os.set_blocking(told, False)
        with contextlib.suppress(OSError, ValueError, KeyError, AttributeError), open(told, "rb") as file:
            handle = os.pidfd_open(json.loads(file.read() or b"{}")["child-pid"])
            select.select([handle], [], [], LAST_BREATH)
            os.close(handle)

    def __del__(self, *rest):
        for name in ("_pidfd", "told"):
            if getattr(self, name, None) is not None:
                with contextlib.suppress(OSError):
                    os.close(getattr(self, name))
                setattr(self, name, None)
        super().__del__(*rest)
