"""Whether the course is whole: twins, labs, releases and the numbers of the units."""

from dataclasses import dataclass

from autograder.errors import CourseError
from autograder.labs import lab_problems, lab_sources, not_python
from autograder.notebooks import read_percent
from autograder.twins import twin_problems


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and what mends it."""

    where: str
    what: str
    fix: str = ""


def unit_problems(course):
    """Yield where lecture, deck and lab do not agree on their number and name.

    A unit that exists has all three: ``course/NN_topic.py``, ``slides/NN_topic.md`` and ``labs/NN_topic/lab.py`` with
    ``review.py`` beside it.
    """
    parts = {
        "course/{}.py": {path.stem for path in course.lectures()},
        "slides/{}.md": {path.stem for path in course.decks()},
        "labs/{}/": {path.name for path in course.labs()},
    }
    units = sorted(set().union(*parts.values()))
    for unit in units:
        missing = [pattern.format(unit) for pattern, names in parts.items() if unit not in names]
        if missing:
            fix = "add what is missing, or rename what is there: one number and one name everywhere"
            yield Problem(f"unit {unit}", f"lacks {' and '.join(missing)}.", fix)
    numbers = {}
    for unit in units:
        if (other := numbers.setdefault(unit[:2], unit)) != unit:
            yield Problem(f"unit {unit}", f"has the number of {other}.", "give one of them another number")
    for folder in course.labs():
        for name in ("lab.py", "review.py"):
            if not (folder / name).exists():
                yield Problem(f"labs/{folder.name}", f"has no {name}.", f"write labs/{folder.name}/{name}")


def student_problems(course):
    """Yield what the student's versions of labs and reviews would show of solutions and hidden tests."""
    from autograder.release import release_problems  # nbgrader takes seconds to import

    for folder in course.labs():
        try:
            sources = lab_sources(folder)
        except CourseError:
            continue                                  # lab_problems says it
        for name, notebook in sources.items():
            if len({cell.id for cell in notebook.cells}) < len(notebook.cells):
                continue                              # a grade id used twice: lab_problems says it
            yield from release_problems(notebook, f"labs/{folder.name}/{name}.py")


def syntax_problems(course):
    """Yield where a code cell of a lecture is not Python."""
    for lecture in course.lectures():
        try:
            cells = read_percent(lecture).cells
        except CourseError:
            continue                                  # twin_problems says it
        for cell in cells:
            if cell.cell_type == "code" and (wrong := not_python(cell.source)):
                yield Problem(f"course/{lecture.name}", f"cell {cell.id}: {wrong}.")


def problems(course):
    """Return every :class:`Problem` of the course: twins, labs, student's versions, units; in this order."""
    found = [Problem(*row) for row in twin_problems(course)]
    for sentence in [*lab_problems(course), *student_problems(course)]:
        where, _, what = sentence.partition(": ")
        found.append(Problem(where, what) if what else Problem("labs", sentence))
    found += [*syntax_problems(course), *unit_problems(course)]
    return found


def summary(course):
    """Return one line that says what was looked at."""
    counts = ((len(course.lectures()), "lectures"), (len(course.decks()), "decks"), (len(course.labs()), "labs"))
    return ", ".join(f"{count} {name if count != 1 else name[:-1]}" for count, name in counts)
