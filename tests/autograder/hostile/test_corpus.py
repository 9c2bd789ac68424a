"""The corpus is sound: every hand-in can be made, is told apart, and says what it deserves."""

import ast
import json
import re
from collections import Counter

import pytest

from autograder.labs import lab_sources
from autograder.notebooks import read_percent
from autograder.release import student_version
from tests.autograder.hostile import course
from tests.autograder.hostile.corpus import ALL, CASES
from tests.autograder.hostile.hand_in import KINDS, World
from tests.autograder.tiny import write

LARGE = {"d45-many-files"}                            # a hundred thousand files take seconds to make


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return the released lab as JSON and the folder that holds its source."""
    folder = tmp_path_factory.mktemp("lab") / course.LAB
    tokens = {name: f"secret-{name}" for name in course.SECRETS}
    write(folder / "lab.py", course.lab_text(tokens))
    notebook = json.loads(json.dumps(student_version(read_percent(folder / "lab.py"))))
    assert all(isinstance(cell["source"], str) for cell in notebook["cells"])
    return notebook, folder


@pytest.fixture
def world(tmp_path, released):
    """Return a World with the files that hand-ins link to."""
    made = World(tmp_path, released[0])
    for student in (course.STUDENT, course.HONEST):
        (made.nbgrader / "submitted" / student / course.LAB).mkdir(parents=True)
    for path in ("notes.txt", "home/.ssh/id_ed25519", "course/build/nbgrader/gradebook.db",
                 f"course/build/nbgrader/submitted/{course.HONEST}/{course.LAB}/lab.ipynb"):
        write(tmp_path / path, "secret")
    return made


def _built(case, world):
    folder = world.nbgrader / "submitted" / course.STUDENT / course.LAB
    case.build(folder, world)
    return folder


def test_ids_are_unique_and_there_are_many_of_every_kind():
    assert len(ALL) == len(CASES) >= 250
    assert all(re.fullmatch(r"[a-z]\d\d-[a-z0-9-]+", name) for name in ALL), sorted(ALL)
    assert len({name.split("-")[0] for name in ALL}) == len(ALL), "two ids start with the same number"
    kinds = Counter(case.kind for case in CASES)
    assert set(kinds) == set(KINDS) and min(kinds.values()) >= 20, kinds


def test_only_honest_and_damaged_hand_ins_deserve_full_marks():
    for case in CASES:
        assert 0 <= case.least <= case.points <= course.FULL, case.id
        assert case.kind in ("honest", "damage") or case.points < course.FULL, case.id
        assert case.what and case.evidence, case.id


def test_the_lab_is_a_lab_of_five_points_that_its_own_solution_earns(released):
    source = lab_sources(released[1])["lab"]
    points = {c.metadata["nbgrader"]["grade_id"]: c.metadata["nbgrader"]["points"] for c in source.cells
              if c.metadata.get("nbgrader", {}).get("grade")}
    assert points == course.POINTS
    assert "secret-hidden" in str(source) and "secret-hidden" not in str(released[0])
    assert "secret-solution" in str(source) and "secret-solution" not in str(released[0])


@pytest.mark.parametrize("name", [name for name in ALL if name not in LARGE])
def test_every_hand_in_can_be_made(name, world):
    case = ALL[name]
    folder = _built(case, world)
    assert folder.exists() or folder.is_symlink()
    if case.kind in ("damage",) or (folder / "lab.ipynb").is_symlink() or folder.is_symlink():
        return
    made = json.loads((folder / "lab.ipynb").read_text(encoding="utf-8"))
    for cell in (c for c in made["cells"] if c["cell_type"] == "code" and case.kind != "honest"):
        source = "".join(cell["source"])
        if not re.search(r"^\s*[%!]", source, re.MULTILINE):
            ast.parse(source)                         # an attack with a typing error would prove nothing


def test_attacks_differ_from_each_other(world, tmp_path):
    sources = Counter()
    for case in CASES:
        if case.kind in ("escape", "marks", "resources") and case.id[:1] in "pamr" and case.id[1] != "6":
            folder = tmp_path / "made" / case.id
            folder.mkdir(parents=True)
            case.build(folder, world)
            names = sorted(path.relative_to(folder) for path in folder.rglob("*"))
            sources[f"{names}{(folder / 'lab.ipynb').read_text()}".replace(case.id, "")] += 1
    assert max(sources.values()) == 1
