"""What an audit says of a lab: answers whose points are known, questions with their mutants, and the whole report."""

import json
import math
from dataclasses import asdict, dataclass, field

NEEDED = 0.95                                         # the mutation score below which a lab is not released


@dataclass(frozen=True)
class Case:
    """An answer whose points are known, and what it got."""

    kind: str                                         # solution, blank, known wrong or right
    name: str
    notebook: str
    expected: float
    got: float
    why: str = ""

    @property
    def agrees(self):
        """Say whether it got what it must."""
        return math.isclose(self.expected, self.got, abs_tol=1e-9)


@dataclass(frozen=True)
class Survivor:
    """A mutant that lost no point."""

    kind: str
    change: str
    diff: tuple
    reason: str = ""                                  # of survivors.yml, where it is explained


@dataclass
class Question:
    """How well the tests of one question kill its mutants."""

    id: str
    notebook: str
    points: float
    alone: bool = True                                # it can be graded without the answers before it
    mutants: int = 0
    visible: int = 0                                  # killed by the visible tests
    hidden: int = 0                                   # killed by the hidden tests alone
    endless: int = 0                                  # of these, the ones that did not end
    survivors: list = field(default_factory=list)

    @property
    def killed(self):
        """Return how many mutants lose a point."""
        return self.visible + self.hidden

    @property
    def explained(self):
        """Return how many survivors are set aside."""
        return sum(bool(survivor.reason) for survivor in self.survivors)

    @property
    def raw(self):
        """Return the share of all mutants that is killed; 1 where there is none."""
        return self.killed / self.mutants if self.mutants else 1.0

    @property
    def score(self):
        """Return the share that is killed of those which are not explained; 1 where there is none."""
        return self.killed / (self.mutants - self.explained) if self.mutants > self.explained else 1.0


@dataclass
class Report:
    """What an audit found."""

    lab: str
    fingerprint: str = ""                             # of all that it depends on
    questions: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    problems: list = field(default_factory=list)      # sentences about files beside the lab
    compared: int = 0                                 # answers graded in the student's process and apart from it
    seconds: float = 0.0

    @property
    def complaints(self):
        """Return why the lab may not be released, each as a sentence; empty when it may."""
        found = list(self.problems)
        found += [f"{case.notebook}: the {f'{case.kind} {case.name}'.strip()} gets {case.got:g} points, must get "
                  f"{case.expected:g}. {case.why}".strip() for case in self.cases if not case.agrees]
        for each in self.questions:
            if each.score < NEEDED:
                left = len(each.survivors) - each.explained
                found.append(f"{each.notebook}: {each.id} has the mutation score {each.score:.2f}, needs {NEEDED}: "
                             f"{left} of {each.mutants} mutants survive and are not explained.")
        return found

    def to_json(self):
        """Return the report as JSON, scores included."""
        plain = asdict(self)
        for row, each in zip(plain["questions"], self.questions, strict=True):
            row |= {"killed": each.killed, "explained": each.explained, "score": each.score, "raw": each.raw}
        for row, case in zip(plain["cases"], self.cases, strict=True):
            row["agrees"] = case.agrees
        return json.dumps({**plain, "passed": not self.complaints, "complaints": self.complaints}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text):
        """Return the report that :meth:`to_json` wrote."""
        plain, made = json.loads(text), ("killed", "explained", "score", "raw", "agrees")
        rows = {name: [{key: value for key, value in row.items() if key not in made} for row in plain[name]]
                for name in ("questions", "cases")}
        asked = [Question(**{**row, "survivors": [Survivor(**{**s, "diff": tuple(s["diff"])})
                                                  for s in row["survivors"]]}) for row in rows["questions"]]
        return cls(plain["lab"], plain["fingerprint"], asked, [Case(**row) for row in rows["cases"]],
                   plain["problems"], plain["compared"], plain["seconds"])
