"""The warm start, seen from the grader: one boxed process that has imported everything, and children forked from it."""

import contextlib
import functools
import os
import secrets
import shutil
import socket
import sys
import threading
import weakref

from autograder.errors import CourseError
from autograder.sandbox import frames, inner, leftovers, walls
from autograder.sandbox.child import Child
from autograder.sandbox.launch import pack
from autograder.sandbox.limits import Box, Limits

PREFIX = "zygote-"
_current = None


def current():
    """Return the zygote that kernels of this process start from, or None."""
    return _current if _current is not None and _current.owner == os.getpid() else None


def use(zygote):
    """Let the kernels of this process start from `zygote`; None: from scratch. Return the one before."""
    global _current
    before, _current = current(), zygote
    return before


@functools.cache
def obstacle(tier):
    """Return why children cannot be walled off here; nothing where they can, found out by forking one."""
    try:
        with Zygote(tier) as bare:
            child = bare.fork("builtins:exec", b"", Box(None, bare.runtime(), bare.limits))
            code = child.wait(bare.limits.startup)
            return "" if code == 0 else f"a forked process that does nothing ended with {code}"
    except (CourseError, OSError) as error:
        return str(error)


def warm_start(tier, preload=(), **how):
    """Return ``(zygote, "")``, or ``(None, reason)`` where children cannot be walled off: kernels start cold then.

    Parameters
    ----------
    tier, preload, **how
        As for Zygote.
    """
    if reason := obstacle(tier):
        return None, f"no warm start: {reason}"
    return Zygote(tier, preload, **how), ""


class Gone(CourseError):
    """The warm process has ended."""


class Zygote:
    """A boxed process that imports what a class needs, and forks children that need not.

    It starts at once and imports while the grader goes on; the first `fork` waits for it.

    Parameters
    ----------
    tier : Tier
        How boxes are made here.
    preload : iterable of str
        Modules to import.
    prepare : (str, bytes), optional
        ``module:function`` that is called once with the bytes before the first child; children find what it left.
    limits : Limits, optional
        ``startup`` bounds the seconds until it is warm.
    env : dict, optional
        Environment variables, as far as boxes allow them.
    """

    def __init__(self, tier, preload=(), prepare=None, limits=None, env=None):
        self.tier, self.preload, self.prepare = tier, tuple(preload), prepare
        self.limits, self.env = limits or Limits(), dict(env or {})
        self.owner, self.restarts = os.getpid(), 0
        leftovers.sweep(PREFIX)
        self.folder, lock = leftovers.make(PREFIX)
        if os.geteuid() == 0:
            self.folder.chmod(0o711)                  # the accounts of the children pass through to a folder of theirs
        self._children, self._lock = weakref.WeakSet(), threading.Lock()
        self._remove = weakref.finalize(self, _clear, self.owner, self.folder, lock)
        self._stop = None
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def describe(self):
        """Return one line for a row: the tier, the warm start, and what limits memory."""
        return f"{self.tier.describe().partition(',')[0]}, memory by watchdog, warm start"

    def runtime(self):
        """Return a new empty folder for the runtime of one child; it goes when the zygote is closed, if not before."""
        folder = self.folder / secrets.token_hex(6)
        folder.mkdir(mode=0o700)
        return folder

    def wait_until_warm(self):
        """Return what the zygote says of itself: its process, the seconds of importing, its threads.

        Raises
        ------
        CourseError
            If it does not come up, with the reason.
        """
        if self.warmth is None:
            self._control.settimeout(self.limits.startup)
            try:
                said, _, _ = frames.receive(self._control)
            except TimeoutError:
                raise CourseError(f"The warm process was not ready after {self.limits.startup} s; it imports "
                                  f"{', '.join(self.preload) or 'nothing'}.") from None
            except frames.Closed:
                raise self._gone() from None
            if "error" in said:
                raise CourseError(f"The warm process could not start: {said['error']}")
            self.warmth = said
        return self.warmth

    def fork(self, entry, argument, box, fds=(), *, env=None, seconds=None):
        """Start a function in a new process behind a wall of its own.

        Parameters
        ----------
        entry : str
            ``module:function``, called as ``function(argument, *fds)``; an int that it returns is the exit code.
        argument : bytes
        box : Box
            Its runtime comes from `runtime`.
        fds : sequence of int
            Open file descriptors; the child gets copies.
        env : dict, optional
            Environment variables beyond the zygote's, as far as boxes allow them.
        seconds : float, optional
            How long the child may live; startup, notebook and one cell together unless given.

        Returns
        -------
        Child

        Raises
        ------
        CourseError
            If the wall cannot be made, or the zygote has died twice.
        """
        if box.runtime.parent != self.folder:
            raise CourseError("A warm start needs a runtime folder that runtime() made in "
                              f"{self.folder}, got {box.runtime}.")
        if seconds is None:
            seconds = box.limits.startup + box.limits.notebook + box.limits.cell
        with self._lock:
            try:
                child = self._fork(entry, argument, box, fds, env, seconds)
            except Gone:
                if self.restarts:
                    raise
                self.restarts += 1
                self._end_process()
                self._start()
                child = self._fork(entry, argument, box, fds, env, seconds)
            self._children.add(child)
            return child

    def alive(self):
        """Return whether the warm process runs."""
        return self._process is not None and self._process.poll() is None

    def close(self):
        """End the warm process and all its children, and remove its folder."""
        if self.owner == os.getpid():
            for child in tuple(self._children):
                child.kill()
        self._end_process()
        self._remove()
        if _current is self:
            use(None)

    def _start(self):
        ours, theirs = socket.socketpair()
        self._process, self._control, self.warmth = None, ours, None
        with theirs:
            command = [sys.executable, "-m", "autograder.sandbox.zygote", str(theirs.fileno())]
            self._process = self.tier.popen(command, Box(None, self.folder, self.limits), env=self.env,
                                            pass_fds=(theirs.fileno(),), zygote=True)
        self._stop = weakref.finalize(self, _stop, self.owner, self._process, ours)
        name, payload = self.prepare or (None, b"")
        with contextlib.suppress(frames.Closed):      # said where the answer is read
            frames.send(ours, {"preload": self.preload, "prepare": name}, payload)

    def _fork(self, entry, argument, box, fds, env, seconds):
        self.wait_until_warm()
        ours, theirs = socket.socketpair()
        private = walls.private(self.tier, self.folder)
        try:
            ours.settimeout(self.limits.startup)
            plan = walls.plan(self.tier, box, self.folder, {**self.env, **(env or {})}, private)
            with theirs:
                first = plan["wall"] == "namespaces" and plan["uid"] is not None
                frames.send(self._control, {"first": first}, files=[theirs.fileno()])
            frames.send(ours, {"entry": entry, "argument": len(argument)}, argument + pack(plan, box.data), fds)
            said, _, handles = frames.receive(ours)
            if "error" in said:
                raise CourseError(f"The wall round a forked process cannot be made: {said['error']}")
            ours.settimeout(None)
            return Child(ours, *handles, box, private, seconds)
        except BaseException as error:
            ours.close()
            if private:
                shutil.rmtree(private, ignore_errors=True)
            if isinstance(error, TimeoutError):
                raise CourseError(f"A forked process was not behind its wall after {self.limits.startup} s.") from error
            if isinstance(error, frames.Closed):
                raise self._gone() from error
            raise

    def _gone(self):
        """Return the error for a line that broke: because of the zygote, or of one process only."""
        with contextlib.suppress(Exception):
            self._process.wait(0.5)                   # its end shows a moment after its socket's
        if self.alive():
            return CourseError("A forked process ended before it was behind its wall.")
        return Gone(f"The warm process has ended with exit code {self._process.returncode}; it had imported "
                    f"{', '.join(self.preload) or 'nothing'}.")

    def _end_process(self):
        if self._stop is not None:
            self._stop()
            self._stop = None


def _stop(owner, process, control):
    """End the zygote; a copy of it in a forked process of the grader only lets go of the socket."""
    control.close()
    if owner == os.getpid():
        with contextlib.suppress(OSError):
            process.kill()
        process.wait(inner.GRACE)


def _clear(owner, folder, lock):
    """Remove a zygote's folder, in the process that made it."""
    if owner == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)
