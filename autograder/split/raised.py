"""Exceptions as data: the class as a chain of names up to a known one, the arguments, the student's lines.

What arrives is the real class where it is an ``Exception`` of Python or of a package that is loaded here, else a class
of the same name made for it, below the nearest one known. ``SystemExit`` and its like arrive as ordinary exceptions of
that name: a call can fail, but it cannot end who called.
"""

import builtins
import sys

from autograder.split.codec import READERS, Unreadable

RAISED, AGAIN = 80, 81
LONGEST_CHAIN = 20
LINES, LINE = 30, 300                                 # of a traceback, and characters of each
OWN = "__main__"


def chain(session, kind):
    """Return the names of an exception class and its bases up to Python's own, each ``[module, name, number]``."""
    names = []
    for base in kind.__mro__[:LONGEST_CHAIN]:
        if not issubclass(base, BaseException):
            continue
        own = base.__module__ == OWN
        names.append([str(base.__module__)[:200], str(base.__qualname__)[:200], session.export(base) if own else None])
        if base.__module__ == "builtins":
            break
    return names


def write(writer, error):
    """Return an exception as plain data."""
    session = writer.lend.__self__
    origin = session.origins.get(id(error))
    if origin and origin[0] is error:
        return [AGAIN, origin[1]]
    number = session.send_exception(error)
    args = list(error.args)
    if isinstance(error, OSError) and error.filename is not None and len(args) == 2:
        args.append(error.filename)
    writer.note(error)
    return [RAISED, number, chain(session, type(error)), session.lines_of(error), [writer.value(arg) for arg in args]]


def known_class(session, module, name):
    """Return the exception class of that name that is loaded here, or None."""
    if module == OWN:
        found = session.namespace.get(name)
    elif module == "builtins":
        found = getattr(builtins, name, None)
    else:
        found = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None) if not part.startswith("_") else None
    ours = isinstance(found, type) and issubclass(found, Exception) and found.__module__ == module
    return found if ours and type(found) is type else None


def class_of(session, names):
    """Return the class of a chain of names, made where it is not known."""
    if not names:
        return Exception
    module, name, number = names[0]
    if not (type(module) is type(name) is str) or len(names) > LONGEST_CHAIN:
        raise Unreadable("An exception has no name.")
    key = (module, name, number)
    if key not in session.exceptions:
        found = known_class(session, module, name)
        if found is None:
            base = class_of(session, names[1:])
            found = type(name.rpartition(".")[2] or "Error", (base,), {"__module__": OWN, "_split_number": number})
        if len(session.exceptions) > 2000:
            raise Unreadable("There are too many classes of exceptions.")
        session.exceptions[key] = found
    return session.exceptions[key]


def make(kind, args):
    """Return an exception of a class; where its constructor wants something else, one of that name all the same."""
    try:
        error = kind(*args)
        if type(error) is kind:
            str(error)
            return error
    except Exception:
        pass
    stand_in = type(kind.__name__, (Exception,), {"__module__": OWN})
    return stand_in(*args)


def read(reader, data):
    """Return the exception that `write` wrote."""
    session = reader.borrow.__self__
    slot = reader.reserve()
    _, number, names, lines, args = data
    error = make(class_of(session, names), [reader.value(arg) for arg in args])
    if type(lines) is list and all(type(line) is str for line in lines):
        error._split_lines = [line[:LINE] for line in lines[:LINES]]
    session.keep_origin(error, number)
    reader.slots[slot] = error
    return error


def read_again(reader, data):
    """Return our own exception, which comes back through the other side."""
    sent = reader.borrow.__self__.sent.get(data[1])
    if sent is None:
        raise Unreadable("An exception comes back that was never sent.")
    return sent


READERS[RAISED], READERS[AGAIN] = read, read_again
