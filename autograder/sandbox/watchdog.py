"""One thread a process that starts boxes and looks after them ten times a second: memory, processes, disk, time.

Boxes die with the *thread* that started them (that is what the kernel's parent-death signal watches), so it is this
one, which lives as long as the process does.
"""

import contextlib
import os
import queue
import threading
import time
from concurrent.futures import Future

PERIOD = 0.1                                          # seconds between two looks
SPARE = 8                                             # helpers of the box itself: bubblewrap, supervisor, launcher
ENTRIES = 20_000                                      # files, folders and sockets in the folders that lie on the disk
BRAKE = 0.02                                          # share of the machine's memory that stays free
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def _children(pid):
    """Return the children of a process, whichever thread started them."""
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    return found


def tree(pid):
    """Return the process ids of a tree, its head first."""
    if not os.path.exists(f"/proc/self/task/{threading.get_native_id()}/children"):
        return _tree_by_psutil(pid)
    found = [pid]
    for each in found:                                # grows while it is read
        found += _children(each)
    return found


def _tree_by_psutil(pid):
    import psutil

    with contextlib.suppress(psutil.Error):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return [pid]


def _resident(pid):
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/statm", "rb") as file:
        return int(file.read().split()[1]) * PAGE
    return 0


def _proportional(pid):
    """Return the memory of a process, what it shares divided by the number that share it, swap included."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        lines = [line.split() for line in file]
        return sum(int(line[1]) for line in lines if line[0] in (b"Pss:", b"SwapPss:")) * 1024
    return _resident(pid)


def memory(pids, limit=0):
    """Return the bytes of memory that processes use together; exactly only where the quick sum is above `limit`."""
    quick = sum(map(_resident, pids))                 # counts shared pages again and again: never too little
    return quick if quick <= limit else sum(map(_proportional, pids))


def threads(pids):
    """Return how many processes and threads there are, which is what the limit on processes counts."""
    count = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            count += os.stat(f"/proc/{pid}/task").st_nlink - 2
    return count


def used(folders, limit, entries=ENTRIES):
    """Return ``(bytes, entries)`` below folders, as far as it takes to know that either is too much."""
    size = count = 0
    todo = [str(folder) for folder in folders]
    while todo:
        with contextlib.suppress(OSError), os.scandir(todo.pop()) as inside:
            for entry in inside:
                count += 1
                with contextlib.suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                if size > limit or count > entries:
                    return size, count
    return size, count


def _free_share():
    """Return which share of the machine's memory is free."""
    with contextlib.suppress(OSError, ValueError, IndexError, ZeroDivisionError), open("/proc/meminfo", "rb") as file:
        found = dict(line.split(b":", 1) for line in file)
        return int(found[b"MemAvailable"].split()[0]) / int(found[b"MemTotal"].split()[0])
    return 1.0


def amount(size):
    """Return bytes as a person says them."""
    for unit, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


class Watch:
    """Looks after one tree until it is closed or has ended it.

    Parameters
    ----------
    pid : int
        The head of the tree, as this side numbers it.
    limits : Limits
    folders : iterable of path
        Folders of this machine's disk that the tree writes; together they may hold ``limits.scratch``.
    seconds : float, optional
        How long the tree may live.
    on_kill : callable
        Called once with the reason, in plain words; ends the tree.
    """

    def __init__(self, pid, limits, folders=(), seconds=None, on_kill=None):
        self.pid, self.limits, self.folders, self.on_kill = pid, limits, tuple(folders), on_kill
        self.deadline = time.monotonic() + seconds if seconds else None
        self.seconds, self.reason, self.memory = seconds, "", 0
        guard().add(self)

    def look(self):
        """Return why the tree must end, or nothing."""
        pids, limits = tree(self.pid), self.limits
        self.memory = memory(pids, limits.memory)
        if self.memory > limits.memory:
            return f"more than {amount(limits.memory)} of memory ({amount(self.memory)})"
        if (count := threads(pids)) > limits.processes + SPARE:
            return f"more than {limits.processes} processes and threads ({count})"
        if self.deadline and time.monotonic() > self.deadline:
            return f"longer than {self.seconds:g} s"
        size, count = used(self.folders, limits.scratch)
        if size > limits.scratch:
            return f"more than {amount(limits.scratch)} of files"
        if count > ENTRIES:
            return f"more than {ENTRIES} files"
        return ""

    def end(self, reason):
        """End the tree for a reason."""
        if not self.reason:
            self.reason = reason
            self.close()
            with contextlib.suppress(Exception):      # the thread looks after others, too
                self.on_kill(reason)

    def close(self):
        """Look no more."""
        guard().remove(self)


class Guard(threading.Thread):
    """The thread: starts what it is asked to, and looks at every watch in turn."""

    def __init__(self):
        super().__init__(name="autograder-boxes", daemon=True)
        self.process, self.orders, self.watches = os.getpid(), queue.SimpleQueue(), set()
        self.start()

    def run(self):
        """Do orders as they come; look round in between."""
        due = time.monotonic()
        while True:
            wait = max(0.0, due - time.monotonic()) if self.watches else None
            with contextlib.suppress(queue.Empty):
                future, function = self.orders.get(timeout=wait)
                try:
                    future.set_result(function())
                except BaseException as error:
                    future.set_exception(error)
                del future, function                  # else kept, with all it knows, until the next order
            if time.monotonic() >= due:
                self.look_round()
                due = time.monotonic() + PERIOD

    def look_round(self):
        """Look at every watch; where the machine itself runs out of memory, the largest tree ends."""
        for watch in tuple(self.watches):
            try:
                reason = watch.look()
            except Exception as error:                # never blind: what cannot be watched does not go on
                reason = f"what could be watched ({type(error).__name__}: {error})"
            if reason:
                watch.end(reason)
        if self.watches and _free_share() < BRAKE:
            largest = max(tuple(self.watches), key=lambda watch: watch.memory)
            largest.end(f"what the machine has: its memory is used up ({amount(largest.memory)} here)")

    def do(self, function):
        """Return what `function` returns when this thread runs it."""
        if threading.current_thread() is self:
            return function()
        future = Future()
        self.orders.put((future, function))
        return future.result()

    def add(self, watch):
        """Look after `watch` from now on."""
        self.do(lambda: self.watches.add(watch))

    def remove(self, watch):
        """Look after `watch` no more."""
        self.watches.discard(watch)


_guard, _lock = None, threading.Lock()


def guard():
    """Return the thread of this process; a forked child gets its own."""
    global _guard
    with _lock:
        if _guard is None or _guard.process != os.getpid():
            _guard = Guard()
        return _guard
