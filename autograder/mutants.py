"""Mutants of a solution: one small change each, as a tired student, a slip of the hand or a clever cheat would make it.

Tests that a mutant passes do not look at what it changed. Changes that give the same bytecode are no mutants; changes
that can only crash (a name that is never set) are not made, because they would flatter the tests.
"""

import ast
import contextlib
import difflib
import types
from dataclasses import dataclass

from autograder.slips import changes, copied, sites

LONGEST = 100                                         # characters of a change that are shown


@dataclass(frozen=True)
class Mutant:
    """One changed solution."""

    kind: str                                         # arithmetic, comparison, off by one, axis, ...
    change: str                                       # "line 3: 2 -> 3", unique within its solution
    source: str


def mutants(source, *, lines=None, calls=None):
    """Return all mutants of a solution cell, each with one change, in a fixed order.

    Parameters
    ----------
    source : str
    lines : set of int, optional
        The lines that students write; all, unless given.
    calls : dict, optional
        What the visible test asks and gets, ``{function: [(positional, named, result), ...]}`` as Python source; see
        ``autograder.observe``.
    """
    tree = ast.parse(source)
    original, numbers = ast.unparse(tree), _numbers(tree, calls or {})
    found, names = {_key(compile(original, "", "exec")): None}, {}
    for site in sites(tree, lines):
        before, line = _short(site.node), getattr(site.node, "lineno", 0)
        for kind, new in changes(site, tree, numbers):
            if isinstance(new, list) and site.index is not None:
                body = getattr(site.parent, site.field)
                kept = body[:]
                body[site.index : site.index + 1] = new or [ast.Pass()] * (len(body) == 1)
                text = ast.unparse(tree)
                body[:] = kept
            else:
                site.put(new)
                text = ast.unparse(tree)
                site.put(site.node)
            after = "; ".join(map(_short, new)) or "nothing" if isinstance(new, list) else _short(new)
            _add(found, names, kind, f"line {line}: {before} -> {after}", text)
    for kind, change, text in _by_heart(tree, calls or {}):
        _add(found, names, kind, change, text)
    return [mutant for mutant in found.values() if mutant]


def _add(found, names, kind, change, text):
    """Add a mutant unless it is one already or is no Python."""
    try:
        key = _key(compile(text, "", "exec"))
    except (SyntaxError, ValueError):
        return
    if key not in found:
        names[change] = names.get(change, 0) + 1
        found[key] = Mutant(kind, change + (f" (number {names[change]})" if names[change] > 1 else ""), text)


def _key(code):
    """Return what tells two pieces of bytecode apart, names of files and numbers of lines left out."""
    consts = tuple(_key(c) if isinstance(c, types.CodeType) else f"{type(c).__name__} {c!r}" for c in code.co_consts)
    return (code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags,
            code.co_argcount, code.co_kwonlyargcount, code.co_exceptiontable)


def _short(node):
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def diff(before, after):
    """Return the lines in which two sources differ, with `-`, `+` or a blank in front and one line around each."""
    old, new = (ast.unparse(ast.parse(text)).splitlines() for text in (before, after))
    return [line for line in difflib.unified_diff(old, new, n=1, lineterm="") if line[:3] not in ("---", "+++")
            and not line.startswith("@@")]


def _numbers(tree, calls):
    """Return the parameters ``(function, name)`` for which the visible tests give plain numbers."""
    found = set()
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for given, named, _ in calls.get(function.name, []):
            names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
            for name, value in [*zip(names, given, strict=False), *named.items()]:
                with contextlib.suppress(ValueError, SyntaxError, TypeError):
                    if isinstance(ast.literal_eval(value), (int, float)):
                        found.add((function.name, name))
    return found


def _by_heart(tree, calls):
    """Yield ``(kind, change, source)`` of what knows the visible test only: constant answers, ignored parameters."""
    for position, function in enumerate(tree.body):
        seen = calls.get(getattr(function, "name", None), []) if isinstance(function, ast.FunctionDef) else []
        whole = lambda body, at=position, f=function: ast.unparse(                       # noqa: E731
            ast.Module([*tree.body[:at], copied(f, body=body, lineno=1), *tree.body[at + 1 :]], []))
        results = list(dict.fromkeys(result for *_, result in seen))
        if seen and None not in results:
            yield ("constant answer", f"{function.name} returns {_cut(results[0])}, as the visible test expects first",
                   whole([ast.parse(f"return {results[0]}").body[0]]))
            if len(results) > 1:
                told = f"asked = {function.name}.asked = getattr({function.name}, 'asked', -1) + 1\nreturn "
                told += f"[{', '.join(result for *_, result in seen)}][asked % {len(seen)}]"
                yield ("constant answer", f"{function.name} returns what the visible test expects, one after the other",
                       whole(ast.parse(told).body))
        if not seen:
            continue
        used = {name.id for name in ast.walk(function) if isinstance(name, ast.Name)}
        for i, arg in enumerate([*function.args.posonlyargs, *function.args.args]):
            given, named, _ = seen[0]
            value = given[i] if i < len(given) else named.get(arg.arg)
            if value is not None and arg.arg in used:
                yield ("ignored parameter", f"{function.name} takes {_cut(value)} for {arg.arg}, whatever is given",
                       whole([*ast.parse(f"{arg.arg} = {value}").body, *function.body]))


def _cut(text):
    return text if len(text) <= 60 else text[:57] + "..."
