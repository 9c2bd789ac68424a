"""From evidence to a verdict: what got out, what is alive, what is lost, what was won."""

from dataclasses import dataclass, field

from tests.autograder.hostile.course import FULL

MANY = 300                                            # processes; more than two boxes and their grader may have


@dataclass
class Verdict:
    """What the evidence says of one hand-in under one grader."""

    id: str
    points: float | None                              # None: no row, or a cell without a mark
    expected: float
    escapes: list = field(default_factory=list)
    scripts: list = field(default_factory=list)
    lost: bool = False
    won: float = 0.0                                  # points above what is deserved
    short: float = 0.0                                # points below what is owed
    stopped: bool = False                             # the honest student behind has not got full marks
    hung: bool = False                                # it did not end by itself
    notes: list = field(default_factory=list)

    @property
    def bad(self):
        """What must not be, in words; empty where all is well."""
        said = [f"escape: {'; '.join(self.escapes)}"] if self.escapes else []
        said += [f"script alive: {'; '.join(self.scripts[:3])}"] if self.scripts else []
        said += ["row lost"] if self.lost else []
        said += [f"{self.won:g} marks won"] if self.won else []
        said += [f"{self.short:g} marks short"] if self.short and not self.lost else []
        said += ["the student behind lost marks"] if self.stopped else []
        said += ["did not end by itself"] if self.hung else []
        return said


def judge(case, evidence, baseline=()):
    """Return the Verdict on a case.

    Parameters
    ----------
    case : HandIn
    evidence : Evidence
    baseline : collection of str
        What acts in any honest page of this grader, its own scripts for example.
    """
    marks = list((evidence.marks or {}).values())
    graded = bool(marks) and all(mark is not None for mark in marks)
    points = sum(marks) if graded else None
    partly = sum(mark or 0 for mark in marks)
    verdict = Verdict(case.id, points, case.points, lost=not graded)
    verdict.won = max(0.0, partly - case.points)
    verdict.short = max(0.0, case.least - partly)
    others = list((evidence.others or {}).values())
    verdict.stopped = not others or None in others or sum(others) != FULL
    verdict.escapes += [f"{name} read" for name in evidence.secrets]
    verdict.escapes += [f"{name} of the host reached" for name in evidence.hits]
    verdict.escapes += [*evidence.changed, *(f"left {path}" for path in evidence.planted), *evidence.gradebook]
    verdict.escapes += [*evidence.processes, *(f"forged output: {text}" for text in evidence.forged)]
    verdict.hung = any(why.startswith("time") for why in evidence.guard)
    verdict.escapes += [f"the guard had to stop it: {why}" for why in evidence.guard if not why.startswith("time")]
    verdict.escapes += [f"{evidence.most} processes at once"] if evidence.most > MANY else []
    known = {*baseline, *(evidence.baseline or ())}
    verdict.scripts = [line for line in evidence.active if line not in known]
    verdict.notes += [f"reached {name}" for name in evidence.reached]
    verdict.notes += ["hidden tests in the page"] if evidence.hidden_in_page else []
    return verdict
