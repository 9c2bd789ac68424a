"""Are the tests of a lab any good? Answers whose points are known, and mutants that the tests must kill.

Graded are the solution (full marks), the blank release (nothing), every known wrong answer (what it must lose), other
right answers (full marks), and mutants of each solution. The *mutation score* of a question is the share of its mutants
that lose a point. A survivor that ``survivors.yml`` explains does the same thing as the solution, so it is no mutant:
``score = killed / (mutants - explained)``. The raw share, ``killed / mutants``, is told too. Every question needs a
score of 0.95, or the lab is not released.
"""

import hashlib
import importlib.metadata
import importlib.util
import math
import os
import signal
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import replace
from pathlib import Path

from autograder.alternatives import SURVIVORS, load_explanations, load_right_answers, name_problems
from autograder.bench import ANSWER, GIVEN, TEST, Cell, Trial, modules_of, tried
from autograder.build import checked_sources
from autograder.errors import CourseError
from autograder.files import meant, write_whole
from autograder.known_wrong import load_known_wrong
from autograder.labs import BEGIN, END, HIDDEN_BEGIN, HIDDEN_END, is_answer, is_test, lab_sources, meta, questions
from autograder.modes import Comparison
from autograder.mutants import diff, mutants
from autograder.observe import observe
from autograder.verdicts import Case, Question, Report, Survivor

LEAST, TIMES = 2, 20                                  # seconds of computing that a mutant gets: at least, and so many
BATCH = 6                                             # trials that a worker is sent at once
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")      # what nbgrader leaves of a solution
WORKER = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3",
          **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")}
PARTS = ("audit", "mutants", "slips", "observe", "bench", "forks", "modes", "verdicts", "alternatives",
         "without_kernel", "split/*")


def lines_between(source, begin, end):
    """Return the numbers of the lines between two marks."""
    inside, numbers = False, set()
    for number, line in enumerate(source.splitlines(), start=1):
        if begin in line or end in line:
            inside = begin in line
        elif inside:
            numbers.add(number)
    return frozenset(numbers)


def cells_of(notebook):
    """Return the code cells of a notebook as plain values for worker processes."""
    found = []
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        role = ANSWER if is_answer(cell) else TEST if is_test(cell) else GIVEN
        worth = float(meta(cell)["points"]) if role == TEST else 0.0
        hidden = lines_between(cell.source, HIDDEN_BEGIN, HIDDEN_END) if role == TEST else frozenset()
        found.append(Cell(meta(cell).get("grade_id") or cell.id, cell.source, role, worth, hidden))
    return found


def blank(source):
    """Return a solution cell as a student receives it: its regions replaced by nbgrader's stub, indented alike."""
    if BEGIN not in source:
        return "\n".join(STUB)
    lines, inside = [], False
    for line in source.splitlines():
        if BEGIN in line:
            inside = True
            lines += [line[: len(line) - len(line.lstrip())] + stub for stub in STUB]
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def fingerprint(course, name):
    """Return a hash of all that an audit depends on.

    The lab's files, the course's own packages that its cells import (installed ones by their version), Python's
    version, and the code of the audit itself.
    """
    folder, total = course.lab(name), hashlib.sha256(sys.version.encode())
    paths = [path for path in folder.rglob("*") if "__pycache__" not in path.parts]
    cells = [cell for notebook in lab_sources(folder).values() for cell in cells_of(notebook) if cell.role != ANSWER]
    for package in sorted({module.partition(".")[0] for module in modules_of(cells)} - sys.stdlib_module_names):
        own = [course.root / package, course.root / f"{package}.py"]
        spec = importlib.util.find_spec(package)
        origin = next((path for path in own if path.exists()), spec and spec.origin and Path(spec.origin))
        if origin and "site-packages" not in origin.parts:
            home = origin.parent if origin.name == "__init__.py" else origin
            paths += home.rglob("*.py") if home.is_dir() else [home]
        else:
            for distribution in importlib.metadata.packages_distributions().get(package, ()):
                total.update(f"{distribution} {importlib.metadata.version(distribution)}".encode())
    paths += [path for part in PARTS for path in Path(__file__).parent.glob(f"{part}.py")]
    for path in sorted(path for path in paths if path.is_file()):
        shown = path.relative_to(course.root) if path.is_relative_to(course.root) else path.name
        total.update(f"\0{shown}\0".encode() + path.read_bytes())
    return total.hexdigest()


def kept(course, name):
    """Return where the result of an audit is kept."""
    return course.build / "audit" / f"{name[:2]}.json"


def fresh(course, name):
    """Return the kept Report of a lab where nothing has changed since, else None."""
    try:
        report = Report.from_json(kept(course, name).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return report if (report.lab, report.fingerprint) == (name, fingerprint(course, name)) else None


def audit(course, name, *, question=None, jobs=None, on_step=None):
    """Audit a lab and return the `Report`; that of a whole lab is kept in ``build/audit``.

    Parameters
    ----------
    course : Course
    name : str
        The lab.
    question : str, optional
        Only the mutants and the answers of this question.
    jobs : int, optional
        Processes at once; as many as there are cores unless given.
    on_step : callable, optional
        Called with ``(step, done, total)``: answers, mutants.

    Raises
    ------
    CourseError
        If the lab or a file beside it cannot be read, there is no such question, the system cannot fork, or worker
        processes end unexpectedly.
    """
    if not hasattr(os, "fork"):
        raise CourseError("The audit needs a system that can fork processes, such as Linux or macOS.")
    start, notebooks = time.monotonic(), checked_sources(course, name)
    before = fingerprint(course, name)                # what changes while it runs makes the result stale
    with _Workers(course.lab(name), jobs, on_step or (lambda *_: None)) as workers:
        report = _Audit(course.lab(name), notebooks, question, workers).run()
    report.fingerprint, report.seconds = before, round(time.monotonic() - start, 1)
    if question is None:
        write_whole(kept(course, name), report.to_json())
    return report


class _Workers:
    """Worker processes of one audit: loky's, with the same environment and the same hash seed each."""

    def __init__(self, folder, jobs, on_step):
        import joblib
        from joblib.externals.loky import ProcessPoolExecutor

        self.folder, self.on_step, jobs = folder, on_step, jobs or joblib.cpu_count()
        self.pool = ProcessPoolExecutor(jobs, env=WORKER)
        self.most = max(2 * jobs - 1, 1)              # at once; what loky holds back it stumbles over when interrupted

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.pool.shutdown(wait=True, kill_workers=True)

    def observe(self, key, cells):
        """Start to observe what the visible tests ask; return a future."""
        return self._submit(observe, key, cells)

    def _submit(self, function, *arguments):
        """Submit work for the lab; processes that start now leave Ctrl-C to this one, which ends them."""
        if threading.current_thread() is not threading.main_thread():
            return self.pool.submit(function, *arguments, self.folder)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return self.pool.submit(function, *arguments, self.folder)
        finally:
            signal.signal(signal.SIGINT, before)

    def run(self, step, jobs):
        """Return the outcomes of ``[(key, cells, trial), ...]`` in order; ``on_step`` hears how far they are."""
        from joblib.externals.loky.process_executor import BrokenProcessPool

        batches, last = [], None
        for position, (key, cells, trial) in enumerate(jobs):
            if last != key or len(batches[-1][2]) == BATCH:
                batches.append((key, cells, [], []))
                last = key
            batches[-1][2].append(trial)
            batches[-1][3].append(position)
        outcomes, done, waiting = [None] * len(jobs), 0, {}
        self.on_step(step, 0, len(jobs))
        try:
            while batches or waiting:
                while batches and len(waiting) < self.most:
                    key, cells, trials, positions = batches.pop(0)
                    waiting[self._submit(tried, trials, key, cells)] = positions
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    positions = waiting.pop(future)
                    for position, outcome in zip(positions, future.result(), strict=True):
                        outcomes[position] = outcome
                    done += len(positions)
                    self.on_step(step, done, len(jobs))
        except BrokenProcessPool as error:
            raise CourseError(f"A worker process of the audit ended (out of memory?): {error}") from None
        return outcomes


class _Audit:
    """One audit on its way: first the answers whose points are known, then the mutants."""

    def __init__(self, folder, notebooks, question, workers):
        self.folder, self.notebooks, self.only, self.workers = folder, notebooks, question, workers
        self.cells = {kind: cells_of(notebook) for kind, notebook in notebooks.items()}
        self.asked = [Question(each.id, kind, float(each.points)) for kind, notebook in notebooks.items()
                      for each in questions(notebook) if not each.manual and each.tests]
        names = [each.id for each in self.asked]
        if question is not None and question not in names:
            there = f"Questions: {', '.join(names) or 'none'}.{meant(question, names)}"
            raise CourseError(f"There is no question {question!r} with tests in {folder.name}. {there}")
        self.answers = {cell.id: cell.source for cells in self.cells.values() for cell in cells if cell.role == ANSWER}
        self.report = Report(folder.name)
        self.wrong, self.right = load_known_wrong(folder), load_right_answers(folder)
        self.explained, problems = load_explanations(folder), name_problems(folder, notebooks)
        known = {(each.notebook, each.id) for each in self.asked}
        problems += [f"known_wrong.yml: {row.id} names {row.notebook}/{row.question}, not a question with tests."
                     for row in self.wrong if (row.notebook, row.question) not in known]
        if problems:
            raise CourseError("\n".join(problems))

    def _wanted(self, question):
        return self.only in (None, question)

    def full(self, kind, question=None):
        """Return the points of a notebook, or of one question."""
        return sum(each.points for each in self.asked if each.notebook == kind and question in (None, each.id))

    def run(self):
        """Return the Report."""
        self.report.questions = [each for each in self.asked if self._wanted(each.id)]
        seen = [self.workers.observe(kind, cells) for kind, cells in self.cells.items()]
        plan = list(self._plan())
        twice = list(_both_ways(plan))
        comparison = Comparison(self.folder, self.notebooks, twice, self.workers.on_step)
        try:
            seconds = self._answers(plan)
            if all(case.agrees for case in self.report.cases if case.kind == "solution"):
                self._mutants(seconds, {name: calls for future in seen for name, calls in future.result().items()})
            self.report.problems += comparison.result()
            self.report.compared = len(twice)
        finally:
            comparison.stop()
        return self.report

    def _plan(self):
        """Yield ``(Case without points, question or None, Trial)`` of all answers whose points are known."""
        for kind, cells in self.cells.items():
            stubs = {cell.id: blank(cell.source) for cell in cells if cell.role == ANSWER}
            yield Case("solution", "", kind, self.full(kind), 0), None, Trial()
            yield Case("blank", "", kind, 0, 0), None, Trial(stubs)
        for each in self.report.questions:
            case = Case("solution", f"of {each.id}", each.notebook, each.points, 0)
            yield case, each, Trial(only=each.id, before=True)
            yield replace(case, kind="alone"), each, Trial(only=each.id)
        for row in filter(lambda row: self._wanted(row.question), self.wrong):
            case = Case("known wrong", row.id, row.notebook, self.full(row.notebook) - row.loses, 0)
            yield case, None, Trial({row.question: row.code})
        for row in filter(lambda row: self._wanted(row.question), self.right):
            case = Case("right", f"{row.id} ({row.how})", row.notebook, self.full(row.notebook, row.question), 0)
            yield case, None, Trial({row.question: row.code}, only=row.question, before=True)

    def _answers(self, plan):
        """Grade the answers whose points are known; return the seconds that the tests of each question take."""
        seconds = {}
        jobs = [(case.notebook, self.cells[case.notebook], trial) for case, _, trial in plan]
        for (case, question, _), outcome in zip(plan, self.workers.run("answers", jobs), strict=True):
            why = " ".join(f"{cell}: {_line(text)}" for cell, text in outcome.messages.items())
            case = replace(case, got=outcome.total, why=why)
            if question:
                seconds[question.id] = max(seconds.get(question.id, 0), outcome.seconds)
            if case.kind == "alone":
                question.alone = case.agrees
            else:
                self.report.cases.append(case)
        return seconds

    def _mutants(self, seconds, calls):
        """Try the mutants of all questions; the ones that know the visible test come from `calls`."""
        plan = []
        for each in self.report.questions:
            source, limit = self.answers[each.id], max(LEAST, math.ceil(TIMES * seconds[each.id]))
            lines = lines_between(source, BEGIN, END) if BEGIN in source else None
            for mutant in mutants(source, lines=lines, calls=calls.get(each.id)):
                trial = Trial({each.id: mutant.source}, each.id, not each.alone, True, limit)
                plan.append((each, mutant, (each.notebook, self.cells[each.notebook], trial)))
        outcomes = self.workers.run("mutants", [job for _, _, job in plan])
        reasons = {(row.question, row.change): row.reason for row in self.explained if self._wanted(row.question)}
        for (each, mutant, _), outcome in zip(plan, outcomes, strict=True):
            each.mutants += 1
            each.endless += outcome.end == "time"
            if not outcome.end and math.isclose(outcome.total, each.points, abs_tol=1e-9):
                reason = reasons.pop((each.id, mutant.change), "")
                shown = tuple(diff(self.answers[each.id], mutant.source))
                each.survivors.append(Survivor(mutant.kind, mutant.change, shown, reason))
            elif outcome.hidden:
                each.hidden += 1
            else:
                each.visible += 1
        self.report.problems += [
            f"labs/{self.folder.name}/{SURVIVORS}: {question}, {change!r} is explained but does not survive; delete it."
            for question, change in reasons]


def _both_ways(plan):
    """Yield what of a plan is graded both ways: every answer once, with the question that it answers."""
    for case, question, trial in plan:
        if question is None:
            one = next(iter(trial.answers)) if case.kind in ("known wrong", "right") else None
            yield case.notebook, f"{case.kind} {case.name}".strip(), trial.answers, one


def _line(text):
    """Return the beginning of a message, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:157] + "..."
