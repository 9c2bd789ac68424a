"""The second wall: what a forked process does between the warm process that it was and the student's code that it runs.

In the bubblewrap tier namespaces of its own hide the warm process and every sibling; in the Landlock tier a narrower
set of rules does. Whatever cannot be done ends the process: nothing of a student runs behind half a wall.
"""

import gc
import itertools
import os
import resource
import signal
import sys
import tempfile
import types

from autograder.sandbox import launch, syscalls

FRESH_SPACES = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS | syscalls.CLONE_NEWNET
QUIET = syscalls.MS_NOSUID | syscalls.MS_NODEV
GRACE = 5.0                                           # seconds that the end of a tree may take
MOST_FILES = 1 << 16                                  # in one private folder


def fork(first):
    """Fork; return 0 in the child, which is process 1 of a process list of its own where `first` is true.

    Only root of the machine may, and may come back; others ask for their list with `spaces`.
    """
    if not first:
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    syscalls.unshare(syscalls.CLONE_NEWPID)
    pid = os.fork()
    if pid:
        syscalls.join(own, syscalls.CLONE_NEWPID)
    os.close(own)
    return pid


def spaces(user):
    """Leave the namespaces of the warm process.

    Parameters
    ----------
    user : bool
        Make a user namespace first, since this process is no root of the machine and has no right to the others; the
        process list changes, too, and this process goes on as number 1 of its own.
    """
    if user:
        uid, gid = os.geteuid(), os.getegid()
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        syscalls.unshare(syscalls.CLONE_NEWPID)
        if os.fork():
            os._exit(0)
    syscalls.unshare(FRESH_SPACES)


def folders(plan):
    """Give this process its own ``/proc``, working folder, ``/tmp``, ``/dev/shm``, and of the runtimes only its own."""
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount("proc", "/proc", "proc", QUIET | syscalls.MS_NOEXEC)
    own = os.open(plan["runtime"], os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
    uid, gid = (os.geteuid(), os.getegid()) if plan["uid"] is None else (plan["uid"], plan["uid"])
    shown = [(os.open(path, os.O_PATH | os.O_NOFOLLOW), path) for path in plan["shown"]]
    for place, mode in ((plan["tmp"], 1777), ("/dev/shm", 1777), (plan["home"], 700)):
        os.makedirs(place, exist_ok=True)
        size = f"size={plan['scratch']},nr_inodes={MOST_FILES},mode={mode},uid={uid},gid={gid}"
        syscalls.mount("tmpfs", place, "tmpfs", QUIET, size)
    before = os.umask(0o022)                          # the child's account passes through the folders above
    for handle, path in shown:
        _show(handle, path)
    os.umask(before)
    if plan["uid"] is not None:
        _account(plan)
    _only(plan["hide"], own, os.path.relpath(plan["runtime"], plan["hide"]))
    os.close(own)
    syscalls.loopback_up()


def _show(handle, path):
    """Put what is open as `handle` back to where a folder of the child's own has covered it, read-only."""
    if os.path.isdir(f"/proc/self/fd/{handle}"):
        os.makedirs(path, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    syscalls.mount(f"/proc/self/fd/{handle}", path, None, syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.mount(None, path, None, syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | QUIET)
    os.close(handle)


def _account(plan):
    """Let ``/etc/passwd`` and ``/etc/group`` name the account of this child: the zygote's box names another."""
    for name, text in plan["account"].items():
        if not os.path.exists(f"/etc/{name}"):
            continue
        written = f"{plan['tmp']}/.{name}"
        with open(written, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        syscalls.mount(written, f"/etc/{name}", None, syscalls.MS_BIND)
        syscalls.mount(None, f"/etc/{name}", None, syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | QUIET)
        os.unlink(written)


def _only(folder, own, name):
    """Cover `folder` so that nothing but the folder `name` in it, open as `own`, is left; no other can be made."""
    os.makedirs(folder, exist_ok=True)                # where it lay below a folder that is covered now
    syscalls.mount("tmpfs", folder, "tmpfs", QUIET, "size=16k,nr_inodes=8,mode=755")
    os.mkdir(f"{folder}/{name}")
    syscalls.mount(f"/proc/self/fd/{own}", f"{folder}/{name}", None, syscalls.MS_BIND)
    syscalls.mount(None, folder, None, syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | QUIET)


def shut(plan):
    """Give up account, capabilities, new rights, folders and system calls, in this order.

    Raises
    ------
    PermissionError
        If a capability is left that the plan does not name.
    """
    syscalls.drop_bounding(plan["keep"])
    if plan["uid"] is None:
        launch.hold(())
    launch.close_door(plan)
    kept = sum(1 << capability for capability in plan["keep"])
    left = {name: mask for name, mask in syscalls.capability_sets().items() if mask & ~kept and name != "CapBnd"}
    if left:
        raise PermissionError(f"capabilities are left inside the wall: {left}")


def fresh(plan, keep=()):
    """Make the copy of the warm process look like a Python that has just started.

    Parameters
    ----------
    plan : dict
    keep : sequence of int
        The open files that stay, besides standard input, output and error.
    """
    os.chdir(plan["home"])
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(plan["env"])
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP) and signal.getsignal(number) not in (None, signal.SIG_DFL):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    only_files(keep)
    sys.argv = [""]
    if plan.get("path"):
        sys.path.insert(0, plan["path"])
    sys.modules["__main__"] = types.ModuleType("__main__")
    tempfile.tempdir = None
    if numbers := sys.modules.get("numpy.random"):    # Python itself seeds `random` anew after a fork
        numbers.seed()
    gc.enable()


def only_files(keep):
    """Close every open file but standard input, output and error, which go nowhere, and those of `keep`."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    edges = [2, *sorted(set(keep)), max(most, 1 << 16)]
    for before, after in itertools.pairwise(edges):
        os.closerange(before + 1, after)
