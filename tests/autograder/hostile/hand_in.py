"""What a hand-in of the corpus is, and how one is written without any library mending it on the way."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KINDS = ("escape", "marks", "resources", "output", "damage", "honest")
RIGHT = {
    "01-q1-basic": "def mean_price(prices):\n    return sum(prices) / len(prices)\n",
    "01-q2-advanced": "def middle(numbers):\n    return sorted(numbers)[len(numbers) // 2]\n",
}
WRONG = {
    "01-q1-basic": "def mean_price(prices):\n    return None\n",
    "01-q2-advanced": "def middle(numbers):\n    return None\n",
}
FIRST, SECOND = RIGHT                                 # the grade ids of the two answers


@dataclass(frozen=True)
class World:
    """Where a hand-in is graded: what its builder, and code in it, may know of the surroundings."""

    root: Path                                        # holds course/, home/, notes.txt, bus.sock
    released: dict                                    # lab.ipynb as released, plain JSON, sources as text
    port: int = 47811                                 # a TCP and a UDP listener of the host
    victim: int = 0                                   # a process of the grader's user that must stay alive

    @property
    def course(self):
        """The course root."""
        return self.root / "course"

    @property
    def nbgrader(self):
        """The root of nbgrader's folders."""
        return self.course / "build" / "nbgrader"

    def facts(self, name):
        """Return the line of Python that tells a hand-in where it is: a dictionary ``W``."""
        known = {"id": name, "root": str(self.root), "course": str(self.course), "nbgrader": str(self.nbgrader),
                 "port": self.port, "victim": self.victim, "bus": str(self.root / "bus.sock"),
                 "abstract": f"\0hostile-{self.port}"}
        return f"W = {known!r}\n"


@dataclass(frozen=True)
class HandIn:
    """One hand-in of the corpus.

    Parameters
    ----------
    id : str
        Unique; also the marker of what it leaves behind.
    what : str
        What it tries, in a few words.
    kind : str
        One of KINDS.
    points : float
        What it deserves: more is marks won.
    build : callable
        ``build(folder, world)`` writes the files of the hand-in.
    evidence : str
        How a success would show.
    due : float, optional
        What it must get at least; `points` where it is honest or only damaged, 0 for an attack.
    """

    id: str
    what: str
    kind: str
    points: float
    build: Callable
    evidence: str
    due: float | None = None

    @property
    def least(self):
        """What is owed: all of `points` to the honest and the clumsy, nothing to an attacker."""
        return self.due if self.due is not None else self.points if self.kind in ("honest", "damage") else 0.0


def notebook(world, answers=None, *, before=(), after=()):
    """Return the released notebook as JSON with `answers` (grade id -> source) in it and code cells added."""
    made = copy.deepcopy(world.released)
    for cell in made["cells"]:
        name = (cell.get("metadata") or {}).get("nbgrader", {}).get("grade_id")
        if name in (answers or {}):
            cell["source"] = answers[name]
    for where, sources in ((0, before), (len(made["cells"]), after)):
        made["cells"][where:where] = [code(source, f"mine-{where}-{n}") for n, source in enumerate(sources)]
    return made


def code(source, name="mine"):
    """Return a code cell as JSON."""
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def text(source, name="mine-text", **more):
    """Return a Markdown cell as JSON."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source, **more}


def save(folder, content, name="lab.ipynb"):
    """Write a notebook as JSON, exactly as it is."""
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def cell_of(content, grade_id):
    """Return the cell of a notebook (JSON) that has a grade id."""
    return next(c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def running(name, what, kind, points, evidence, attack, *, first="", second="", before=(), after=(), files=None,
            due=None):
    """Return a HandIn whose attack is code in the first answer cell.

    Parameters
    ----------
    attack : str
        Runs before the definitions of the first answer; knows the dictionary ``W`` of World.facts.
    first, second : str
        The answers; wrong unless given.
    before, after : sequences of str
        Code cells added at the ends of the notebook.
    files : dict, optional
        Further files of the hand-in: name -> text.
    """

    def build(folder, world):
        facts = world.facts(name)
        answers = {FIRST: facts + attack + "\n" + (first or WRONG[FIRST]), SECOND: second or WRONG[SECOND]}
        save(folder, notebook(world, answers, before=[facts + b for b in before], after=[facts + a for a in after]))
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")

    return HandIn(name, what, kind, points, build, evidence, due)


def damaged(name, what, points, evidence, damage, *, kind="damage", answers=None, due=None):
    """Return a HandIn that ``damage(folder, content, world)`` writes; `content` is the notebook with right answers."""

    def build(folder, world):
        damage(folder, notebook(world, RIGHT if answers is None else answers), world)

    return HandIn(name, what, kind, points, build, evidence, due)
