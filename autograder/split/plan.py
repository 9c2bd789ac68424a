"""What runs where: read out of the source of a notebook, before any student.

The tests' side runs the given cells, of the later ones only those that define what a test needs; before each test it
takes from the student the names that the source's own answer cells define, and no others.
"""

import ast
import re

from autograder.labs import is_answer, is_test, meta
from autograder.split.script import Plan, Test, python

WORD = re.compile(r"[^\W\d]\w*")
UNSAFE = re.compile(r"\b(tensorflow|keras|torch|jax|pyspark)\b")     # may be imported before a fork, but not used
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
          ast.GeneratorExp)


def parse(source):
    """Return the syntax tree of a cell; an empty one where it is no Python."""
    try:
        return ast.parse(python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _here(node):
    """Yield the nodes of a cell's own scope: not the insides of functions, classes and comprehensions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, SCOPES):
            yield from _here(child)
        elif isinstance(child, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from (inner for inner in ast.walk(child) if isinstance(inner, ast.NamedExpr))


def _base(node):
    """Return the name that an attribute or an item belongs to, if it is a plain one."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def defined(tree, imports=True):
    """Return the names that a cell binds at its top level, in loops and branches too."""
    names = set()
    for node in _here(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.NamedExpr):
            names.add(node.target.id)
        elif imports and isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return names


def touched(tree):
    """Return the names of objects that a cell changes without binding them: items, attributes, methods called."""
    names = set()
    for node in _here(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            names |= _base(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            names |= _base(node.value.func) if isinstance(node.value.func, ast.Attribute) else set()
    return names


def used(tree):
    """Return the names that a cell reads anywhere, also in functions, and those that it may look up by a string."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str)
    return names | {text for text in texts if WORD.fullmatch(text)}


def in_process(cell):
    """Say whether the author asks that a test runs in the student's own process, where it is not tamper-proof."""
    return bool((cell.metadata.get("autograder") or {}).get("in_process"))


def read(notebook):
    """Return the Plan of a notebook with its solutions and hidden tests."""
    cells = [(cell, parse(cell.source)) for cell in notebook.cells if cell.cell_type == "code"]
    split = [is_test(cell) and not in_process(cell) for cell, _ in cells]
    given = [not is_test(cell) and not is_answer(cell) for cell, _ in cells]
    binds, changes, reads = ([f(tree) for _, tree in cells] for f in (defined, touched, used))
    answers = set().union(*(binds[i] for i, (cell, _) in enumerate(cells) if is_answer(cell)))
    needed = _needed(split, given, binds, changes, reads)
    first = split.index(True) if True in split else 0
    prefix, dependent, unsafe = [], set(answers), False
    for i in range(first):
        if given[i]:
            unsafe = unsafe or bool(UNSAFE.search(cells[i][0].source))
            if (reads[i] | changes[i]) & dependent or (unsafe and not _only_imports(cells[i][1])):
                dependent |= binds[i] | changes[i]
            else:
                prefix.append(i)
    tests, waiting = [], []
    for i, (cell, _) in enumerate(cells):
        if given[i] and i not in prefix and i in needed:
            waiting.append(cell.source)
        if split[i]:
            names = _taken(i, cells, given, split, binds)
            tests.append(Test(meta(cell)["grade_id"], cell.source, float(meta(cell)["points"]), waiting, names))
            waiting = []
    inside = [meta(cell)["grade_id"] for cell, _ in cells if is_test(cell) and in_process(cell)]
    return Plan([cells[i][0].source for i in prefix], tests, inside)


def _only_imports(tree):
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)


def _needed(split, given, binds, changes, reads):
    """Return the numbers of the given cells that define, or change, what a test reads, directly or through others."""
    wanted = set().union(*(reads[i] for i, test in enumerate(split) if test))
    found = set()
    while True:
        more = {i for i, is_given in enumerate(given)
                if is_given and i not in found and (binds[i] | changes[i]) & wanted}
        if not more:
            return found
        found |= more
        wanted = wanted.union(*(reads[i] for i in more))


def _taken(position, cells, given, split, binds):
    """Return the names that the test at `position` takes from the student.

    A name of a given cell never comes from the student; one that a test has bound since the answer stays the test's.
    """
    ours, owner = set(), {}
    for i in range(position):
        if given[i]:
            ours |= binds[i]
        elif split[i] or is_answer(cells[i][0]):
            owner.update(dict.fromkeys(defined(cells[i][1], imports=split[i]), i))
    words = set()
    for i in range(position + 1):
        if split[i] or given[i]:
            words |= set(WORD.findall(cells[i][0].source))
    return sorted(name for name, i in owner.items() if not split[i] and name not in ours and name in words)


def clashes(notebook):
    """Return the names that an answer of the source binds although a given cell before it does, each with both ids."""
    found, ours = [], {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        names, name = defined(parse(cell.source), imports=not is_answer(cell)), meta(cell).get("grade_id", cell.id)
        if is_answer(cell):
            found += [(each, ours[each], name) for each in sorted(names & ours.keys())]
        elif not is_test(cell):
            ours.update(dict.fromkeys(names, name))
    return found
