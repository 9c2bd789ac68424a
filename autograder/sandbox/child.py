"""A process forked from the zygote, as the grader sees it: wait for it, interrupt it, end all that it started."""

import contextlib
import errno
import os
import select
import shutil
import signal
import socket
import threading
import time

from autograder.sandbox import frames, inner, watchdog

KILLED = -int(signal.SIGKILL)
TO_GROUP = 4                                          # PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 and later


class Child:
    """A running process behind a wall of its own.

    Parameters
    ----------
    line : socket
        To the process that looks after it.
    keeper, handle : int
        File descriptors (pidfd) of that process and of the child itself.
    box : Box
    private : Path, optional
        Folder of this machine that holds its private files; removed at the end.
    seconds : float, optional
        How long it may live.

    Attributes
    ----------
    pid : int
        As this machine numbers it.
    returncode : int or None
        Negative for a signal, as in subprocess.
    ended_by : str
        Which limit ended it, if one did.
    """

    def __init__(self, line, keeper, handle, box, private=None, seconds=None):
        self._line, self._keeper, self._handle = line, keeper, handle
        self.box, self.private, self.returncode, self.ended_by = box, private, None, ""
        self._ending = threading.Lock()               # the watchdog's thread may see the end, too
        self.pid = _number(handle)
        folders = [box.runtime, *([private] if private else [])]
        self.watch = watchdog.Watch(_number(keeper), box.limits, folders, seconds, self.end)
        try:
            frames.send(line, {"go": True})           # only now does it run anything of a student
        except BaseException:
            self.watch.close()
            raise

    def __del__(self):
        for number in (self._keeper, self._handle):
            if number is not None:
                os.close(number)
        self._keeper = self._handle = None
        self._line.close()

    def fileno(self):
        """Return a descriptor that is readable once the child and all that it started have ended."""
        return self._keeper

    def inside(self, seconds=0):
        """Return the process id, as BoxedProcess does."""
        return self.pid

    def poll(self):
        """Return the exit code, or None while the child runs."""
        if self.returncode is None and readable(self._keeper, 0):
            self._end()
        return self.returncode

    def wait(self, timeout=None):
        """Return the exit code; raise TimeoutError after `timeout` seconds."""
        if self.returncode is None:
            if not readable(self._keeper, timeout):
                raise TimeoutError(f"process {self.pid} still runs after {timeout:g} s")
            self._end()
        return self.returncode

    def signal(self, number):
        """Send a signal to the child and the processes of its group, as a terminal does; SIGKILL ends the tree."""
        if number == signal.SIGKILL:
            self.kill()
        elif self.poll() is None and not readable(self._handle, 0):
            with contextlib.suppress(ProcessLookupError):
                try:
                    signal.pidfd_send_signal(self._handle, number, None, TO_GROUP)
                except OSError as error:
                    if error.errno != errno.EINVAL:
                        raise
                    signal.pidfd_send_signal(self._handle, number)

    send_signal = signal

    def terminate(self):
        """Ask the child to end."""
        self.signal(signal.SIGTERM)

    def kill(self):
        """End the child with all that it started; return once that is done."""
        if self.poll() is not None:
            return
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)       # its keeper ends the tree, then itself
        if not readable(self._keeper, inner.GRACE):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._keeper, signal.SIGKILL)
        self.wait()

    def end(self, reason):
        """End the tree because of a limit."""
        self.ended_by = reason
        self.kill()

    def _end(self):
        with self._ending:
            if self.returncode is not None:
                return
            self.watch.close()
            code = KILLED                             # with its keeper, before that could say anything
            with contextlib.suppress(frames.Closed, OSError, ValueError, KeyError):
                self._line.settimeout(0)
                code = int(frames.receive(self._line)[0]["exit"])
            self._line.close()
            if self.private is not None:
                shutil.rmtree(self.private, ignore_errors=True)
            self.returncode = code


def readable(number, timeout):
    """Return whether a descriptor is readable within `timeout` seconds; None waits for ever."""
    watched = select.poll()
    watched.register(number, select.POLLIN)
    until = None if timeout is None else time.monotonic() + timeout
    while True:
        left = None if until is None else max(0.0, until - time.monotonic())
        if watched.poll(None if left is None else left * 1000):
            return True
        if left is not None and left <= 0:
            return False


def _number(handle):
    """Return the process number, as this machine sees it, of a pidfd."""
    with open(f"/proc/self/fdinfo/{handle}") as file:
        return int(next(line.split()[1] for line in file if line.startswith("Pid:")))
