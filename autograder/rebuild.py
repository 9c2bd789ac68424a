"""The notebook that is graded: the released one with the student's answers in it.

Nothing of a student's notebook is taken but the text of cells: no metadata, no outputs, no test cells.
"""

import ast
import copy

import nbformat

from autograder.intake import known_names
from autograder.labs import is_answer, meta


def _parses(source):
    """Say whether code can be compiled, IPython's magic lines aside."""
    plain = "\n".join("pass" if line[:1] in "%!?" and line else line for line in source.splitlines())
    try:
        ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _names(source):
    """Return the names that code defines at its top level."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)}
    targets = [t for node in body if isinstance(node, ast.Assign) for t in node.targets]
    targets += [node.target for node in body if isinstance(node, ast.AnnAssign)]
    return names | {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _answer(cell, parts, extras, everywhere):
    """Return ``(source, note)``: the answer of one cell from all that the student has of it.

    A split cell is put together again; of copies, all run in order as they did in the student's notebook, unless they
    do not compile together: then the last that compiles counts. A cell that lost its label is found by what it defines.
    """
    name = meta(cell)["grade_id"]
    code = cell.cell_type == "code"
    if not parts:
        wanted = _names(cell.source) if code else set()
        lost = [extra for extra in everywhere if extra.kind == "code" and wanted and wanted <= _names(extra.source)]
        if not lost:
            return cell.source, f"The answer cell {name} is missing."
        everywhere.remove(lost[-1])
        return lost[-1].source, f"The answer cell {name} had lost its label; it was found by what it defines."
    written = [p for p in dict.fromkeys(parts) if p.strip() and p.strip() != cell.source.strip()] or parts[-1:]
    note = f"The answer cell {name} is there {len(parts)} times; the parts were put together." if len(parts) > 1 else ""
    if not code:
        return "\n\n".join(written), note
    whole = "\n".join(written)
    if not _parses(whole):
        tail = [extra for extra in extras if extra.kind == "code" and extra in everywhere]
        for count in range(1, len(tail) + 1):
            longer = "\n".join([whole, *(extra.source for extra in tail[:count])])
            if _parses(longer):
                for extra in tail[:count]:
                    everywhere.remove(extra)
                return longer, f"The answer cell {name} was split; the parts were put together."
        if len(written) > 1:
            sound = [part for part in written if _parses(part)]
            note = f"The answer cell {name} is there {len(parts)} times; the last that runs counts."
            return (sound or written)[-1], note
    return whole, note


def rebuild(released, handed):
    """Return ``(notebook, notes)``: the released notebook with a student's answers, and what was unusual.

    Answers are taken by grade id. Test cells and everything else that was given come from the release; cells that the
    student added, or given cells that the student changed, run in their place without any metadata.
    """
    keys = known_names(released)
    place = {key: index for index, key in enumerate(keys)}
    parts, extras, anchor = {}, {}, -1
    for cell in handed.cells:
        key = cell.grade_id if cell.grade_id in place else cell.id if cell.id in place else None
        if key:
            anchor = place[key]
            parts.setdefault(key, []).append(cell.source)
        elif cell.source.strip():
            extras.setdefault(anchor, []).append(cell)
    everywhere = [cell for index in sorted(extras) for cell in extras[index]]
    graded, notes = copy.deepcopy(released), []
    graded.cells = []
    answers = {}
    for index, cell in enumerate(released.cells):     # answers first: they may take cells from among the extras
        if is_answer(cell):
            answers[index], note = _answer(cell, parts.get(keys[index], []), extras.get(index, []), everywhere)
            notes += [note] if note else []
    count = 0

    def add(kind, source):
        nonlocal count
        count += 1
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        graded.cells.append(new(source, id=f"added-{count}"))

    for index in range(-1, len(keys)):
        if index >= 0:
            cell = copy.deepcopy(released.cells[index])
            mine = parts.get(keys[index], [])
            cell.source = answers.get(index, cell.source)
            graded.cells.append(cell)
            changed = [source for source in dict.fromkeys(mine) if source.strip() != cell.source.strip()]
            if meta(cell).get("grade") and not is_answer(cell):
                notes += _test_notes(keys[index], mine, changed)
            elif not meta(cell):
                for source in changed:
                    add(cell.cell_type, source)
        for extra in extras.get(index, []):
            if extra in everywhere:
                add(extra.kind, extra.source)
    return graded, notes


def _test_notes(name, mine, changed):
    """Return what to say about a test cell that came 0, 2 or more times, or changed."""
    if not mine:
        return [f"The test cell {name} was deleted; it was put back."]
    notes = [f"The test cell {name} is there {len(mine)} times; one counts."] if len(mine) > 1 else []
    return notes + ([f"The test cell {name} was changed; the released one counts."] if changed else [])


def placeholder(released, reason):
    """Return the released notebook, marked so that it is not run, with the reason on top: for what cannot be read."""
    graded = copy.deepcopy(released)
    graded.metadata["autograder"] = {**graded.metadata.get("autograder", {}), "not_run": reason}
    graded.cells.insert(0, nbformat.v4.new_markdown_cell(f"**Not graded.** {reason}", id="not-graded"))
    return graded
