"""What the visible tests ask of the solutions, and what they get: calls, arguments and results as Python source.

Of this the mutants are made that know the visible test by heart: the answer that it expects, whatever is asked.
"""

import functools
import math
import types

from autograder.bench import ANSWER, TEST, bench, run_cell
from autograder.forks import apart, quiet

MOST_CALLS = 20                                       # of one function; more make a mutant that nobody wants to read
LONGEST = 4000                                        # characters of one value


def literal(value):
    """Return Python source that gives an equal value, or None where there is no short one.

    Understood are plain values, containers of them, and what NumPy's arrays and numbers say of themselves.

    Examples
    --------
    >>> literal({"a": (1, float("inf"))})
    "{'a': (1, float('inf'))}"
    """
    text = _literal(value)
    return text if text is not None and len(text) <= LONGEST else None


def _literal(value):
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return f"float('{value}')"
    if kind in (int, float, complex, bool, str, bytes, type(None), type(...)):
        return repr(value) if kind is not type(...) else "..."
    if kind in (list, tuple, set, frozenset):
        parts = [_literal(part) for part in (sorted(value, key=repr) if kind in (set, frozenset) else value)]
        if None in parts:
            return None
        inner = ", ".join(parts) + ("," if kind is tuple and len(parts) == 1 else "")
        return {list: f"[{inner}]", tuple: f"({inner})"}.get(kind, f"{kind.__name__}([{inner}])")
    if kind is dict:
        pairs = [(_literal(key), _literal(each)) for key, each in value.items()]
        return None if any(None in pair for pair in pairs) else "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    if kind.__module__ == "numpy" and hasattr(value, "dtype") and value.dtype.kind in "biufcUS":
        inner = _literal(value.tolist())
        shape = f".reshape({value.shape})" if 0 in value.shape else ""
        number = "" if kind.__name__ == "ndarray" else "[()]"
        return inner and f"__import__('numpy').array({inner}, dtype='{value.dtype}'){shape}{number}"
    return None


def record(function, calls):
    """Return `function` as it is, but with every outermost call noted in `calls`."""
    inside = []

    @functools.wraps(function)
    def noted(*given, **named):
        if inside or len(calls) > MOST_CALLS:
            return function(*given, **named)
        asked = [literal(each) for each in given], {name: literal(each) for name, each in named.items()}
        inside.append(True)
        try:
            result = function(*given, **named)
        finally:
            inside.pop()
        calls.append((*asked, literal(result)))
        return result

    return noted


def observe(key, cells, folder):
    """Return ``{solution cell: {function: [(positional, named, result), ...]}}`` of the visible tests.

    Values are Python source, None where they have none. A function that is called too often is left out. The
    parameters are those of ``autograder.bench.bench``.
    """
    there = bench(key, cells, folder)

    def look(write):
        namespace = there.namespace()
        for answer in (cell for cell in there.cells if cell.role == ANSWER):
            with quiet():
                run_cell(answer, answer.source, namespace)
            mine = {name: value for name, value in namespace.items()
                    if isinstance(value, types.FunctionType) and value.__code__.co_filename == f"<{answer.id}>"}
            calls = {name: [] for name in mine}
            namespace.update({name: record(function, calls[name]) for name, function in mine.items()})
            for test in (cell for cell in there.cells if cell.role == TEST and cell.id.startswith(answer.id + "-")):
                lines = enumerate(test.source.splitlines(), start=1)
                visible = "\n".join("" if number in test.hidden else line for number, line in lines)
                with quiet():
                    run_cell(test, visible, namespace)
            namespace.update(mine)
            write([answer.id, {name: seen for name, seen in calls.items() if 0 < len(seen) <= MOST_CALLS}])

    return dict(apart(look, 600, None, folder)[0])
