"""Every lecture executed without a browser by papermill, with parameters, a report and pages that work offline."""

import ast
import copy
import json
import re
import tempfile
import threading
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import yaml

from autograder.errors import CourseError
from autograder.files import meant, pick, write_whole
from autograder.html import self_contained, to_html, without_widget_views
from autograder.notebooks import read_percent, to_bytes

# No shared history file, and none of the kernel's notices between our lines.
KERNEL_ARGUMENTS = ["--HistoryManager.enabled=False", "--IPKernelApp.log_level=50"]
# What differs between two equal runs: names made up for one rendering, addresses in memory, measured times.
VOLATILE = re.compile(
    r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b|\b0x[0-9a-f]+\b|\d+(?:\.\d+)?(?:e-\d+)?\s?(?:ns|µs|us|ms|s|seconds?)\b"
)


@dataclass
class Outcome:
    """What became of one lecture."""

    lecture: str
    cells: int = 0
    seconds: float = 0.0
    peak_mb: float = 0.0                              # the kernel with all its children, sampled
    outputs: int = 0
    images_without_alt: int = 0
    error: str = ""                                   # empty: it ran to the end and its page was written
    parameters: dict = field(default_factory=dict)

    @property
    def ok(self):
        """Say whether the lecture ran and its page was written."""
        return not self.error


def choose(course, names):
    """Return the lecture sources called `names`, all where there are none; by number, name or path.

    Raises
    ------
    CourseError
        If a name fits no lecture, with the names that there are.
    """
    return pick(course.lectures(), names, "lecture")


def parse_parameters(pairs):
    """Return ``NAME=VALUE`` texts as a dict; a value is read as YAML, so ``3`` is a number and ``true`` a truth value.

    >>> parse_parameters(["SEED=3", "FAST=true"])
    {'SEED': 3, 'FAST': True}
    """
    parameters = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise CourseError(f"A parameter looks like NAME=VALUE, got {pair!r}.")
        try:
            parameters[name] = yaml.safe_load(value)
        except (yaml.YAMLError, ValueError, RecursionError):      # ValueError: a date that there is not
            raise CourseError(f"The value of {name} cannot be read: {value[:80]!r}.") from None
    return parameters


def parameters_of(notebook):
    """Return ``{name: value}`` of what the cell tagged ``parameters`` sets; the value is None where it is computed.

    Raises
    ------
    CourseError
        If the cell is not Python.
    """
    for cell in notebook.cells:
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        try:
            nodes = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
        except SyntaxError as error:
            raise CourseError(f"The cell of parameters is not Python, line {error.lineno}: {error.msg}.") from None
        return {target.id: _literal(node.value) for node in nodes for target in node.targets
                if isinstance(target, ast.Name)}
    return {}


def _literal(node):
    """Return the value that an expression writes down, None where it has to be computed."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return None


def _fits(value, default):
    """Say whether a value has the type of a parameter: a truth value, a number, a text, or anything."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool | None)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return default is None or isinstance(value, type(default))


def fitting(notebook, parameters, where):
    """Return `parameters` under the names of the lecture, whatever the case.

    Raises
    ------
    CourseError
        If the lecture has no such parameter, with the names that it has; or if a value has another type than there.
    """
    defaults = parameters_of(notebook)
    there = {name.lower(): name for name in defaults}
    unknown = [name for name in parameters if name.lower() not in there]
    if unknown:
        known = ", ".join(there.values()) or "none"
        raise CourseError(f"{where} has no parameter {', '.join(unknown)}. It has: {known}."
                          f"{meant(unknown[0], defaults)}")
    found = {there[name.lower()]: value for name, value in parameters.items()}
    for name, value in found.items():
        if not _fits(value, defaults[name]):
            kind = type(defaults[name]).__name__
            raise CourseError(f"{where}: {name} is {value!r}, should be of the type {kind}, like {defaults[name]!r}.")
    return found


def check_parameters(lectures, parameters):
    """Raise the CourseError of `fitting` where the parameters fit none of the lectures: nothing would run then."""
    errors = []
    for lecture in lectures:
        try:
            notebook = read_percent(lecture)
        except CourseError:
            return                                    # told when it is its turn
        try:
            fitting(notebook, parameters, lecture.name)
        except CourseError as error:
            errors.append(error)
    if errors and len(errors) == len(lectures):
        raise errors[0]


class PeakMemory:
    """The largest memory that the children of this process hold together while the block runs, sampled."""

    def __init__(self, every=0.1):
        self.every, self.bytes = every, 0
        self._done = threading.Event()
        self._before = {child.pid for child in psutil.Process().children(recursive=True)}

    def _sample(self):
        while not self._done.wait(self.every):
            total = 0
            for child in psutil.Process().children(recursive=True):
                if child.pid not in self._before:
                    try:
                        total += child.memory_info().rss
                    except psutil.Error:              # ended between the two calls
                        continue
            self.bytes = max(self.bytes, total)

    def __enter__(self):
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()


def execute(lecture, product, parameters, *, timeout=None, on_cell=None):
    """Execute one lecture with papermill and write the notebook with its outputs to `product`.

    Widgets are kept as their ``text/html`` twins, so that any viewer shows them without a kernel.

    Parameters
    ----------
    lecture : Path
        A percent script.
    product : Path
        An ``.ipynb`` file; holds what was done so far where a cell fails.
    parameters : dict
        For the cell tagged ``parameters``.
    timeout : int, optional
        Seconds for one cell; none unless given.
    on_cell : callable, optional
        Called after every code cell.

    Returns
    -------
    NotebookNode
        As it was written.

    Raises
    ------
    papermill.PapermillExecutionError
        If a cell fails.
    """
    import nbformat
    import papermill

    product.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="papermill|nbclient|traitlets")    # theirs; the lecture has its own
        source = Path(folder) / f"{lecture.stem}.ipynb"
        source.write_bytes(to_bytes(read_percent(lecture)))
        try:
            papermill.execute_notebook(
                source,
                product,
                parameters,
                kernel_name="python3",
                progress_bar=False,
                cwd=lecture.parent,
                execution_timeout=timeout,
                store_widget_state=False,
                extra_arguments=KERNEL_ARGUMENTS,
                on_cell_executed=lambda **cell: on_cell and on_cell(),
            )
        finally:
            if product.exists():
                notebook = without_widget_views(nbformat.read(product, as_version=4))
                notebook.metadata.get("papermill", {}).update(input_path=lecture.name, output_path=product.name)
                product.write_bytes(to_bytes(notebook))
    return notebook


def run_one(course, lecture, parameters, *, timeout=None, on_cell=None):
    """Execute one lecture and write its notebook and its page; return an :class:`Outcome`, whatever happens."""
    outcome = Outcome(lecture.stem)
    product = course.build / "run" / f"{lecture.stem}.ipynb"
    start = time.perf_counter()
    with PeakMemory() as memory:
        try:
            source = read_percent(lecture)
            outcome.cells = sum(cell.cell_type == "code" for cell in source.cells)
            outcome.parameters = fitting(source, parameters, lecture.name)
            product.unlink(missing_ok=True)
            notebook = execute(lecture, product, outcome.parameters, timeout=timeout, on_cell=on_cell)
            outcome.outputs = sum(len(cell.get("outputs", [])) for cell in notebook.cells)
            page = course.build / "html" / f"{lecture.stem}.html"
            write_whole(page, to_html(notebook, lecture.stem))
            outcome.images_without_alt = self_contained(notebook).metadata.images_without_alt
        except Exception as error:                    # one failing lecture does not stop the rest
            outcome.error = explain(error)
    outcome.seconds = round(time.perf_counter() - start, 2)
    outcome.peak_mb = round(memory.bytes / 2**20, 1)
    return outcome


def explain(error):
    """Return one line that says what went wrong, with the number of the cell where papermill knows it."""
    if hasattr(error, "ename") and hasattr(error, "exec_count"):
        return f"cell {error.exec_count}: {error.ename}: {str(error.evalue).strip()[:300]}"
    text = str(error).strip()
    return text.splitlines()[0][:300] if isinstance(error, CourseError) else f"{type(error).__name__}: {text[:300]}"


def numbers(product):
    """Return the outputs of an executed notebook with what may differ between two equal runs taken out."""
    cells = json.loads(Path(product).read_text(encoding="utf-8"))["cells"]
    kept = []
    for cell in cells:
        for output in copy.deepcopy(cell.get("outputs", [])):
            output.pop("execution_count", None)
            kept.append(VOLATILE.sub("~", json.dumps(output, sort_keys=True, ensure_ascii=False)))
    return kept


def write_report(course, outcomes):
    """Write ``build/run/report.json`` and ``report.md``; return the path of the second."""
    folder = course.build / "run"
    rows = [asdict(outcome) for outcome in outcomes]
    write_whole(folder / "report.json", json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n")
    lines = ["| lecture | seconds | peak MB | outputs | images without alt | result |", "|---|---|---|---|---|---|"]
    for each in outcomes:
        result = (each.error or "ran").replace("|", "\\|").replace("\n", " ")
        figures = f"{each.seconds:.1f} | {each.peak_mb:.0f} | {each.outputs} | {each.images_without_alt}"
        lines.append(f"| {each.lecture} | {figures} | {result} |")
    return write_whole(folder / "report.md", "\n".join(lines) + "\n")
