"""The kernel calls that a box refuses, as a filter that its processes cannot take off.

libseccomp writes the filter on the grader's side; inside, two system calls load it.
"""

import ctypes
import errno
import functools
import os
import struct
import tempfile

from autograder.errors import CourseError

# What a notebook never needs and what has opened doors before, by what it is for.
REFUSED = {
    "other processes": "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_mrelease move_pages "
                       "migrate_pages",
    "keys": "keyctl add_key request_key",
    "the kernel's machinery": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register "
                              "kexec_load kexec_file_load init_module finit_module delete_module create_module "
                              "lookup_dcookie nfsservctl uselib syslog acct quotactl quotactl_fd reboot swapon swapoff "
                              "iopl ioperm modify_ldt vhangup fanotify_init fanotify_mark lsm_set_self_attr",
    "mounts and namespaces": "mount umount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen "
                             "fsconfig fsmount fspick mount_setattr statmount listmount unshare setns sethostname "
                             "setdomainname",
    "files by handle": "open_by_handle_at name_to_handle_at",
    "memory that no limit counts": "memfd_create memfd_secret shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl "
                                   "semget semop semctl semtimedop",
    "clocks": "settimeofday clock_settime clock_settime64 adjtimex clock_adjtime stime",
}
# Numbers that every architecture shares; an older libseccomp does not know all of the names.
NUMBERS = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
           "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "clone3": 435, "pidfd_getfd": 438,
           "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447, "process_mrelease": 448,
           "statmount": 457, "listmount": 458, "lsm_set_self_attr": 460, "open_tree_attr": 467}
# Of the calls numbered 424 and up, those that C libraries use; others, also those still to be invented, do not exist.
NEW_AND_USED = {424, 434, 436, 437, 439, 440, 441, 444, 445, 446, 449, 450, 451, 452, 453, 454, 455, 456, 459, 462}
FIRST_NEW, LAST_NEW = 424, 511
# Where the machine's files and processes are in reach. A connection: a session bus starts programs outside.
SHARED = ("connect truncate truncate64 setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr "
          "process_madvise")
# These succeed and do nothing: copying a file sets its mode, and that it cannot is no error of the student's.
PRETENDED = "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat"
# The argument that names a process; 0 is the caller. libzmq ends the process when its threads cannot be scheduled.
LIMITS_OF_OTHERS = {"prlimit64": 0}
PRIORITY_OF_OTHERS = {"sched_setaffinity": 0, "sched_setscheduler": 0, "sched_setparam": 0, "sched_setattr": 0,
                      "setpriority": 1, "ioprio_set": 1}
ITSELF = 0x5AFEC0DE                                   # stands for the process that loads the filter
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
SOCK_STREAM, SOCK_TYPE = 1, 0xF
LAST_FAMILY = 64
NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
TERMINAL = (0x5412, 0x541C, 0x541D)                   # TIOCSTI types for others, TIOCLINUX, TIOCCONS
INT = 0xFFFFFFFF                                      # the kernel reads these arguments as int: compare no more of them
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, TSYNC = 38, 1, 1
SECCOMP = {"x86_64": 317, "aarch64": 277, "riscv64": 277, "ppc64le": 358, "s390x": 348}


def _library():
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise CourseError(f"The filter for system calls cannot be written: {error}. "
                          "Install the system's libseccomp: apt-get install -y libseccomp2") from error
    return pyseccomp


@functools.cache
def program(namespaces=True, signals=True):
    """Return the filter as the kernel reads it.

    Parameters
    ----------
    namespaces : bool
        Whether the box has files, processes and a network of its own. Where it shares the machine's, calls are refused
        that Landlock does not look at.
    signals : bool
        Whether processes may send signals; where nothing else keeps them inside, only to themselves.

    Raises
    ------
    CourseError
        Where libseccomp is missing.
    """
    library = _library()
    rules = library.SyscallFilter(library.ALLOW)
    refuse, unknown = library.ERRNO(errno.EPERM), library.ERRNO(errno.ENOSYS)
    no_family = library.ERRNO(errno.EAFNOSUPPORT)     # libzmq ends the process on any other answer
    arch = library.system_arch()

    def add(action, name, *arguments):
        number = name if isinstance(name, int) else library.resolve_syscall(arch, name)
        number = NUMBERS.get(name, number) if number < 0 else number
        if number >= 0:                               # else not a call of this architecture
            rules.add_rule(action, number, *arguments)

    def equals(position, value, mask=INT):
        return library.Arg(position, library.MASKED_EQ, mask, value)

    for names in REFUSED.values():
        for name in names.split():
            add(refuse, name)
    known = {NUMBERS[name] for names in REFUSED.values() for name in names.split() if name in NUMBERS}
    for number in range(FIRST_NEW, LAST_NEW + 1):
        if number not in NEW_AND_USED | known:
            add(unknown, number)                      # clone3 too: a filter cannot see its flags; clone is tried next
    for flag in NAMESPACES:
        add(refuse, "clone", library.Arg(0, library.MASKED_EQ, flag, flag))
    for command in TERMINAL:
        add(refuse, "ioctl", equals(1, command))
    families = {AF_UNIX, AF_NETLINK, *((AF_INET, AF_INET6) if namespaces else ())}
    for call in ("socket", "socketpair"):
        for family in range(LAST_FAMILY):
            if family not in (families if call == "socket" else {AF_UNIX}):
                add(no_family, call, library.Arg(0, library.EQ, family))
        add(no_family, call, library.Arg(0, library.GE, LAST_FAMILY))
    for protocol in range(1, 32):                     # NETLINK_ROUTE only
        add(no_family, "socket", library.Arg(0, library.EQ, AF_NETLINK), equals(2, protocol))
    if not namespaces:
        for name in SHARED.split():
            add(refuse, name)
        for name in PRETENDED.split():
            add(library.ERRNO(0), name)
        for call in ("socket", "socketpair"):
            for kind in range(2, 6):                  # datagrams reach socket files without a connection
                add(refuse, call, library.Arg(0, library.EQ, AF_UNIX), equals(1, kind, SOCK_TYPE))
        for name, position in LIMITS_OF_OTHERS.items():
            add(refuse, name, library.Arg(position, library.NE, 0))
        for name, position in PRIORITY_OF_OTHERS.items():
            add(library.ERRNO(0), name, library.Arg(position, library.NE, 0))
        for name, position in (("open", 1), ("openat", 2)):
            add(refuse, name, equals(position, os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE))
        add(unknown, "openat2")
    if not signals:
        for name in ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"):
            add(refuse, name)
        for name in ("kill", "tgkill"):
            add(refuse, name, library.Arg(0, library.NE, ITSELF))
        for command in (8, 10, 15):                   # F_SETOWN, F_SETSIG, F_SETOWN_EX
            add(refuse, "fcntl", equals(1, command))
        for command in (0x8901, 0x8902):              # FIOSETOWN, SIOCSPGRP
            add(refuse, "ioctl", equals(1, command))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def load(filter_bytes):
    """Put a filter on this process, all its threads and all that it will start.

    Raises
    ------
    OSError
        Where the kernel does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    filter_bytes = filter_bytes.replace(struct.pack("=I", ITSELF), struct.pack("=I", os.getpid()))
    buffer = ctypes.create_string_buffer(filter_bytes, len(filter_bytes))
    shape = _Program(len(filter_bytes) // 8, ctypes.addressof(buffer))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))):
        raise OSError(ctypes.get_errno(), "no_new_privs is refused")
    number = SECCOMP[os.uname().machine]
    done = libc.syscall(ctypes.c_long(number), ctypes.c_ulong(SECCOMP_SET_MODE_FILTER), ctypes.c_ulong(TSYNC),
                        ctypes.byref(shape))
    if done:
        raise OSError(ctypes.get_errno(), f"the kernel does not take the filter of {shape.length} instructions")
