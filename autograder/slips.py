"""The slips of which mutants are made: for every kind of syntax, what may stand in its place.

A rule a kind of node, in ``RULES``; each yields ``(kind, new)``, where a list stands for statements. Changes that
cannot matter (b - a for a - b when it is squared) or can only crash are left out: they would say nothing of the tests.
"""

import ast
import copy
from dataclasses import dataclass

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
              ast.MatMult: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv}
COMPARISONS = {ast.Eq: (ast.NotEq, ast.GtE), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.Gt), ast.Gt: (ast.GtE, ast.Lt),
               ast.LtE: (ast.Lt, ast.GtE), ast.GtE: (ast.Gt, ast.LtE), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
               ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)}
FUNCTIONS = {"mean": ("sum", "max"), "sum": ("mean",), "std": ("var", "mean"), "var": ("std",), "max": ("min",),
             "min": ("max",), "zeros": ("ones",), "ones": ("zeros",), "eye": ("ones",), "argmax": ("argmin",),
             "argmin": ("argmax",), "any": ("all",), "all": ("any",), "floor": ("ceil",), "ceil": ("floor",)}
COPIES = {"copy", "deepcopy", "array", "list", "dict", "set"}           # f(x) -> x, x.f() -> x
PLAIN = {"abs", "sign", "ravel", "sqrt", "log", "exp", "sorted", "reversed", "unique", "flatten", "sort"}
GUARDS = {"strict"}                                   # keywords that only raise an error, never change a value
EITHER_WAY = {"max", "min", "isclose", "array_equal", "maximum", "minimum", "add", "multiply"}      # f(a, b) = f(b, a)
LETTERS = "abcd"


@dataclass
class Site:
    """A node of the solution, and where it hangs."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    above: tuple                                      # all nodes above, the nearest first

    def put(self, new):
        """Put `new` (a node, or statements) in the place of the node; called with the node itself it puts it back."""
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


def sites(tree, lines=None):
    """Yield the places of a tree that may be changed: on the given lines, and neither words for people nor types."""
    def walk(parent, above):
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns", "decorator_list", "msg"):       # msg: what an assert says
                continue
            for index, node in enumerate(value) if isinstance(value, list) else ((None, value),):
                words = isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)) or (
                    isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
                if not isinstance(node, ast.AST) or words:
                    continue
                if lines is None or getattr(node, "lineno", None) in lines or isinstance(node, ast.comprehension):
                    yield Site(node, parent, field, index, above)
                yield from walk(node, (node, *above))

    yield from walk(tree, (tree,))


def changes(site, tree, numbers=()):
    """Yield ``(kind, new)`` for what may stand in the place of a node; a list stands for statements.

    `numbers` are the parameters ``(function, name)`` that hold plain numbers, which nobody can change in place.
    """
    for kind in type(site.node).__mro__:
        if kind in RULES:
            yield from RULES[kind](site.node, site, tree)
    if isinstance(site.node, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)):
        yield from _in_place(site.node, site, numbers)


def _moved(node, by):
    """Return the node plus or minus one."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + by)
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(1))


def copied(node, **fields):
    """Return a copy of a node with other fields; what hangs below is shared."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


def _swapped(parts):
    """Yield the list with each pair of neighbours swapped."""
    for i in range(len(parts) - 1):
        yield [*parts[:i], parts[i + 1], parts[i], *parts[i + 2 :]]


def _is_value(site):
    """Say whether a node is part of an answer that is a value: assigned outside of any function or class."""
    return not any(isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)) for node in site.above)


def _constant(node, site, tree):
    value = node.value
    if isinstance(site.parent, ast.keyword) and site.parent.arg in GUARDS:
        return
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, str):
        for other in _other_words(value, site, tree):
            yield "another choice", ast.Constant(other)
    elif isinstance(value, (int, float)):
        axis = isinstance(site.parent, ast.keyword) and site.parent.arg == "axis"
        kind = "axis" if axis else "off by one" if isinstance(value, int) else "constant"
        others = (1 - value if value in (0, 1) else value + 1,) if axis else (value + 1, value - 1)
        yield from ((kind, ast.Constant(other)) for other in others)
        if not axis:
            yield "sign", ast.Constant(-value)
        if isinstance(value, float) and _is_value(site):
            digits = len(str(value).partition(".")[2])
            for other in (round(value, digits - 1), value * 1.01, value * 0.99):
                yield "rounding", ast.Constant(other)


def _other_words(word, site, tree):
    if isinstance(site.parent, ast.Dict) and site.field == "keys":
        return ()
    if len(word) == 1 and word.lower() in LETTERS and _is_value(site):
        return tuple(LETTERS.replace(word.lower(), ""))
    words = [s.node.value for s in sites(tree) if isinstance(s.node, ast.Constant) and isinstance(s.node.value, str)
             and not (isinstance(s.parent, ast.Dict) and s.field == "keys")]
    others = tuple(other for other in dict.fromkeys(words) if other != word)
    return others or (("something else",) if _is_value(site) else ())


def _bin_op(node, site, tree):
    if type(node.op) in ARITHMETIC:
        yield "arithmetic", copied(node, op=ARITHMETIC[type(node.op)]())
    if not isinstance(node.op, (ast.MatMult, ast.Mod, ast.FloorDiv)):
        yield "missing term", node.left
    if isinstance(node.op, (ast.Add, ast.Mult)):
        yield "missing term", node.right
    if isinstance(node.op, ast.Sub):
        yield "missing term", ast.UnaryOp(ast.USub(), node.right)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)) and not _even(node, site):
        yield "swapped", copied(node, left=node.right, right=node.left)


def _even(node, site):
    """Say whether a difference is squared or its size taken: a - b and b - a are the same then."""
    up = site.parent
    if isinstance(up, ast.BinOp) and isinstance(up.op, ast.Pow) and isinstance(up.right, ast.Constant):
        return isinstance(node.op, ast.Sub) and up.left is node and up.right.value in (2, 4)
    name = up.func.attr if isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute) else ""
    name = up.func.id if isinstance(up, ast.Call) and isinstance(up.func, ast.Name) else name
    return isinstance(node.op, ast.Sub) and name in ("abs", "square", "absolute")


def _aug_assign(node, site, tree):
    if type(node.op) in ARITHMETIC:
        yield "arithmetic", copied(node, op=ARITHMETIC[type(node.op)]())
    yield "missing term", ast.Assign([node.target], ast.BinOp(ast.Constant(0), node.op, node.value), lineno=node.lineno)
    yield "missing statement", []


def _assign(node, site, tree):
    function = next((above for above in site.above if isinstance(above, ast.FunctionDef)), None)
    known = {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)} if function else set()
    for other in ast.walk(function) if function else ():
        if isinstance(other, ast.Name) and isinstance(other.ctx, ast.Store) and other.lineno < node.lineno:
            known.add(other.id)
    targets = [name for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    if all(isinstance(name.ctx, ast.Load) or name.id in known for name in targets):
        yield "missing statement", []


def _expression(node, site, tree):
    if isinstance(node.value, ast.Call):
        yield "missing statement", []


def _unary(node, site, tree):
    if isinstance(node.op, (ast.USub, ast.Not)):
        yield "sign" if isinstance(node.op, ast.USub) else "condition", node.operand


def _compare(node, site, tree):
    for operator in COMPARISONS.get(type(node.ops[0]), ()):
        yield "comparison", copied(node, ops=[operator(), *node.ops[1:]])


def _bool_op(node, site, tree):
    yield "condition", copied(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield "condition", rest[0] if len(rest) == 1 else copied(node, values=rest)


def _choice(node, site, tree):
    yield "condition", node.body
    yield "condition", node.orelse


def _branch(node, site, tree):
    yield "condition", copied(node, test=ast.Constant(True))
    yield "condition", list(node.orelse)


def _filter(node, site, tree):
    if node.ifs:
        yield "condition", copied(node, ifs=node.ifs[1:])


def _loop(node, site, tree):
    yield "one round only", copied(node, body=[*node.body, ast.Break()], lineno=node.lineno)


def _jump(node, site, tree):
    yield "one round only", ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _call(node, site, tree):
    method = isinstance(node.func, ast.Attribute)
    name = node.func.attr if method else getattr(node.func, "id", "")
    for other in FUNCTIONS.get(name, ()):
        func = copied(node.func, attr=other) if method else ast.Name(other)
        if method or other in ("max", "min", "sum", "any", "all"):
            yield "another function", copied(node, func=func)
    inner = node.args[0] if node.args else node.func.value if method else None
    if inner is not None and name in COPIES | PLAIN:
        yield "dropped copy" if name in COPIES else "missing call", inner
    if name == "sorted" and not method and len(node.args) == 1:
        sort = ast.Call(ast.Attribute(node.args[0], "sort"), [], node.keywords)
        yield "in-place change", ast.BoolOp(ast.Or(), [sort, node.args[0]])
    if name in ("max", "min") and not method and len(node.args) > 1:
        yield from (("missing call", each) for each in node.args)
    if name == "range" and not method:
        at = min(len(node.args), 2) - 1
        for by in (-1, 1):
            yield "off by one", copied(node, args=[*node.args[:at], _moved(node.args[at], by), *node.args[at + 1 :]])
    if name in ("zeros", "ones", "empty", "full") and not any(k.arg == "dtype" for k in node.keywords):
        yield "dtype", copied(node, keywords=[*node.keywords, ast.keyword("dtype", ast.Name("int"))])
    if name == "astype":
        yield "dtype", node.func.value
    for args in _swapped(node.args) if name not in EITHER_WAY else ():
        yield "swapped", copied(node, args=args)
    for keyword in node.keywords:
        if keyword.arg not in GUARDS:
            kind = keyword.arg if keyword.arg in ("axis", "dtype") else "ignored argument"
            yield kind, copied(node, keywords=[k for k in node.keywords if k is not keyword])


def _name(node, site, tree):
    if node.id == "float":
        yield "dtype", ast.Name("int")
    if isinstance(site.parent, ast.Subscript) and site.field == "slice" and isinstance(node.ctx, ast.Load):
        yield "off by one", _moved(node, -1)


def _slice(node, site, tree):
    for end in ("lower", "upper"):
        if (bound := getattr(node, end)) is not None:
            yield from (("off by one", copied(node, **{end: _moved(bound, by)})) for by in (-1, 1))


def _attribute(node, site, tree):
    if node.attr == "T":
        yield "axis", node.value


def _tuple(node, site, tree):
    if isinstance(node.ctx, ast.Load):
        yield from (("swapped", copied(node, elts=elts)) for elts in _swapped(node.elts))


def _return(node, site, tree):
    if isinstance(node.value, ast.Tuple):
        for i, part in enumerate(node.value.elts):
            elts = [*node.value.elts[:i], ast.UnaryOp(ast.USub(), part), *node.value.elts[i + 1 :]]
            yield "sign", copied(node, value=copied(node.value, elts=elts))
    elif node.value is not None:
        yield "sign", copied(node, value=ast.UnaryOp(ast.USub(), node.value))


def _in_place(node, site, numbers):
    """Change a parameter in place where the statement computes something new from it."""
    function = next((above for above in site.above if isinstance(above, ast.FunctionDef)), None)
    if function is None:
        return
    names = {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
    names -= {name for owner, name in numbers if owner == function.name}
    names -= {name.id for name in ast.walk(function) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    inner = {id(part) for scope in ast.walk(node) for part in ast.walk(scope)
             if isinstance(scope, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))}
    for number, part in enumerate(ast.walk(node)):
        if (isinstance(part, ast.BinOp) and isinstance(part.left, ast.Name) and part.left.id in names
                and isinstance(part.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)) and id(part) not in inner):
            twin = copy.deepcopy(node)
            for place in sites(twin):
                if place.node is list(ast.walk(twin))[number]:
                    place.put(part.left)
                    yield "in-place change", [ast.AugAssign(part.left, part.op, part.right), twin]
                    break


RULES = {
    ast.Constant: _constant, ast.BinOp: _bin_op, ast.AugAssign: _aug_assign, ast.Assign: _assign, ast.Expr: _expression,
    ast.UnaryOp: _unary, ast.Compare: _compare, ast.BoolOp: _bool_op, ast.IfExp: _choice, ast.If: _branch,
    ast.comprehension: _filter, ast.For: _loop, ast.While: _loop, ast.Continue: _jump, ast.Break: _jump,
    ast.Call: _call, ast.Name: _name, ast.Slice: _slice, ast.Attribute: _attribute, ast.Tuple: _tuple,
    ast.Return: _return,
}
