"""The tests' process: runs the instructor's cells and never a line of a student.

``prepare`` runs the given cells that come before the first test, once for a class; ``main`` then serves one notebook of
one student, told by the host over a channel of its own which test to run and through which socket the student answers.
"""

import ast
import contextlib
import io
import json
import linecache
import math
import os
import signal
import socket
import sys
import tempfile
import time
import types

from autograder.sandbox import launch
from autograder.split.channel import Channel, ChannelError
from autograder.split.script import Plan, python
from autograder.split.tests_session import TestsSession

TEXT = 1 << 18                                        # characters of output that one test cell keeps
WORDS = 5000                                          # of one message
PREPARED = {}                                         # digest of a prefix -> the module that ran it


class Output(io.TextIOBase):
    """Keeps what a test cell prints, in order, bounded, as outputs of a notebook."""

    def __init__(self, name, outputs, room):
        self.name, self.outputs, self.room = name, outputs, room

    encoding, errors = "utf-8", "strict"

    def writable(self):
        """Say yes."""
        return True

    def write(self, text):
        """Keep the text as far as there is room."""
        kept = text[: max(self.room["left"], 0)]
        self.room["left"] -= len(text)
        if kept:
            if not (self.outputs and self.outputs[-1].get("name") == self.name):
                self.outputs.append({"output_type": "stream", "name": self.name, "text": ""})
            self.outputs[-1]["text"] += kept
        return len(text)


def run(source, name, namespace):
    """Execute one cell; return the value of its last line where that is an expression."""
    source = python(source)
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    tree = ast.parse(source, name)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    return eval(compile(last, name, "eval"), namespace) if last else None


def show(*objects, **options):
    """Stand for IPython's ``display`` where there is no notebook."""
    for obj in objects:
        print(repr(obj)[:WORDS])


def new_module():
    """Return a module for the cells of one notebook."""
    module = types.ModuleType("__main__")
    module.display = show
    return module


def start(plan):
    """Run the given cells that come first and return their module; a cell that fails does not stop the next."""
    module = new_module()
    before, sys.modules["__main__"] = sys.modules["__main__"], module
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for number, source in enumerate(plan.prefix):
                with contextlib.suppress(Exception):
                    run(source, f"<given {number}>", module.__dict__)
    finally:
        sys.modules["__main__"] = before
    return module


def prepare(payload):
    """Run the first given cells of several notebooks beside the data of the release; `payload` is from `pack`."""
    order, files = launch.unpack(payload)
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        launch.write_files(folder, files)
        os.chdir(folder)
        try:
            for text in order["plans"]:
                plan = Plan.from_bytes(text)
                PREPARED[plan.digest()] = start(plan)
        finally:
            os.chdir(here)


def pack(plans, data=None):
    """Return what `prepare` reads: plans, and the files of the folder `data` that given cells may open."""
    return launch.pack({"plans": [plan.to_bytes().decode() for plan in plans]}, data)


def error_output(error):
    """Return an exception as an output: its name and words, and the student's own lines; never a line of a test."""
    try:
        words = str(error)
    except BaseException:
        words = "The words of this error cannot be had."
    name = type(error).__name__
    lines = list(getattr(error, "_split_lines", None) or [])
    words = words[:WORDS]
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": [*lines, f"{name}: {words}"]}


def value_output(value):
    """Return the output of a cell's last value: the text from which partial credit is read."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, float):
        text = repr(float(value)) if math.isfinite(value) else "nan"
    else:
        text = repr(value) if type(value) in (bool, int, str) else f"<{type(value).__name__}>"
    return {"output_type": "execute_result", "data": {"text/plain": text[:WORDS]}, "metadata": {}}


class Runner:
    """Runs the test cells of one notebook of one student.

    Parameters
    ----------
    plan : Plan
    module : ModuleType
        In which the first given cells have run.
    """

    def __init__(self, plan, module):
        self.plan, self.module = plan, module
        self.tests = {test.id: test for test in plan.tests}
        self.done = set()                             # tests whose given cells have run
        self.session = TestsSession(module.__dict__)
        self.taken, self.running = set(), False

    def run(self, name, connection, seconds):
        """Run one test cell; return its outputs and what there is to say about the conversation."""
        test, outputs, room = self.tests[name], [], {"left": TEXT}
        began, calls, session = time.monotonic(), self.session.calls, self.session
        channel = Channel(connection, deadline=began + seconds)
        before = sys.stdout, sys.stderr
        try:
            session.attach(channel)
            self.running = True
            self._given(test)
            sys.stdout, sys.stderr = Output("stdout", outputs, room), Output("stderr", outputs, room)
            self._take(test)
            value = run(test.source, f"<{name}>", self.module.__dict__)
            if value is not None:
                outputs.append(value_output(value))
        except BaseException as error:                # whatever ends a test, it is a result
            self.running = False
            outputs.append(error_output(error))
        finally:
            self.running = False
            sys.stdout, sys.stderr = before
            broken = session.broken
            session.detach()
        return {"outputs": outputs, "seconds": time.monotonic() - began, "calls": session.calls - calls,
                "broken": broken}

    def _given(self, test):
        """Run the given cells between the last test and this one, those of tests that were left out too."""
        for earlier in self.plan.tests:
            if earlier.id not in self.done:
                self.done.add(earlier.id)
                if earlier.before:
                    self._take(earlier)
                for number, source in enumerate(earlier.before):
                    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()), \
                            contextlib.redirect_stderr(io.StringIO()):
                        run(source, f"<given {earlier.id} {number}>", self.module.__dict__)
            if earlier.id == test.id:
                return

    def _take(self, test):
        """Bind the student's names; those that are not there any more are unbound."""
        there = self.session.request("names", None, test.names, False)
        if not (type(there) is list and all(type(name) is str for name in there) and set(there) <= set(test.names)):
            raise self.session.fail(ValueError("The names of the answers cannot be read."))
        try:
            found = self.session.request("names", None, there, True)
        except TypeError:                             # one of them is too large, say: the others count
            found = {}
            for name in there:
                with contextlib.suppress(TypeError):
                    found.update(self.session.request("names", None, [name], True))
        if not (type(found) is dict and set(found) <= set(there)):
            raise self.session.fail(ValueError("The values of the answers cannot be read."))
        for name in self.taken & set(test.names) - set(found):
            self.module.__dict__.pop(name, None)
        self.module.__dict__.update(found)
        self.taken |= set(found)


def main(argument, descriptor):
    """Serve one notebook: `argument` is its plan, `descriptor` the host's channel.

    Each order is ``{"run": id, "seconds": number}`` and a descriptor through which the student answers.
    """
    plan = Plan.from_bytes(argument)
    module = PREPARED.get(plan.digest()) or start(plan)
    sys.modules["__main__"] = module
    runner = Runner(plan, module)
    signal.signal(signal.SIGINT, lambda *_: _interrupt(runner))
    host = Channel(socket.socket(fileno=descriptor))
    while True:
        try:
            order = json.loads(bytes(host.receive()[0]))
            connection = socket.socket(fileno=host.receive_descriptor())
        except ChannelError:
            return
        answer = runner.run(order["run"], connection, order["seconds"])
        host.send(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def _interrupt(runner):
    """Stop the test that runs; between tests an interrupt is late and means nothing."""
    if runner.running:
        raise KeyboardInterrupt


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    control = socket.socket(fileno=int(sys.argv[1]))
    first = Channel(control)
    main(bytes(first.receive()[0]), control.detach())
