"""What grading gave each student, kept as one file a student: points by cell, and why in plain words."""

import json
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.labs import QUESTION, points


@dataclass
class Grade:
    """What one graded cell gave."""

    id: str
    got: float | None                                 # None: to be marked by hand
    most: float
    why: str = ""

    @property
    def level(self):
        """Say whether the cell belongs to a basic or an advanced question."""
        match = QUESTION.match(self.id)
        return match["level"] if match else "basic"


@dataclass
class Row:
    """One student's result for one assignment."""

    student: str
    assignment: str
    grades: dict = field(default_factory=dict)        # notebook -> list of Grade
    notes: list = field(default_factory=list)         # sentences about the hand-in
    missing: list = field(default_factory=list)       # notebooks that were not handed in
    late: bool = False
    fingerprint: str = ""
    seconds: float = 0.0
    tier: str = ""                                    # the box that the code ran in, in words
    mode: str = ""                                    # split, or what was not
    flags: list = field(default_factory=list)         # sentences for a person to look at; they cost nothing
    versions: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)         # test cell -> seconds

    def got(self, kind=None):
        """Return the exact points of one notebook or of all; what waits for a person counts as nothing yet."""
        return sum((points(g.got) for g in self._cells(kind) if g.got is not None), Fraction(0))

    def most(self, kind=None):
        """Return the exact points that there are."""
        return sum((points(g.most) for g in self._cells(kind)), Fraction(0))

    def waiting(self, kind=None):
        """Return the exact points that a person has yet to give."""
        return sum((points(g.most) for g in self._cells(kind) if g.got is None), Fraction(0))

    def shares(self, kind):
        """Return ``(basic got, basic most, advanced got, advanced most)`` of what is marked so far, exactly.

        Extra credit beyond the points of a cell does not count here.
        """
        sums = dict.fromkeys(("basic", "advanced"), (Fraction(0), Fraction(0)))
        for grade in self._cells(kind):
            if grade.got is not None:
                got, most = sums[grade.level]
                sums[grade.level] = got + min(points(grade.got), points(grade.most)), most + points(grade.most)
        return (*sums["basic"], *sums["advanced"])

    def _cells(self, kind):
        return [g for name, grades in self.grades.items() if kind in (None, name) for g in grades]

    def level(self, kind, policy):
        """Return the level of one notebook as the policy says, lateness included; None where there is nothing yet."""
        basic, basic_most, advanced, advanced_most = self.shares(kind)
        if kind in self.missing or not basic_most + advanced_most:
            return None
        if kind == "review":
            level = policy.review_level(basic + advanced, basic_most + advanced_most)
        else:
            level = policy.lab_level(basic, basic_most, advanced, advanced_most)
        return policy.lowered(level) if self.late else level

    @property
    def why(self):
        """Return what was unusual and what failed, in plain words, a failure that several tests share told once."""
        failed = {}
        for grades in self.grades.values():
            if any(grade.why in self.notes for grade in grades):
                continue                              # the whole notebook was not run; the note says why
            for grade in grades:
                if grade.got is not None and grade.got < grade.most:
                    failed.setdefault(grade.why, []).append(grade.id)
        said = [*self.notes, *(f"{', '.join(ids)}: {why}" for why, ids in failed.items())]
        return " ".join(["Late.", *said] if self.late else said)

    def to_json(self):
        """Return the row as text for a file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text):
        """Return the row that `to_json` wrote."""
        data = json.loads(text)
        data["grades"] = {kind: [Grade(**g) for g in grades] for kind, grades in data["grades"].items()}
        return cls(**data)


def row_path(root, assignment, student):
    """Return where the row of one student is kept for marks and feedback, below nbgrader's course root."""
    return root / "rows" / assignment / f"{student}.json"


def keep(root, row):
    """Write a row to its file."""
    path = row_path(root, row.assignment, row.student)
    write_whole(path, row.to_json())


def read_rows(root, assignment):
    """Return the kept rows of an assignment, sorted by student."""
    paths = sorted((root / "rows" / assignment).glob("*.json"))
    rows = []
    for path in paths:
        try:
            rows.append(Row.from_json(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CourseError(f"{path} is damaged ({error!r}). Delete it, then run: python -m autograder grade "
                              f"{assignment} --student {path.stem}") from None
    return rows
