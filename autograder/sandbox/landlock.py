"""Landlock: a process closes the machine's files, its network and other processes to itself, for good.

Needs no rights and works inside containers. Newer kernels close more; folders are closed on all that have Landlock.

References
----------
Linux, Documentation/userspace-api/landlock.rst, which lists what each ABI adds.
"""

import ctypes
import errno
import os
import stat

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PATH_BENEATH, VERSION = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = (1 << n for n in range(4))
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
READ = EXECUTE | READ_FILE | READ_DIR
USE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEVICE
TCP, SCOPES = 3, 3                                    # bind and connect; abstract sockets and signals
NETWORK_ABI, SIGNALS_ABI = 4, 6
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
KERNEL = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/loadavg",
          "/proc/sys/vm", "/proc/sys/kernel/cap_last_cap", "/sys/devices/system/cpu", "/sys/devices/system/node")


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("access", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def _call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(ctypes.c_long(number), *arguments)
    if done < 0:
        raise OSError(ctypes.get_errno(), f"Landlock, system call {number}: {os.strerror(ctypes.get_errno())}")
    return done


def abi():
    """Return the version of Landlock that this kernel offers; 0 where there is none."""
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION))
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            return 0
        raise


def plan(read_only, private, runtime):
    """Return what `restrict` takes: ``{"read": paths, "use": paths, "write": paths}`` with text only.

    Parameters
    ----------
    read_only : iterable of path
        Folders and files that may be read and run.
    private : iterable of path
        Folders in which everything may be done.
    runtime : path
        The folder for connection file and sockets.
    """
    return {"read": [*map(str, read_only), *KERNEL], "use": list(DEVICES), "write": [*map(str, private), str(runtime)]}


def _allow(ruleset, path, access, handled):
    try:
        fd = os.open(path, os.O_PATH)
    except (FileNotFoundError, PermissionError):
        return                                        # what is not there cannot be shown; what is closed stays closed
    if not stat.S_ISDIR(os.fstat(fd).st_mode):
        access &= ON_FILES
    rule = _Beneath(access & handled, fd)
    _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    if path != "/proc/self":
        os.close(fd)                                  # that one is kept: the rule lives as long as the kernel's entry


def restrict(allowed, version=None):
    """Close everything to this process and its children but what is allowed. There is no way back.

    Parameters
    ----------
    allowed : dict
        From `plan`.
    version : int, optional
        Pretend that the kernel offers no more than this ABI.

    Raises
    ------
    OSError
        Where the kernel has no Landlock or refuses.
    """
    offered = min(abi(), version or 99)
    if offered < 1:
        raise OSError(errno.ENOSYS, "this kernel offers no Landlock")
    handled = ALL[min(offered, max(ALL))]
    rules = _Ruleset(handled, TCP if offered >= NETWORK_ABI else 0, SCOPES if offered >= SIGNALS_ABI else 0)
    size = 8 if offered < NETWORK_ABI else 16 if offered < SIGNALS_ABI else 24
    ruleset = _call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    for path in allowed["read"]:
        _allow(ruleset, path, READ, handled)
    for path in allowed["use"]:
        _allow(ruleset, path, USE, handled)
    for path in allowed["write"]:
        _allow(ruleset, path, ALL[5] & ~(MAKE_CHAR | MAKE_BLOCK), handled)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, *map(ctypes.c_ulong, (1, 0, 0, 0))):
        raise OSError(ctypes.get_errno(), "no_new_privs is refused")
    _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)
