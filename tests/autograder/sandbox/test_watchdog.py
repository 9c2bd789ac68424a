"""The watchdog ends a tree that uses too much of anything, says so, and leaves the others alone."""

import os
import subprocess
import sys
import threading
import time

import pytest

from autograder.sandbox import watchdog
from autograder.sandbox.limits import MIB, Limits
from tests.autograder.sandbox.world import LINUX, WORLDS, inside

pytestmark = pytest.mark.skipif(not LINUX, reason="reads Linux's /proc")
HOGS = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(60 * 2**20)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
"""
THREADS = "import threading, time\nfor _ in range(60): threading.Thread(target=time.sleep, args=(20,)).start()\n"


@pytest.fixture
def sleeper():
    """Start a child with a child of its own; yield both process ids."""
    process = subprocess.Popen([sys.executable, "-c", "import subprocess, sys\np = subprocess.Popen(['sleep', '60'])\n"
                                "print(p.pid, flush=True)\np.wait()"], stdout=subprocess.PIPE, text=True)
    with process.stdout as stream:
        yield process.pid, int(stream.readline())
    for pid in watchdog.tree(process.pid)[::-1]:
        os.kill(pid, 9)
    process.wait()


def test_a_tree_is_its_head_and_all_below(sleeper):
    assert watchdog.tree(sleeper[0]) == list(sleeper)
    assert sorted(watchdog._tree_by_psutil(sleeper[0])) == sorted(sleeper)


def test_shared_memory_is_counted_once(sleeper):
    quick = watchdog.memory(sleeper, limit=2**60)
    exact = watchdog.memory(sleeper, limit=0)
    assert 0 < exact < quick


def test_threads_count_as_processes():
    before = watchdog.threads([os.getpid()])
    go_on = threading.Event()
    extra = [threading.Thread(target=go_on.wait) for _ in range(3)]
    for thread in extra:
        thread.start()
    assert watchdog.threads([os.getpid()]) == before + 3
    go_on.set()
    for thread in extra:
        thread.join()


def test_looking_at_folders_stops_as_soon_as_it_is_too_much(tmp_path):
    for number in range(30):
        (tmp_path / str(number)).write_bytes(bytes(8192))
    (tmp_path / "link").symlink_to("/usr")
    size, count = watchdog.used([tmp_path], limit=MIB)
    assert size >= 30 * 8192 and count == 31
    assert watchdog.used([tmp_path], limit=10_000)[0] < 30 * 8192
    assert watchdog.used([tmp_path], limit=MIB, entries=5)[1] == 6
    assert watchdog.used([tmp_path / "gone"], limit=MIB) == (0, 0)


def test_time_ends_a_watch_once_and_with_the_reason(sleeper):
    said, heard = [], threading.Event()

    def end(reason):
        said.append(reason)
        heard.set()

    watch = watchdog.Watch(sleeper[0], Limits(), seconds=0.2, on_kill=end)
    assert heard.wait(10)
    time.sleep(3 * watchdog.PERIOD)
    assert said == ["longer than 0.2 s"] == [watch.reason]


def test_what_cannot_be_watched_does_not_go_on(sleeper, monkeypatch):
    heard = threading.Event()
    watch = watchdog.Watch(sleeper[0], Limits(), on_kill=lambda reason: heard.set())
    monkeypatch.setattr(watch, "look", lambda: 1 / 0)
    assert heard.wait(10) and "ZeroDivisionError" in watch.reason


def test_where_the_machine_runs_out_of_memory_the_largest_tree_ends(monkeypatch):
    class Fake:
        def __init__(self, memory):
            self.memory, self.reason = memory, ""

        def look(self):
            return ""

        def end(self, reason):
            self.reason = reason

    small, large = Fake(5), Fake(5 * MIB)
    guard = watchdog.Guard.__new__(watchdog.Guard)
    guard.watches = {small, large}
    guard.look_round()
    assert (small.reason, large.reason) == ("", "")
    monkeypatch.setattr(watchdog, "_free_share", lambda: 0.01)
    guard.look_round()
    assert small.reason == "" and "memory is used up (5 MiB here)" in large.reason


def test_the_thread_runs_what_it_is_asked_to_and_hands_errors_back():
    assert watchdog.guard().do(threading.current_thread) is watchdog.guard()
    with pytest.raises(ZeroDivisionError):
        watchdog.guard().do(lambda: 1 / 0)


@pytest.mark.slow
@pytest.mark.parametrize("world", [WORLDS[0], WORLDS[-1]])
def test_a_tree_over_its_memory_is_ended(world):
    seen = inside(world, HOGS, memory=160 * MIB)
    assert seen.ended.startswith("more than 160 MiB of memory")
    assert seen.seconds < 10 and seen.left == []


@pytest.mark.slow
def test_without_the_watchdog_the_same_tree_lives_on():
    seen = inside(WORLDS[0], HOGS.replace("20)", "1)"), memory=160 * MIB, without=["watchdog"])
    assert (seen.code, seen.ended) == (0, "")


@pytest.mark.slow
def test_too_many_threads_end_a_tree_where_nothing_else_counts_them():
    seen = inside(WORLDS[-1], THREADS, processes=30, without=["limits"])
    assert seen.ended.startswith("more than 30 processes and threads")


@pytest.mark.slow
def test_output_without_end_is_cut():
    seen = inside(WORLDS[0], "while True: print('x' * 1000)", most=100_000)
    assert seen.ended == "more than 97.7 KiB of output" and len(seen.said) == 100_000


@pytest.mark.slow
def test_a_program_that_ignores_everything_ends_with_its_time():
    program = "import signal, time\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n" \
              "    except OSError: pass\nwhile True: time.sleep(1)"
    for world in (WORLDS[0], WORLDS[-1]):
        seen = inside(world, program, timeout=1)
        assert seen.ended == "longer than 1 s" and seen.seconds < 10 and seen.left == []
