"""Which known wrong answer a student's answer looks like: compared as syntax trees, names and comments aside."""

import ast
import difflib
import re
from functools import lru_cache

ALIKE = 0.92                                          # share of equal tokens from which two answers count as one idea


class _Plain(ast.NodeTransformer):
    """Takes docstrings and annotations out, and calls every local name by the order in which it appears."""

    def __init__(self, local):
        self.local = local
        self.names = {}

    def _name(self, name):
        return self.names.setdefault(name, f"v{len(self.names)}") if name in self.local else name

    def visit_FunctionDef(self, node):
        """Drop docstring and annotations; the name of a function stays."""
        body = node.body
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        node.body, node.returns = body or [ast.Pass()], None
        return self.generic_visit(node)

    def visit_arg(self, node):
        """Rename an argument."""
        node.arg, node.annotation = self._name(node.arg), None
        return node

    def visit_Name(self, node):
        """Rename a local name."""
        node.id = self._name(node.id)
        return node


def _local_names(tree):
    """Return names that functions of the tree bind: arguments and whatever is assigned in them."""
    names = set()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)):
        names |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        used = (node for node in ast.walk(function) if isinstance(node, ast.Name))
        names |= {node.id for node in used if isinstance(node.ctx, ast.Store)}
    return names


@lru_cache(maxsize=4096)
def normal_form(source):
    """Return code as the text of its syntax tree without what does not matter; None if it is not Python.

    Examples
    --------
    >>> normal_form("def f(x): y = x; return y") == normal_form("def f(a: int): b = a; return b  # other names")
    True
    >>> normal_form("def f(x): y = x; return y") == normal_form("def f(x): y = -x; return y")
    False
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    tree = _Plain(_local_names(tree)).visit(tree)
    return ast.dump(tree)


def likeness(one, other):
    """Return how alike two normal forms are, 0 to 1, as the share of equal tokens."""
    pieces = [re.findall(r"\w+|[^\w\s]", text) for text in (one, other)]
    return difflib.SequenceMatcher(None, *pieces, autojunk=False).ratio()


def closest(source, answers, solution=""):
    """Return the known wrong answer that `source` is or looks like, None if it looks like none.

    Parameters
    ----------
    source : str
        What the student wrote.
    answers : list of WrongAnswer
        Those of the question.
    solution : str
        The right answer: nothing counts as a known mistake that looks more like it.
    """
    mine = normal_form(source)
    forms = {answer.id: normal_form(answer.code) for answer in answers}
    if mine is None:
        return None
    for answer in answers:
        if forms[answer.id] == mine:
            return answer
    scored = [(likeness(mine, forms[answer.id]), answer.id, answer) for answer in answers if forms[answer.id]]
    best = max(scored, key=lambda item: item[:2], default=(0, "", None))
    right = normal_form(solution)
    if best[0] < ALIKE or (right and likeness(mine, right) >= best[0]):
        return None
    return best[2]
