"""The Linux calls that Python has no name for, each with an error that says what was tried."""

import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
CAP_SETPCAP = 8

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what, function, *arguments):
    """Call a function of libc; raise OSError that names `what` where it returns -1."""
    if function(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags):
    """Give this process namespaces of its own."""
    _call(f"unshare({flags:#x})", _libc.unshare, flags)


def join(file, kind):
    """Enter the namespace that a file of ``/proc/PID/ns`` is open on."""
    _call(f"setns({kind:#x})", _libc.setns, file, kind)


def mount(source, target, kind=None, flags=0, data=None):
    """Mount `source` on the folder `target`."""
    texts = [text if text is None else os.fsencode(str(text)) for text in (source, target, kind)]
    _call(f"mount {kind or source} on {target}", _libc.mount, *texts, ctypes.c_ulong(flags),
          None if data is None else data.encode())


def prctl(option, *arguments):
    """Set one property of this process."""
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    _call(f"prctl({option})", _libc.prctl, option, *padded)


def capability_sets():
    """Return ``{name: number}`` of the capability sets of this process: CapInh, CapPrm, CapEff, CapBnd, CapAmb."""
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file if line.startswith("Cap"))
    return {name: int(text, 16) for name, text in lines.items()}


def drop_bounding(keep=()):
    """Empty the bounding set of all but `keep`, so that no program can bring a capability back.

    That needs CAP_SETPCAP; to a process without it, which may gain no rights, the set means nothing.
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    sets = capability_sets()
    if sets["CapEff"] >> CAP_SETPCAP & 1:
        for capability in set(range(sets["CapBnd"].bit_length())) - set(keep):
            prctl(PR_CAPBSET_DROP, capability)


def loopback_up():
    """Switch on the network interface ``lo`` of this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
