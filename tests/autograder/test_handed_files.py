"""The files of a hand-in: only plain ones are read, the original stays as it was, and nothing is swapped on the way."""

import os
import socket
import stat
import threading

import pytest

from autograder import handed_files
from autograder.handed_files import digest, files, one_file, problem, read, shown
from autograder.intake import look, read_notebook


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "data.csv").write_text("1")
    return folder


def taken(folder):
    found, notes = files(folder)
    return sorted(path.relative_to(folder).as_posix() for path in found), " ".join(notes)


def test_links_pipes_sockets_and_devices_are_left_out_and_told(home, tmp_path, monkeypatch):
    (tmp_path / "secret.ipynb").write_text("{}")
    (home / "lab.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (home / "folder").symlink_to(tmp_path)
    (home / "again").symlink_to(home)
    os.mkfifo(home / "pipe.ipynb")
    monkeypatch.chdir(home)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind("line.csv")
        found, notes = taken(home)
    assert found == ["data.csv"]
    assert notes.count("is a link, not a file: hand in the file itself; it was left out.") == 3
    assert notes.count("is a folder, a pipe or a device, not a file; it was left out.") == 2


def test_a_file_with_a_second_name_elsewhere_is_left_out(home, tmp_path):
    (tmp_path / "gradebook.db").write_text("marks")
    os.link(tmp_path / "gradebook.db", home / "lab.ipynb")
    found, notes = taken(home)
    assert found == ["data.csv"]
    assert "lab.ipynb has a second name elsewhere (a hard link): copy it and hand in the copy" in notes


def test_a_sparse_file_of_a_terabyte_is_measured_not_read(home):
    with (home / "lab.ipynb").open("wb") as file:
        file.truncate(2**40)
    found, notes = taken(home)
    assert (found, "lab.ipynb has 1048576 MiB, more than 20: clear its outputs" in notes) == (["data.csv"], True)


@pytest.mark.parametrize(("name", "says"), [
    (b"caf\xe9.csv", r"caf\udce9.csv has a name with characters that do not show"),
    (b"a\nb.csv", r"a\nb.csv has a name"), ("\u202egnp.ipynb".encode(), r"\u202egnp.ipynb has a name"),
    (b"\x1b]0;owned\x07.txt", r"\x1b]0;owned\x07.txt has"),
    (b"x" * 121, "has a name of 121 characters, more than 120: rename it"),
    ("a\u2066b".encode(), r"a\u2066b has a name"),
])
def test_names_that_deceive_are_left_out_and_shown_escaped(home, name, says):
    with open(os.fsencode(home) + b"/" + name, "wb"):
        pass
    found, notes = taken(home)
    assert (found, says in notes) == (["data.csv"], True), notes
    assert notes.isprintable()
    notes.encode("utf-8")


@pytest.mark.parametrize("name", ["ünï 漢字 (1).ipynb", "😀.csv", "e\u0301.csv", "shot 9.41\u202fAM.png", "-rf", "'\""])
def test_names_that_people_have_are_taken(home, name):
    (home / name).write_text("x")
    assert name in taken(home)[0]


def test_the_notebook_is_found_among_a_hundred_thousand_entries(home, monkeypatch):
    monkeypatch.setattr(handed_files, "SEEN", 2000)
    for part in range(3):
        (home / f"a{part}").mkdir()
        for number in range(900):
            (home / f"a{part}" / f"{number}").touch()
    (home / "lab.ipynb").write_text("{}")
    found, notes = files(home)
    assert home / "lab.ipynb" in found
    assert len(found) <= handed_files.MOST + 1
    assert len(notes) == handed_files.TOLD + 1
    assert "So many more were left out: 1" in notes[-1]


def test_folders_too_deep_too_many_notebooks_and_too_much_together_are_told(home, monkeypatch):
    (home / "/".join("d" * 300)).mkdir(parents=True)
    for number in range(22):
        (home / f"{number:02d}.ipynb").write_text("0" * 100)
    assert "d/d/d/d/d lies too deep to be looked at; it was left out." in taken(home)[1]
    assert taken(home)[1].count("is one too many: 20 notebooks are taken") == 2
    monkeypatch.setattr(handed_files, "TOGETHER", 1000)
    found, notes = taken(home)
    assert len(found) == 10
    assert "is too much: all files together may have" in notes


def test_a_folder_without_permission_is_told(home, monkeypatch):
    (home / "shut").mkdir()
    real = handed_files._listed

    def refuse(folder, parts, most):
        if parts:
            raise PermissionError(13, "Permission denied")
        return real(folder, parts, most)

    monkeypatch.setattr(handed_files, "_listed", refuse)
    assert taken(home) == (["data.csv"], "shut cannot be opened: Permission denied; it was left out.")


@pytest.mark.parametrize("swap", ["link", "folder link", "hard link", "pipe", "larger", "gone"])
def test_a_file_swapped_after_the_look_is_not_read(home, tmp_path, swap):
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / "lab.ipynb").write_text("SECRET")
    (home / "in").mkdir()
    path = home / "in" / "lab.ipynb"
    path.write_text("{}")
    found, _ = files(home)
    path.unlink()
    if swap == "link":
        path.symlink_to(secret / "lab.ipynb")
    elif swap == "folder link":
        path.parent.rmdir()
        path.parent.symlink_to(secret)
    elif swap == "hard link":
        os.link(secret / "lab.ipynb", path)
    elif swap == "pipe":
        os.mkfifo(path)
    elif swap == "larger":
        with path.open("wb") as file:
            file.truncate(2**40)
    assert path in found
    seen = []
    worker = threading.Thread(target=lambda: seen.append(read_notebook(path, home)), daemon=True)
    worker.start()
    worker.join(20)                                   # a pipe that nobody writes to must not block
    assert seen and "cannot be opened" in seen[0].reason
    with pytest.raises(OSError):
        read(home, path)


def test_reading_is_bounded(home):
    (home / "timestamp.txt").write_text("2026-12-01")
    assert read(home, home / "timestamp.txt", 100) == b"2026-12-01"
    with pytest.raises(OSError, match="more than 5 bytes"):
        read(home, home / "timestamp.txt", 5)
    with pytest.raises(ValueError):
        read(home, home.parent / "else.csv")


def test_the_original_stays_as_it_was(home, released, monkeypatch):
    import nbformat

    nbformat.write(released["lab"], home / "lab.ipynb")
    (home / "lab (1).ipynb").write_text("{")
    os.chmod(home / "lab.ipynb", 0o400)
    for path in [*home.iterdir(), home]:
        os.utime(path, ns=(10**18, 10**18))

    def seen():
        return {path: (path.lstat().st_mode, path.lstat().st_mtime_ns, path.lstat().st_ino,
                       path.read_bytes() if path.is_file() else "") for path in [home, *sorted(home.iterdir())]}

    before, real, flags = seen(), os.open, []

    def watched(path, flag, *rest, **more):
        flags.append(flag)
        return real(path, flag, *rest, **more)

    monkeypatch.setattr(os, "open", watched)
    monkeypatch.setattr(os, "supports_dir_fd", {*os.supports_dir_fd, watched})
    chosen, _, others = look(home, released)
    digest(home)
    assert chosen["lab"].cells and [path.name for path in others] == ["data.csv"]
    assert flags and not any(flag & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) for flag in flags)
    assert all(flag & os.O_NOFOLLOW for flag in flags)
    assert seen() == before


def test_the_digest_follows_what_would_be_taken_and_never_reads_the_rest(home):
    first = digest(home)
    assert digest(home) == first
    (home / "data.csv").write_text("2")
    second = digest(home)
    with (home / "large.bin").open("wb") as file:
        file.truncate(2**40)
    os.mkfifo(home / "pipe")
    with open(os.fsencode(home) + b"/\xff", "wb"):
        pass
    assert len({first, second, digest(home)}) == 3


def test_a_link_in_the_place_of_the_folder_is_no_folder(home, tmp_path, released):
    (tmp_path / "link").symlink_to(home)
    chosen, notes, _ = look(tmp_path / "link", released)
    assert all(handed.absent for handed in chosen.values())
    assert "The folder cannot be opened" in notes[0]
    assert digest(tmp_path / "link") == digest(tmp_path / "link") != digest(home)


def test_one_file_is_judged_as_in_a_folder(home):
    assert one_file(home / "data.csv") == ([home / "data.csv"], [])
    (home / "link").symlink_to("data.csv")
    assert one_file(home / "link") == ([], ["link is a link, not a file: hand in the file itself; it was left out."])


def test_long_names_are_shown_short_and_every_kind_has_its_word(home):
    assert len(shown("x" * 500)) < 120
    assert problem("x.csv", os.lstat(home)) == "is a folder, a pipe or a device, not a file"
    assert stat.S_ISREG(os.lstat(home / "data.csv").st_mode) and problem("x.csv", os.lstat(home / "data.csv")) == ""
