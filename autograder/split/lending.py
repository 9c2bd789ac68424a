"""What one side lends to the other and borrows from it: handles of objects, classes, exceptions and known names."""

import itertools
import sys
import types
import weakref

from autograder.split import proxy, raised
from autograder.split.codec import READERS, CodecError, Unreadable

HANDLE, BACK, CLASS, GLOBAL, MODULE, EXCEPTION = range(90, 96)
READERS.update(dict.fromkeys(range(90, 96), lambda reader, data: reader.borrow(reader, data)))
MOST_CLASSES = 5000
RECENT = 64                                           # exceptions that are known again when they come back
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def by_name(table):
    """Return ``{(module, name): obj}`` of objects that both ends know by their name."""
    return {(obj.__module__, obj.__qualname__): obj for obj in table}


def common():
    """Return the types that mean the same on both sides, by name; NumPy's once it is loaded."""
    table = by_name([int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice,
                     object, type, type(None)])
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        table.update(by_name([*{*numpy.sctypeDict.values()}, numpy.ndarray]))
    return table


class Lending:
    """The objects that cross as handles, by number.

    Parameters
    ----------
    namespace : dict
        The global names of the notebook on this side.
    """

    def __init__(self, namespace):
        self.namespace = namespace
        self.exports, self.numbers, self.counter = {}, {}, itertools.count(1)
        self.borrowed, self.classes, self.described, self.dropped = {}, {}, set(), []
        self.exceptions, self.origins, self.sent = {}, {}, {}

    def export(self, obj):
        """Return the number under which the other side knows an object."""
        number = self.numbers.get(id(obj))
        if number is None:
            number = next(self.counter)
            self.numbers[id(obj)], self.exports[number] = number, obj
        return number

    def lend(self, writer, obj):
        """Return the plain structure of an object that is no data."""
        if proxy.is_remote(obj):
            if obj._split_session is not self:
                raise CodecError("An object of another conversation cannot be handed over.")
            return [BACK, obj._split_number]
        if isinstance(obj, types.ModuleType):
            return self.lend_module(writer, obj)
        name = self.global_name(obj)
        if name:
            return [GLOBAL, *name]
        if isinstance(obj, type):
            if issubclass(obj, BaseException):
                return [EXCEPTION, raised.chain(self, obj)]
            return self._class(writer, obj)
        about = None
        if isinstance(obj, FUNCTIONS):
            about = [str(obj.__name__)[:200], str(obj.__doc__)[:5000] if obj.__doc__ else None,
                     proxy.describe_signature(obj)]
        return [HANDLE, self.export(obj), self._class(writer, type(obj)), about]

    def _class(self, writer, kind):
        number = self.export(kind)
        if number in self.described:
            return [CLASS, number]
        self.described.add(number)
        writer.described.append(number)
        bases = [self._class(writer, base) for base in kind.__bases__ if base.__module__ == "__main__"]
        return [CLASS, number, str(kind.__name__)[:200], proxy.protocols(kind), bases]

    def lend_module(self, writer, module):
        """Return the structure of a module."""
        return [HANDLE, self.export(module), self._class(writer, type(module)), None]

    def global_name(self, obj):
        """Return ``(module, name)`` of an object that the other side has, too; None where it has not."""
        return self.common_name(obj)

    def common_name(self, obj):
        """Return the name of one of the types that mean the same everywhere."""
        if isinstance(obj, type):
            name = (obj.__module__, obj.__qualname__)
            if common().get(name) is obj:
                return name
        return None

    def borrow(self, reader, data):
        """Return the object that a handle of the other side stands for."""
        tag, first = data[0], data[1]
        if tag == BACK:
            return self.exports[first]
        if tag == GLOBAL:
            return self.find_global(data[1], data[2])
        if tag == MODULE:
            return self.find_module(first)
        if tag == EXCEPTION:
            return raised.class_of(self, first)
        if type(first) is not int:
            raise Unreadable("A handle has no number.")
        if tag == CLASS:
            return self._borrowed_class(reader, data)
        there = self.borrowed.get(first)
        if there is not None and (obj := there()) is not None:
            return obj
        kind = self._borrowed_class(reader, data[2])
        about = {}
        if data[3] is not None:
            name, text, parameters = data[3]
            if not (type(name) is str and type(text) in (str, type(None))):
                raise Unreadable("A function has no name.")
            about = {"__name__": name, "__qualname__": name, "__doc__": text}
            if parameters is not None:
                about["__signature__"] = proxy.restore_signature(parameters)
        obj = proxy.make_object(kind, first, about)
        self.borrowed[first] = weakref.ref(obj, lambda _: self._give_back(first))
        return obj

    def _give_back(self, number):
        self.borrowed.pop(number, None)
        self.dropped.append(number)

    def _borrowed_class(self, reader, data):
        if data[0] != CLASS or type(data[1]) is not int:
            raise Unreadable("A handle has no class.")
        if data[1] not in self.classes:
            _, number, name, flags, bases = data
            if type(name) is not str or len(self.classes) >= MOST_CLASSES or len(bases) > 50:
                raise Unreadable("A class has no name, or there are too many.")
            made = proxy.make_class(self, number, name, flags, tuple(reader.value(base) for base in bases))
            self.classes[number] = made
        return self.classes[data[1]]

    def find_global(self, module, name):
        """Return the object that both sides know by this name."""
        try:
            return common()[module, name]
        except (KeyError, TypeError):
            raise Unreadable("A name is not one that both sides know.") from None

    def find_module(self, name):
        """Return the module of this name, where this side allows it."""
        raise Unreadable("A module is no value.")

    def send_exception(self, error):
        """Return the number of an exception that goes to the other side, to know it when it comes back."""
        number = next(self.counter)
        self.sent[number] = error
        while len(self.sent) > RECENT:
            del self.sent[next(iter(self.sent))]
        return number

    def keep_origin(self, error, number):
        """Remember that an exception came from the other side."""
        self.origins[id(error)] = error, number
        while len(self.origins) > RECENT:
            del self.origins[next(iter(self.origins))]

    def lines_of(self, error):
        """Return lines about where an exception happened, for the other side; none unless this side gives them."""
        return None

    def _drops(self):
        dropped, self.dropped = self.dropped, []
        return dropped

    def _drop(self, numbers):
        for number in numbers:
            obj = self.exports.get(number)
            if obj is not None and not isinstance(obj, type):
                del self.exports[number], self.numbers[id(obj)]
