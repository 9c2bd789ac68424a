"""Try answers against the tests of a lab: the setup runs once, then every set of answers gets a process of its own.

A trial costs a fork and its tests, some milliseconds, so that hundreds of mutants are affordable. What it does to its
process (arrays of the setup, random state, working folder, an endless loop, all the memory) ends with that process.
Only instructors' code runs here; hand-ins of students go to the sandbox. This module imports nothing of nbgrader and of
notebooks: worker processes load it in no time.
"""

import ast
import contextlib
import importlib
import io
import linecache
import random
import sys
import types
import warnings
from dataclasses import dataclass, field

from autograder.forks import apart, quiet, threads, working_folder
from autograder.without_kernel import earned

GIVEN, ANSWER, TEST = "given", "answer", "test"


@dataclass(frozen=True)
class Cell:
    """One code cell of a lab, as plain values that travel to other processes."""

    id: str
    source: str
    role: str                                         # given, answer or test
    points: float = 0.0
    hidden: frozenset = frozenset()                   # numbers of the lines between the marks of hidden tests


@dataclass(frozen=True)
class Trial:
    """A set of answers to try."""

    answers: dict = field(default_factory=dict)       # {solution cell: source}; the solution stands in the others
    only: str | None = None                           # run the cells of this question only
    before: bool = False                              # and what stands before it, without tests
    stop: bool = False                                # stop at the first point that is lost
    seconds: int = 600                                # of computing, for all cells
    memory: int = 1 << 30                             # bytes more than the setup has


@dataclass
class Outcome:
    """What one set of answers gave."""

    points: dict = field(default_factory=dict)        # {test cell: points}; a cell that was not reached has none
    messages: dict = field(default_factory=dict)      # {cell that failed: text of its error}
    hidden: bool = False                              # the first point was lost in a hidden part
    output: str = ""                                  # what the test cells printed
    end: str = ""                                     # empty, "time" (did not end), or what else ended the process
    seconds: float = 0.0                              # of computing

    @property
    def total(self):
        """Return the sum of the points."""
        return sum(self.points.values())


def run_cell(cell, source, namespace, tell=lambda hidden: None):
    """Execute a cell statement by statement, as IPython does; return the value of a last line that is an expression.

    `tell` is called before each statement with whether it stands among the hidden tests.
    """
    name = f"<{cell.id}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)      # for inspect.getsource
    value = None
    for node in ast.parse(source, name).body:
        tell(node.lineno in cell.hidden)
        if isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), name, "eval"), namespace)
        else:
            value = exec(compile(ast.Module([node], []), name, "exec"), namespace)
    return value


def in_hidden(error, cell):
    """Say whether an exception passed through a hidden line of the cell."""
    step, name = error.__traceback__, f"<{cell.id}>"
    while step is not None:
        if step.tb_frame.f_code.co_filename == name and step.tb_lineno in cell.hidden:
            return True
        step = step.tb_next
    return False


def modules_of(cells):
    """Return the names of the modules that the given cells import at their top."""
    names, trees = [], []
    for cell in cells:
        with contextlib.suppress(SyntaxError):        # running the cell says it better
            trees.append(ast.parse(cell.source))
    for node in (node for tree in trees for node in tree.body):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
    return names


class Bench:
    """The cells of a notebook, ready to try answers on.

    The setup runs once in this process, unless it starts threads (TensorFlow, Spark): a fork would lose them, so each
    trial then runs the setup itself, with the imports alone made beforehand.

    Parameters
    ----------
    cells : sequence of Cell
    folder : Path, optional
        Where the data of the lab lies; every trial works in a copy of its own.
    """

    def __init__(self, cells, folder=None):
        self.cells, self.folder = list(cells), folder
        self.setup = [cell for cell in self.cells if cell.role == GIVEN]
        self.answers = {cell.id: cell.source for cell in self.cells if cell.role == ANSWER}
        self.full = {cell.id: cell.points for cell in self.cells if cell.role == TEST}
        for name in modules_of(self.setup):
            with contextlib.suppress(Exception), quiet():       # the setup itself says it better
                importlib.import_module(name)
        self.module = types.ModuleType("__main__")
        self.late = set()                             # given cells that need answers: they run where they stand
        self.ready = self._stays_single()
        if self.ready:
            with working_folder(self.folder):
                self._run_setup(self.module.__dict__)
        self.random = random.getstate()               # a fork draws a new one

    def _run_setup(self, namespace):
        random.seed(0)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(0)
        for cell in self.setup:
            try:
                with quiet():
                    run_cell(cell, cell.source, namespace)
            except Exception:
                self.late.add(cell.id)

    def _stays_single(self):
        """Say, from a process that tries it, whether the setup starts no threads."""
        def look(write):
            before = threads()
            self._run_setup(types.ModuleType("__main__").__dict__)
            write(["threads", threads() - before])

        lines, _, _ = apart(look, 600, None, self.folder)
        return lines == [["threads", 0]]

    def namespace(self):
        """Return the names after the setup, for a process that may do with them what it likes."""
        sys.modules["__main__"] = self.module         # classes defined in cells can be pickled
        if not self.ready:
            self._run_setup(self.module.__dict__)
        else:
            random.setstate(self.random)
        return self.module.__dict__

    def _chosen(self, trial):
        """Yield the cells that a trial runs after the setup, in order."""
        reached = not trial.only
        for cell in self.cells:
            mine = not trial.only or cell.id == trial.only or cell.id.startswith(trial.only + "-")
            reached = reached or mine
            if cell.role == GIVEN:
                wanted = cell.id in self.late and (not trial.only or (trial.before and not reached))
            else:
                wanted = mine or (trial.before and not reached and cell.role == ANSWER)
            if wanted:
                yield cell

    def score(self, trial=None):
        """Return the `Outcome` of a trial, run in a process of its own; the solutions as they are, unless given."""
        trial = trial or Trial()
        if unknown := set(trial.answers) - set(self.answers):
            raise ValueError(f"No solution cell is called {', '.join(map(repr, sorted(unknown)))}.")
        lines, end, seconds = apart(lambda write: self._try(trial, write), trial.seconds, trial.memory, self.folder)
        outcome, now, lost = Outcome(end=end, seconds=seconds), None, False
        for what, *rest in lines:
            if what == "at":
                now = rest
            elif what == "cell":
                name, points, message, hidden = rest
                if message:
                    outcome.messages[name] = message
                if points is not None:
                    outcome.points[name] = points
                    if points < self.full[name] and not lost:
                        outcome.hidden, lost = hidden, True
            elif what == "output":
                outcome.output = rest[0]
        if end:                                       # in the cell that was running when the process ended
            name, hidden = now or ("setup", False)
            outcome.messages[name] = "It did not end." if end == "time" else f"The process ended: {end}."
            outcome.hidden = outcome.hidden if lost else hidden
        return outcome

    def _try(self, trial, write):
        """Run the cells of a trial; `write` tells what comes of each."""
        namespace, said, unheard = self.namespace(), io.StringIO(), io.StringIO()
        for cell in self._chosen(trial):
            source, points, message, hidden = trial.answers.get(cell.id, cell.source), None, None, False
            into = said if cell.role == TEST else unheard
            with contextlib.redirect_stdout(into), contextlib.redirect_stderr(into), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    value = run_cell(cell, source, namespace, lambda now, cell=cell: write(["at", cell.id, now]))
                    if cell.role == TEST:             # a number may say less than full marks
                        points, hidden = earned(value, cell.points), bool(cell.hidden)
                except BaseException as error:        # SystemExit and MemoryError are failures of a cell like others
                    message, hidden = f"{type(error).__name__}: {error}", in_hidden(error, cell)
                    points = 0.0 if cell.role == TEST else None
            write(["cell", cell.id, points, message, hidden])
            if trial.stop and points is not None and points < cell.points:
                break
        write(["output", said.getvalue()])


_benches = {}                                         # of this process: {key: Bench}


def tried(trials, key, cells, folder):
    """Return the outcomes of trials; for a worker process, which keeps its bench from call to call."""
    return [bench(key, cells, folder).score(trial) for trial in trials]


def bench(key, cells, folder):
    """Return the Bench of this process under `key`, made on first use."""
    if key not in _benches:
        _benches[key] = Bench(cells, folder)
    return _benches[key]
