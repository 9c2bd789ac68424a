"""From ``labs/NN_topic/*.py`` to ``build/nbgrader/source/NN_topic/*.ipynb``: notebooks with their solutions."""

import hashlib
import shutil

from autograder.alternatives import RIGHT, SURVIVORS
from autograder.errors import CourseError
from autograder.files import replace_folder, write_whole
from autograder.gradebook import CONFIG, open_gradebook, utc
from autograder.known_wrong import FILE
from autograder.labs import NOTEBOOKS, lab_sources, notebook_problems
from autograder.notebooks import to_bytes

NOT_COPIED = {*(f"{name}.py" for name in NOTEBOOKS), FILE, RIGHT, SURVIVORS, "__pycache__"}

AGREED = set()                                        # hashes of notebooks that both ways of grading agreed on


def write_config(course):
    """Write ``nbgrader_config.py``, so that nbgrader's own commands and formgrader work on the same course root."""
    path = course.nbgrader / "nbgrader_config.py"
    (path.parent / "exchange").mkdir(parents=True, exist_ok=True)     # formgrader asks for one
    return write_whole(path, CONFIG)


def checked_sources(course, name):
    """Return the notebooks ``{kind: notebook}`` of a lab that nothing is wrong with.

    Raises
    ------
    CourseError
        With every problem of the lab's scripts, if there is one.
    """
    sources = lab_sources(course.lab(name))
    problems = [p for kind, notebook in sources.items()
                for p in notebook_problems(notebook, name[:2], kind, f"labs/{name}/{kind}.py")]
    problems += _double_ids(name, sources)
    if problems:
        raise CourseError("The lab cannot be built:\n- " + "\n- ".join(problems))
    return sources


def build(course, name, *, due=None):
    """Build one lab and register it as an assignment of nbgrader.

    Parameters
    ----------
    course : Course
    name : str
        The lab's folder, which is the assignment's name too.
    due : str, optional
        When it is to be handed in, UTC unless it says otherwise; kept from the last build where not given.

    Returns
    -------
    Path
        The folder under ``source/``: the same bytes for the same lab.

    Raises
    ------
    CourseError
        With every problem of the lab's scripts, if there is one; if the two ways of grading differ on its solution; or
        if `due` is no date, or the gradebook no gradebook.
    """
    folder, sources = course.lab(name), checked_sources(course, name)
    check_both_ways(folder, sources)
    moment = utc(due) if due is not None else None
    target = course.nbgrader / "source" / name
    fresh = target.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _write_sources(folder, sources, fresh)
        write_config(course)
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment(name, **({"duedate": moment} if moment else {}))
        replace_folder(fresh, target)                  # written whole, then put in place
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def check_both_ways(folder, sources):
    """Grade the lab's own solution in both ways, the tests with the answers in one process and apart from them.

    What agreed once is not run again in this process.

    Raises
    ------
    CourseError
        If a test gives other points apart, with each such test.
    """
    from autograder.split.local import differences

    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_COPIED)
    beside = b"".join(hashlib.sha256(str(p.relative_to(folder)).encode() + p.read_bytes()).digest() for p in files)
    found = []
    for kind, notebook in sources.items():
        key = hashlib.sha256(to_bytes(notebook) + beside).hexdigest()
        if key not in AGREED:
            told = differences(notebook, folder=folder)
            found += [f"labs/{folder.name}/{kind}.py: {each}" for each in told]
            AGREED.update([] if told else [key])
    if found:
        raise CourseError(
            "The lab cannot be built: its own solution gets other points when the tests run apart from the answers.\n- "
            + "\n- ".join(found) + '\nChange the test, or mark its cell with autograder={"in_process": true}; '
            "its points are then not tamper-proof."
        )


def _write_sources(folder, sources, fresh):
    """Write the notebooks of a lab and what lies beside its scripts into the folder `fresh`."""
    fresh.mkdir(parents=True)
    for extra in sorted(folder.iterdir()):
        if extra.name in NOT_COPIED or extra.name.startswith("."):
            continue
        if not (extra.is_dir() or extra.is_file()):
            raise CourseError(f"{folder.name}/{extra.name} is a dead link or a device; only files can be handed out.")
        if extra.is_dir():
            shutil.copytree(extra, fresh / extra.name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(extra, fresh / extra.name)
    for kind, notebook in sources.items():
        (fresh / f"{kind}.ipynb").write_bytes(to_bytes(notebook))


def _double_ids(name, sources):
    """Return a sentence for every cell id that the notebooks of one lab use twice."""
    owner, problems = {}, []
    for kind, notebook in sources.items():
        for cell in notebook.cells:
            if cell.id in owner:
                problems.append(f"labs/{name}/{kind}.py: the id {cell.id!r} is used twice; the other one is in "
                                f"{owner[cell.id]}.py.")
            owner.setdefault(cell.id, kind)
    return problems
