"""What a hostile program tries inside a box. Run as text, ``python -c TEXT JSON``; prints ``{attempt: what came}``.

Each attempt returns what it won, or raises; "refused: ..." is what we want to see. Nothing here destroys anything,
should a wall be missing: signals are 0, files belong to the test.
"""

import contextlib
import ctypes
import errno
import json
import os
import socket
import stat
import sys

target = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
found = {}


def read(path):
    """Return the text of a file."""
    with open(path) as file:
        return file.read()


def attempt(function):
    """Run at once and keep what came."""
    try:
        found[function.__name__] = function()
    except BaseException as error:
        number = errno.errorcode.get(getattr(error, "errno", 0) or 0, "")
        found[function.__name__] = f"refused: {type(error).__name__} {number}"


def call(number, *arguments):
    """Make a system call by its number on x86-64; raise what the kernel says."""
    done = libc.syscall(ctypes.c_long(number), *(ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments))
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done


@attempt
def read_outside():
    return read(target["canary"])


@attempt
def read_lab_solution():
    return read(target["solution"])[:20]


@attempt
def list_checkout():
    return sorted(set(os.listdir(target["checkout"])) - {"autograder", "toolkit", ".venv"}) or "refused: only packages"


@attempt
def read_by_symlink():
    os.symlink(target["canary"], "link")
    return read("link")


@attempt
def read_by_hard_link():
    os.link(target["canary"], "hard")
    return read("hard")


@attempt
def read_by_proc_root():
    return read("/proc/self/root" + target["canary"])


@attempt
def read_by_other_root():
    return read(f"/proc/{target['pid']}/root" + target["canary"])


@attempt
def read_by_handle():
    handle = (ctypes.c_char * 136).from_buffer(bytearray((128).to_bytes(4, "little") + bytes(132)))
    mount = ctypes.c_int()
    call(303, ctypes.c_int(-100), target["runtime"].encode(), handle, ctypes.byref(mount), ctypes.c_int(0))
    return "a handle"


@attempt
def environment_of_others():
    seen = ""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            seen += read(f"/proc/{name}/environ")
    return "the token" if target["token"] in seen else "refused: no token"


@attempt
def environment_of_the_grader():
    return "the token" if target["token"] in read(f"/proc/{target['pid']}/environ") else "refused: no token"


@attempt
def own_environment():
    return "the token" if target["token"] in str(os.environ) else "refused: no token"


@attempt
def see_processes():
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    others = [pid for pid in pids if pid not in (1, os.getpid()) and read(f"/proc/{pid}/cmdline")]
    return f"{len(others)} command lines" if others else "refused: none"


@attempt
def signal_the_grader():
    os.kill(target["pid"], 0)
    return "it would arrive"


@attempt
def signal_parent():
    if os.getppid() == 1:
        raise PermissionError("the parent is the box's own first process")
    os.kill(os.getppid(), 0)
    return "it would arrive"


@attempt
def limits_of_the_grader():
    limit = (ctypes.c_ulong * 2)()
    call(302, target["pid"], 7, 0, limit)
    return list(limit)


@attempt
def connect_tcp():
    with socket.create_connection(("127.0.0.1", target["port"]), timeout=2) as line:
        return line.recv(10).decode()


@attempt
def connect_socket_file():
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(target["socket"])
        return line.recv(10).decode()


@attempt
def connect_abstract():
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("\0" + target["abstract"])
        return line.recv(10).decode()


@attempt
def send_datagram():
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"hello", target["datagram"])
    return "sent"


@attempt
def reach_the_internet():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("192.0.2.1", 53))
        return "routed"


@attempt
def write_outside():
    with open(target["canary"] + ".new", "w") as file:
        file.write("x")
    return "written"


@attempt
def change_outside():
    with open(target["canary"], "a") as file:
        file.write("x")
    return "written"


@attempt
def truncate_outside():
    os.truncate(target["canary"], 0)
    return "truncated"


@attempt
def truncate_while_reading():
    os.close(os.open(target["canary"], os.O_RDONLY | os.O_TRUNC))
    return "truncated"


@attempt
def remove_outside():
    os.rename(target["canary"], "stolen")
    return "moved"


@attempt
def chmod_outside():
    os.chmod(target["canary"], 0o777)
    return "refused: see the file"


@attempt
def write_python():
    path = os.path.join(os.path.dirname(json.__file__), "planted.py")
    with open(path, "w") as file:
        file.write("")
    os.remove(path)
    return "written"


@attempt
def write_system():
    for path in ("/planted", "/usr/planted", "/etc/planted", "/dev/planted", "/work/planted"):
        try:
            open(path, "w").close()
        except OSError:
            continue
        return path
    return "refused: nowhere"


@attempt
def make_device():
    os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
    return "made"


@attempt
def become_root():
    os.setuid(0)
    return os.getuid()


@attempt
def anonymous_file():
    return os.memfd_create("hidden")


@attempt
def shared_memory():
    return call(29, 0, 4096, 0o1600)


@attempt
def trace():
    return call(101, 0, 0, 0, 0)


@attempt
def keyring():
    return call(250, 0, 0xFFFFFFFD, 1)


@attempt
def extended_filter():
    return call(321, 0, ctypes.create_string_buffer(128), 128)


@attempt
def ring():
    return call(425, 4, ctypes.create_string_buffer(256))


@attempt
def performance_counter():
    return call(298, ctypes.create_string_buffer(128), 0, ctypes.c_int(-1), ctypes.c_int(-1), 0)


@attempt
def new_user_namespace():
    return call(272, 0x10000000)


@attempt
def clone_into_namespace():
    pid = call(56, 0x10000000 | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "cloned"


@attempt
def clone3_into_namespace():
    arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)
    pid = call(435, arguments, 88)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "cloned"


@attempt
def mount():
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount")
    return "mounted"


@attempt
def virtual_socket():
    return socket.socket(40, socket.SOCK_STREAM).fileno()


@attempt
def packet_socket():
    return socket.socket(17, socket.SOCK_DGRAM).fileno()


@attempt
def audit_socket():
    return socket.socket(16, socket.SOCK_RAW, 9).fileno()


@attempt
def unknown_call():
    return call(500)


@attempt
def type_for_others():
    return call(16, 0, 0x5412 | 1 << 32, b"x")        # the kernel reads 32 bits of the command; a filter may read 64


@attempt
def descriptors():
    open_ones = {}
    for fd in range(3, 256):
        try:
            os.fstat(fd)
            open_ones[fd] = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            pass
    usual = ("/proc/", "socket:")                      # Landlock's rule for this process, and refused attempts
    left = {fd: path for fd, path in open_ones.items() if not path.startswith(usual)}
    return left or "refused: none"


@attempt
def rights():
    status = dict(line.split(":", 1) for line in read("/proc/self/status").splitlines())
    names = ("CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp", "Uid")
    return {name: status[name].strip() for name in names}


@attempt
def forks():
    import signal

    count = 0
    try:
        for _ in range(500):
            if os.fork() == 0:
                signal.pause()
                os._exit(0)
            count += 1
    except OSError as error:
        return [count, errno.errorcode[error.errno]]
    return [count, "no limit"]


print(json.dumps(found))
sys.stdout.flush()
os._exit(0)
