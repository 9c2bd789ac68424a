"""What the grader would say of a file, said to the student before it is handed in: the same intake, the same rebuild.

No code of the notebook runs, unless the student asks for the visible tests: these run in a plain Python process, as the
student's own code on the student's own machine.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import meant
from autograder.handed_files import is_notebook, one_file, read, shown
from autograder.intake import files, kind_of, look, look_at, read_notebook
from autograder.labs import is_answer, is_test, meta, not_python, points, questions
from autograder.matching import understood, wanted_of
from autograder.originals import HERE, checksum, find, notebook_of, untouched
from autograder.rebuild import rebuild

UNFINISHED = "raise NotImplementedError()"            # what a stub ends in
ALONE = ("the released notebook cannot be found, so cells that are missing are not told. Keep the zip or the notebook "
         "that you were given beside it")
SECONDS = 600                                         # for all cells together, as for the grader


@dataclass
class Asked:
    """One question and what became of it."""

    id: str
    good: bool
    state: str                                        # a few words
    tests: str = ""                                   # what the visible tests said, empty where they did not run


@dataclass
class Verdict:
    """What is said about one notebook."""

    name: str
    belongs: str = ""                                 # to which lab, and what it was compared with
    refused: str = ""                                 # why the grader would not read it
    notes: list = field(default_factory=list)         # what the grader would mend, or leave out
    questions: list = field(default_factory=list)     # of Asked
    ran: str = ""                                     # why the visible tests did not run to the end

    @property
    def good(self):
        """Say whether it can be handed in like this: it is read, every question is answered, nothing failed."""
        return not self.refused and not self.ran and all(each.good for each in self.questions)


def verdicts(path, *, run=False, seconds=SECONDS):
    """Return the Verdicts on a file, or on every notebook that a folder should hold.

    Parameters
    ----------
    path : Path
        A notebook, or a folder as it would be handed in.
    run : bool
        Run the visible tests, too.
    seconds : float
        For all cells of one notebook together.

    Raises
    ------
    CourseError
        If there is nothing called `path`.
    """
    path = Path(path)
    if not os.path.lexists(path):
        beside = {p.name for p in path.parent.iterdir()} if path.parent.is_dir() else ()
        raise CourseError(f"{path} does not exist.{meant(path.name, beside)}")
    path = path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()
    if path.is_dir() and not path.is_symlink():
        return _folder(path, run, seconds)
    return [_file(path, run, seconds)]


def _file(path, run, seconds):
    """Return the Verdict on one file."""
    name = shown(path.name)
    there, notes = one_file(path)
    if notes or not is_notebook(path):
        return Verdict(name, refused=" ".join(notes) or f"{name} is not a notebook: hand in the .ipynb file.")
    handed = read_notebook(path)
    if handed.reason:
        return Verdict(name, refused=handed.reason)
    originals = find(path, _names([handed]))
    if not originals:
        return _alone(path, handed, run, seconds)
    released = {o.kind if o.lab else path.stem: o.notebook for o in originals}
    chosen, notes, _ = look_at(path.parent, there, [], released)
    kind = kind_of(path, handed, released)
    if kind is None:
        return Verdict(name, refused=" ".join(notes))
    return _compared(Verdict(name, _belongs(originals, kind)), released[kind], chosen[kind], path.parent, run, seconds)


def _folder(path, run, seconds):
    """Return the Verdicts on the notebooks that a folder should hold."""
    there, notes = [], []
    try:
        there, notes = files(path)
    except OSError as error:
        raise CourseError(f"{path} cannot be opened: {error.strerror}.") from None
    handed = [read_notebook(each, path) for each in there if is_notebook(each)]
    originals = find(path, _names(handed))
    if not originals:
        found = [_file(each, run, seconds) for each in there if is_notebook(each)]
        return found or [Verdict(shown(path.name), notes=notes, refused="There is no notebook in this folder.")]
    released = {o.kind or "lab": o.notebook for o in originals}
    chosen, notes, _ = look(path, released)
    found = [_compared(Verdict(f"{shown(path.name)}/{kind}.ipynb", _belongs(originals, kind)), notebook, chosen[kind],
                       path, run, seconds) for kind, notebook in released.items()]
    found[0].notes[:0] = notes
    return found


def _names(handed):
    """Return the labels and ids of the cells of some notebooks."""
    return {name for each in handed for cell in each.cells for name in (cell.grade_id, cell.id) if name}


def _belongs(originals, kind):
    """Return the sentence that says what a notebook is and what it is compared with."""
    best = next((o for o in originals if o.kind == kind), originals[0])
    return f"{kind} of {best.lab}, compared with {best.where}" if best.lab else f"compared with {best.where}"


def _compared(verdict, released, handed, folder, run, seconds):
    """Complete the Verdict on a notebook by comparing it with the released one."""
    verdict.notes += handed.notes
    if handed.reason:
        verdict.refused = handed.reason
        return verdict
    graded, notes = rebuild(released, handed)
    verdict.notes += notes
    bound = {name for cell in graded.cells if cell.cell_type == "code" for name in understood(cell.source)[1]}
    given = {meta(cell)["grade_id"]: cell for cell in released.cells if is_answer(cell)}
    for question in questions(graded):
        verdict.questions.append(_asked(question.answer, given[question.id], bound))
    understood.cache_clear()
    if run:
        _run_tests(verdict, graded, folder, seconds)
    return verdict


def _asked(answer, given, bound):
    """Return the Asked of one answer; `bound` are the names that all cells define."""
    name = meta(given)["grade_id"]
    if answer.source.strip() == given.source.strip():
        return Asked(name, False, "not answered")
    if not answer.source.strip():
        wanted = wanted_of(given)
        elsewhere = bool(wanted) and wanted <= bound
        return Asked(name, elsewhere, "answered in another cell" if elsewhere else "not answered: the cell is empty")
    if answer.cell_type != "code":
        return Asked(name, True, "answered; marked by a person")
    if wrong := _wrong(answer.source):
        return Asked(name, False, wrong)
    if any(line.strip() == UNFINISHED for line in answer.source.splitlines()):
        return Asked(name, True, f"answered, but {UNFINISHED} still stands in it")
    return Asked(name, True, "answered")


def _wrong(source):
    """Return why code cannot be compiled, empty where it can."""
    if understood(source)[0]:
        return ""
    try:
        return not_python(source)
    except (RecursionError, MemoryError):
        return "not Python: too deep for its parser"


def _alone(path, handed, run, seconds):
    """Return the Verdict on a notebook whose released version cannot be found: what it says about itself."""
    notebook = notebook_of(read(path.parent, path))
    verdict = Verdict(shown(path.name), ALONE, notes=handed.notes)
    labels = Counter(cell.grade_id for cell in handed.cells if cell.grade_id)
    verdict.notes += [f"The cell {name} is there {count} times." for name, count in labels.items() if count > 1]
    cells = [c for c in notebook.cells if meta(c).get("grade_id")] if notebook else []
    if not cells:
        verdict.refused = f"{verdict.name} has no labelled cells: it is no notebook of a lab, or has lost its labels."
    elif untouched(notebook):
        verdict.notes.append("Nothing in it has been changed since it was released.")
    for cell in cells:
        same = meta(cell).get("checksum") == checksum(cell)
        if is_answer(cell):
            wrong = _wrong(cell.source) if cell.cell_type == "code" else ""
            state = "not answered" if same else "not answered: the cell is empty" if not cell.source.strip() else wrong
            verdict.questions.append(Asked(str(meta(cell)["grade_id"]), not state, state or "answered"))
        elif "checksum" in meta(cell) and not same:
            verdict.notes.append(f"The cell {meta(cell)['grade_id']} was changed; the released one counts.")
    understood.cache_clear()
    if run and cells:
        try:
            _run_tests(verdict, notebook, path.parent, seconds)
        except (KeyError, ValueError, TypeError):
            verdict.ran = "The visible tests did not run: the labels of the cells are damaged."
    return verdict


def _visible(cell):
    """Say whether a released test cell holds code; of a hidden test only comments are left."""
    return is_test(cell) and any(line.strip() and not line.strip().startswith("#") for line in cell.source.splitlines())


def _plain(source):
    """Return code without IPython's own lines, which a plain Python process cannot run; the lines keep their number."""
    lines = source.split("\n")
    return "\n".join(f"{line[:len(line) - len(line.lstrip())]}pass" if line.lstrip()[:1] in ("%", "!", "?") else line
                     for line in lines) if _wrong_plain(source) else source


def _wrong_plain(source):
    try:
        compile(source, "<cell>", "exec", dont_inherit=True)
        return False
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True


def _run_tests(verdict, graded, folder, seconds):
    """Run the cells of a rebuilt notebook in a process of their own, and note of each question which tests passed."""
    cells = [{"id": meta(c).get("grade_id", c.get("id", "")), "source": _plain(c.source),
              "points": meta(c)["points"] if _visible(c) else None} for c in graded.cells if c.cell_type == "code"]
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"}             # no picture waits for a click
    try:
        done = subprocess.run([sys.executable, "-m", "autograder.without_kernel"], input=json.dumps(cells), text=True,
                              capture_output=True, timeout=seconds, cwd=folder, env=environment, errors="replace")
        got = json.loads(done.stdout.rsplit("\n", 1)[-1])
    except subprocess.TimeoutExpired:
        verdict.ran = f"The visible tests did not end: the cells ran longer than {seconds:g} s. Does a loop never end?"
        return
    except ValueError:
        said = done.stderr.strip().splitlines()
        verdict.ran = ("The visible tests did not end: Python itself ended (os._exit, a crash, or out of memory)"
                       + (f": {shown(said[-1])}" if said else "."))
        return
    asked = {each.id: each for each in verdict.questions}
    for question in questions(graded):
        tests = [cell for cell in question.tests if _visible(cell)]
        passed = [got.get(meta(c)["grade_id"], 0) >= points(meta(c)["points"]) for c in tests]
        if tests:
            entry = asked[question.id]
            failed = f"{passed.count(False)} of {len(tests)} visible tests fail"
            entry.tests = "visible tests pass" if all(passed) else failed
            entry.good = entry.good and all(passed)
