"""The seam to Jupyter: a kernel provisioner that starts every kernel in a box.

Named ``autograder-box``. With ``JUPYTER_DEFAULT_PROVISIONER_NAME=autograder-box`` in the environment whatever starts a
kernel (nbclient, nbgrader, papermill) starts it in a box. The option of the same name in configuration files is not
read by nbclient, and a kernel's own description may name another provisioner: a grader calls `boxed` before it trusts.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Unicode

from autograder.errors import CourseError
from autograder.sandbox import pool, tiers
from autograder.sandbox.limits import Box, Limits

NAME = "autograder-box"
LONGEST = 107                                         # bytes of the path of a Unix socket
SOCKET = "k"                                          # sockets are runtime/k-1 to k-5
ENTRY = "autograder.sandbox.kernel:main"


def boxed(manager):
    """Return the provisioner of a kernel manager whose kernel is in a box of ours.

    Raises
    ------
    CourseError
        Where the kernel would run, or runs, without one.
    """
    if not isinstance(manager.provisioner, AutograderProvisioner):
        raise CourseError(f"The kernel is started by {type(manager.provisioner).__name__}, not in a box; "
                          f"set JUPYTER_DEFAULT_PROVISIONER_NAME={NAME}.")
    return manager.provisioner


def new_runtime():
    """Return a new folder, mode 0700, whose path leaves room for the sockets' names.

    Raises
    ------
    CourseError
        Where the folder for temporary files has too long a path, and ``/tmp`` is none either.
    """
    places = [tempfile.gettempdir(), "/tmp"]
    for place in places:
        path = os.path.join(os.path.realpath(place), "kernel-xxxxxxxx", "agent.sock")
        if len(os.fsencode(path)) <= LONGEST and os.access(place, os.W_OK):
            return Path(os.path.realpath(tempfile.mkdtemp(prefix="kernel-", dir=place)))
    raise CourseError(f"The folder for temporary files, {places[0]}, has too long a path for a socket in it (at most "
                      f"{LONGEST} bytes) and /tmp cannot be written; set TMPDIR to a shorter one.")


class AutograderProvisioner(LocalProvisioner):
    """Starts a kernel in a box, and ends it with all that it has started."""

    data = Unicode("", help="folder whose files the working folder holds; the notebook's unless given").tag(config=True)
    limits = Dict(help="limits that differ from the usual ones: {name: value}, see Limits").tag(config=True)
    tier = Unicode("", help="the kind of box: bubblewrap or landlock; the best one unless given").tag(config=True)
    unsafe = Bool(False, help="start kernels without any box").tag(config=True)

    runtime = None
    last = None                                       # the process, also after its end

    @property
    def ended_by(self):
        """Return which limit ended the kernel, in plain words; nothing where none did."""
        return self.last.ended_by if self.last is not None else ""

    async def pre_launch(self, **kwargs):
        """Move connection file and sockets to a folder that the box sees, then prepare as for any kernel."""
        kwargs.pop("independent", None)
        kwargs.pop("stdin", None)
        if self.runtime is None:
            zygote = None if self.unsafe else pool.current()
            self.runtime = zygote.runtime() if zygote else new_runtime()
            if len(os.fsencode(self.runtime / "agent.sock")) > LONGEST:
                raise CourseError(f"{self.runtime} is too long a path for sockets: at most {LONGEST} bytes.")
        manager = self.parent
        manager.transport, manager.ip, manager.cache_ports = "ipc", str(self.runtime / SOCKET), False
        manager.connection_file = str(self.runtime / "kernel.json")
        return await super().pre_launch(**kwargs)

    def _box(self, folder):
        known = {name: value for name, value in self.limits.items() if name in Limits.__dataclass_fields__}
        if unknown := sorted(set(self.limits) - set(known)):
            raise CourseError(f"There is no limit called {', '.join(unknown)}; limits are "
                              f"{', '.join(Limits.__dataclass_fields__)}.")
        data = self.data or folder
        return Box(Path(data) if data else None, self.runtime, replace(Limits(), **known))

    async def launch_kernel(self, cmd, **kwargs):
        """Start the kernel: forked from this process's zygote where there is one, else from scratch."""
        box, self.cwd = self._box(kwargs.get("cwd")), None
        if not self.unsafe and (zygote := pool.current()) and self.runtime.parent == zygote.folder:
            info = json.dumps(self._connection(cmd)).encode()
            self.process = zygote.fork(ENTRY, info, box, env=kwargs.get("env"))
        else:
            tier = tiers.choose(self.unsafe, self.tier or None)
            self.process = tier.popen(cmd, box, kwargs.get("env"))
        self.pid, self.last = self.process.pid, self.process
        return self.connection_info

    def _connection(self, cmd):
        info = {**self.connection_info, "key": self.connection_info["key"].decode()}
        return {**info, "arguments": [word for word in cmd if word.startswith("--")]}

    async def poll(self):
        """Return the exit code, negative for a signal; None while the kernel runs."""
        return None if self.process is None else self._code(self.process.poll())

    def _code(self, code):
        """Return bubblewrap's 128 + n as -n, as the kernel manager expects it."""
        return code if code is None or code <= 128 else 128 - code

    async def wait(self):
        """Wait until the head of the tree has ended; the kernel says so itself, no time is lost."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            try:
                descriptor = os.dup(self.process.fileno())
            except OSError:
                await self._look_often()              # a system without descriptors for processes
            else:
                await self._hear(descriptor)
        code = self._code(self.process.wait())
        self.process = None
        return code

    async def _look_often(self):
        while self.process.poll() is None:
            await asyncio.sleep(0.02)

    async def _hear(self, descriptor):
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)

    async def send_signal(self, signum):
        """Send a signal to the kernel itself; bubblewrap would not pass it on."""
        if self.process is not None:
            self.process.signal(signum)

    async def kill(self, restart=False):
        """End the kernel and every process that it has started."""
        if self.process is not None:
            self.process.kill()

    async def terminate(self, restart=False):
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart=False):
        """Remove the folder of connection file and sockets."""
        if self.runtime is not None and not restart:
            shutil.rmtree(self.runtime, ignore_errors=True)
            self.runtime = None

    def __del__(self):
        with contextlib.suppress(Exception):
            if self.process is not None:
                self.process.kill()
            if self.runtime is not None:
                shutil.rmtree(self.runtime, ignore_errors=True)
