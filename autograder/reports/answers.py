"""What students wrote, as it was graded: answers by question, cells of their own, and who handed in together."""

import json
from dataclasses import dataclass

from autograder.errors import CourseError


@dataclass(frozen=True)
class Part:
    """One cell that a student wrote."""

    notebook: str
    question: str                                     # its grade id; empty for a cell that the student added
    kind: str                                         # code or markdown
    source: str


@dataclass(frozen=True)
class HandIn:
    """What one student, or one group, wrote in one assignment."""

    students: tuple                                   # one, or all of a group with the same hand-in
    parts: tuple                                      # of Part, in the order of the notebooks

    @property
    def name(self):
        """Return who it is of, as it is shown."""
        return " + ".join(self.students)

    def answer(self, question):
        """Return the Part that answers `question`, None if there is none."""
        return next((part for part in self.parts if part.question == question), None)


def _cells(path):
    """Return ``[(kind, source, nbgrader metadata, id), ...]`` of a notebook that grading or a release wrote."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("nbgrader") or {}, cell.get("id"))
                for cell in content["cells"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} cannot be read ({type(error).__name__}); grade or release it again.") from None


def released(course, assignment):
    """Return ``{notebook: [(kind, source, nbgrader metadata, id), ...]}`` of the release.

    Raises
    ------
    CourseError
        If it is not released.
    """
    found = {path.stem: _cells(path) for path in sorted((course.nbgrader / "release" / assignment).glob("*.ipynb"))}
    if not found:
        raise CourseError(f"{assignment} is not released; run: python -m autograder release {assignment}")
    return found


def stubs(release):
    """Return ``{question: source}`` of the answer cells as they were released, all notebooks, in order."""
    return {meta["grade_id"]: source for cells in release.values() for _, source, meta, _ in cells
            if meta.get("solution")}


def hand_ins(course, assignment):
    """Return a HandIn for every student graded, sorted; those of one group with the same cells are one.

    Raises
    ------
    CourseError
        If the assignment is not released, nobody is graded, or a notebook that grading wrote is damaged.
    """
    release = released(course, assignment)
    given = {name: ({cell[3] for cell in cells}, {cell[1].strip() for cell in cells})
             for name, cells in release.items()}
    folders = sorted((course.nbgrader / "autograded").glob(f"*/{assignment}"))
    wrote = {}
    for folder in (folder for folder in folders if folder.is_dir() and folder.parent.name[0] != "."):
        parts = [part for name in release for part in _parts(folder / f"{name}.ipynb", *given[name])]
        wrote[folder.parent.name] = tuple(parts)
    if not wrote:
        raise CourseError(f"Nobody is graded for {assignment}; run: python -m autograder grade {assignment}")
    together, found = teams(course, assignment), {}
    for student, parts in wrote.items():
        found.setdefault((together.get(student, ("alone", student)), parts), []).append(student)
    return [HandIn(tuple(students), parts) for (_, parts), students in found.items()]


def _parts(path, ids, sources):
    """Yield the cells of one graded notebook that are the student's."""
    if not path.is_file():
        return
    for kind, source, meta, name in _cells(path):
        if meta.get("solution"):
            yield Part(path.stem, meta["grade_id"], kind, source)
        elif not meta and name not in ids and source.strip() and source.strip() not in sources:
            yield Part(path.stem, "", kind, source)


def teams(course, assignment):
    """Return ``{student: group}`` of an assignment; who works alone is left out."""
    from autograder.people import groups
    from autograder.people.database import has_gradebook
    from autograder.people.records import records

    if not has_gradebook(course.nbgrader):
        return {}
    with records(course) as session:
        return groups.teams(session, assignment)
