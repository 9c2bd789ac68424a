"""Hand-ins whose files are damaged: names, links, pipes, sizes, numbers, dates. Everybody gets a row."""

import json
import os
import socket
import zipfile

from tests.autograder.hostile.damage import registry
from tests.autograder.hostile.hand_in import save

CASES, case = registry()


@case("d30-name-windows", "called lab (1).ipynb", 5.0)
def _(folder, content, world):
    save(folder, content, "lab (1).ipynb")


@case("d31-name-upper", "called LAB.IPYNB", 5.0)
def _(folder, content, world):
    save(folder, content, "LAB.IPYNB")


@case("d32-names-collide", "lab.ipynb and Lab.ipynb, the second one blank", 5.0)
def _(folder, content, world):
    save(folder, content)
    save(folder, world.released, "Lab.ipynb")


@case("d33-name-newline", "further files with newlines, terminal escapes and turned text in their names", 5.0)
def _(folder, content, world):
    save(folder, content)
    for name in ("a\nb.csv", "\x1b]0;owned\x07.txt", "\u202egnp.ipynb", "-rf", "--help", "$(touch x)", "`id`", "a'b\"c",
                 "*", "~", "con", "nul.txt", "x" * 250, " ", "\u00e9", "e\u0301", "%2e%2e%2fx", "\\..\\x", "{}",
                 "\u2066", "<img src=x onerror=1>.csv"):
        (folder / name).write_text("x")


@case("d34-name-bytes", "a file name that is not UTF-8", 5.0)
def _(folder, content, world):
    save(folder, content)
    with open(os.fsencode(folder) + b"/caf\xe9\xff.txt", "wb") as file:
        file.write(b"x")


@case("d35-name-notebooks", "notebooks with hostile names beside the real one", 5.0)
def _(folder, content, world):
    save(folder, content)
    for name in ("[red]lab[bold].ipynb", "lab\nlab.ipynb", "<script>.ipynb", "..ipynb", "\u202e.ipynb"):
        (folder / name).write_text("{}")


@case("d36-in-folders", "the notebook two folders deep, as a zip is unpacked", 5.0, due=0.0)
def _(folder, content, world):
    deep = folder / "handin" / "unit 01"
    deep.mkdir(parents=True)
    save(deep, content)


@case("d37-zip", "a zip with the notebook in it", 5.0, due=0.0)
def _(folder, content, world):
    with zipfile.ZipFile(folder / "lab.zip", "w") as archive:
        archive.writestr("lab.ipynb", json.dumps(content))


@case("d38-checkpoint", "only the copy in .ipynb_checkpoints", 0.0)
def _(folder, content, world):
    (folder / ".ipynb_checkpoints").mkdir()
    save(folder / ".ipynb_checkpoints", content, "lab-checkpoint.ipynb")


@case("d39-folder-called", "a folder called lab.ipynb", 5.0, due=0.0)
def _(folder, content, world):
    (folder / "lab.ipynb").mkdir()
    save(folder / "lab.ipynb", content, "inner.ipynb")


@case("d40-fifo", "a pipe that nobody writes to, called lab.ipynb", 0.0)
def _(folder, content, world):
    os.mkfifo(folder / "lab.ipynb")


@case("d41-fifo-beside", "a pipe, a socket and a dangling link beside the notebook", 5.0)
def _(folder, content, world):
    save(folder, content)
    os.mkfifo(folder / "data2.csv")
    os.symlink("nowhere", folder / "dangling.csv")
    os.symlink("loop", folder / "loop")
    here = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind("s.csv")
    os.chdir(here)


@case("d42-folder-loop", "a link to the folder itself", 5.0)
def _(folder, content, world):
    save(folder, content)
    os.symlink(folder, folder / "again")


@case("d43-sparse", "a sparse file of a terabyte beside the notebook", 5.0)
def _(folder, content, world):
    save(folder, content)
    with (folder / "large.bin").open("wb") as file:
        file.truncate(2**40)


@case("d44-sparse-notebook", "the notebook is a sparse file of a terabyte", 0.0)
def _(folder, content, world):
    with (folder / "lab.ipynb").open("wb") as file:
        file.truncate(2**40)


@case("d45-many-files", "a hundred thousand files beside the notebook", 5.0, due=0.0)
def _(folder, content, world):
    save(folder, content)
    for number in range(100):
        part = folder / f"part{number}"
        part.mkdir()
        for inner in range(1000):
            (part / f"{inner}").touch()


@case("d46-deep-folders", "folders three hundred deep", 5.0)
def _(folder, content, world):
    save(folder, content)
    (folder / "/".join(["d"] * 300)).mkdir(parents=True)


@case("d47-no-permission", "a notebook and a folder without permission to read", 0.0)
def _(folder, content, world):
    save(folder, content)
    (folder / "shut").mkdir(mode=0)
    (folder / "lab.ipynb").chmod(0)


@case("d48-stamp", "a timestamp.txt and a collected.json that make no sense", 5.0)
def _(folder, content, world):
    save(folder, content)
    (folder / "timestamp.txt").write_bytes(b"\xff\x00 tomorrow, 99:99 ../../etc")
    (folder / "collected.json").write_text('{"late": {"x": [1]}, "files": 5}')


@case("d49-stamp-far", "a timestamp in the year 9999", 5.0, due=0.0)
def _(folder, content, world):
    save(folder, content)
    (folder / "timestamp.txt").write_text("9999-12-31 23:59:59.999999 America/Los_Angeles")
