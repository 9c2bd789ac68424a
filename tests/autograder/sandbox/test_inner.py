"""Behind the second wall a student sees neither the zygote nor a sibling and has no rights; without a part, it does."""

import json

import pytest

from autograder.sandbox import bubblewrap, inner, syscalls
from tests.autograder.sandbox.forks import beside, won
from tests.autograder.sandbox.world import LINUX, TOKEN, WORLDS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LINUX, reason="walls of Linux")]
every_world = pytest.mark.parametrize("world", WORLDS, ids="-".join)
SPACES = [world for world in WORLDS if world[0] == "bubblewrap"]


@every_world
def test_every_attempt_on_the_zygote_and_on_a_sibling_is_refused(world):
    seen = beside(world)
    assert seen.code == 0, seen.found
    assert won(seen.found) == {}


@every_world
def test_a_child_has_no_rights_and_cannot_gain_any(world):
    status = beside(world).found["status"]
    kept = {"0000000000000000", "0000000000000004"} if world == ("landlock", "root") else {"0000000000000000"}
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} <= kept     # 4: reads Python below /root
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    uids = set(status["Uid"].split())
    assert len(uids) == 1
    if world[1] == "root":
        assert 200_000 <= int(uids.pop()) < 500_000
    elif world[0] == "bubblewrap":
        assert uids == {str(bubblewrap.USER)}


@every_world
def test_a_child_has_only_the_open_files_it_was_given(world):
    files = beside(world).found["files"]
    assert files[:3] == [0, 1, 2] and len(files) == 4


@every_world
def test_a_child_starts_like_a_fresh_python(world):
    found = beside(world).found
    assert found["argv"] == [[""], ["__doc__"], "default_int_handler", "SIG_DFL", ""]
    assert found["child"] == 7 or found["child"] == 7 << 8
    assert TOKEN not in json.dumps(found["environment"])
    assert found["write_home"] == found["write_runtime"] == "done"


@every_world
def test_random_numbers_differ_from_child_to_child(world):
    seen = beside(world)
    assert not set(seen.found["random"]) & set(seen.second)


@every_world
def test_a_child_that_kills_all_it_can_hurts_only_itself(world):
    seen = beside(world)
    assert (seen.victim, seen.alive) == (None, True)


@every_world
def test_closing_the_zygote_ends_its_children_and_leaves_nothing(world):
    seen = beside(world)
    assert (seen.after, seen.left, seen.children) == (-9, False, [])


@pytest.mark.parametrize("world", SPACES, ids="-".join)
def test_with_a_list_of_its_own_a_child_sees_only_its_keeper_and_itself(world):
    found = beside(world).found
    assert found["processes"] == [1, 2]
    assert (found["folder"], found["hostname"], found["interfaces"]) == ("/home/student", "box", ["lo"])
    assert found["account"] == "student"


@pytest.mark.parametrize(("world", "parts", "prizes"), [
    (("bubblewrap", "root"), {"seccomp": ""}, {"unshare_user", "unshare_files"}),
    (("bubblewrap", "root"), {"wall": "none"}, {"secret", "sibling_folder", "siblings", "mount"}),
    (("landlock", "user"), {"landlock": None}, {"secret", "sibling_folder", "siblings", "make_sibling"}),
])
def test_without_a_part_of_the_wall_the_same_student_wins(world, parts, prizes):
    if world not in WORLDS:
        pytest.skip("needs root")
    assert prizes <= set(won(beside(world, without=json.dumps(parts)).found))


def test_without_the_filter_the_keeper_still_cannot_be_looked_into():
    found = beside(WORLDS[0], without=json.dumps({"seccomp": ""})).found
    assert not {"trace_keeper", "keeper_memory", "keeper_files"} & set(won(found))


def test_a_call_that_fails_names_itself():
    with pytest.raises(OSError, match="mount tmpfs on /nowhere"):
        syscalls.mount("tmpfs", "/nowhere", "tmpfs")
    with pytest.raises(OSError, match=r"setns\(0x20000000\)"):
        syscalls.join(0, syscalls.CLONE_NEWPID)


def test_capabilities_that_are_left_end_the_process(monkeypatch):
    monkeypatch.setattr(inner.launch, "hold", lambda kept: None)
    monkeypatch.setattr(inner.launch, "close_door", lambda plan: None)
    monkeypatch.setattr(syscalls, "drop_bounding", lambda keep: None)
    monkeypatch.setattr(syscalls, "capability_sets", lambda: {"CapEff": 1 << 21, "CapBnd": 3})
    with pytest.raises(PermissionError, match=r"capabilities are left inside the wall: \{'CapEff': 2097152\}"):
        inner.shut({"uid": None, "keep": []})
