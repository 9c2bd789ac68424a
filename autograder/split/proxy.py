"""What stands for an object of the other side: it asks for data, and lets that object decide nothing.

``Remote`` has one class for each class of the other side, with the same name, so that ``type(x).__name__`` and
``isinstance(x, TheirClass)`` are right and ``type(x) is np.ndarray`` is False. Reading an attribute, calling, indexing,
iterating cross and give data. Comparing, hashing, truth and conversion to a number would hand the decision of a test
to the object that is tested; they raise TypeError.
"""

import inspect

DECIDES = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__", "__bool__", "__hash__", "__float__", "__int__",
           "__complex__", "__index__", "__contains__", "__array__", "__array_function__", "__round__", "__bytes__")
KINDS = [inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL,
         inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD]


def _crossing(op):
    def method(self, *args):
        return self._split_session.request(op, self, *args)

    return method


def _call(self, *args, **kwargs):
    return self._split_session.request("call", self, args, kwargs)


def _exit(self, kind, error, traceback):
    return self._split_session.request("exit", self, error)


PROTOCOLS = {                                         # what a class may have -> the methods that cross
    "call": {"__call__": _call},
    "len": {"__len__": _crossing("len")},
    "item": {"__getitem__": _crossing("item")},
    "setitem": {"__setitem__": _crossing("setitem")},
    "delitem": {"__delitem__": _crossing("delitem")},
    "iter": {"__iter__": _crossing("iter")},
    "next": {"__next__": _crossing("next")},
    "enter": {"__enter__": _crossing("enter"), "__exit__": _exit},
}
METHODS = {"call": "__call__", "len": "__len__", "item": "__getitem__", "setitem": "__setitem__",
           "delitem": "__delitem__", "iter": "__iter__", "next": "__next__", "enter": "__enter__"}


def protocols(kind):
    """Return which of the protocols the objects of a class have."""
    return [name for name, method in METHODS.items() if getattr(kind, method, None) is not None]


def _undecided(name):
    def refuse(self, *args, **kwargs):
        raise TypeError(f"this is a {type(self).__name__}, an object and no plain value: compare its data")

    refuse.__name__ = name
    return refuse


class RemoteType(type):
    """The class of the classes of remote objects; each stands for a class of the other side."""

    def __new__(meta, name, bases, body, session=None):
        """Make a class for the session; nobody else derives from one."""
        if bases and session is None:
            raise TypeError(f"a class of the other side cannot be a base class here: {bases[0].__name__}")
        return type.__new__(meta, name, bases, body)

    def __init__(cls, name, bases, body, session=None):
        type.__init__(cls, name, bases, body)

    def __call__(cls, *args, **kwargs):
        """Make an object of that class, over there."""
        return cls._split_session.request("call", cls, args, kwargs)

    def __getattr__(cls, name):
        """Read an attribute of the class itself."""
        if name.startswith("__") or name.startswith("_split"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return cls._split_session.request("get", cls, name)

    def __setattr__(cls, name, value):
        """Set an attribute of the class, over there."""
        if name.startswith("_"):
            type.__setattr__(cls, name, value)
        else:
            cls._split_session.request("set", cls, name, value)


class Remote(metaclass=RemoteType):
    """An object of the other side."""

    _split_session = _split_number = None
    __array_ufunc__ = None                            # arrays leave operators to us, and we refuse
    __array_priority__ = 1000
    __module__ = "__main__"

    def __getattr__(self, name):
        """Ask for an attribute; special ones are never asked for, because libraries look for them behind one's back."""
        if name.startswith("__") or name.startswith("_split"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._split_session.request("get", self, name)

    def __setattr__(self, name, value):
        """Set an attribute, over there."""
        self._split_session.request("set", self, name, value)

    def __delattr__(self, name):
        """Delete an attribute, over there."""
        self._split_session.request("del", self, name)

    def __repr__(self):
        """Ask for the text of the object."""
        return self._split_session.text("repr", self)

    def __str__(self):
        """Ask for the text of the object."""
        return self._split_session.text("str", self)

    def __format__(self, spec):
        """Ask for the text of the object."""
        return self._split_session.text("format", self, spec)

    def __reduce_ex__(self, protocol):
        """Refuse: a stand-in is of use in this process only."""
        raise TypeError(f"a {type(self).__name__} of the other side cannot be pickled or copied")


for _name in DECIDES:
    setattr(Remote, _name, _undecided(_name))


def is_remote(obj):
    """Say whether an object stands for one of the other side, without asking the object."""
    return type(type(obj)) is RemoteType or type(obj) is RemoteType


def make_class(session, number, name, flags, bases):
    """Return a new class that stands for one of the other side."""
    body = {"__module__": "__main__", "_split_session": session, "_split_class": number}
    for flag in flags:
        body.update(PROTOCOLS[flag])
    made = RemoteType(name, bases or (Remote,), body, session=session)
    type.__setattr__(made, "_split_number", number)
    return made


def make_object(kind, number, about):
    """Return a new object of a class that `make_class` made; `about` is its name, text and signature, if any."""
    made = object.__new__(kind)
    made.__dict__.update(about)
    made.__dict__["_split_number"] = number
    return made


def describe_signature(function):
    """Return the parameters of a function as plain data; None where they cannot be known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return None
    empty, simple = inspect.Parameter.empty, (type(None), bool, int, float, str)
    return [[p.name, KINDS.index(p.kind), p.default is not empty,
             p.default if type(p.default) in simple else None] for p in list(parameters)[:200]]


def restore_signature(data):
    """Return the signature that `describe_signature` described."""
    empty = inspect.Parameter.empty
    return inspect.Signature([
        inspect.Parameter(name, KINDS[kind], default=default if given else empty)
        for name, kind, given, default in data
    ])
