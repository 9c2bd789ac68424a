"""The warm processes of one grader: one that students' kernels start from, and one that has run the given cells.

Two, because what is in the memory of a process is in the memory of all that are forked from it: hidden tests are never
near a student's code. They live as long as the grader's process, or until another lab is graded.
"""

import ast
import atexit
import hashlib
import importlib.util
import os
from dataclasses import dataclass
from functools import lru_cache

import nbformat

from autograder.errors import CourseError
from autograder.sandbox import kernel, pool
from autograder.sandbox.limits import Box
from autograder.split import plan as plans
from autograder.split import tests_process

KEPT = {}                                             # of this process: "now" -> Warm
TESTS = "autograder.split.tests_process:main"
AGENT = "autograder.split.agent"


def imported(notebook):
    """Return the modules that the code of a notebook imports and that are installed here, as a set.

    What a cell imports inside a function counts too. A module that lies beside the notebook is not there yet.
    """
    names = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(plans.parse(cell.source)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return {name for name in names if _installed(name)}


@lru_cache(maxsize=64)
def _read(path, stamp):
    notebook = nbformat.read(path, as_version=4)
    return plans.read(notebook), frozenset(imported(notebook))


def read(path):
    """Return ``(Plan, modules)`` of a notebook with its tests under ``source/``; read once, and again when it changes.

    Raises
    ------
    CourseError
        If it is not there.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        name = path.parent.name
        raise CourseError(f"source/{name}/{path.name} is not there; the tests are read from it. Run: python -m "
                          f"autograder build {name}") from None
    return _read(str(path), (status.st_mtime_ns, status.st_size))


def _installed(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


@dataclass
class Warm:
    """The warm processes for one lab; ``why`` says why there are none."""

    key: tuple
    students: pool.Zygote | None = None
    tests: pool.Zygote | None = None
    why: str = ""

    def close(self):
        """End both."""
        for zygote in (self.students, self.tests):
            if zygote is not None:
                zygote.close()


def warm(tier, root, assignment, limits):
    """Return this process's Warm for an assignment, and let kernels start from it.

    Parameters
    ----------
    tier : Tier
    root : Path
        nbgrader's course root; tests are read from ``source/``, data that given cells open from ``release/``.
    assignment : str
    limits : Limits
    """
    found = [read(path) for path in sorted((root / "source" / assignment).glob("*.ipynb"))]
    payload = tests_process.pack([plan for plan, _ in found], root / "release" / assignment)
    key = (os.getpid(), tier.name, hashlib.sha256(payload).hexdigest())
    now = KEPT.get("now")
    if now is not None and now.key == key:
        return now
    if now is not None:
        now.close()
    made = KEPT["now"] = Warm(key)
    modules = sorted(set().union(*(names for _, names in found)))
    try:
        made.students = pool.Zygote(tier, (*kernel.PRELOAD, AGENT, *modules), limits=limits,
                                    env={"MPLBACKEND": kernel.BACKEND})
        made.tests = pool.Zygote(tier, (*modules, TESTS.partition(":")[0]),
                                 ("autograder.split.tests_process:prepare", payload), limits=limits)
        for zygote in (made.students, made.tests):    # whether a child can be walled off is seen by forking one
            nothing = zygote.fork("builtins:exec", b"", Box(None, zygote.runtime(), limits))
            if code := nothing.wait(limits.startup):
                raise CourseError(f"a process that does nothing ended with {code}")
    except (CourseError, TimeoutError) as error:      # slower, and as safe: every kernel gets a box of its own
        made.close()
        made.students = made.tests = None
        made.why = f"no warm start: {error}"
    pool.use(made.students)
    return made


def current():
    """Return the Warm of this process, None where there is none."""
    now = KEPT.get("now")
    return now if now is not None and now.key[0] == os.getpid() else None


@atexit.register
def close():
    """End the warm processes of this process."""
    if (now := current()) is not None:
        KEPT.clear()
        now.close()
