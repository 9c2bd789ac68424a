"""The first program inside a box: sets limits, gives up rights, closes the door and becomes the student's process.

Runs as ``python -I -S launch.py FD`` with a plan on the file descriptor; imports little, for every kernel starts here.
"""

import contextlib
import json
import os
import signal
import sys

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))]

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 24, 38, 36
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_CLEAR_ALL, PR_SET_KEEPCAPS = 47, 2, 4, 8
CAP_DAC_READ_SEARCH = 2
FAILED = 125                                          # exit code where the box could not be made


def libc_call(name, *arguments):
    """Call the C library; raise OSError where it returns -1."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    done = getattr(libc, name)(*(ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments))
    if done == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{arguments}: {os.strerror(number)}")
    return done


def prctl(option, value=0, third=0):
    """Call prctl."""
    return libc_call("prctl", option, value, third, 0, 0)


def plain_files(folder):
    """Yield ``(path, content)`` of the plain files below a folder; notebooks, links and hidden files stay out."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != ".")
        for name in sorted(names):
            path = os.path.join(here, name)
            if name.endswith((".ipynb", ".db")) or name[0] == "." or os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                yield os.path.relpath(path, folder), file.read()


def pack(plan, data=None, most=1 << 30):
    """Return a plan, the files of a folder and what programs would only compute again, as one run of bytes.

    Raises
    ------
    ValueError
        Where the files are more than `most` bytes.
    """
    from autograder.sandbox import visible

    files, contents, size = [], [], 0
    seeds = visible.seeds(plan["env"]["MPLCONFIGDIR"]) if "env" in plan else ()
    for path, content in (*seeds, *(plain_files(data) if data else ())):
        size += len(content)
        if size > most:
            raise ValueError(f"the files for a box in {data} are larger than its working folder, {most} bytes")
        files.append([path, len(content)])
        contents.append(content)
    return b"".join([json.dumps({**plan, "files": files}).encode(), b"\n", *contents])


def unpack(packed):
    """Return ``(plan, [(path, content), ...])`` of what `pack` made."""
    head, _, rest = packed.partition(b"\n")
    plan, files, start = json.loads(head), [], 0
    for path, size in plan.pop("files"):
        files.append((path, rest[start:start + size]))
        start += size
    return plan, files


def write_files(folder, files):
    """Write files that the student may read and change; relative paths lie in the working folder."""
    before = os.umask(0)
    try:
        for path, content in files:
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(content)
    finally:
        os.umask(before)


def set_rlimits(limits):
    """Set ``{name: (soft, hard)}``, never above what this process may have."""
    import resource  # not on Windows

    for name, (soft, hard) in limits.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None:
            continue
        most = resource.getrlimit(number)[1]
        if most != resource.RLIM_INFINITY and os.geteuid():
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(number, (soft, hard))


def become(uid, keep=()):
    """Turn from root into an account of the box's own, without groups and without capabilities but `keep`."""
    for capability in range(64):
        if capability not in keep:
            try:
                prctl(PR_CAPBSET_DROP, capability)
            except OSError:
                break
    prctl(PR_SET_KEEPCAPS, 1 if keep else 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    hold(keep)


def hold(capabilities):
    """Keep only these capabilities, through exec, too."""
    import ctypes

    mask = sum(1 << capability for capability in capabilities)
    libc_call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)     # _LINUX_CAPABILITY_VERSION_3, this process
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    libc_call("capset", header, sets)
    for capability in capabilities:
        libc_call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def close_door(plan):
    """Give up everything that the plan says: account, new rights, folders, system calls. In this order."""
    if plan.get("uid") is not None:
        become(plan["uid"], plan.get("keep", ()))
    elif plan.get("drop") and os.geteuid() == 0:
        hold(())
    if sys.platform == "linux":
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if plan.get("landlock"):
        from autograder.sandbox import landlock

        landlock.restrict(plan["landlock"])
    if plan.get("seccomp"):
        from autograder.sandbox import seccomp

        seccomp.load(bytes.fromhex(plan["seccomp"]))


def enter(plan, files):
    """Prepare the working folder, close the door and become the program of the plan."""
    os.umask(0o077)
    if os.getsid(0) != os.getpid() and os.getpgid(0) != os.getpid():
        os.setsid()                                   # a group of its own: an interrupt reaches what it started, too
    write_files(plan["home"], files)
    os.chdir(plan["home"])
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")                             # the machine's own processes outlive the student's
    set_rlimits(plan.get("rlimits", {}))
    close_door(plan)
    if plan.get("supervise") and sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)       # after the change of account, which clears it
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.execvpe(plan["argv"][0], plan["argv"], plan["env"])


def say(words):
    """Write a sentence to standard error, where there is one."""
    with contextlib.suppress(OSError):
        os.write(2, f"box: {words}\n".encode(errors="replace"))


def start(plan, files):
    """Enter, or exit with FAILED and the reason."""
    try:
        enter(plan, files)
    except FileNotFoundError as error:
        say(f"{plan['argv'][0]}: {error.strerror} ({error.filename})")
        os._exit(127)
    except BaseException as error:
        say(f"{type(error).__name__}: {error}")
        os._exit(FAILED)


def main():
    """Read the plan and do it."""
    fd = int(sys.argv[1])
    with open(fd, "rb") as file:
        file.seek(0)
        plan, files = unpack(file.read())
    if plan.get("supervise"):
        from autograder.sandbox import supervisor

        supervisor.run(plan, files)
    start(plan, files)


if __name__ == "__main__":
    main()
