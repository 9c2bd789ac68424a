"""Damaged notebooks: what clumsy hands, editors, mail programs and angry people do to files. Everybody gets a row.

`points` is what the hand-in may get, `due` what it must get: a reader may give up on a file, with a reason, where `due`
is 0; where the answers are plainly there, they count.
"""

import json

from tests.autograder.hostile.hand_in import RIGHT, code, damaged, save, text

LOST = "no row, an unmarked row, or points that are plainly there are not given"
def registry():
    """Return ``(CASES, case)``: a list, and a decorator that puts a damage into it.

    ``@case(id, what, points, due=None)`` stands on a function of the folder, the right notebook as JSON, and the World.
    """
    cases = []

    def case(name, what, points, due=None):
        def register(damage):
            cases.append(damaged(name, what, points, LOST, damage, due=due))
            return damage

        return register

    return cases, case


CASES, case = registry()


def _raw(folder, data, name="lab.ipynb"):
    (folder / name).write_bytes(data)


def _json(content):
    return json.dumps(content).encode()


@case("d01-empty-folder", "nothing in the folder", 0.0)
def _(folder, content, world):
    pass


@case("d02-empty-file", "a file of no bytes", 0.0)
def _(folder, content, world):
    _raw(folder, b"")


@case("d03-cut-off", "a file cut off half way", 0.0)
def _(folder, content, world):
    _raw(folder, _json(content)[:900])


@case("d04-not-json", "a Word document under the name of the notebook", 0.0)
def _(folder, content, world):
    _raw(folder, b"PK\x03\x04" + bytes(range(256)) * 20)


@case("d05-python", "the answers as a Python file, no notebook", 0.0)
def _(folder, content, world):
    (folder / "lab.py").write_text("\n".join(RIGHT.values()))


@case("d06-html", "the login page of the learning platform, saved as lab.ipynb", 0.0)
def _(folder, content, world):
    _raw(folder, b"<!DOCTYPE html><html><body>Please log in</body></html>")


@case("d07-deep", "JSON a hundred thousand levels deep", 0.0)
def _(folder, content, world):
    _raw(folder, b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@case("d08-deep-metadata", "a right notebook with metadata nested two thousand deep", 5.0, due=0.0)
def _(folder, content, world):
    content["metadata"]["deep"] = "DEEP"
    _raw(folder, _json(content).replace(b'"DEEP"', b'{"a":' * 2000 + b"1" + b"}" * 2000))


@case("d09-latin-1", "saved as Latin-1 with an umlaut in the text", 5.0)
def _(folder, content, world):
    content["cells"].append(text("Für Müller"))
    _raw(folder, json.dumps(content, ensure_ascii=False).encode("latin-1"))


@case("d10-utf-16", "saved as UTF-16", 5.0)
def _(folder, content, world):
    _raw(folder, json.dumps(content).encode("utf-16"))


@case("d11-bom", "saved with a byte order mark", 5.0)
def _(folder, content, world):
    _raw(folder, b"\xef\xbb\xbf" + _json(content))


@case("d12-utf-32", "saved as UTF-32, with null bytes", 5.0, due=0.0)
def _(folder, content, world):
    _raw(folder, json.dumps(content).encode("utf-32"))


@case("d13-broken-utf-8", "UTF-8 with a broken byte inside a comment", 5.0, due=0.0)
def _(folder, content, world):
    content["cells"].append(text("MARK"))
    _raw(folder, _json(content).replace(b"MARK", b"\xc3\x28 \xf0\x9f \xff"))


@case("d14-surrogates", "lone surrogates and null characters in the text", 5.0)
def _(folder, content, world):
    content["cells"].append(text("\ud800 \udfff \x00"))
    content["cells"].append(code("# \ud83d half an emoji"))
    _raw(folder, _json(content))


@case("d15-nan", "NaN and Infinity as values, which JSON does not have", 5.0)
def _(folder, content, world):
    content["metadata"].update(score=float("nan"), most=float("inf"))
    _raw(folder, _json(content))


@case("d16-duplicate-keys", "every key twice; the second one counts in Python", 5.0)
def _(folder, content, world):
    plain = json.dumps(content)
    _raw(folder, ('{"cells": [], "metadata": {}, ' + plain[1:]).encode())


@case("d17-trailing", "commas and text behind the end", 5.0, due=0.0)
def _(folder, content, world):
    _raw(folder, _json(content) + b"\n<<<<<<< HEAD\n,,,")


@case("d18-merge-conflict", "a notebook with the marks of a merge conflict", 0.0)
def _(folder, content, world):
    lines = json.dumps(content, indent=1).splitlines()
    lines[20:20] = ["<<<<<<< HEAD", "=======", ">>>>>>> mine"]
    _raw(folder, "\n".join(lines).encode())


@case("d19-huge-number", "an integer of a hundred thousand digits in the metadata", 5.0, due=0.0)
def _(folder, content, world):
    content["metadata"]["n"] = "NUMBER"
    _raw(folder, _json(content).replace(b'"NUMBER"', b"9" * 100_000))


@case("d20-nbformat-3", "the format of 2013", 5.0)
def _(folder, content, world):
    cells = [{"cell_type": c["cell_type"], "metadata": c["metadata"], "language": "python",
              ("input" if c["cell_type"] == "code" else "source"): c["source"]} for c in content["cells"]]
    save(folder, {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "lab"},
                  "worksheets": [{"cells": cells[:4], "metadata": {}}, {"cells": cells[4:], "metadata": {}}]})


@case("d21-nbformat-99", "a format that does not exist yet", 5.0, due=0.0)
def _(folder, content, world):
    save(folder, {**content, "nbformat": 99, "nbformat_minor": "five"})


@case("d22-no-format", "no nbformat, no metadata, no cell ids", 5.0)
def _(folder, content, world):
    for cell in content["cells"]:
        cell.pop("id", None)
    save(folder, {"cells": content["cells"]})


@case("d23-list", "a list where the notebook should be", 0.0)
def _(folder, content, world):
    save(folder, [content])


@case("d24-cells-object", "cells are an object, metadata a list", 0.0)
def _(folder, content, world):
    save(folder, {**content, "cells": {"0": content["cells"][0]}, "metadata": []})


@case("d25-wrong-types", "among the right cells, cells of every wrong type", 5.0)
def _(folder, content, world):
    odd = [None, 5, "cell", [], True, {}, {"cell_type": 5}, {"cell_type": "code", "source": 5},
           {"cell_type": "code", "source": ["a", None, 3]}, {"cell_type": ["code"], "source": {}, "metadata": 1},
           {"cell_type": "code", "metadata": {"nbgrader": 5}, "source": "pass", "outputs": 3},
           {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["x"]}}, "source": "pass", "id": 7},
           {"cell_type": "markdown", "source": None, "attachments": [1]},
           {"cell_type": "plan", "source": "x", "metadata": {}}]
    content["cells"][1:1] = odd
    content["cells"] += odd
    save(folder, content)


@case("d26-label-types", "labels of nbgrader of every wrong type on cells that are not answers", 5.0)
def _(folder, content, world):
    for value, cell in zip(([], 5, None, "x", {"grade_id": 3}, {"grade_id": None, "points": "many"}),
                           [c for c in content["cells"] if not c["metadata"].get("nbgrader")] * 2, strict=False):
        cell["metadata"]["nbgrader"] = value
    save(folder, content)


@case("d27-source-list", "sources as lists of lines, as Jupyter writes them, one without line ends", 5.0)
def _(folder, content, world):
    for cell in content["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    save(folder, content)


@case("d28-windows", "Windows line ends, tabs become spaces, a form feed", 5.0)
def _(folder, content, world):
    for cell in content["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    content["cells"].append(code("\f# page\r\n"))
    save(folder, content)


@case("d29-no-break-space", "no-break spaces and quotation marks of a word processor in the text cells", 5.0)
def _(folder, content, world):
    content["cells"].append(text("\u201ctext\u201d\u00a0\u2028\u2029"))
    save(folder, content)
