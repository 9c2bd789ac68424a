"""The host's part: starts the tests' process, brings it together with the student, keeps the time, collects.

Nothing of the student is decoded here: the host passes a socket on and reads what the tests' process says.
"""

import contextlib
import json
import select
import signal
import socket
import time
from dataclasses import dataclass, field
from typing import Protocol

import nbformat

from autograder.errors import CourseError
from autograder.split import plan as plans
from autograder.split.channel import Channel, ChannelError

GRACE = 2.0                                           # seconds to come back after an interrupt
TICK = 0.25                                           # seconds between two looks at the student's process
VERDICT_LIMIT = 8 << 20                               # bytes that a tests' process says about one cell
ENDED_BEFORE = "Python itself ended before this test"
ENDED_IN = "Python itself ended in your function (os._exit, a crash, or out of memory)"
NOT_RUN, TIMED_OUT, ENDED = "NotRun", "CellTimeoutError", "DeadKernelError"


class StudentSide(Protocol):
    """What the judge needs of the process in which the student's notebook has run."""

    def open(self, generation):
        """Let the agent serve the tests' process of this number; return a connected socket to it (the host's end)."""

    def close(self, timeout):
        """Wait until the agent has stopped serving; say whether it did and the student's side can go on."""

    def interrupt(self):
        """Interrupt what runs, as Ctrl-C does."""

    def alive(self):
        """Say whether the process is there."""

    def kill(self):
        """End the process and all its children."""


@dataclass
class Verdict:
    """What became of one test cell."""

    outputs: list                                     # nbformat outputs: streams, an error, or a last value
    ran: bool
    seconds: float = 0.0
    calls: int = 0
    dead: bool = False                                # the student's side is gone; the rest did not run
    flags: list = field(default_factory=list)         # for a person to look at


def error(name, words, lines=()):
    """Return an error as an nbformat output."""
    return nbformat.v4.new_output("error", ename=name, evalue=words, traceback=[*lines, words])


class Judge:
    """Runs the tests of one notebook against one student.

    Parameters
    ----------
    source : NotebookNode or Plan
        The notebook with its solutions and hidden tests, or what `plans.read` made of it, once for a class.
    start_tests : callable
        ``start_tests(argument, descriptor)`` starts ``tests_process.main(argument, descriptor)`` and returns a process
        with ``poll()``, ``kill()`` and ``send_signal(number)`` or ``signal(number)``.
    limits : object with ``cell``
        Seconds for one test cell.
    """

    def __init__(self, source, start_tests, limits=None):
        self.plan = source if isinstance(source, plans.Plan) else plans.read(source)
        self.start_tests, self.seconds = start_tests, getattr(limits, "cell", 30)
        self.ids = {test.id for test in self.plan.tests}
        self.process = self.channel = None
        self.generation = 0                           # of tests' processes started
        self.gone = ""                                # why no test runs any more

    def is_split(self, cell_id):
        """Say whether a test is run here; the others run in the student's own process and are not tamper-proof."""
        return cell_id in self.ids

    def run(self, cell_id, student):
        """Run one test cell and return its Verdict.

        Parameters
        ----------
        cell_id : str
        student : StudentSide

        Raises
        ------
        CourseError
            If the cell is no test that is split, or the tests' process cannot be started.
        """
        if cell_id not in self.ids:
            raise CourseError(f"{cell_id} is no split test of this notebook; it has {', '.join(sorted(self.ids))}.")
        if self.gone:
            return Verdict([error(NOT_RUN, self.gone)], ran=False, dead=True)
        began = time.monotonic()
        if not student.alive():
            return self._ended(cell_id, began, ENDED_BEFORE)
        self._start()
        try:
            connection = student.open(self.generation)
        except (OSError, ChannelError):
            why = "Your notebook's Python no longer answers" if _lives_on(student) else ENDED_BEFORE
            return self._ended(cell_id, began, why, student)
        try:
            return self._judge(cell_id, student, connection, began)
        finally:
            with contextlib.suppress(OSError):
                connection.close()

    def _judge(self, cell_id, student, connection, began):
        try:
            self.channel.deadline = time.monotonic() + GRACE             # the last one may be long over
            self.channel.send(json.dumps({"run": cell_id, "seconds": self.seconds + 4 * GRACE}).encode())
            self.channel.send_descriptor(connection.fileno())
            said, timed_out = self._await(student, connection)
        except ChannelError:
            said, timed_out = None, False
        hang_up(connection)
        if said is None:
            self._stop()                              # the next test gets a fresh one
        back = student.alive() and student.close(GRACE)
        if not back:
            stuck = timed_out and _lives_on(student, 0.0)
            why = f"Your code ran longer than {self.seconds:g} s and could not be interrupted" if stuck else ENDED_IN
            return self._ended(cell_id, began, why, student, stuck)
        seconds = time.monotonic() - began
        if timed_out:
            words = f"The test ran longer than {self.seconds:g} s: is there a loop that never ends?"
            return Verdict([*_streams(said), error(TIMED_OUT, words)], True, seconds, _calls(said))
        if said is None:
            words = "The tests ended without a result: what your function returns is more than they can hold."
            return Verdict([error("TestsEnded", words)], True, seconds, flags=[f"{cell_id}: the tests' process ended."])
        if said["broken"]:
            words = f"What your function answers cannot be read: {said['broken']}"
            flag = f"{cell_id}: the conversation with the student's process broke: {said['broken']}"
            outputs = [*_streams(said), error("UnreadableAnswer", words)]
            return Verdict(outputs, True, seconds, _calls(said), flags=[flag])
        outputs = [nbformat.from_dict(output) for output in said["outputs"]]
        for output in outputs:
            if output.output_type == "execute_result":
                output.execution_count = None
        return Verdict(outputs, True, seconds, _calls(said))

    def _await(self, student, connection):
        """Return ``(what the tests said or None, whether time was up)``; interrupts whoever takes too long."""
        steps = iter([student.interrupt, lambda: (hang_up(connection), self._signal(signal.SIGINT)), lambda: None])
        limit, timed_out, lost = time.monotonic() + self.seconds, False, False
        while True:
            ready, _, _ = select.select([self.channel.connection], [], [], TICK)
            if ready:
                self.channel.deadline = time.monotonic() + GRACE
                return json.loads(bytes(self.channel.receive()[0])), timed_out
            if not lost and not student.alive():
                lost = True
                hang_up(connection)                   # a child of the student may hold the other end open
                limit = min(limit, time.monotonic() + GRACE)
            if time.monotonic() > limit:
                timed_out, limit = not lost, time.monotonic() + GRACE
                step = next(steps, None)
                if step is None:
                    return None, timed_out
                step()

    def _start(self):
        if self.process is not None and self.process.poll() is None:
            return
        self._stop()
        self.generation += 1
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = self.start_tests(self.plan.to_bytes(), theirs.fileno())
        self.channel = Channel(ours, limit=VERDICT_LIMIT)

    def _signal(self, number):
        with contextlib.suppress(OSError):
            send = getattr(self.process, "send_signal", None) or self.process.signal
            send(number)

    def _stop(self):
        if self.channel is not None:
            self.channel.close()
        if self.process is not None:
            with contextlib.suppress(OSError):
                self.process.kill()
            self.process.wait(5)
        self.process = self.channel = None

    def _ended(self, cell_id, began, why, student=None, timed_out=False):
        """Return the verdict of the test in which the student's side was lost; no later test runs."""
        if student is not None:
            with contextlib.suppress(OSError):
                student.kill()
        self.gone = f"{why}, in the test {cell_id}; the tests after it did not run."
        return Verdict([error(TIMED_OUT if timed_out else ENDED, f"{why}.")], True, time.monotonic() - began, dead=True)

    def close(self):
        """End the tests' process."""
        self._stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def hang_up(connection):
    """Close both directions of a connection, whoever holds copies of it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _lives_on(student, seconds=GRACE):
    """Say whether the student's process is there still; its sockets close a moment before it is gone."""
    limit = time.monotonic() + seconds
    while student.alive() and time.monotonic() < limit:
        time.sleep(0.01)
    return student.alive()


def _streams(said):
    return [nbformat.from_dict(o) for o in (said or {}).get("outputs", []) if o["output_type"] == "stream"]


def _calls(said):
    return (said or {}).get("calls", 0)
