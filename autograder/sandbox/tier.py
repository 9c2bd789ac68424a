"""A kind of box: how a process is started in it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandbox import accounts, bubblewrap, landlock, launch, memory, seccomp, supervisor, visible, watchdog
from autograder.sandbox.limits import MIB, Box
from autograder.sandbox.process import BoxedProcess

LAUNCHER = str(Path(launch.__file__).resolve())


def _descriptor(content):
    """Return a descriptor to be inherited, from which `content` can be read."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("box", 0)
    else:
        file, path = tempfile.mkstemp()
        os.unlink(path)
        fd = file
    with open(os.dup(fd), "wb") as file:
        file.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    os.set_inheritable(fd, True)
    return fd


@dataclass(frozen=True)
class Tier:
    """A kind of box that works here.

    Parameters
    ----------
    name : str
        ``bubblewrap``, ``landlock`` or ``none``.
    why : str
        What was found when it was chosen: the program, or why the better ones do not work.
    program : str
        Path of bubblewrap.
    """

    name: str
    why: str = ""
    program: str = ""

    @property
    def safe(self):
        """Whether there is a box at all."""
        return self.name != "none"

    def describe(self):
        """Return one line for a row: the tier and what limits memory."""
        if not self.safe:
            return "none: no box"
        account = "root" if accounts.is_root() else "user"
        detail = f" ABI {landlock.abi()}" if self.name == "landlock" else ""
        return f"{self.name}{detail} ({account}), memory by {memory.name()}"

    def popen(self, argv, box, env=None, *, pass_fds=(), zygote=False, seconds=None, stdin=subprocess.DEVNULL,
              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        """Start a program in a box of its own and return the BoxedProcess.

        Parameters
        ----------
        argv : list of str
        box : Box
        env : mapping, optional
            Variables; those on `visible.GIVEN` are passed on.
        pass_fds : iterable of int
            Descriptors that stay open inside, under the same numbers.
        zygote : bool
            For our own process only: it keeps what it needs to build second walls, and has no limits.
        seconds : float, optional
            How long the tree may live; startup, notebook and one cell together unless given. A zygote lives on.
        stdin, stdout, stderr
            As for subprocess.Popen; nothing unless given.
        """
        box = Box(box.data, Path(os.path.abspath(box.runtime)), box.limits)
        if not zygote and seconds is None:
            seconds = box.limits.startup + box.limits.notebook + box.limits.cell
        streams = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
        started = self._start(list(map(str, argv)), box, env, tuple(pass_fds), zygote, streams)
        if not zygote:
            folders = [box.runtime, *([started.private] if started.private else [])]
            started.watch = watchdog.Watch(started.pid, box.limits, folders, seconds, started.end)
        return started

    def _start(self, argv, box, env, pass_fds, zygote, streams):
        uid = accounts.new() if self.safe else None
        own_files = self.name == "bubblewrap"
        private = None if own_files else Path(os.path.realpath(tempfile.mkdtemp(prefix="box-")))
        home, tmp = (visible.HOME, visible.TMP) if own_files else (str(private / "home"), str(private / "tmp"))
        room = 0 if own_files or uid is not None else accounts.own_threads()
        plan = {"argv": argv, "env": visible.environment(env, home, tmp), "home": home}
        if not zygote:
            plan |= {"rlimits": box.limits.rlimits(room), "seccomp": self.filter().hex(), "uid": uid, "keep": []}
            if uid is not None:
                accounts.hand_over(box.runtime, uid)
        opened, limit, told = [], memory.WATCHDOG, None
        try:
            def descriptor(content):
                opened.append(_descriptor(content))
                return opened[-1]

            before = []
            if own_files:
                told, tell = os.pipe()
                opened.append(tell)
                before = bubblewrap.command(self.program, box, uid, descriptor, tell, zygote=zygote)
            else:
                self._share(plan, box, private, zygote)
            limit = limit if zygote else memory.choose(box.limits)
            fd = descriptor(self._pack(plan, None if zygote else box.data, box.limits.scratch))
            words = [*limit.before, *before, sys.executable, "-I", "-S", LAUNCHER, str(fd)]
            outside = {**plan["env"], **dict(limit.environment)}
            return watchdog.guard().do(lambda: BoxedProcess(
                words, depth=2 if own_files else 1, private=private, gentle=not own_files, group=limit.group, uid=uid,
                told=told, pass_fds=(*opened, *pass_fds), env=outside, cwd="/",
                start_new_session=True, **streams))   # a terminal's Ctrl-C and a kill of the group are for the grader
        except BaseException:
            if told is not None:
                with contextlib.suppress(OSError):
                    os.close(told)
            if private:
                supervisor.remove(private)
            if limit.group:
                with contextlib.suppress(OSError):
                    limit.group.rmdir()
            raise
        finally:
            for fd in opened:
                os.close(fd)

    @staticmethod
    def _pack(plan, data, most):
        try:
            return launch.pack(plan, data, most)
        except ValueError as error:
            raise CourseError(str(error)) from error

    def filter(self):
        """Return the filter of system calls that its boxes get; empty where there is no box."""
        if not self.safe:
            return b""
        if self.name == "bubblewrap":
            return seccomp.program()
        return seccomp.program(namespaces=False, signals=landlock.abi() >= landlock.SIGNALS_ABI)

    def _share(self, plan, box, private, zygote):
        """Complete the plan of a box that shares the machine's file system."""
        folders = [private, private / "home", private / "tmp"]
        for folder in folders[1:]:
            folder.mkdir(mode=0o700)
        plan |= {"supervise": True, "parent": os.getpid(), "private": str(private), "own": [*map(str, folders)]}
        plan["env"]["JOBLIB_MULTIPROCESSING"] = "0"   # /dev/shm, which its semaphores need, is everybody's
        plan["env"]["PYTHONPATH"] = visible.link_packages(private / "packages")
        if self.safe and not zygote:
            plan["landlock"] = landlock.plan(visible.read_only(), folders, box.runtime)
            if plan.get("uid") is not None and not accounts.open_to_all([*visible.read_only(), private, box.runtime]):
                plan["keep"] = [launch.CAP_DAC_READ_SEARCH]

    def run(self, argv, box, env=None, *, timeout=60, most=2 * MIB, **how):
        """Run a program in a box to its end; return ``CompletedProcess`` with at most `most` bytes of output.

        Both streams come together as ``stdout``; ``stderr`` says which limit ended it, if one did.
        """
        process = self.popen(argv, box, env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, seconds=timeout, **how)
        said = b""
        with process.stdout as stream:
            while chunk := stream.read1(65536):
                said += chunk
                if len(said) > most:
                    process.end(f"more than {watchdog.amount(most)} of output")
                    break
        process.wait()
        return subprocess.CompletedProcess(argv, process.returncode, said[:most], process.ended_by)
