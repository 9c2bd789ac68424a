"""What one box may see and use: limits in bytes, seconds and numbers."""

import os
from dataclasses import dataclass, field
from pathlib import Path

MIB, GIB = 2**20, 2**30
OPEN_FILES = 4096


@dataclass(frozen=True)
class Limits:
    """What the student's code gets.

    Parameters
    ----------
    cell, notebook, startup : int
        Seconds for one cell, for the notebook, and for a kernel to come up.
    processes : int
        Processes and threads at once.
    memory : int
        Bytes of the whole tree together (proportional set size).
    data : int
        Bytes of private memory of one process (RLIMIT_DATA).
    file : int
        Bytes of the largest file.
    scratch : int
        Bytes of the working folder, of /tmp and of /dev/shm, each; in the Landlock tier all of them together.
    output : int
        Bytes of output of one notebook.
    """

    cell: int = 30
    notebook: int = 600
    startup: int = 120
    processes: int = 128
    memory: int = 3 * GIB
    data: int = 4 * GIB
    file: int = 64 * MIB
    scratch: int = 256 * MIB
    output: int = 2 * MIB

    def rlimits(self, room=0):
        """Return ``{name: (soft, hard)}`` for setrlimit.

        Parameters
        ----------
        room : int
            Processes and threads that the account has already, where the limit counts them too.
        """
        exact = {"NPROC": self.processes + room, "DATA": self.data, "FSIZE": self.file, "NOFILE": OPEN_FILES, "CORE": 0,
                 "MSGQUEUE": 0, "MEMLOCK": 64 * 1024, "CPU": (self.notebook + self.startup) * (os.cpu_count() or 1)}
        return {name: (value, value) for name, value in exact.items()}


def apply(limits, room=0):
    """Set the limits on this process and all that it will start."""
    from autograder.sandbox.launch import set_rlimits

    set_rlimits(limits.rlimits(room))


@dataclass(frozen=True)
class Box:
    """What one process tree may see and use.

    Parameters
    ----------
    data : Path, optional
        A folder of this machine whose files are copied into the private working folder; notebooks and links are not.
    runtime : Path
        A folder of this machine, mode 0700, that both sides see and write under the same path: connection file and
        sockets. Nothing else of the machine can be written.
    limits : Limits
    """

    data: Path | None
    runtime: Path
    limits: Limits = field(default_factory=Limits)
