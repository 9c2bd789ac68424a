"""The student's version of a lab: derived by nbgrader's own preprocessors, then searched for what must not be in it."""

import contextlib
import copy
import json
import re
import shutil
from pathlib import Path

from autograder.errors import CourseError
from autograder.gradebook import check_database, convert
from autograder.labs import (
    BEGIN,
    END,
    HIDDEN_BEGIN,
    HIDDEN_END,
    begin_in,
    is_answer,
    is_test,
    lab_sources,
    meta,
    region,
)
from autograder.notebooks import to_bytes

MARKS = re.compile(r"SOLUTION|HIDDEN")
SHORTEST = 12                                         # a shorter line says too little to give an answer away
TELLING = 24                                          # a line this long gives it away inside another line, too


def student_version(notebook):
    """Return what a student gets of `notebook`: answers replaced by stubs, hidden tests gone, checksums set.

    Raises
    ------
    CourseError
        If a region is not closed, nested, or stands in a cell of the wrong kind.
    """
    from nbgrader.preprocessors import (
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    released, resources = copy.deepcopy(notebook), {}
    for step in (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ClearMarkScheme, ComputeChecksums):
        try:
            released, resources = step().preprocess(released, resources)
        except (RuntimeError, ValueError) as error:
            raise CourseError(f"{step.__name__}: {str(error).strip()}") from error
    return released


def _strings(value):
    """Yield every string inside a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _plain(line):
    """Return a line without what Markdown or a comment puts round it."""
    return re.sub(r"\s+", " ", line.strip(" \t#>*-`"))


def secret_lines(source):
    """Return the lines of a source notebook that no student may see, as a set.

    The lines of solutions and of hidden tests; of a solution cell without a region, all lines. Not counted: lines too
    short to say anything, and lines that the given code of the notebook (no test, no answer) shows anyway.
    """
    secret, given = set(), set()
    for cell in source.cells:
        inside, outside = region(cell.source, BEGIN, END)
        if is_answer(cell):
            secret.update(inside if begin_in(cell, BEGIN) else outside)
            given.update(outside if begin_in(cell, BEGIN) else ())
        elif is_test(cell):
            secret.update(region(cell.source, HIDDEN_BEGIN, HIDDEN_END)[0])
        elif cell.cell_type == "code":
            given.update(cell.source.splitlines())
    plain = {_plain(line) for line in secret} - {_plain(line) for line in given}
    return {line for line in plain if len(line) >= SHORTEST and re.search(r"\w\W*\w", line)}


def leaks(text, source=None):
    """Return what must not be in the text of a released file, each as a phrase; empty when it is clean.

    Parameters
    ----------
    text : str
        A notebook as JSON (sources, metadata, outputs and attachments are all looked at), or any other text.
    source : NotebookNode, optional
        The notebook with its solutions: its secret lines are searched for, too.
    """
    try:
        pieces = list(_strings(json.loads(text)))
    except json.JSONDecodeError:
        pieces = [text]
    secret = secret_lines(source) if source is not None else set()
    telling = sorted(line for line in secret if len(line) >= TELLING)
    found = []
    for line in (line for piece in pieces for line in piece.splitlines()):
        if mark := MARKS.search(line):
            found.append(f"the word {mark[0]} in {line.strip()[:80]!r}")
        elif _plain(line) in secret or any(part in _plain(line) for part in telling):
            found.append(f"the line {line.strip()[:80]!r} of a solution or a hidden test")
    return sorted(set(found))


def release_problems(notebook, where):
    """Return what is wrong with the student's version of `notebook`: leaks, regions that cannot be cut out."""
    try:
        text = to_bytes(student_version(notebook)).decode()
    except CourseError as error:
        return [f"{where}: {error}"]
    return [f"{where}: the release would show {leak}." for leak in leaks(text, notebook)]


def release(course, name, *, audit=False, on_step=None):
    """Make ``release/NN_topic`` with nbgrader and record the cells in the gradebook; return the folder.

    Parameters
    ----------
    course : Course
    name : str
        A lab that is built.
    audit : bool
        Refuse a lab whose tests are not good enough, as the command ``release`` does: by its last audit where nothing
        has changed since, else by a new one. A made-up class and a student's own machine do without.
    on_step : callable, optional
        Called with ``(step, done, total)`` while a new audit runs.

    Raises
    ------
    CourseError
        If the lab is not built, its tests let too many mutants live, nbgrader refuses, or a released file holds a mark,
        a solution or a hidden test; an earlier release stays then, and nothing of the new one.
    """
    from nbgrader.converters import GenerateAssignment

    built = course.nbgrader / "source" / name
    if not built.is_dir():
        raise CourseError(f"{name} is not built; run: python -m autograder build {name}")
    if audit:
        _refuse_weak_tests(course, name, built, on_step)
    check_database(course)
    target, before = course.nbgrader / "release" / name, course.nbgrader / "released_before" / name
    before.parent.mkdir(exist_ok=True)
    if before.exists():                               # left by an interrupted release: whole, the other may not be
        shutil.rmtree(target, ignore_errors=True)
    elif target.exists():
        target.replace(before)
    try:
        convert(course, GenerateAssignment, name)
        _refuse_leaks(name, built, target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        if before.exists():
            before.replace(target)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)
        with contextlib.suppress(OSError):
            before.parent.rmdir()
    return Path(target)


def _refuse_weak_tests(course, name, built, on_step):
    """Refuse a lab that its audit complains of, or that was built from other scripts than the audited ones."""
    from autograder.audit import audit, fresh

    for kind, notebook in lab_sources(course.lab(name)).items():
        path = built / f"{kind}.ipynb"
        if not path.exists() or path.read_bytes() != to_bytes(notebook):
            raise CourseError(f"labs/{name}/{kind}.py has changed since {name} was built; run: python -m autograder "
                              f"build {name}")
    report = fresh(course, name) or audit(course, name, on_step=on_step)
    if report.complaints:
        raise CourseError(f"{name} is not released, its tests are not good enough:\n- " + "\n- ".join(report.complaints)
                          + f"\nThe mutants that survive: python -m autograder audit {name}")


def _refuse_leaks(name, built, target):
    """Search every file of a release for what no student may see."""
    import nbformat

    found = []
    for path in sorted(p for p in target.rglob("*") if p.is_file()):
        twin = built / path.relative_to(target)
        source = nbformat.read(twin, as_version=4) if path.suffix == ".ipynb" and twin.exists() else None
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path.relative_to(target)} shows {leak}" for leak in leaks(text, source)]
    if found:
        raise CourseError(f"{name} is not released:\n- " + "\n- ".join(found))


def blank_answers(notebook):
    """Return ``{grade_id: source}`` of the answer cells as a student gets them."""
    return {meta(cell)["grade_id"]: cell.source for cell in student_version(notebook).cells if is_answer(cell)}
