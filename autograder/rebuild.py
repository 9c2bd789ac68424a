"""The notebook that is graded: the released one with the student's answers in it.

Nothing of a student's notebook is taken but the text of cells: no metadata, no outputs, no pictures, no test cells.
"""

import copy
import re

import nbformat

from autograder.intake import LONGEST_SOURCE, Cell
from autograder.labs import is_answer, meta
from autograder.matching import defines, match, understood, wanted_of

TIMED = re.compile(r"\A(\s*)%%(?=timeit\b)")          # runs a cell, but keeps nothing that it defines
MEASURED = re.compile(r"\A(\s*)%%(?=(?:timeit|time|capture|prun)\b)")          # must be the first line of a cell
PLAIN = r"\1# %%"                                     # what they become: a comment
LONGEST_TAIL = 8                                      # cells below one that breaks off
ROUNDS = 8                                            # mending is done when nothing changes; two rounds are usual


def rebuild(released, handed):
    """Return ``(notebook, notes)``: the released notebook with a student's answers, and what was unusual.

    Answers are taken by grade id. Test cells and everything else that was given come from the release; cells that the
    student added, or given cells that the student changed, run in their place without any metadata. Where the header of
    the lab says ``extra_cells: false``, they do not.
    """
    try:
        graded, notes = _once(released, handed.cells)
        for _ in range(ROUNDS):
            again, more = _once(released, cells_of(graded))
            if _texts(again) == _texts(graded):
                break
            graded, notes = again, notes + more
    finally:
        understood.cache_clear()
    return graded, list(dict.fromkeys(notes))


def takes_extras(released):
    """Say whether cells that a student adds run, too; anything but true in the header says no."""
    return (released.metadata.get("autograder") or {}).get("extra_cells", True) is True


def cells_of(notebook):
    """Return the cells of a notebook as those of a student."""
    return [Cell(c.cell_type, c.source, meta(c).get("grade_id", ""), c.get("id", "")) for c in notebook.cells]


def _texts(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def _once(released, cells):
    """Return what `rebuild` does, mended once."""
    found = match(released, cells)
    loose, notes = found.loose, found.notes
    changed = {}                                      # given cells and tests that the student changed
    for index, cell in enumerate(released.cells):
        if not is_answer(cell):
            texts = dict.fromkeys(part.source for part in found.parts.get(index, []))
            changed[index] = [text for text in texts if text.strip() not in ("", cell.source.strip())]
    answers, away, added = {}, [], []
    for index, cell in enumerate(released.cells):     # answers first: they may take cells from among the loose ones
        if is_answer(cell):
            taken = _Answer(cell, found.parts.get(index, []), loose, found.extras.get(index, []),
                            _place_of(released, index, found), [text for texts in changed.values() for text in texts])
            answers[index] = taken.source
            notes += taken.notes
            loose = [extra for extra in loose if extra not in taken.used]
        elif meta(cell):
            notes += _given_notes(cell, found.parts.get(index, []), changed[index])
    graded = copy.deepcopy(released)
    graded.cells = []

    def add(kind, source):
        if not takes_extras(released):
            away.append(source)
        else:
            new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
            added.append(new(source, id=f"added-{len(added) + 1}"))
            graded.cells.append(added[-1])

    for index in range(-1, len(released.cells)):
        if index >= 0:
            cell = copy.deepcopy(released.cells[index])
            cell.source = answers.get(index, cell.source)
            graded.cells.append(cell)
            for source in changed.get(index, []) if not meta(cell) else []:
                add(cell.cell_type, source)
        for extra in found.extras.get(index, []):
            if extra in loose:
                add(extra.kind, extra.source)
    if away:
        notes.append(f"Cells of your own are not part of this lab; {len(away)} were left out.")
    if pictures := sum(extra.pictures for extra in found.loose) + sum(
            part.pictures for index in answers for part in found.parts.get(index, [])):
        notes.append(f"Pictures that were pasted into cells are not taken ({pictures} cells); only text is.")
    return graded, notes


class _Answer:
    """One answer from all that the student has of it: its source, what is to be said, and the loose cells in it.

    A split cell is put together again; of copies, all run in order as they did in the student's notebook, unless they
    do not compile together: then the last that compiles counts. An answer without its label is found by what it
    defines, among the loose cells or else in given cells that were written over; one in words by its place.
    """

    def __init__(self, cell, parts, loose, below, place, changed):
        self.cell, self.name, self.code = cell, meta(cell)["grade_id"], cell.cell_type == "code"
        self.parts, self.loose, self.changed = parts, loose, changed
        self.tail, self.place = ([extra for extra in some if extra in loose] for some in (below, place))
        self.wanted, self.used, self.notes = wanted_of(cell), [], []
        texts = dict.fromkeys(part.source for part in parts)
        self.written = [text for text in texts if text.strip() and text.strip() != cell.source.strip()]
        if any(part.kind != cell.cell_type and part.source in self.written for part in parts):
            turned = ("a text cell", "code") if self.code else ("a code cell", "text")
            self.say("had become {}; it was taken as {}", *turned)
        if self.code and any(map(TIMED.match, self.written)):
            self.say("was timed by %%timeit, which keeps nothing that it defines; it runs without")
        magic = TIMED if len(self.written) == 1 else MEASURED
        self.written = [magic.sub(PLAIN, text) for text in self.written] if self.code else self.written
        self.source = self._code() if self.code else self._words()

    def say(self, text, *words):
        self.notes.append(f"The answer cell {self.name} {text.format(*words)}.")

    def _blank(self):
        """Return what stands where nothing was written: the stub, or nothing where the student has taken it out."""
        there = [extra for extra in self.place if (extra.kind == "code") == self.code]
        if not self.parts and there and not self.wanted:
            self.used = there
            self.say("had lost its label; it was found by its place")
            return "\n\n".join(extra.source for extra in there)
        if not self.parts:
            self.say("is missing")
            return self.cell.source
        return self.parts[-1].source if all(not p.source.strip() for p in self.parts) else self.cell.source

    def _words(self):
        if len(self.written) > 1:
            self.say("is there {} times; the parts were put together", len(self.parts))
        return "\n\n".join(self.written) or self._blank()

    def _code(self):
        whole = "\n".join(self.written)
        if len(self.parts) > 1:
            self.say("is there {} times; the parts were put together", len(self.parts))
        if understood(whole)[0]:
            return self._found(whole)
        if (longer := self._with_tail(whole)) is not None:
            return longer
        if len(self.written) > 1:
            sound = [text for text in self.written if understood(text)[0]]
            self.notes.pop()
            self.say("is there {} times; the last that runs counts", len(self.parts))
            whole = (sound or self.written)[-1]
            return self._found(whole) if sound else self._with_tail(whole) or whole
        return whole

    def _with_tail(self, whole):
        """Return code that breaks off, with as many of the cells below it as make it whole; None where none do."""
        if re.search(r"\S", whole):
            for count in range(1, min(len(self.tail), LONGEST_TAIL) + 1):
                longer = "\n".join([whole, *(extra.source for extra in self.tail[:count])])
                if self.tail[count - 1].kind != "code" or len(longer) > LONGEST_SOURCE:
                    break
                if understood(longer)[0]:
                    self.used = self.tail[:count]
                    self.say("was split; the parts were put together")
                    return longer
        return None

    def _found(self, whole):
        """Return sound code as it is where it answers, else with the cell that does, if there is one."""
        if self.wanted and not self.wanted & understood(whole)[1]:
            for cell in reversed(self.loose):
                if not defines(cell.source, self.wanted):
                    continue
                magic = MEASURED if whole.strip() else TIMED
                longer = "\n".join([*([whole] if whole.strip() else []), magic.sub(PLAIN, cell.source)])
                if understood(longer)[0]:
                    self.used = [cell]
                    self.say("does not define {}; the cell that does was added to it" if self.parts else
                             "had lost its label; it was found by what it defines", ", ".join(sorted(self.wanted)))
                    return longer
            for source in reversed(self.changed):
                if not whole.strip() and defines(source, self.wanted):
                    self.say("is blank; what defines it stood in a cell that was given")
                    return source
        return whole if whole.strip() else self._blank()


def _place_of(released, index, found):
    """Return the loose cells that stand where the answer of a released cell should: behind the one before it."""
    before = index - 1
    while before > 0 and not released.cells[before].source.strip():
        before -= 1
    return [cell for anchor in range(before, index) for cell in found.extras.get(anchor, [])]


def _given_notes(cell, parts, changed):
    """Return what to say about a cell that was given with a label and came 0, 2 or more times, or changed."""
    what = f"The {'test' if meta(cell).get('grade') else 'given'} cell {meta(cell).get('grade_id')}"
    if not parts:                                     # a blank one is a hidden test; nobody can find that by its text
        return [f"{what} was deleted; it was put back."] if cell.source.strip() else []
    notes = [f"{what} is there {len(parts)} times; one counts."] if len(parts) > 1 else []
    return notes + ([f"{what} was changed; the released one counts."] if changed else [])


def placeholder(released, reason):
    """Return the released notebook, marked so that it is not run, with the reason on top: for what cannot be read."""
    graded = copy.deepcopy(released)
    graded.metadata["autograder"] = {**graded.metadata.get("autograder", {}), "not_run": reason}
    graded.cells.insert(0, nbformat.v4.new_markdown_cell(f"**Not graded.** {reason}", id="not-graded"))
    return graded
