"""From ``labs/NN_topic/*.py`` to ``build/nbgrader/source/NN_topic/*.ipynb``: notebooks with their solutions."""

import shutil

from autograder.errors import CourseError
from autograder.gradebook import CONFIG, open_gradebook, utc
from autograder.known_wrong import FILE
from autograder.labs import NOTEBOOKS, lab_sources, notebook_problems
from autograder.notebooks import to_bytes

NOT_COPIED = {*(f"{name}.py" for name in NOTEBOOKS), FILE, "__pycache__"}


def write_config(course):
    """Write ``nbgrader_config.py``, so that nbgrader's own commands and formgrader work on the same course root."""
    path = course.nbgrader / "nbgrader_config.py"
    (path.parent / "exchange").mkdir(parents=True, exist_ok=True)     # formgrader asks for one
    path.write_text(CONFIG, encoding="utf-8")
    return path


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
        With every problem of the lab's scripts, if there is one.
    """
    folder = course.lab(name)
    sources = lab_sources(folder)
    problems = [p for kind, notebook in sources.items()
                for p in notebook_problems(notebook, name[:2], kind, f"labs/{name}/{kind}.py")]
    problems += _double_ids(name, sources)
    if problems:
        raise CourseError("The lab cannot be built:\n- " + "\n- ".join(problems))
    moment = utc(due) if due else None
    target = course.nbgrader / "source" / name
    fresh = target.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for extra in sorted(folder.iterdir()):
        if extra.name in NOT_COPIED or extra.name.startswith("."):
            continue
        if extra.is_dir():
            shutil.copytree(extra, fresh / extra.name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(extra, fresh / extra.name)
    for kind, notebook in sources.items():
        (fresh / f"{kind}.ipynb").write_bytes(to_bytes(notebook))
    shutil.rmtree(target, ignore_errors=True)
    fresh.replace(target)                             # written whole, then put in place
    write_config(course)
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(name, **({"duedate": moment} if moment else {}))
    return target


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
