"""Code that a person should look at: what honest answers hardly ever do. Nothing here takes a point.

Read as a syntax tree; lines that are no Python are read as words. Whoever wants to hide something can, so an empty list
proves nothing: the marks are safe because tests run apart from students' code, not because of this list.
"""

import ast
import re
import textwrap
from dataclasses import dataclass

from autograder.reports.habits import (
    ATTRIBUTE,
    BUILTINS,
    HOW_SEEN,
    LATER,
    MAGICS,
    METHODS,
    MODULE,
    NAME,
    OUTPUT,
    OUTSIDE,
    PATHS,
    PREFIX,
    PROCESS,
    READERS,
    STRING,
    WHERE,
)

LONGEST_LINE = 500                                    # characters that nobody reads
BLOB = re.compile(r"[A-Za-z0-9+/=_-]{100,}|(?:[0-9a-fA-F]{2}){50,}")
HUGE = 1_000_000                                      # a text or list repeated so often is no answer
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, order=True)
class Finding:
    """One line worth a look."""

    number: int                                       # of the line, from 1
    line: str
    what: str
    why: str

    def __str__(self):
        return f"line {self.number}, {self.what}: {self.why}"


def scan(source):
    r"""Return ``[Finding, ...]`` of one code cell, by line; empty for what honest answers look like.

    Examples
    --------
    >>> [(found.number, found.what) for found in scan("import sys\nanswer = sys._getframe(1).f_locals")]
    [(2, '.f_locals'), (2, 'sys._getframe')]
    >>> scan("w = np.linalg.lstsq(X, y, rcond=None)[0]")
    []
    """
    lines = source.splitlines()
    plain, found = [], set()
    for number, line in enumerate(lines, start=1):
        magic = re.match(r"\s*(%{1,2}|!{1,2})\s*(\w*)", line)
        if magic and not (plain and plain[-1].rstrip().endswith(("\\", "(", ",", "[", "{"))):
            plain.append(line[: len(line) - len(line.lstrip())] + "pass")
            if magic[1][0] == "!" or magic[2] not in MAGICS:
                found.add((number, f"{magic[1]}{magic[2]}", PROCESS if magic[1][0] == "!" else "runs a magic command"))
        else:
            plain.append(line)
        if len(line) > LONGEST_LINE:
            found.add((number, f"{len(line)} characters", "a line that nobody can read"))
    found |= set(_findings(plain))
    text = {number: lines[number - 1].strip()[:200] for number, _, _ in found if 0 < number <= len(lines)}
    return sorted(Finding(number, text.get(number, ""), what, why) for number, what, why in found)


def _findings(lines):
    """Yield ``(line, what, why)`` of code; where it is no Python, of every line that is, and of the words of others."""
    try:
        tree = ast.parse("\n".join(lines))
    except UNREADABLE:
        names = {}
        for number, line in enumerate(lines, start=1):
            try:
                tree = ast.parse(textwrap.dedent(line))
                names |= _imports(tree)
                yield from ((number, what, why) for _, what, why in _of_tree(tree, names))
            except UNREADABLE:
                for word in re.findall(r"(?<![\w.])[A-Za-z_][\w.]*|(?<=\.)\w+", line):
                    imported = word.partition(".")[0] in names
                    yield from ((number, what, why) for what, why in _of_name(_full(word, names), imported))
        return
    yield from _of_tree(tree, _imports(tree))


def _imports(tree):
    """Return ``{name in the code: full name}`` of what a tree imports."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name.split(".")[0]: each.name if each.asname else each.name.split(".")[0]
                      for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module or ''}.{each.name}" for each in node.names}
    return names


def _full(dotted, names):
    """Return a dotted name with its first part as it was imported."""
    first, dot, rest = dotted.partition(".")
    return names.get(first, first) + dot + rest


def _dotted(node):
    """Return the dotted name of an expression; what is no name at its left end becomes an empty one."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def _of_name(name, imported=True):
    """Yield ``(what, why)`` of one full dotted name; a variable may be called ``signal``, which is no module then."""
    parts = name.split(".")
    beginnings = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    for each in beginnings:
        if each in NAME:
            yield each, NAME[each]
            break
        if imported and each in MODULE:
            yield each, MODULE[each]
            break
    yield from ((name, why) for start, why in PREFIX.items() if name.startswith(start))
    if len(parts) > 1:
        yield from ((f".{part}", ATTRIBUTE[part]) for part in parts[1:] if part in ATTRIBUTE)


def _of_tree(tree, names):
    """Yield ``(line, what, why)`` of everything in a syntax tree."""
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    fine = _ordinary(tree, names)
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        number = getattr(node, "lineno", 1)
        if isinstance(node, ast.Import):
            yield from ((number, *each) for alias in node.names for each in _of_name(alias.name))
        elif isinstance(node, ast.ImportFrom):
            full = [f"{node.module or ''}.{alias.name}" for alias in node.names]
            yield from ((number, *each) for name in full for each in _of_name(name))
        elif isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner and id(node) not in fine:
            dotted = _dotted(node)
            imported = dotted.partition(".")[0] in names
            yield from ((number, *each) for each in _of_name(_full(dotted, names), imported))
        elif isinstance(node, ast.Call):
            yield from ((number, *each) for each in _of_call(node, names))
        elif isinstance(node, ast.ClassDef):
            yield from ((number, *each) for each in _of_class(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) in top:
            if node.name in HOW_SEEN or node.name == "__getattr__":
                yield number, f"def {node.name}", BUILTINS
        elif isinstance(node, ast.Constant):
            yield from ((number, *each) for each in _of_constant(node.value))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield from ((number, *each) for each in _of_repetition(node))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
            targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else [node.target]
            yield from ((number, *each) for target in targets for each in _of_target(target, node, names))


def _ordinary(tree, names):
    """Return the ids of nodes that look odd and are not, such as setting an environment variable."""
    fine = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and _full(_dotted(target.value), names) == "os.environ":
                    fine.add(id(target.value))
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            fine |= {id(each) for each in ast.walk(node.type) if getattr(each, "id", "") == "KeyboardInterrupt"}
    return fine


def _of_call(node, names):
    """Yield what is odd about a call: a path outside, an attribute by its name, output by hand."""
    name = _full(_dotted(node.func), names)
    last = name.rpartition(".")[2]
    if last in READERS:
        for value in (each.value for each in node.args[:1] if isinstance(each, ast.Constant)):
            if isinstance(value, str) and (value.startswith(("/", "~", "\\")) or ".." in re.split(r"[/\\]", value)
                                           or re.match(r"[A-Za-z]:[/\\]", value)):
                yield f"{last}({value[:60]!r})", OUTSIDE
    if last in ("getattr", "setattr", "delattr", "hasattr") and len(node.args) > 1:
        wanted = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
        if wanted in ATTRIBUTE or wanted in METHODS:
            yield f"{last}(…, {wanted!r})", {**METHODS, **ATTRIBUTE}[wanted]
        owner = _full(_dotted(node.args[0]), names)
        if last != "getattr" and last != "hasattr" and owner in (set(names.values()) | {"np", "plt"}):
            yield f"{last}({owner}, …)", BUILTINS
    if last == "type" and len(node.args) == 3:
        yield "type(…, …, …)", "makes a class without the word class"
    if any(each.arg == "raw" and getattr(each.value, "value", None) is True for each in node.keywords):
        yield f"{last}(raw=True)", OUTPUT
    if last == "register" and "events" in name:
        yield "events.register", LATER


def _of_class(node):
    """Yield what is odd about a class: methods that decide how tests see it, bases that end Python."""
    for each in node.body:
        names = [each.name] if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) else []
        if isinstance(each, ast.Assign):
            names = [target.id for target in each.targets if isinstance(target, ast.Name)]
        for name in names:
            if name in METHODS:
                yield f"class {node.name}, {name}", METHODS[name]
    for keyword in node.keywords:
        if keyword.arg == "metaclass":
            yield f"class {node.name}, metaclass", "decides itself what it is equal to"


def _of_constant(value):
    """Yield what is odd about a constant: a path to places of the grader, a blob."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
        if len(value) > LONGEST_LINE:
            yield f"{len(value)} bytes in a constant", STRING
    if isinstance(value, str):
        lower = value.lower()
        if path := next((each for each in PATHS if each in lower), None):
            yield f"the text {path!r}", WHERE
        if BLOB.search(value):
            yield f"{len(value)} characters of code or data in a string", STRING


def _of_repetition(node):
    """Yield a text or list that is repeated a million times."""
    sides = node.left, node.right
    text = any(isinstance(getattr(side, "value", None), str | bytes) or isinstance(side, ast.List) for side in sides)
    if text and any(isinstance(getattr(side, "value", None), int) and side.value >= HUGE for side in sides):
        yield "a text or list repeated a million times", "fills memory or the page"


def _of_target(target, node, names):
    """Yield what is odd about an assignment: to a part of a module, to a name of Python's own."""
    if isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _of_target(each, node, names)
    elif isinstance(target, ast.Attribute):
        first = _dotted(target).partition(".")[0]
        if first in names or first in ("np", "numpy", "plt", "pd", "math"):
            yield f"{_full(_dotted(target), names)} = …", BUILTINS
        elif target.attr in METHODS:
            yield f".{target.attr} = …", METHODS[target.attr]
    elif isinstance(getattr(node, "value", None), ast.Lambda) and getattr(target, "id", "") in HOW_SEEN:
        yield f"{target.id} = lambda", BUILTINS


def scan_hand_in(hand_in):
    """Return ``[(Part, Finding), ...]`` of all code that a student wrote."""
    return [(part, found) for part in hand_in.parts if part.kind == "code" for found in scan(part.source)]


def sentence(part, found):
    """Return a finding as one sentence, the same wherever it is shown: the flag of a row, the list of moderation."""
    where = f"{part.notebook}, {part.question or 'a cell of their own'}"
    return f"{where}, {found}: {found.line}"
