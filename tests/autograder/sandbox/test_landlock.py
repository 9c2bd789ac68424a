"""Behind Landlock a hostile program wins nothing, as root and as an ordinary user; without a layer it does."""

import os
import subprocess
import sys

import pytest

from autograder.sandbox import landlock
from tests.autograder.sandbox.test_bubblewrap import DAEMON
from tests.autograder.sandbox.world import ACCOUNTS, LINUX, attempts, inside, won

pytestmark = pytest.mark.skipif(not LINUX or not landlock.abi(), reason="this kernel has no Landlock")
WORLDS = [("landlock", account) for account in ACCOUNTS]


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_nothing_is_won_and_nothing_outside_changes(world):
    found, seen = attempts(world)
    assert won(found) == {}
    assert (seen.canary, seen.mode, seen.beside, seen.folders) == ("the canary", 0o666, [], [])


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_the_program_has_at_most_the_right_to_reach_python(world):
    rights = attempts(world)[0]["rights"]
    allowed = {0, 1 << 2} if world[1] == "root" else {0}      # CAP_DAC_READ_SEARCH, where Python lies in root's home
    assert int(rights["CapEff"], 16) in allowed and int(rights["CapPrm"], 16) in allowed
    assert (rights["NoNewPrivs"], rights["Seccomp"]) == ("1", "2")
    if world[1] == "root":
        assert 200_000 <= int(rights["Uid"].split()[0]) < 500_000


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_processes_end_at_the_limit(world):
    count, why = attempts(world)[0]["forks"]
    assert why == "EAGAIN" and 100 <= count <= 140            # an ordinary user's other processes come and go


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "prizes"), [
    ("landlock", {"read_outside", "read_lab_solution", "list_checkout", "write_outside", "see_processes"}),
    ("filter", {"connect_socket_file", "send_datagram", "anonymous_file", "shared_memory", "virtual_socket"}),
])
def test_without_a_layer_the_same_program_wins(layer, prizes):
    found, _ = attempts(WORLDS[0], layer)
    assert prizes <= set(won(found))


@pytest.mark.slow
def test_without_the_filter_an_ordinary_user_sets_the_graders_limits():
    found, _ = attempts(WORLDS[-1], "filter")
    assert "limits_of_the_grader" in won(found) or WORLDS[-1][1] == "root"


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_a_daemon_dies_with_the_box(world):
    seen = inside(world, DAEMON)
    assert (seen.code, seen.said, seen.left) == (0, "done\n", [])


@pytest.mark.slow
def test_without_the_supervisor_a_daemon_survives():
    assert inside(WORLDS[0], DAEMON, without=["supervisor"]).left


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS[-1:])
def test_a_full_folder_ends_the_box_and_leaves_nothing(world):
    program = """
import time
for number in range(100):
    open(str(number), "wb").write(bytes(2**20))
time.sleep(5)
"""
    seen = inside(world, program, scratch=8 * 2**20)
    assert seen.ended.startswith("more than 8 MiB of files") and seen.folders == []


def _walled(code, version):
    """Run Python behind Landlock as an older kernel offers it; nothing but Python's own folders is shown."""
    program = f"import sys; sys.path.insert(0, {os.getcwd()!r})\nfrom autograder.sandbox import landlock, visible\n" \
              f"landlock.restrict(landlock.plan(visible.read_only(), [], sys.argv[1]), {version})\n{code}"
    return program


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6])
def test_every_version_closes_files_and_leaves_python_working(version, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").write_text("secret", encoding="ascii")
    code = f"""
import json, decimal
open(sys.argv[1] + "/mine", "w").write("x")
try:
    open({str(tmp_path / "out")!r})
except PermissionError:
    print("closed")
"""
    words = [sys.executable, "-c", _walled(code, version), str(tmp_path / "in")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == "closed\n", done.stderr


def test_a_kernel_without_landlock_is_an_error_not_an_open_door(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock"):
        landlock.restrict({"read": [], "use": [], "write": []})
