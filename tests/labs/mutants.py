"""Mutants of a solution: one small change each, as a tired student or a slip of the hand would make it."""

import ast
from dataclasses import dataclass

OPERATORS = {ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
             ast.Pow: (ast.Mult,), ast.MatMult: (ast.Mult,)}
COMPARISONS = {ast.Eq: (ast.NotEq, ast.GtE), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.Gt), ast.Gt: (ast.GtE, ast.Lt)}
FUNCTIONS = {"mean": ("sum", "max"), "sum": ("mean",), "std": ("var", "mean"), "var": ("std",), "max": ("min",),
             "min": ("max",), "zeros": ("ones",), "ones": ("zeros",), "eye": ("ones",)}
IDENTITIES = {"abs", "sign", "ravel", "copy"}          # f(x) -> x, x.f() -> x
WORDS = {"fast": ("slow",), "slow": ("fast",), **{letter: tuple("abcd".replace(letter, "")) for letter in "abcd"}}


@dataclass(frozen=True)
class Mutant:
    """One changed solution."""

    change: str                # "line 3: 2 -> 3", unique within its solution
    source: str


def constants(value):
    """Return the values that may stand in the place of a constant."""
    if isinstance(value, str):
        return WORDS.get(value, ())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ()
    return tuple(dict.fromkeys((value + 1, value - 1, -value))) if value else (1, -1)


def changes(node):
    """Yield every expression or statement that may stand in the place of `node`; None deletes a statement."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in constants(node.value))
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for operator in OPERATORS.get(type(node.op), ()):
            yield type(node)(**{**dict(ast.iter_fields(node)), "op": operator()})
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield node.left
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], ast.BinOp(ast.Constant(0), node.op, node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield node.operand
    if isinstance(node, ast.Compare):
        for operator in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [operator(), *node.ops[1:]], node.comparators)
    if isinstance(node, ast.Call):
        yield from calls(node)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        for end in ("lower", "upper"):
            if (bound := getattr(node.slice, end)) is not None:
                for operator in (ast.Add, ast.Sub):
                    moved = ast.BinOp(bound, operator(), ast.Constant(1))
                    yield ast.Subscript(node.value, ast.Slice(**{**vars(node.slice), end: moved}), node.ctx)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        yield None
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield ast.Tuple([node.elts[1], node.elts[0], *node.elts[2:]], node.ctx)


def calls(node):
    """Yield what may stand in the place of a call."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for other in FUNCTIONS.get(name, ()):
        same = isinstance(node.func, ast.Attribute)
        yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()) if same else ast.Name(other, ast.Load()),
                       node.args, node.keywords)
    if name in IDENTITIES:
        yield node.args[0] if node.args else node.func.value
    if name in ("max", "min") and isinstance(node.func, ast.Name) and len(node.args) > 1:
        yield from node.args
    for keyword in node.keywords:
        yield ast.Call(node.func, node.args, [k for k in node.keywords if k is not keyword])


def mutants(source):
    """Return all mutants of the solution cell `source`, each with one change."""
    found, count = {}, sum(1 for _ in ast.walk(ast.parse(source)))
    original = ast.unparse(ast.parse(source))
    for position in range(count):
        old = list(ast.walk(ast.parse(source)))[position]
        for number in range(len(list(changes(old)))):
            tree = ast.parse(source)
            target = list(ast.walk(tree))[position]
            new = list(changes(target))[number]
            before, line = ast.unparse(target), getattr(target, "lineno", 0)
            Swap(target, new).visit(tree)
            text = ast.unparse(ast.fix_missing_locations(tree))
            if text != original:
                after = "nothing" if new is None else ast.unparse(new)
                found.setdefault(text, Mutant(f"line {line}: {before} -> {after}", text))
    return list(found.values())


class Swap(ast.NodeTransformer):
    """Put `new` in the place of the node `old`."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        if node is not self.old:
            return self.generic_visit(node)
        return ast.Pass() if self.new is None else self.new
