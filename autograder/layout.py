"""Where everything of a course lies."""

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import meant

UNIT = re.compile(r"\d\d_[a-z0-9_]+")


@dataclass(frozen=True)
class Course:
    """The folders of one course below its root.

    Parameters
    ----------
    root : Path
        The folder that holds ``course/``, ``labs/`` and ``slides/``.
    """

    root: Path

    @classmethod
    def here(cls, start=None):
        """Return the course that `start` (the current folder unless given) lies in.

        Raises
        ------
        CourseError
            If no folder upwards of `start` holds ``course/`` and ``labs/`` with the source of at least one unit.
        """
        try:
            start = Path(start or Path.cwd()).resolve()
        except FileNotFoundError:
            raise CourseError("The current folder does not exist any more; change to the folder of a course.") from None
        for folder in (start, *start.parents):
            if cls(folder).has_sources():
                return cls(folder)
        raise CourseError(
            f"{start} is not inside a course: no folder upwards holds course/ and labs/ with a lecture "
            "course/NN_topic.py or a lab labs/NN_topic/lab.py."
        )

    def has_sources(self):
        """Return whether a unit is written here; folders of tests and of students have the same names, but none."""
        if not ((self.root / "course").is_dir() and (self.root / "labs").is_dir()):
            return False
        return bool(self.lectures()) or any((lab / "lab.py").is_file() for lab in self.labs())

    @property
    def build(self):
        """Everything that is generated; safe to delete."""
        return self.root / "build"

    @property
    def nbgrader(self):
        """The course root of nbgrader: source/, release/, submitted/, autograded/, feedback/, gradebook.db."""
        return self.build / "nbgrader"

    @property
    def student(self):
        """What a student works in: released labs and lectures."""
        return self.build / "student"

    def lectures(self):
        """Return the lecture sources ``course/NN_topic.py``, in order."""
        return sorted(p for p in (self.root / "course").glob("*.py") if UNIT.fullmatch(p.stem))

    def labs(self):
        """Return the lab folders ``labs/NN_topic``, in order."""
        return sorted(p for p in (self.root / "labs").glob("*") if p.is_dir() and UNIT.fullmatch(p.name))

    def decks(self):
        """Return the deck texts ``slides/NN_topic.md``, in order."""
        return sorted(p for p in (self.root / "slides").glob("*.md") if UNIT.fullmatch(p.stem))

    def lab(self, name):
        """Return the folder of the lab called `name`, or say which names there are."""
        names = [p.name for p in self.labs()]
        if name not in names:
            raise CourseError(f"There is no lab {name!r}. Labs: {', '.join(names) or 'none'}.{meant(str(name), names)}")
        return self.root / "labs" / name
