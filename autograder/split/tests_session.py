"""The tests' end of the conversation: asks, and answers what the student's side may ask of what the tests lent."""

import sys
import types
import warnings

from autograder.split import proxy, raised
from autograder.split.codec import Unreadable
from autograder.split.lending import FUNCTIONS, MODULE
from autograder.split.session import Session, do

OWN = "__main__"
PLAIN_ATTRIBUTES = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
PROTOCOL_OPS = ("len", "item", "iter", "next", "enter", "exit", "str", "repr", "format")
WARNINGS = 20


class TestsSession(Session):
    """Lends little: calls of what a test passes, public attributes of objects whose class the notebook defines."""

    __test__ = False                                  # no class of tests for pytest
    max_text = 1 << 20

    def __init__(self, namespace):
        super().__init__(namespace)
        self.heard = 0

    def extras(self):
        """Return how this side treats floating-point errors, where that is not the default."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return []
        state = numpy.geterr()
        usual = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
        return [] if state == usual else [[[key, value] for key, value in state.items() if value != "call"]]

    def take_extras(self, extras):
        """Say here what the student's code printed, and give its warnings again."""
        spoken, warned = extras
        for name, text in spoken:
            if name not in ("stdout", "stderr") or type(text) is not str:
                raise self.fail(Unreadable("What was printed is no text."))
            self.heard += len(text)
            if self.heard <= self.max_text:
                getattr(sys, name).write(text)
        for names, text, line in warned[:WARNINGS]:
            kind = raised.class_of(self, names)
            if not (issubclass(kind, Warning) and type(text) is str and type(line) is int):
                raise self.fail(Unreadable("A warning is none."))
            warnings.warn_explicit(text, kind, "your code", line)

    def attach(self, channel):
        """Talk over this channel from now on."""
        super().attach(channel)
        self.heard = 0

    # ---- lending

    def lend_module(self, writer, module):
        """Return the name of a module; the other side has its own."""
        return [MODULE, module.__name__]

    def global_name(self, obj):
        """Return where a function or class of a library is found; the other side takes its own."""
        name = self.common_name(obj)
        if name:
            return name
        if not (isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType)) or _is_ufunc(obj)):
            return None
        module = getattr(obj, "__module__", None) or ("numpy" if _is_ufunc(obj) else None)
        name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
        if not (type(module) is type(name) is str) or module == OWN:
            return None
        found = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        return (module, name) if found is obj else None

    # ---- answering

    def unreadable(self, error):
        """End the conversation: the student's side sent what no honest one sends."""
        raise self.fail(error)

    def caught(self, error):
        """Return an exception of a callback; an interrupt is for us."""
        if isinstance(error, Exception):
            return error
        raise self.fail(error)

    def perform(self, op, parts, extras):
        """Do what the student's side asks with what a test has lent."""
        self.take_extras(extras)
        obj, *rest = parts
        if proxy.is_remote(obj) or not self._is_lent(obj):
            raise Unreadable("The student's side asks for what it was not lent.")
        if isinstance(obj, type) and not (op in ("call", "get") and _own_class(obj)):
            raise TypeError(f"the class {obj.__name__} of the test does not lend {op!r}")
        if op == "call" or op in PROTOCOL_OPS:
            if op in ("str", "repr", "format") and not _own_class(type(obj)):
                return f"<{type(obj).__name__} of the test>"
            return do(op, obj, rest)
        if op in ("get", "set"):
            self._check_attribute(obj, rest[0])
            if op == "set" and (proxy.is_remote(rest[1]) or _behaviour(obj, rest[0])):
                raise AttributeError(f"{rest[0]!r} is what a {type(obj).__name__} does; answers set its data only")
            return do(op, obj, rest)
        if op in ("setitem", "delitem") and _own_class(type(obj)):
            return do(op, obj, rest)
        raise TypeError(f"a {type(obj).__name__} of the test does not lend {op!r}")

    def _is_lent(self, obj):
        number = self.numbers.get(id(obj))
        return number is not None and self.exports.get(number) is obj

    def _check_attribute(self, obj, name):
        """Allow public names that the notebook's own classes define, and plain data in an object's own dictionary."""
        if type(name) is not str or name.startswith("_") or isinstance(obj, (*FUNCTIONS, types.ModuleType)):
            raise AttributeError(f"{type(obj).__name__!r} object has no attribute {name!r:.100}")
        kind = obj if isinstance(obj, type) else type(obj)
        if any(name in vars(base) for base in kind.__mro__ if base.__module__ == OWN):
            return
        own = getattr(obj, "__dict__", {})
        if name in own and (_own_class(kind) or type(own[name]) in PLAIN_ATTRIBUTES or _is_array(own[name])):
            return
        if _own_class(kind) and not hasattr(obj, name):
            return                                    # a new attribute, or the usual AttributeError
        raise AttributeError(f"{name!r} of a {kind.__name__} is not lent to answers; pass a function that reads it, or "
                             "mark the test cell as in_process")


def _behaviour(obj, name):
    """Say whether a name is a method or a property: replaced, it could speak for the test."""
    found = next((vars(base)[name] for base in type(obj).__mro__ if name in vars(base)), None)
    return callable(found) or hasattr(type(found), "__get__") or callable(getattr(obj, "__dict__", {}).get(name))


def _own_class(kind):
    return kind.__module__ == OWN and not proxy.is_remote(kind)


def _is_ufunc(obj):
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(obj) is numpy.ufunc


def _is_array(obj):
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(obj) is numpy.ndarray


