"""The student's end: runs in the student's process and does what the tests ask for.

Nothing here protects anything. The student can change all of it, and gains nothing but other data in the answers, which
the tests look at like any answer.
"""

import importlib
import io
import sys
import traceback
import warnings

from autograder.split import raised
from autograder.split.channel import Channel, ChannelError, listen
from autograder.split.codec import Reader
from autograder.split.session import ASK, Lost, Session, do

SPOKEN = 1 << 16                                      # characters of one message, and of one test cell
SPOKEN_CELL = 1 << 20
WAIT = 10                                             # seconds for the host to connect
WARNINGS = 20                                         # in one message
REQUEST = "__import__('autograder.split.agent', fromlist=['meet']).meet({path!r}, globals(), {generation})"
SESSIONS = {}                                         # id of a namespace -> its session, for the life of the process


class Voice(io.TextIOBase):
    """Keeps what is printed while tests ask, bounded, until the next message takes it along."""

    def __init__(self, name, spoken):
        self.name, self.spoken = name, spoken

    encoding, errors = "utf-8", "strict"

    def writable(self):
        """Say yes."""
        return True

    def write(self, text):
        """Keep the text, or only count it where there is too much."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = min(SPOKEN - self.spoken["now"], SPOKEN_CELL - self.spoken["all"])
        if room > 0:
            self.spoken["parts"].append([self.name, text[:room]])
        self.spoken["now"] += len(text)
        self.spoken["all"] += len(text)
        return len(text)


class StudentSession(Session):
    """Serves everything: what is asked for is the student's own."""

    def __init__(self, namespace):
        super().__init__(namespace)
        self.spoken, self.warned, self.busy = {"parts": [], "now": 0, "all": 0}, [], 0

    def ready(self):
        """Refuse threads that are left over when no test is running."""
        if not self.busy:
            raise RuntimeError("functions of a test can be called while it runs, not later")
        super().ready()

    def extras(self):
        """Return what was printed, and the warnings."""
        parts, warned = self.spoken["parts"], self.warned
        self.spoken["parts"], self.spoken["now"], self.warned = [], 0, []
        return [parts, warned]

    def note_warning(self, message, category, filename, lineno, file=None, line=None):
        """Keep a warning for the tests' side; in place of ``warnings.showwarning``."""
        if len(self.warned) < WARNINGS:
            kind = category if isinstance(category, type) else UserWarning
            names = [[base.__module__, base.__qualname__, None] for base in kind.__mro__ if issubclass(base, Warning)]
            self.warned.append([names, str(message)[:2000], int(lineno)])

    def perform(self, op, parts, extras):
        """Do one thing with the student's objects."""
        obj, *rest = parts
        if op == "names":                             # existing names, or the values of some of them
            wanted, values = rest
            there = [name for name in wanted if name in self.namespace]
            return {name: self.namespace[name] for name in there} if values else there
        state = extras[0] if extras else None
        self.busy += 1
        try:
            if state and "numpy" in sys.modules:
                with sys.modules["numpy"].errstate(**dict(state)):
                    return do(op, obj, rest)
            return do(op, obj, rest)
        finally:
            self.busy -= 1

    def find_global(self, module, name):
        """Return what the tests mean by a name: our own copy of it."""
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def find_module(self, name):
        """Return our own copy of a module."""
        return importlib.import_module(name)

    def lines_of(self, error):
        """Return the student's own lines of a traceback: function, line, text; no paths, nothing of ours."""
        found = []
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_globals is not self.namespace:
                continue
            code = frame.f_code
            text = traceback.linecache.getline(code.co_filename, number, frame.f_globals).strip()
            where = "at the top" if code.co_name == "<module>" else f"in {code.co_name}"
            found.append(f"{where}, line {number}: {text}"[: raised.LINE])
        return found[-raised.LINES :]


def serve(channel, namespace, generation=0):
    """Answer what the tests ask, until they close the channel.

    Parameters
    ----------
    channel : Channel
    namespace : dict
    generation : int
        Another number than before says that another tests' process asks now: nothing is lent to it yet.
    """
    session = SESSIONS.get(id(namespace))
    if session is None or session.namespace is not namespace or session.generation != generation:
        session = SESSIONS[id(namespace)] = StudentSession(namespace)
        session.generation = generation
    session.attach(channel)
    session.spoken.update(parts=[], now=0, all=0)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Voice("stdout", session.spoken), Voice("stderr", session.spoken)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = session.note_warning
            while True:
                try:
                    reader = Reader(*channel.receive(), session.borrow)
                    kind, serial, dropped, *rest = reader.structure
                    session._drop(dropped)
                    if kind == ASK:                   # an answer to a callback that was interrupted is dropped
                        session.answer(reader, serial, rest)
                except KeyboardInterrupt:
                    continue
    except (ChannelError, Lost):
        pass
    finally:
        sys.stdout, sys.stderr = before
        session.detach()


def meet(path, namespace, generation=0):
    """Listen at `path` for the one connection of the host and serve; a kernel runs this in one hidden request.

    The host connects, since not every box may connect out.
    """
    with listen(path) as listener:
        listener.settimeout(WAIT)
        connection, _ = listener.accept()
    connection.settimeout(None)
    serve(Channel(connection), namespace, generation)
