"""The graders that can be tried: what is called, on which course, and with which limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.autograder.hostile.course import LAB

CELL = 6                                              # seconds that a cell gets, in every grader
NOTEBOOK = 60


@dataclass(frozen=True)
class Grader:
    """One grader.

    Parameters
    ----------
    name : str
    commands : callable
        ``commands(world)`` returns ``[(argv, folder), ...]``: what follows ``python -m``, run one after the other.
    course : str
        Which folder of the template it grades: ``course`` or ``stock``.
    seconds : float
        For each command; then the guard ends it.
    environment : dict
        What its shell has besides.
    preload : tuple of str
        Modules that are imported once before the commands are forked; they take seconds and say nothing.
    """

    name: str
    commands: Callable
    course: str = "course"
    seconds: float = 180.0
    environment: dict = field(default_factory=dict)
    preload: tuple = ("nbgrader.apps", "nbgrader.converters", "nbgrader.preprocessors", "nbconvert.exporters")


def _stock(world):
    return [(["nbgrader", "autograde", LAB, f"--Execute.timeout={CELL}"], world.nbgrader),
            (["nbgrader", "generate_feedback", LAB], world.nbgrader)]


def _ours(world):
    limits = ["--cell-timeout", str(CELL), "--notebook-timeout", str(NOTEBOOK), "--jobs", "1"]
    return [(["autograder", "grade", LAB, *limits], world.course), (["autograder", "feedback", LAB], world.course)]


GRADERS = {each.name: each for each in (
    Grader("stock", _stock, "stock"), Grader("ours", _ours),
    Grader("ours-landlock", _ours, environment={"AUTOGRADER_TIER": "landlock"}))}
