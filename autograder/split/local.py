"""Both halves as plain processes, without kernel and box: for code that the course itself wrote.

One process runs the given cells that come first and then forks: the tests' process, the student's, and one that runs
the whole notebook as a student's Jupyter would. ``grade_both`` compares the two ways.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from autograder.errors import CourseError
from autograder.labs import is_answer, is_test, meta
from autograder.split import plan as plans
from autograder.split.channel import Channel, ChannelError, Late
from autograder.split.judge import GRACE, Judge
from autograder.without_kernel import earned

ROOT = Path(__file__).parents[2]                      # where the packages of the course lie


class Limits:
    """Seconds for one cell."""

    def __init__(self, cell):
        self.cell = cell


class Forked:
    """A process that the workshop forked: not our child, so it is known by its number."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        """Return None while it lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def send_signal(self, number):
        """Send a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self):
        """End it."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout):
        """Wait until it has gone."""
        end = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.002)


class PlainStudent:
    """The student's side as a plain process: a StudentSide for the judge that also runs cells."""

    def __init__(self, workshop):
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = workshop.fork("student", theirs.fileno())
        self.channel = Channel(ours)

    def run(self, name, source, seconds, most=None):
        """Run one cell; return the points that its value gives, 0 where it fails."""
        if not self.alive():
            return 0.0
        try:
            self.channel.deadline = time.monotonic() + seconds
            self.channel.send(json.dumps({"cell": name, "source": source, "most": most}).encode())
            return self._said()["points"]
        except Late:
            self.interrupt()
            with contextlib.suppress(ChannelError):
                self.channel.deadline = time.monotonic() + GRACE
                self._said()
                return 0.0
            self.kill()
        except ChannelError:
            self.kill()
        return 0.0

    def _said(self):
        return json.loads(bytes(self.channel.receive()[0]))

    def open(self, generation):
        """Let the agent serve."""
        ours, theirs = socket.socketpair()
        try:
            self.channel.deadline = time.monotonic() + GRACE
            self.channel.send(json.dumps({"serve": generation}).encode())
            self.channel.send_descriptor(theirs.fileno())
        except ChannelError:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def close(self, timeout):
        """Wait until the agent has stopped serving."""
        self.channel.deadline = time.monotonic() + timeout
        try:
            return bool(self._said())
        except ChannelError:
            return False

    def interrupt(self):
        """Interrupt what runs."""
        self.process.send_signal(signal.SIGINT)

    def alive(self):
        """Say whether it lives."""
        return self.process.poll() is None

    def kill(self):
        """End it."""
        self.process.kill()

    def end(self):
        """End it and wait."""
        self.kill()
        self.channel.close()
        self.process.wait(GRACE)


class Workshop:
    """A notebook with its solutions, ready to be graded with many answers.

    Parameters
    ----------
    notebook : NotebookNode
        With solutions and hidden tests.
    folder : Path, optional
        The working folder: the lab's own, if it reads data files.
    seconds : float
        For one cell.
    """

    def __init__(self, notebook, folder=None, seconds=60.0):
        self.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.plan, self.seconds = plans.read(notebook), seconds
        self.most = {meta(cell)["grade_id"]: float(meta(cell)["points"]) for cell in self.cells if is_test(cell)}
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "MPLBACKEND": "Agg"}
        path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder.split.plain", str(theirs.fileno())], pass_fds=[theirs.fileno()],
                cwd=folder, env={**environment, "PYTHONPATH": path}, stdin=subprocess.DEVNULL,
                start_new_session=True,               # Ctrl-C is for who started the comparison
            )
        self.channel = Channel(ours)
        self.channel.send(self.plan.to_bytes())

    def fork(self, kind, descriptor, argument=b""):
        """Start a process of a kind, ``tests`` or ``student``, with a channel; return it."""
        self.channel.deadline = time.monotonic() + self.seconds * (2 + len(self.plan.prefix))
        try:
            self.channel.send(kind.encode() + b" " + argument)
            self.channel.send_descriptor(descriptor)
            return Forked(int(bytes(self.channel.receive()[0])))
        except ChannelError as error:
            raise CourseError(f"The process that runs the given cells failed: {error}") from None

    def close(self):
        """End everything."""
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def sources(self, answers=None):
        """Yield ``(cell, source)`` of what a student's process runs after the first given cells, answers put in.

        Raises
        ------
        CourseError
            If an answer is for a cell that is not there.
        """
        answers, first = dict(answers or {}), list(self.plan.prefix)
        if unknown := answers.keys() - {meta(cell).get("grade_id") for cell in self.cells if is_answer(cell)}:
            raise CourseError(f"No solution cell is called {', '.join(map(repr, sorted(unknown)))}.")
        for cell in self.cells:
            source = answers.get(meta(cell).get("grade_id"), cell.source) if is_answer(cell) else cell.source
            if not is_answer(cell) and not is_test(cell) and first and first[0] == source:
                first.pop(0)
                continue
            yield cell, source

    def in_process(self, answers=None, only=None):
        """Return the points of every test, ``{grade_id: float}``, run in the student's process; of `only`, if given."""
        points, student = {}, PlainStudent(self)
        try:
            for cell, source in self.sources(answers):
                name = meta(cell).get("grade_id", cell.get("id", ""))
                if name not in self.most:
                    student.run(name, source, self.seconds)
                elif only is None or name in only:
                    points[name] = student.run(name, source, self.seconds, self.most[name])
                if only is not None and points.keys() >= set(only):
                    break
        finally:
            student.end()
        return points

    def split(self, answers=None, only=None):
        """Return ``({grade_id: points}, {grade_id: Verdict})`` of every test, run apart from the answers."""
        points, verdicts, student = {}, {}, PlainStudent(self)
        judge = Judge(self.plan, lambda argument, fd: self.fork("tests", fd, argument), Limits(self.seconds))
        try:
            for cell, source in self.sources(answers):
                name = meta(cell).get("grade_id", cell.get("id", ""))
                if only is not None and points.keys() >= set(only):
                    break
                if name not in self.most:
                    student.run(name, source, self.seconds)
                elif only is not None and name not in only:
                    continue
                elif judge.is_split(name):
                    verdicts[name] = judge.run(name, student)
                    points[name] = points_of(verdicts[name], self.most[name])
                else:
                    points[name] = student.run(name, source, self.seconds, self.most[name])
        finally:
            judge.close()
            student.end()
        return points, verdicts

    def both(self, answers=None, only=None):
        """Return ``{grade_id: (in_process, split)}``."""
        one, (other, _) = self.in_process(answers, only), self.split(answers, only)
        return {name: (one[name], other[name]) for name in one}


def points_of(verdict, most):
    """Return the points of a verdict: none for an error or what did not run, all or a number otherwise."""
    if not verdict.ran or any(output.output_type == "error" for output in verdict.outputs):
        return 0.0
    for output in verdict.outputs:
        if output.output_type == "execute_result":
            text = output.data["text/plain"]
            with contextlib.suppress(ValueError):
                return earned(text == "True" if text in ("True", "False") else float(text), most)
    return most


def grade_both(notebook, answers=None, *, folder=None, seconds=60.0):
    """Return ``{grade_id: (points in the student's process, points split)}`` of a notebook with its solutions.

    Parameters
    ----------
    notebook : NotebookNode
    answers : dict {grade_id: str}, optional
        Sources in place of those of the solution cells.
    folder : Path, optional
        The working folder of the processes.
    seconds : float
        For one cell.

    Raises
    ------
    CourseError
        If an answer is for no cell, or the processes cannot be started.
    """
    with Workshop(notebook, folder, seconds) as workshop:
        return workshop.both(answers)


def differences(notebook, *, folder=None, seconds=60.0):
    """Return what the two ways of grading make of the instructor's own solution differently, each as a sentence."""
    with Workshop(notebook, folder, seconds) as workshop:
        if not workshop.most:
            return []
        one, (other, verdicts) = workshop.in_process(), workshop.split()
    clash = {answer: name for name, _, answer in plans.clashes(notebook)}
    found = []
    for name, points in one.items():
        if points == other[name]:
            continue
        why = [o.evalue for o in getattr(verdicts.get(name), "outputs", []) if o.output_type == "error"]
        said = f"{name} gives {points:g} points in the student's process and {other[name]:g} apart from it"
        said += f" ({why[0].strip().splitlines()[0][:200]})" if why and why[0].strip() else ""
        said += "".join(f"; {answer} defines {each!r}, which a given cell has defined before" for answer, each in
                        clash.items() if answer.rpartition("-")[0] in name)
        found.append(f"{said}.")
    return found
