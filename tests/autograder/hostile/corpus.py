"""The corpus: every hand-in of every family, by id."""

from tests.autograder.hostile import (
    agents,
    cells,
    damage,
    files,
    honest,
    labels,
    marks,
    outputs,
    processes,
    reading,
    resources,
)

FAMILIES = (reading, processes, marks, labels, agents, resources, outputs, damage, files, cells, honest)
CASES = [case for family in FAMILIES for case in family.CASES]
ALL = {case.id: case for case in CASES}
