"""Limits hold inside a box, and reach the kernel as they were meant."""

import json

import pytest

from autograder.sandbox import memory
from autograder.sandbox.limits import MIB, Limits
from tests.autograder.sandbox.world import LINUX, WORLDS, inside

pytestmark = pytest.mark.skipif(not LINUX, reason="boxes are for Linux")
ALLOCATE = """
import json
kept, said = [], []
for size in (64, 512):
    try:
        kept.append(bytearray(size * 2**20)); said.append("given")
    except MemoryError:
        said.append("MemoryError")
print(json.dumps(said))
"""


def test_usual_limits_are_the_ones_that_the_course_promises():
    usual = Limits()
    assert (usual.cell, usual.notebook, usual.processes) == (30, 600, 128)
    assert (usual.memory, usual.data, usual.file, usual.scratch) == (3072 * MIB, 4096 * MIB, 64 * MIB, 256 * MIB)


def test_rlimits_leave_room_for_what_the_account_runs_already():
    limits = Limits(processes=10).rlimits(room=7)
    assert limits["NPROC"] == (17, 17)
    assert limits["CORE"] == (0, 0)
    assert all(soft == hard for soft, hard in limits.values())


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS[:1])
def test_a_process_gets_its_memory_and_no_more(world):
    assert json.loads(inside(world, ALLOCATE, limits={"data": 256 * MIB}).said) == ["given", "MemoryError"]


def _groups(tmp_path, monkeypatch, controllers):
    """Make a pretended tree of cgroup v2 in which this process is in /session/self."""
    own = tmp_path / "session" / "self"
    own.mkdir(parents=True)
    for folder in (own, own.parent):
        (folder / "cgroup.subtree_control").write_text(controllers if folder != own else "", encoding="ascii")
        (folder / "cgroup.procs").write_text("", encoding="ascii")
    monkeypatch.setattr(memory, "_own_group", lambda groups=None: own)
    monkeypatch.setattr(memory, "_systemd_answers", lambda: False)
    return own.parent


def test_a_cgroup_of_our_own_is_used_where_memory_is_handed_down(tmp_path, monkeypatch):
    parent = _groups(tmp_path, monkeypatch, "cpu memory pids\n")
    assert memory.name() == "cgroup"
    chosen = memory.choose(Limits(memory=123 * MIB))
    assert chosen.group.parent == parent
    assert (chosen.group / "memory.max").read_text(encoding="ascii") == str(123 * MIB)
    assert chosen.before[:2] == ("/bin/sh", "-c") and chosen.before[-1] == str(chosen.group / "cgroup.procs")


def test_without_a_controller_for_memory_the_watchdog_is_alone(tmp_path, monkeypatch):
    _groups(tmp_path, monkeypatch, "cpu pids\n")
    assert memory.name() == "watchdog"
    assert memory.choose(Limits()) is memory.WATCHDOG


def test_systemd_limits_memory_and_processes_of_the_whole_tree(monkeypatch):
    monkeypatch.setattr(memory, "_systemd_answers", lambda: True)
    monkeypatch.setattr(memory.os, "geteuid", lambda: 1500)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1500")
    chosen = memory.choose(Limits(memory=123 * MIB, processes=20))
    assert chosen.before[:3] == ("systemd-run", "--user", "--scope") and chosen.before[-1] == "--"
    assert f"MemoryMax={123 * MIB}" in chosen.before and "TasksMax=36" in chosen.before
    assert ("XDG_RUNTIME_DIR", "/run/user/1500") in chosen.environment
    assert memory.name() == "systemd scope"
