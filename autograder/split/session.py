"""One end of the conversation between student and tests: asks, answers, and knows what was lent and what was borrowed.

Both ends take turns: who asks waits, and answers what the other asks meanwhile (a callback). Each message is one graph
of values; a reply also carries what the call changed in its arguments, what was printed, and the warnings.
"""

import threading

from autograder.split import changes
from autograder.split.channel import ChannelError, TooLarge
from autograder.split.codec import CodecError, Reader, Unreadable, Writer
from autograder.split.lending import Lending

ASK, ANSWER = 0, 1
DEEPEST_CALLS = 60                                    # callbacks within callbacks


class Lost(BaseException):
    """The other side is gone or breaks the rules: what runs here ends, and no ``except Exception`` stops it."""


class Session(Lending):
    """One end; the two subclasses say what the other side may ask.

    Parameters
    ----------
    namespace : dict
        The global names of the notebook on this side.
    """

    def __init__(self, namespace):
        super().__init__(namespace)
        self.channel, self.lock = None, threading.RLock()
        self.serial, self.nested, self.calls, self.broken = 0, 0, 0, ""

    def attach(self, channel):
        """Talk over this channel from now on; what was lent stays lent."""
        self.channel, self.broken, self.nested = channel, "", 0

    def detach(self):
        """Close the channel."""
        channel, self.channel = self.channel, None
        if channel is not None:
            channel.close()

    # ---- asking

    def request(self, op, *parts):
        """Ask the other side to do something and return what comes of it, or raise what it raised."""
        with self.lock:
            self.ready()
            if self.nested >= DEEPEST_CALLS:
                raise RecursionError(f"more than {DEEPEST_CALLS} calls within each other between tests and answers")
            self.calls += 1
            self.serial += 1
            serial = self.serial
            writer = Writer(self.lend)
            try:
                payload = writer.value(list(parts))
                self._send(writer, [ASK, serial, self._drops(), op, payload, *self.extras()])
            except (CodecError, TooLarge) as error:
                self.described.difference_update(writer.described)
                raise TypeError(f"{op} {_name(parts[0])}: {error}") from None
            self.nested += 1
            try:
                return self._wait(serial, writer)
            finally:
                self.nested -= 1

    def ready(self):
        """Raise where nobody can be asked."""
        if self.channel is None or self.broken:
            raise Lost(self.broken or "Nobody is there to answer.")

    def _wait(self, serial, writer):
        while True:
            try:
                reader = Reader(*self.channel.receive(), self.borrow)
                kind, number, dropped, *rest = reader.structure
                self._drop(dropped)
                if kind == ANSWER and number == serial:
                    reader.known = writer.slots
                    break
            except BaseException as error:
                raise self.fail(error) from None
            if kind != ASK:
                raise self.fail(Unreadable("An answer came that nobody asked for."))
            self.answer(reader, number, rest)
        return self._finish(reader, writer, rest)

    def _finish(self, reader, writer, rest):
        good, value, updates, *extras = rest
        try:
            value = reader.value(value)
            pairs = [(writer.slots[index], reader.value(contents)) for index, contents in updates]
            for target, new in pairs:
                if target is not new:
                    changes.put(target, new)
            if good is not True and not isinstance(value, BaseException):
                raise Unreadable("What was raised is no exception.")
        except CodecError as error:
            raise ValueError(str(error)) from None
        except BaseException as error:
            raise self.fail(error) from None
        self.take_extras(extras)
        if good is True:
            return value
        try:
            raise value
        finally:
            del value                                 # no cycle between the exception and this frame

    def fail(self, error):
        """Close the conversation because of `error`; return what is to be raised."""
        words = str(error) or type(error).__name__
        self.broken = self.broken or words
        self.detach()
        return error if isinstance(error, (KeyboardInterrupt, Lost)) else Lost(words)

    def text(self, op, obj, *more):
        """Return the text of a remote object; a plain one where there is none to be had."""
        try:
            found = self.request(op, obj, *more)
        except (Exception, Lost):
            return f"<{type(obj).__name__} object>"
        return found if type(found) is str else f"<{type(obj).__name__} object>"

    def _send(self, writer, structure):
        try:
            self.channel.send(writer.pack(structure), writer.buffers)
        except (ChannelError, OSError, AttributeError) as error:
            if isinstance(error, TooLarge):
                raise
            raise self.fail(error) from None

    # ---- answering

    def answer(self, reader, serial, rest):
        """Do what the other side asked for and send what came of it."""
        op, payload, *extras = rest
        kept, slots = [], []
        try:
            parts = reader.value(payload)
            slots = reader.slots
            kept = changes.remember(slots)
            result, good = self.perform(op, parts, extras), True
        except Unreadable as error:
            result, good = self.unreadable(error), False
        except Lost:
            raise
        except BaseException as error:
            result, good = self.caught(error), False
        with self.lock:
            self._reply(serial, good, result, kept, slots)

    def _reply(self, serial, good, result, kept, slots):
        for attempt in (1, 2):
            writer = Writer(self.lend, known=slots)
            try:
                value = writer.value(result)
                updates = [[index, writer.contents(obj)] for index, obj in changes.changed(kept)]
                return self._send(writer, [ANSWER, serial, self._drops(), good, value, updates, *self.extras()])
            except (CodecError, TooLarge, RecursionError, MemoryError) as error:
                self.described.difference_update(writer.described)
                if attempt == 2:
                    raise self.fail(error) from None
                good, result, kept = False, TypeError(f"what your code returns cannot be handed over: {error}"), []

    def unreadable(self, error):
        """Return the exception for a request that cannot be read."""
        return TypeError(str(error))

    def caught(self, error):
        """Return the exception that the other side gets for one that was raised here."""
        return error

    def perform(self, op, parts, extras):
        """Do one thing for the other side."""
        raise NotImplementedError

    def extras(self):
        """Return what else goes with a message: plain lists."""
        return []

    def take_extras(self, extras):
        """Take what else came with an answer."""


def _name(obj):
    return getattr(type(obj), "__name__", "") if not isinstance(obj, type) else obj.__name__


def do(op, obj, rest):
    """Do one of the things that can be asked of an object; `rest` are the further parts of the request."""
    if op == "call":
        return obj(*rest[0], **rest[1])
    if op == "get":
        return getattr(obj, rest[0])
    if op == "item":
        return obj[rest[0]]
    if op == "exit":
        error = rest[0]
        return type(obj).__exit__(obj, type(error) if error is not None else None, error, None)
    return OPERATIONS[op](obj, *rest)


OPERATIONS = {
    "set": setattr, "del": delattr, "len": len, "iter": iter, "next": next, "str": str, "repr": repr, "format": format,
    "setitem": lambda obj, key, value: obj.__setitem__(key, value),
    "delitem": lambda obj, key: obj.__delitem__(key),
    "enter": lambda obj: type(obj).__enter__(obj),
}
