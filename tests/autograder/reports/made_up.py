"""Made-up classes: hand-ins out of right and wrong answers of a lab, and copies in every disguise."""

import ast
import random
import re
from functools import lru_cache

from autograder.alternatives import load_right_answers
from autograder.known_wrong import load_known_wrong
from autograder.labs import BEGIN, END, is_answer, lab_sources, meta
from autograder.reports.answers import HandIn, Part
from autograder.reports.similarity import compare


@lru_cache
def forms(folder):
    """Return ``{question: [(notebook, kind, source), ...]}``: all answers that the lab's author wrote down."""
    found = {}
    for notebook, source in lab_sources(folder).items():
        for cell in filter(is_answer, source.cells):
            lines = [line for line in cell.source.splitlines() if BEGIN not in line and END not in line]
            found[meta(cell)["grade_id"]] = [(notebook, cell.cell_type, "\n".join(lines))]
    for each in [*load_right_answers(folder), *load_known_wrong(folder)]:
        found[each.question].append((each.notebook, "code", each.code))
    return found


@lru_cache
def release_of(folder):
    """Return the release of a lab as `answers.released` gives it, without nbgrader."""
    found = {}
    for notebook, source in lab_sources(folder).items():
        found[notebook] = [(c.cell_type, released_source(c.source), dict(meta(c)), c.id) for c in source.cells]
    return found


def released_source(text):
    """Return the text of a cell with its solution taken out and the line in its place that nbgrader puts there."""
    stub = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()\n"
    text = re.sub(rf"([ \t]*){BEGIN}.*?{END}\n?", stub, text, flags=re.DOTALL)
    return re.sub(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", "", text, flags=re.DOTALL)


class Rename(ast.NodeTransformer):
    """Gives other names to arguments and local variables."""

    def __init__(self, tree, rng):
        names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.new = {name: f"{rng.choice(['my', 'the', 'tmp', 'val'])}_{n}" for n, name in enumerate(sorted(names))}

    def visit_Name(self, node):
        node.id = self.new.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.new.get(node.arg, node.arg)
        return node


def reads(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def writes(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def renamed(source, rng):
    tree = ast.parse(source)
    return ast.unparse(Rename(tree, rng).visit(tree))


def reordered(source, rng):
    """Swap neighbouring assignments that do not need each other, and functions."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", [])
        for i in range(len(body) - 1 if isinstance(body, list) else 0):
            one, two = body[i], body[i + 1]
            plain = all(isinstance(each, ast.Assign | ast.FunctionDef | ast.AugAssign) for each in (one, two))
            if plain and not (writes(one) & reads(two) or writes(two) & reads(one)):
                body[i], body[i + 1] = two, one
    return ast.unparse(tree)


def commented(source, rng):
    lines = []
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and rng.random() < 0.7 and not line.rstrip().endswith(("\\", ",", "(", "[")):
            lines.append(f"{indent}# {rng.choice(['now', 'here', 'this'])} we do step {rng.randint(1, 99)}")
        lines += [line, ""] if rng.random() < 0.3 and line.rstrip().endswith(":") is False else [line]
    return "\n".join(lines)


def padded(source, rng):
    """Add statements that do nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            nothing = ast.parse(f"unused_{rng.randint(1, 9)} = {rng.random()}").body[0]
            node.body.insert(rng.randint(0, len(node.body) - 1), nothing)
    return ast.unparse(ast.fix_missing_locations(tree))


def other_layout(source, rng):
    return re.sub(r"\breturn (.+)", r"return (\1)", ast.unparse(ast.parse(source))).replace("    ", "\t")


DISGUISES = {"verbatim": lambda source, rng: source, "renamed": renamed, "reordered": reordered, "commented": commented,
             "padded": padded, "layout": other_layout}


def everything(source, rng):
    """Disguise in all ways at once."""
    return commented(other_layout(padded(reordered(renamed(source, rng), rng), rng), rng), rng)


DISGUISES["everything"] = everything


def disguised(hand_in, name, how, rng):
    """Return a copy of a hand-in with all code changed by one of the DISGUISES."""
    def change(part):
        if part.kind != "code":
            return part
        try:
            return Part(part.notebook, part.question, part.kind, DISGUISES[how](part.source, rng))
        except SyntaxError:
            return part
    return HandIn((name,), tuple(map(change, hand_in.parts)))


def students(folder, count, seed=0):
    """Return hand-ins of students who know nothing of each other: any answer that the author thought of, at random."""
    rng, known = random.Random(seed), forms(folder)
    return [HandIn((f"s{n:03}",), tuple(Part(notebook, question, kind, source) for question, answers in known.items()
                                        for notebook, kind, source in [rng.choice(answers)])) for n in range(count)]


def names(pairs):
    return {frozenset((pair.left.name, pair.right.name)) for pair in pairs}


def run(found, folder, known=()):
    return compare(found, release_of(folder), known)
