"""Which cell of a release each cell of a student is: by its label, its id, its text, or by what it defines."""

import ast
import functools
import re
import warnings
from dataclasses import dataclass, field

from autograder.intake import known_names
from autograder.labs import is_answer, meta

COMPOUND = (ast.If, ast.Try, ast.For, ast.While, ast.With)


@functools.lru_cache(maxsize=4096)                    # emptied after every notebook
def understood(source):
    """Return ``(sound, names)``: whether code can be compiled, and the names that it defines at its top level.

    IPython's magic lines are looked over, the first line of a timed cell included.
    """
    plain = "\n".join("pass" if line[:1] in ("%", "!", "?") else line for line in source.split("\n"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")           # of a student's code, such as a backslash in a plain string
            body = ast.parse(plain).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False, frozenset()
    return True, frozenset(_bound(body))


def _bound(body):
    """Yield the names that statements bind, those inside ``if`` and the like included, those in functions not."""
    left = list(body)
    while left:
        node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, COMPOUND):
            parts = ("body", "orelse", "finalbody")
            left += [inner for part in parts for inner in getattr(node, part, [])]


def defines(source, wanted):
    """Say whether code defines all the names in `wanted`, of which there must be some."""
    if not wanted or not all(re.search(rf"\b{re.escape(name)}\b", source) for name in wanted):
        return False                                  # parsing takes a thousand times longer
    return wanted <= understood(source)[1]


def wanted_of(cell):
    """Return the names that an answer to a released cell defines; none for an answer in words."""
    return understood(cell.source)[1] if is_answer(cell) and cell.cell_type == "code" else frozenset()


@dataclass
class Match:
    """The cells of a student, sorted."""

    parts: dict = field(default_factory=dict)         # index of a released cell -> cells that are it, in order
    extras: dict = field(default_factory=dict)        # index of the released cell before (-1: none) -> all other cells
    notes: list = field(default_factory=list)

    @property
    def loose(self):
        """Return all cells that are no released one, in order."""
        return [cell for index in sorted(self.extras) for cell in self.extras[index]]


def match(released, cells):
    """Return the Match of a student's cells with a released notebook."""
    place = {key: index for index, key in enumerate(known_names(released))}
    given = _given_texts(released)
    pairs = [(place.get(cell.grade_id), place.get(cell.id)) for cell in cells]
    labelled = {label for label, _ in pairs if label is not None}
    sure = {label for label, name in pairs if label is not None and name in (None, label)}
    found, anchor = Match(), -1
    for cell, (label, name) in zip(cells, pairs, strict=True):
        index = _index(released, label, name, given.get(cell.source.strip()), labelled, sure)
        if index is not None:
            anchor = index
            found.parts.setdefault(index, []).append(cell)
        elif cell.source.strip():
            found.extras.setdefault(anchor, []).append(cell)
    _exchange(released, found)
    return found


def _given_texts(released):
    """Return ``{text: index}`` of the released cells that nobody writes into; texts that come twice tell nothing."""
    texts = {}
    for index, cell in enumerate(released.cells):
        if cell.source.strip() and not is_answer(cell):
            texts.setdefault(cell.source.strip(), []).append(index)
    return {text: where[0] for text, where in texts.items() if len(where) == 1}


def _index(released, label, name, text, labelled, sure):
    """Return which released cell a cell is, None for none.

    Parameters
    ----------
    label, name, text : int or None
        What its grade id, its cell id and its text say.
    labelled, sure : set of int
        Cells that a label names; and those where id and label agree.
    """
    if label is not None and text not in (None, label) and is_answer(released.cells[label]):
        return text                                   # the label of an answer on a cell that was given
    if label is not None and name not in (None, label) and label in sure and name not in sure:
        return name                                   # the label was copied over the right one
    if label is not None:
        return label
    if name is not None and name not in labelled:
        return name
    return text                                       # an id that was copied names no answer


def _exchange(released, found):
    """Give an answer that stands under the label of another question to its own.

    Only where it defines nothing of what its label asks for, all that exactly one other question asks for, and nobody
    else answers that.
    """
    wanted = {index: names for index, cell in enumerate(released.cells) if (names := wanted_of(cell))}
    stubs = {index: released.cells[index].source.strip() for index in wanted}

    def answered(index):
        return any(part.source.strip() != stubs[index] and understood(part.source)[1] & wanted[index]
                   for part in found.parts.get(index, []))

    open_ = {index for index in wanted if not answered(index)}
    for index, part in [(each, part) for each in sorted(open_) for part in found.parts.get(each, [])]:
        owners = [other for other in wanted if other != index and defines(part.source, wanted[other])]
        if len(owners) != 1 or owners[0] not in open_ or part.source.strip() == stubs[index]:
            continue
        there = found.parts.setdefault(owners[0], [])
        if understood("\n".join(each.source for each in (*there, part)))[0]:     # else one of them would be lost
            names = [meta(released.cells[i])["grade_id"] for i in (owners[0], index)]
            found.parts[index].remove(part)
            there.append(part)
            open_.remove(owners[0])
            found.notes.append("The answer to {} had the label of {}; it was found by what it defines.".format(*names))
