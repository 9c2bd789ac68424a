"""Runs a grader on one hand-in and watches: the canaries, the processes, the clock, the memory.

Inside the guard this is process 1, so that nothing there can end it, and every process belongs to it.
"""

import contextlib
import importlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from tests.autograder.hostile.course import HONEST, LAB, STUDENT, fixed_rows
from tests.autograder.hostile.evidence import gather, planted, snapshot
from tests.autograder.hostile.hand_in import FIRST, RIGHT, World, notebook, save
from tests.autograder.hostile.watch import Child, Watch

GRACE = 4.0                                           # seconds that helpers have to end after the grader


class Listeners:
    """Sockets of the host that no hand-in may reach: TCP, UDP, a Unix socket as a desktop has, an abstract one."""

    def __init__(self, world, token):
        self.hits, self.token, self.ending, self.threads = [], token, False, []
        kinds = [("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", world.port)),
                 ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", world.port)),
                 ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(world.root / "bus.sock")),
                 ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0hostile-{world.port}")]
        for name, family, kind, address in kinds:
            listener = socket.socket(family, kind)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.settimeout(0.2)
            listener.bind(address)
            if name == "unix":
                os.chmod(address, 0o777)
            if kind == socket.SOCK_STREAM:
                listener.listen(50)
            self.threads.append(threading.Thread(target=self._hear, args=(name, kind, listener), daemon=True))
            self.threads[-1].start()

    def _hear(self, name, kind, listener):
        with listener:
            while not self.ending:
                with contextlib.suppress(OSError):
                    if kind == socket.SOCK_DGRAM:
                        listener.recvfrom(500)
                        self.hits.append(name)
                        continue
                    caller, _ = listener.accept()
                    self.hits.append(name)
                    with caller:
                        caller.sendall(f"{self.token}\n".encode())

    def close(self):
        """Close all of them."""
        self.ending = True
        for thread in self.threads:
            thread.join()


def make_world(students, template, root, *, course="course", port=47811, victim=0):
    """Copy the template to `root`, put hand-ins and the honest student's in place; return the World and the tokens."""
    released = json.loads((template / "course" / "build" / "nbgrader" / "release" / LAB / "lab.ipynb").read_text())
    for cell in released["cells"]:                    # the file has lists of lines; hand-ins are made from text
        cell["source"] = "".join(cell["source"])
    world = World(root, released, port, victim)
    shutil.copytree(template / course, world.course)
    shutil.copytree(template / "home", root / "home")
    shutil.copy(template / "notes.txt", root / "notes.txt")
    tokens = json.loads((template / "tokens.json").read_text())
    for student, case in {**students, HONEST: None}.items():
        folder = world.nbgrader / "submitted" / student / LAB
        folder.mkdir(parents=True)
        if case is None:
            mine = {**RIGHT, FIRST: f"# {tokens['other']}\n{RIGHT[FIRST]}"}
            save(folder, notebook(world, mine))
            shutil.copy(template / "course" / "labs" / LAB / "data.csv", folder)
        else:
            case.build(folder, world)
    return world, tokens


def _environment(world, tokens):
    """Return what a grader's shell has, a secret among it."""
    return {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(world.root / "home"),
            "LANG": "C.UTF-8", "CANVAS_API_TOKEN": tokens["environment"], "USER": "grader", "TERM": "dumb"}


def trial(cases, grader, template, root, *, user=None, port=47811):
    """Grade one class and return ``[Evidence, ...]``, one of each case.

    A class of one hostile student is called mallory. In a larger one nobody can tell who did what happened to all:
    it stands in everybody's evidence.

    Parameters
    ----------
    cases : list of HandIn
    grader : Grader
    template, root : Path
        What `course.template` made; an empty folder for this run.
    user : int, optional
        The user id that the grader runs as, where this process may choose.
    port : int
        Where the listeners are.
    """
    template, root = Path(template), Path(root)
    students = {STUDENT: cases[0]} if len(cases) == 1 else {f"s-{case.id}": case for case in cases}
    who = {"user": user, "group": user, "extra_groups": []} if user else {}
    victim = subprocess.Popen(["sleep", "1000"], env={}, **who)
    world, tokens = make_world(students, template, root, course=grader.course, port=port, victim=victim.pid)
    if user:
        subprocess.run(["chown", "-hR", f"{user}:{user}", str(root)], check=True)
    listeners = Listeners(world, tokens["tcp"])
    before, rows = snapshot(world), fixed_rows(world.nbgrader / "gradebook.db")
    watch = Watch(tokens["environment"], alone=os.getpid() == 1)
    start = time.monotonic()
    with (root.parent / f"{root.name}.log").open("a+b") as log:
        if user:
            os.fchown(log.fileno(), user, user)       # a terminal belongs to its user
        patience = grader.seconds * max(1, len(cases) / 3)
        codes, happened = _graded(watch, grader.commands(world), _environment(world, tokens) | grader.environment, log,
                                  user, {victim.pid}, patience)
        log.seek(max(0, log.seek(0, 2) - 4 * 2**20))
        said = log.read().decode("utf-8", "replace")
    state = psutil.pid_exists(victim.pid) and psutil.Process(victim.pid).status()
    if state in (False, psutil.STATUS_ZOMBIE, psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP):
        happened.append(f"a process of the grader's user is {state or 'gone'}")
    if not watch.reasons:
        happened += [f"the grader was ended by signal {-code}" for code in codes if code and code < 0]
    seconds, outside = time.monotonic() - start, _outside(root, students) if watch.alone else []
    found = [gather(case, world, tokens, before, rows, said, students) for case in cases]
    for each in found:
        each.seconds, each.memory, each.most = seconds / len(cases), watch.memory, watch.most
        each.guard, each.hits = list(watch.reasons), sorted(set(listeners.hits))
        each.processes += happened
        each.planted += outside
    listeners.close()
    watch.end()
    victim.returncode = 0 if watch.alone else victim.poll()       # process 1 reaps it with the others
    if not watch.alone:
        victim.kill()
        victim.wait()
    return found


def _graded(watch, commands, environment, log, user, spare, patience):
    """Run the grader's commands; return their exit codes and the processes that outlived them, as lines."""
    codes = []
    for command, folder in commands:
        running = Child(command, folder, environment, log, user)
        watch.follow(running, patience, spare)
        codes.append(running.returncode)
    deadline, left = time.monotonic() + GRACE, watch.all(spare)
    while left and time.monotonic() < deadline:
        watch.reap(running)
        time.sleep(0.1)
        left = watch.all(spare)
    survivors = []
    for process in left:
        with contextlib.suppress(psutil.Error):
            survivors.append(f"survivor: {' '.join(process.cmdline())[:80]}")
    watch.reap(running)
    watch.end(spare)
    return codes, survivors


def _outside(root, students):
    """Return what was left in places that all users share, inside the guard."""
    left = [path for path in planted(["/tmp", "/dev/shm", "/var/tmp"], students) if not path.startswith(f"{root}/")]
    shared = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return left + ["System V shared memory"] * bool(shared)


def _sweep(keep):
    """Remove what a run left on the memory disk and in shared memory."""
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        for entry in os.scandir(place):
            if entry.path in keep:
                continue
            if entry.is_dir(follow_symlinks=False):
                subprocess.run(["rm", "-rf", entry.path], check=False)
            else:
                os.unlink(entry.path)
    subprocess.run(["ipcrm", "--all"], stderr=subprocess.DEVNULL, check=False)


def main():
    """Run the jobs that the guard hands in, one after the other; write evidence and pages where it says."""
    from tests.autograder.hostile.corpus import ALL
    from tests.autograder.hostile.graders import GRADERS

    job = json.loads(Path(sys.argv[1]).read_text())
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getuid() == 0:                              # bubblewrap's covers over /proc keep a box inside from its own
        for place in ("irq", "bus", "sys", "fs", "sysrq-trigger"):
            subprocess.run(["umount", f"/proc/{place}"], stderr=subprocess.DEVNULL, check=False)
    grader, out, root = GRADERS[job["grader"]], Path(job["out"]), Path("/tmp/world")
    for name in grader.preload:
        importlib.import_module(name)
    groups = [job["ids"]] if job.get("together") else [[name] for name in job["ids"]]
    for names in groups:
        for found in trial([ALL[name] for name in names], grader, job["template"], root, user=job["user"]):
            student = STUDENT if len(names) == 1 else f"s-{found.id}"
            pages = [p for p in (root / "course" / "build" / "nbgrader" / "feedback" / student).rglob("*.html")
                     if p.is_file() and not p.is_symlink() and p.stat().st_size < 4 * 2**20]
            for path in pages[:1]:
                shutil.copyfile(path, out / f"{found.id}.html")
            (out / f"{found.id}.part").write_text(found.to_json())
            (out / f"{found.id}.part").rename(out / f"{found.id}.json")
        _sweep({sys.argv[1], job["template"], job["out"]})


if __name__ == "__main__":
    main()
