"""Hand-ins whose cells are copied, split, moved, merged, emptied or not to be read. Everybody gets a row."""

import copy

from tests.autograder.hostile.damage import registry
from tests.autograder.hostile.hand_in import FIRST, RIGHT, SECOND, cell_of, code, save, text

CASES, case = registry()


@case("d60-copied-test", "a test cell copied", 5.0)
def _(folder, content, world):
    test = cell_of(content, "01-q1-basic-tests")
    content["cells"].insert(content["cells"].index(test), copy.deepcopy(test))
    save(folder, content)


@case("d61-copied-answer", "an answer cell copied, the right one below", 5.0)
def _(folder, content, world):
    answer = cell_of(content, FIRST)
    wrong = {**copy.deepcopy(answer), "source": "def mean_price(prices):\n    return 0\n"}
    content["cells"].insert(content["cells"].index(answer), wrong)
    save(folder, content)


@case("d62-split-answer", "an answer cell split in two", 5.0)
def _(folder, content, world):
    answer = cell_of(content, SECOND)
    head, _, tail = RIGHT[SECOND].partition("\n")
    answer["source"] = head
    content["cells"].insert(content["cells"].index(answer) + 1, code(tail, "half"))
    save(folder, content)


@case("d63-no-test", "the test cells deleted", 5.0)
def _(folder, content, world):
    content["cells"] = [c for c in content["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
    save(folder, content)


@case("d64-no-answer", "an answer cell deleted", 2.0)
def _(folder, content, world):
    content["cells"].remove(cell_of(content, SECOND))
    save(folder, content)


@case("d65-no-labels", "all labels gone, the ids too, as after a detour through another editor", 5.0)
def _(folder, content, world):
    for number, cell in enumerate(content["cells"]):
        cell.update(metadata={}, id=f"cell-{number}")
    save(folder, content)


@case("d66-merged", "both answers in one cell, the other one empty", 5.0)
def _(folder, content, world):
    cell_of(content, FIRST)["source"] = RIGHT[FIRST] + "\n" + RIGHT[SECOND]
    cell_of(content, SECOND)["source"] = ""
    save(folder, content)


@case("d67-moved", "the cells in reverse order", 5.0)
def _(folder, content, world):
    content["cells"].reverse()
    save(folder, content)


@case("d68-same-ids", "every cell has the same id", 5.0)
def _(folder, content, world):
    for cell in content["cells"]:
        cell["id"] = "same"
    save(folder, content)


@case("d69-odd-ids", "cell ids that are too long, empty, numbers and paths", 5.0)
def _(folder, content, world):
    for number, cell in enumerate(content["cells"]):
        cell["id"] = ["x" * 500, "", number, "../../x", None, "<b>", "a b"][number % 7]
    save(folder, content)


@case("d70-foreign-kernel", "a kernel of another language", 5.0)
def _(folder, content, world):
    content["metadata"]["kernelspec"] = {"name": "../../bin/sh", "display_name": "\x1b[31m", "language": "julia"}
    content["metadata"]["language_info"] = {"name": "R", "codemirror_mode": {"name": 5}}
    save(folder, content)


@case("d71-ten-thousand-cells", "ten thousand empty cells", 5.0, due=0.0)
def _(folder, content, world):
    content["cells"] += [code("", f"c{n}") for n in range(10_000)]
    save(folder, content)


@case("d72-long-line", "one line of ten million characters in a cell of its own", 5.0, due=0.0)
def _(folder, content, world):
    content["cells"].append(code("x = '" + "a" * 10_000_000 + "'"))
    save(folder, content)


@case("d73-deep-source", "an answer that no parser can take: a hundred thousand brackets", 3.0)
def _(folder, content, world):
    cell_of(content, FIRST)["source"] = "x = " + "(" * 100_000 + "1" + ")" * 100_000
    save(folder, content)


@case("d74-null-in-source", "a null character inside an answer", 3.0)
def _(folder, content, world):
    cell_of(content, FIRST)["source"] = "def mean_price(prices):\x00\n    return 3.0\n"
    save(folder, content)


@case("d75-other-lab", "the notebook of another course", 0.0)
def _(folder, content, world):
    for number, cell in enumerate(content["cells"]):
        if data := cell["metadata"].get("nbgrader"):
            data["grade_id"] = f"other-{number}"
        cell.update(id=f"other-{number}", source="print('another course')" if cell["cell_type"] == "code" else "x")
    save(folder, content)


@case("d76-attachment-zip", "a zip and five megabytes in the attachments", 5.0)
def _(folder, content, world):
    content["cells"].append(text("![](attachment:x.zip)", "att", attachments={
        "x.zip": {"application/zip": "UEsDBA" + "A" * 5_000_000}, "../x": {"image/png": 5}}))
    save(folder, content)


@case("d77-rewritten-given", "the given cells deleted and the imports with them", 5.0)
def _(folder, content, world):
    content["cells"] = [c for c in content["cells"] if c["metadata"].get("nbgrader")]
    save(folder, content)
