"""The grader's side of the warm start: children are told, stopped, limited, cleared away; a zygote comes back once."""

import gc
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder.errors import CourseError
from autograder.sandbox import pool, tiers, walls
from autograder.sandbox.limits import MIB, Box, Limits
from autograder.sandbox.tier import Tier
from tests.autograder.sandbox.forks import say, start, warm
from tests.autograder.sandbox.world import LINUX

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LINUX, reason="namespaces and file descriptors of processes")]
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", "NAME"])
    os._exit(0)
print('up', flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def tier(request):
    try:
        return tiers.choose(only=request.param)
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def walled(tier):
    with warm(tier) as made:
        yield made


def running(name):
    """Return the processes whose command line holds `name`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if name in (process.info["cmdline"] or []) and process.info["cmdline"][0] != "bwrap":
            found.append(process.pid)
    return found


def ends(function, seconds=5):
    """Return whether `function` becomes false within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not function():
            return True
        time.sleep(0.02)
    return False


def up(zygote, code=SLEEP, **how):
    """Return a child that runs."""
    kid, pipe = start(zygote, code, **how)
    with pipe:
        assert pipe.readline() == "up\n"
    return kid


def test_argument_and_files_arrive(walled):
    out, into = os.pipe()
    box = Box(None, walled.runtime(), walled.limits)
    kid = walled.fork("probe:run", b"print('x' * 300_000)" + b"#" * 100_000, box, fds=[into])
    os.close(into)
    with open(out) as file:
        assert len(file.read()) == 300_001
    assert kid.wait(20) == 0


def test_an_interrupt_reaches_the_child_as_the_exception(walled):
    kid, pipe = start(walled, "import time\ntry:\n    print('up', flush=True)\n    time.sleep(60)\n"
                              "except KeyboardInterrupt:\n    print('interrupted')")
    assert pipe.readline() == "up\n"
    kid.signal(signal.SIGINT)
    assert (pipe.read(), kid.wait(10)) == ("interrupted\n", 0)
    pipe.close()


def test_a_stubborn_child_is_killed_with_the_daemon_it_left(walled):
    name = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    kid = up(walled, STUBBORN.replace("NAME", name))
    assert ends(lambda: not running(name)), "the daemon must be there to be ended"
    kid.signal(signal.SIGINT)
    kid.terminate()
    with pytest.raises(TimeoutError, match=r"still runs after 0\.2 s"):
        kid.wait(0.2)
    before = time.monotonic()
    kid.kill()
    assert (kid.returncode, kid.poll()) == (-9, -9) and time.monotonic() - before < 3
    assert ends(lambda: running(name))
    assert walled.alive()


def test_a_daemon_ends_with_the_child_that_left_it(walled):
    name = f"daemon-{os.getpid()}-{time.monotonic_ns()}"
    kid = up(walled, STUBBORN.replace("NAME", name).replace("while True:\n    time.sleep(1)", "time.sleep(0.3)"))
    assert kid.wait(10) == 0
    assert running(name) == []


def test_data_comes_without_notebooks_and_links(walled, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/data.csv").write_text("1,2", encoding="ascii")
    (tmp_path / "lab.ipynb").write_text("{}", encoding="ascii")
    (tmp_path / "link").symlink_to("/etc/passwd")
    said, code = say(walled, "import os; print(sorted(os.listdir())); print(open('deep/data.csv').read()); "
                             "open('deep/data.csv', 'w').write('changed')", data=tmp_path)
    assert (said, code) == ("['deep']\n1,2\n", 0)
    assert (tmp_path / "deep/data.csv").read_text(encoding="ascii") == "1,2"


def test_the_packages_of_the_course_are_found(walled):
    assert say(walled, "import toolkit; print(toolkit.__name__)") == ("toolkit\n", 0)


def test_a_child_over_the_limit_on_memory_ends_and_others_live(walled):
    other = up(walled)
    kid, pipe = start(walled, "import time; kept = [b'x' * 2**20 * 16 for _ in range(12)]; time.sleep(20)",
                      limits=Limits(memory=96 * MIB))
    with pipe:
        assert kid.wait(10) == -9
    assert kid.ended_by.startswith("more than 96 MiB of memory")
    assert other.poll() is None
    other.kill()


def test_a_child_over_its_time_ends(walled):
    box = Box(None, walled.runtime(), walled.limits)
    kid = walled.fork("builtins:exec", SLEEP.encode(), box, seconds=0.3)
    assert (kid.wait(10), kid.ended_by) == (-9, "longer than 0.3 s")


def test_limits_of_resources_hold_for_a_child(walled):
    said, _ = say(walled, "import resource as r; print(r.getrlimit(r.RLIMIT_FSIZE)[1], r.getrlimit(r.RLIMIT_CORE)[1])",
                  limits=Limits(file=5 * MIB))
    assert said == f"{5 * MIB} 0\n"


def test_processes_of_one_child_do_not_count_for_another(tier, walled):
    if tier.name == "landlock" and os.geteuid() != 0:
        pytest.skip("processes of an account are counted together there")
    forks = """
import os, time
pids = []
try:
    while len(pids) < 60:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
        pids.append(pid)
except BlockingIOError:
    pass
print('up', flush=True)
"""
    first = up(walled, forks + "time.sleep(60)", limits=Limits(processes=40))
    said, _ = say(walled, forks.replace("'up'", "len(pids)") + "os.kill(0, 9)", limits=Limits(processes=40))
    assert 30 <= int(said) < 40
    first.kill()


def test_a_runtime_folder_from_elsewhere_is_refused(walled, tmp_path):
    with pytest.raises(CourseError, match=r"needs a runtime folder that runtime\(\) made in .*, got "):
        walled.fork("builtins:exec", b"", Box(None, tmp_path, Limits()))


def test_where_the_wall_cannot_be_made_nothing_runs(walled, monkeypatch):
    plan = walls.plan

    def broken(*arguments, **named):
        return {**plan(*arguments, **named), "home": "/proc/nowhere"}

    monkeypatch.setattr(walls, "plan", broken)
    box = Box(None, walled.runtime(), walled.limits)
    out, into = os.pipe()
    with pytest.raises(CourseError, match=r"wall round a forked process cannot be made: .*nowhere"):
        walled.fork("probe:run", b"print('ran')", box, fds=[into])
    os.close(into)
    assert os.read(out, 10) == b""
    os.close(out)
    assert walled.alive()


def test_where_no_wall_can_be_made_there_is_no_warm_start(tier, monkeypatch):
    made, why = pool.warm_start(tier, ["json"])
    with made:
        assert (made.preload, why) == (("json",), "")
    plan = walls.plan
    monkeypatch.setattr(walls, "plan", lambda *a, **k: {**plan(*a, **k), "home": "/proc/nowhere"})
    monkeypatch.setattr(pool, "obstacle", pool.obstacle.__wrapped__)
    made, why = pool.warm_start(tier)
    assert made is None and why.startswith("no warm start: The wall round a forked process cannot be made")


def test_a_zygote_that_dies_comes_back_once(tier):
    with warm(tier) as made:
        assert say(made, "print(1)") == ("1\n", 0)
        kid = up(made)
        made._process.kill()
        made._process.wait(10)
        assert say(made, "print(2)") == ("2\n", 0)
        assert kid.wait(10) == -9 if tier.name == "bubblewrap" else kid.kill() is None
        made._process.kill()
        made._process.wait(10)
        with pytest.raises(CourseError, match="warm process has ended with exit code"):
            say(made, "print(3)")


def test_a_zygote_that_is_not_ready_in_time_is_said():
    slow = ("builtins:exec", b"import time; time.sleep(30)")
    with pool.Zygote(Tier("none"), ["json"], prepare=slow, limits=Limits(startup=0.5)) as made:
        with pytest.raises(CourseError, match=r"was not ready after 0.5 s; it imports json"):
            made.wait_until_warm()
        process = made._process
    assert process.poll() is not None


def test_two_graders_have_zygotes_of_their_own(walled):
    before = pool.use(walled)
    try:
        assert pool.current() is walled
        out, into = os.pipe()
        if (pid := os.fork()) == 0:
            os.write(into, str(pool.current()).encode())
            walled.close()                            # of a copy: the zygote must not notice
            os._exit(0)
        os.waitpid(pid, 0)
        assert os.read(out, 10) == b"None"
        assert walled.alive() and walled.folder.exists()
        for end in (out, into):
            os.close(end)
    finally:
        pool.use(before)


def test_closing_leaves_no_process_no_folder_and_no_open_file(tier):
    before = set(os.listdir("/proc/self/fd"))
    with warm(tier) as made:
        kid = up(made)
        head = made._process.pid
        inside = [head, *(process.pid for process in psutil.Process(head).children(recursive=True))]
        pool.use(made)
    assert kid.returncode == -9 and pool.current() is None
    assert ends(lambda: [pid for pid in inside if psutil.pid_exists(pid)])
    assert not made.folder.exists()
    del kid, made
    gc.collect()
    opened = [f"/proc/self/fd/{number}" for number in set(os.listdir("/proc/self/fd")) - before]
    assert not [os.readlink(path) for path in opened if os.path.exists(path)]


def test_a_grader_that_is_killed_takes_its_zygote_and_children_with_it(tier):
    code = ("import time\nfrom autograder.sandbox import tiers\n"
            "from tests.autograder.sandbox.forks import warm, start\n"
            f"zygote = warm(tiers.choose(only={tier.name!r}))\nkid, pipe = start(zygote, {SLEEP!r})\npipe.readline()\n"
            "print(zygote._process.pid, kid.pid, zygote.folder, flush=True)\ntime.sleep(60)")
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with grader.stdout:
        head, kid, folder = grader.stdout.readline().split()
    grader.kill()
    grader.wait()
    assert ends(lambda: [pid for pid in (int(head), int(kid)) if psutil.pid_exists(pid)])
    pool.leftovers.sweep(pool.PREFIX)
    assert os.path.exists(folder), "a young folder may not have its lock yet"
    os.utime(folder, (0, 0))
    pool.leftovers.sweep(pool.PREFIX)
    assert not os.path.exists(folder)


def test_the_folder_of_a_living_grader_is_not_swept_away(walled):
    os.utime(walled.folder, (0, 0))
    pool.leftovers.sweep(pool.PREFIX)
    assert walled.folder.exists()
