"""Values as data: exact types only, one graph, never pickled, never evaluated.

A value becomes plain msgpack: scalars as they are, everything else as a list that starts with a tag. An object met
twice is written once and then referred to, so that identity and cycles survive. The types register from ``containers``,
``standard``, ``arrays``, ``frames`` and ``raised``; what no one knows is lent as a handle by the session.
"""

import importlib
import struct

import msgpack

DEEPEST = 200                                         # levels of containers within each other
IN_MESSAGE = 4096                                     # bytes that travel inside the message; longer ones beside it
WIDEST = 1 << 22                                      # items of one list in a message; long rows of numbers are packed
LISTS = 1 << 20                                       # lists in one message: each costs far more memory than its byte
BIG, COMPLEX, FLOAT64 = 1, 2, 3                       # msgpack extension codes
KNOWN, REF = 0, 1                                     # tags of references
PLAIN = frozenset({type(None), bool, float})
NATIVE = frozenset({type(None), bool, int, float, str, bytes, complex})
INT64 = range(-(2**63), 2**63)
OPEN = object()                                       # stands in the memo for an immutable container not yet complete

WRITERS, READERS, EXTENSIONS = {}, {}, {}
ROOMS = {"builtins": "containers", "numpy": "arrays", "scipy": "arrays", "pandas": "frames", **dict.fromkeys(
    ("collections", "datetime", "decimal", "fractions", "pathlib", "random", "uuid", "zoneinfo"), "standard")}
TAG_ROOMS = {"containers": range(2, 20), "standard": range(20, 40), "arrays": range(40, 60), "frames": range(60, 80),
             "raised": range(80, 90)}


class CodecError(Exception):
    """A value cannot be handed over; the words say why."""


class Unreadable(Exception):
    """What came is no value that the codec writes: the other side does not keep to the rules."""


def writes(*kinds):
    """Register the decorated function as the writer of exactly these types."""

    def register(function):
        WRITERS.update(dict.fromkeys(kinds, function))
        return function

    return register


def reads(tag):
    """Register the decorated function as the reader of a tag."""

    def register(function):
        READERS[tag] = function
        return function

    return register


def _writer(kind):
    """Return who writes objects of exactly this type, or None; loads the module that knows it."""
    top = str(kind.__module__).partition(".")[0]
    room = ROOMS.get(top)
    if issubclass(kind, BaseException):
        from autograder.split import raised

        return raised.write
    if room:
        module = importlib.import_module(f"autograder.split.{room}")
        if top == "scipy":
            module.learn(kind)
    return WRITERS.get(kind)


def _reader(tag):
    """Return who reads a tag; loads the module that knows it."""
    if tag not in READERS and type(tag) is int:
        for room, tags in TAG_ROOMS.items():
            if tag in tags:
                importlib.import_module(f"autograder.split.{room}")
    try:
        return READERS[tag]
    except (KeyError, TypeError):
        raise Unreadable(f"There is no kind of data called {tag!r:.60}.") from None


class Writer:
    """Writes the objects of one message.

    Parameters
    ----------
    lend : callable
        ``lend(writer, obj)`` returns the plain structure of an object that is no data.
    known : sequence
        Objects that the reader has already, in the order of its own ``known``.
    """

    def __init__(self, lend, known=()):
        self.lend = lend
        self.memo = {id(obj): [KNOWN, index] for index, obj in enumerate(known)}
        self.known = frozenset(self.memo)
        self.slots, self.buffers, self.described, self.depth, self.hashed = [], [], [], 0, 0

    def value(self, obj):
        """Return the plain structure of any object."""
        kind = type(obj)
        if kind in PLAIN:
            return obj
        if kind is int:
            return obj if obj in INT64 else msgpack.ExtType(BIG, _int_bytes(obj))
        seen = self.memo.get(id(obj))
        if seen is not None:
            if seen is OPEN:
                raise CodecError(f"A {kind.__name__} that contains itself cannot be handed over.")
            return seen
        write = WRITERS.get(kind) or _writer(kind)
        if write is None:
            if self.hashed:
                raise CodecError(f"A set or the keys of a dictionary hold a {kind.__name__}, which is no plain data.")
            return self.lend(self, obj)
        if self.depth >= DEEPEST:
            raise CodecError(f"The data are nested more than {DEEPEST} deep.")
        self.depth += 1
        try:
            return write(self, obj)
        finally:
            self.depth -= 1

    def note(self, obj):
        """Give an object the next slot, so that it is written once; a known one stays known."""
        index = len(self.slots)
        self.slots.append(obj)
        if id(obj) not in self.known:
            self.memo[id(obj)] = [REF, index]

    def begin(self, obj):
        """Give an immutable container the next slot, and return what `end` wants."""
        known = id(obj) in self.known
        self.slots.append(obj)
        if not known:
            self.memo[id(obj)] = OPEN
        return None if known else [REF, len(self.slots) - 1]

    def end(self, obj, reference):
        """Mark an immutable container as complete."""
        if reference:
            self.memo[id(obj)] = reference

    def blob(self, data):
        """Return what stands for bytes-like `data` in the message: the bytes, or the number of a buffer beside it."""
        if memoryview(data).nbytes <= IN_MESSAGE:
            return bytes(data)
        self.buffers.append(data)
        return len(self.buffers) - 1

    def contents(self, obj):
        """Return the structure of an object that the reader knows, as it is now."""
        return WRITERS[type(obj)](self, obj)

    def pack(self, structure):
        """Return the message of a plain structure."""
        return msgpack.packb(structure, strict_types=True, unicode_errors="surrogatepass")


class Reader:
    """Reads the objects of one message; raises Unreadable, whatever comes.

    Parameters
    ----------
    message : bytes-like
    buffers : list of bytearray
    borrow : callable
        ``borrow(reader, data)`` returns the object that a handle stands for.
    known : sequence
        Objects that the writer may refer to.
    """

    def __init__(self, message, buffers, borrow, known=()):
        self.buffers, self.borrow, self.known = buffers, borrow, known
        self.slots, self.depth = [], 0
        try:
            if len(message) > LISTS and sum(map(message.count, _LIST_BYTES)) > LISTS:
                raise Unreadable("There are too many lists in one message.")
            self.structure = msgpack.unpackb(
                message, use_list=True, strict_map_key=True, max_map_len=0, max_array_len=WIDEST,
                unicode_errors="surrogatepass", ext_hook=_extension,
            )
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(f"A message is no data ({type(error).__name__}).") from None

    def value(self, data):
        """Return the object of a plain structure."""
        if type(data) is not list:
            return data if type(data) in NATIVE else self._scalar(data)
        if self.depth >= DEEPEST + 20:
            raise Unreadable("The data are nested too deep.")
        self.depth += 1
        try:
            return (READERS.get(data[0]) or _reader(data[0]))(self, data)
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(f"A value cannot be read ({type(error).__name__}: {str(error)[:200]}).") from None
        finally:
            self.depth -= 1

    def _scalar(self, data):
        if type(data).__module__ == "numpy":          # made by an extension of our own
            return data
        raise Unreadable(f"A {type(data).__name__} is no value.")

    def reserve(self, obj=OPEN):
        """Take the next slot and return its number."""
        self.slots.append(obj)
        return len(self.slots) - 1

    def blob(self, data):
        """Return the bytes that `data` stands for; a buffer is handed out once, so that nobody shares it."""
        if type(data) is bytes:
            return data
        if type(data) is not int or not 0 <= data < len(self.buffers) or self.buffers[data] is None:
            raise Unreadable("A buffer is not there, or taken twice.")
        taken, self.buffers[data] = self.buffers[data], None
        return taken


_LIST_BYTES = [bytes([code]) for code in (*range(0x90, 0xA0), 0xDC, 0xDD)]


def _int_bytes(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)


def _extension(code, data):
    if code == BIG:
        return int.from_bytes(data, "big", signed=True)
    if code == COMPLEX:
        return complex(*struct.unpack("!dd", data))
    if code == FLOAT64:
        importlib.import_module("autograder.split.arrays")
        return EXTENSIONS[FLOAT64](data)
    raise Unreadable(f"There is no extension {code}.")


@reads(KNOWN)
def _read_known(reader, data):
    if type(data[1]) is not int or data[1] < 0:
        raise Unreadable("A reference is no number.")
    return reader.known[data[1]]


@reads(REF)
def _read_reference(reader, data):
    if type(data[1]) is not int or data[1] < 0 or reader.slots[data[1]] is OPEN:
        raise Unreadable("A reference points to what is not there yet.")
    return reader.slots[data[1]]
