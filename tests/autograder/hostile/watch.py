"""The processes of one run: started as a user may start them, followed, weighed, ended."""

import atexit
import contextlib
import ctypes
import os
import resource
import runpy
import signal
import sys
import threading
import time
import traceback
import warnings

import psutil

MEMORY = 3 * 2**30                                    # bytes of all processes together
PROCESSES = 600
FILE = 400 * 2**20                                    # bytes of one file
PR_SET_DUMPABLE = 4


def _weight(processes):
    """Return the MiB of processes together; what forks share counts once, where that matters."""
    def add(measure):
        total = 0
        for process in processes:
            with contextlib.suppress(psutil.Error, OSError):
                total += measure(process)
        return total

    quick = add(lambda process: max(0, (info := process.memory_info()).rss - info.shared))
    return (quick if quick <= MEMORY else add(lambda process: process.memory_full_info().pss)) >> 20


class Watch:
    """The processes of one run, seen from outside of them."""

    def __init__(self, token, alone):
        self.token, self.alone = token, alone
        self.memory, self.most, self.reasons = 0, 0, []

    def all(self, spare=()):
        """Return the processes of the run: in a guard everything but this one, else those with our environment."""
        mine, found = os.getpid(), []
        for process in psutil.process_iter():
            if process.pid == mine or process.pid in spare:
                continue
            with contextlib.suppress(psutil.Error, OSError):
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if self.alone or process.environ().get("CANVAS_API_TOKEN") == self.token:
                    found.append(process)
        return found

    def reap(self, running):
        """Collect what has ended: as process 1 everybody's orphans, else only the child."""
        if os.getpid() != 1:
            running.poll()
            return
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                if running is not None and pid == running.pid:
                    running.returncode = os.waitstatus_to_exitcode(status)

    def follow(self, running, seconds, spare):
        """Wait for the child; end everything where it is too much or takes too long, and say why."""
        deadline = time.monotonic() + seconds
        while True:
            self.reap(running)
            if running.returncode is not None:
                return
            there = self.all(spare)
            weight = _weight(there)
            self.memory, self.most = max(self.memory, weight), max(self.most, len(there))
            if weight > MEMORY >> 20:
                self.reasons.append(f"memory, {weight} MiB")
            elif len(there) >= 0.9 * PROCESSES:
                self.reasons.append(f"processes, {len(there)}")
            elif time.monotonic() > deadline:
                self.reasons.append(f"time, {seconds:g} s")
            else:
                time.sleep(0.1 if len(there) < 100 else 0.3)
                continue
            self.end(spare)
            self.reap(running)
            if running.returncode is None:
                running.wait(5)
                running.returncode = -9 if running.returncode is None else running.returncode
            return

    def end(self, spare=()):
        """Kill all of them, again until none is left."""
        for _ in range(50):
            there = self.all(spare)
            if not there:
                return
            for process in there:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            time.sleep(0.05)


class Child:
    """A forked process that runs ``python -m argv`` as a user may: what is imported already need not be again."""

    def __init__(self, argv, folder, environment, log, user):
        self.returncode = None
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            try:
                self._become(argv, folder, environment, log, user)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            except BaseException:
                code = 1
                traceback.print_exc()
            else:
                code = 0
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            with contextlib.suppress(Exception):
                threading._shutdown()
                atexit._run_exitfuncs()               # joblib ends its workers here
            os._exit(code)

    def _become(self, argv, folder, environment, log, user):
        atexit._clear()                               # what was registered before is not this process's to do
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number in (1, 2):
            os.dup2(log.fileno(), number)
        os.closerange(3, 4096)
        for name, most in (("NPROC", PROCESSES), ("DATA", 2 * MEMORY), ("FSIZE", FILE), ("CORE", 0)):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
        if user:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)      # as after exec: its user may look into it
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.stdout, sys.stderr = (open(n, "w", buffering=1, errors="backslashreplace") for n in (1, 2))  # noqa: SIM115
        sys.argv = list(argv)
        sys.path.insert(0, str(folder))
        warnings.resetwarnings()
        runpy.run_module(argv[0], run_name="__main__", alter_sys=True)

    def wait(self, seconds):
        """Wait until it has ended; reaped here, except by process 1, which reaps everybody."""
        deadline = time.monotonic() + seconds
        while self.returncode is None and time.monotonic() < deadline:
            self.poll()
            time.sleep(0.02)

    def poll(self):
        """Look whether it has ended."""
        with contextlib.suppress(ChildProcessError):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
