"""Hand-ins that take more than their share, hang, or end Python: none may cost anybody else anything."""

from tests.autograder.hostile.hand_in import FIRST, RIGHT, SECOND, HandIn, notebook, running, save
from tests.autograder.hostile.processes import LATE_ACT
from tests.autograder.hostile.reading import TRY

EVIDENCE = "the guard had to step in, the row is lost, or the student behind is"


def _greedy(name, what, attack, *, first="", second=RIGHT[SECOND], points=3.0, due=None, **more):
    return running(name, what, "resources", points, EVIDENCE, attack, first=first, second=second, due=due, **more)


def _ending(name, what, ending):
    """Return a hand-in whose first answer is right and whose second ends Python: the first keeps its points."""

    def build(folder, world):
        save(folder, notebook(world, {FIRST: RIGHT[FIRST], SECOND: f"{ending}\n{RIGHT[SECOND]}"}))

    return HandIn(name, what, "resources", 2.0, build, "the points before the end are lost, or the row", 2.0)


CASES = [
    _greedy("r01-fork-bomb", "forks a thousand children that stay", '''
import os, time
for _ in range(1000):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError as error:
        print(error)
        break
'''),
    _greedy("r02-threads", "starts five thousand threads", '''
import threading, time
for number in range(5000):
    try:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    except RuntimeError as error:
        print(number, error)
        break
'''),
    _greedy("r03-memory", "takes memory until there is none", '''
held = []
try:
    while True:
        held.append(b"x" * 2**26)
except MemoryError:
    print(len(held))
    del held
'''),
    _greedy("r04-memory-children", "takes memory in twelve children", '''
import os, time
for _ in range(12):
    if os.fork() == 0:
        held = []
        try:
            while True:
                held.append(b"x" * 2**24)
                time.sleep(0.02)
        except MemoryError:
            time.sleep(20)
        os._exit(0)
time.sleep(4)
'''),
    _greedy("r05-memory-hidden", "hides memory where few look: memfd, shared mappings, /dev/shm", TRY + '''
import mmap, os
def hide(open_):
    for number in range(40):
        handle = open_(number)
        os.ftruncate(handle, 2**26)
        for _ in range(64):
            os.write(handle, b"x" * 2**20)
print(attempt(hide, lambda n: os.memfd_create(f"m{n}")))
print(attempt(hide, lambda n: os.open(f"/dev/shm/planted-{n}", os.O_RDWR | os.O_CREAT)))
shared = []
print(attempt(lambda: [shared.append(mmap.mmap(-1, 2**26)) or shared[-1].write(b"x" * 2**26) for _ in range(40)]))
'''),
    _greedy("r06-disk", "fills the disk", TRY + '''
def fill():
    for number in range(50):
        with open(f"junk-{number}", "wb") as file:
            for _ in range(100):
                file.write(b"x" * 2**20)
print(attempt(fill))
'''),
    _greedy("r07-inodes", "makes sixty thousand empty files in folders a thousand deep", TRY + '''
import os
def many():
    for number in range(60_000):
        open(f"f{number}", "w").close()
print(attempt(many))
def deep():
    for _ in range(1000):
        os.mkdir("d")
        os.chdir("d")
here = os.getcwd()
print(attempt(deep))
os.chdir(here)
'''),
    _greedy("r08-sparse", "makes a file of a terabyte that holds nothing", TRY + '''
import os
def large():
    with open("large.bin", "wb") as file:
        file.truncate(2**40)
print(attempt(large))
'''),
    _greedy("r09-print", "prints without end", '''
while True:
    print("x" * 1000)
'''),
    _greedy("r10-stderr", "prints 60 MB of short lines to stderr", '''
import sys
for number in range(600_000):
    sys.stderr.write("a line of about a hundred characters that says nothing at all, again and again and again ....\\n")
'''),
    _greedy("r11-displays", "makes fifty thousand displays", '''
from IPython.display import display
for number in range(50_000):
    display({"text/plain": str(number)}, raw=True)
'''),
    _greedy("r12-loop", "a loop without end at the top of an answer", "while True:\n    pass"),
    _greedy("r13-loop-in-test", "a loop without end inside a tested function", "", first='''
def mean_price(prices):
    while True:
        pass
'''),
    _greedy("r14-loop-ignores", "a loop that ignores SIGINT and swallows every exception", '''
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
'''),
    _greedy("r15-c-loop", "a computation in C that cannot be interrupted", "x = 7 ** (7 ** 9)"),
    _greedy("r16-regex", "a regular expression that backtracks for ever, in a test", "import re", first='''
def mean_price(prices):
    return re.match(r"(a+)+$", "a" * 60 + "b")
'''),
    _greedy("r17-sleeps", "sleeps just under the limit in every cell and call", "import time\ntime.sleep(5)", first='''
def mean_price(prices):
    time.sleep(5)
''', second=f"time.sleep(5)\n{RIGHT[SECOND]}"),
    _greedy("r18-stop-itself", "stops itself with SIGSTOP", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    _greedy("r19-alarm", "timers and signals at every moment", '''
import signal
signal.signal(signal.SIGALRM, lambda *a: 1 / 0)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
'''),
    _greedy("r20-descriptors", "opens files until none is left, and raises the limit first", TRY + '''
import resource
attempt(resource.setrlimit, resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)[1:] * 2)
held = []
print(attempt(lambda: [held.append(open("/dev/null")) for _ in range(200_000)]))
del held
'''),
    _greedy("r21-shutdown", "asks its own kernel to shut down", "get_ipython().kernel.do_shutdown(False)\nexit()"),
    _greedy("r22-heartbeat", "silences the heartbeat and the output of its kernel", '''
kernel = get_ipython().kernel
kernel.iopub_thread.stop() if hasattr(kernel, "iopub_thread") else None
kernel.iopub_socket = None
'''),
    _greedy("r23-recursion", "recursion without limit, into the C stack", '''
import sys
sys.setrecursionlimit(10**9)
def down(): return down()
down()
'''),
    _greedy("r24-input", "waits for somebody to type", '''
import sys
try:
    input("password: ")
except BaseException as error:
    print(error)
sys.stdin.readline()
import getpass
getpass.getpass()
'''),
    _greedy("r25-double-fork", "forks twice inside the kernel, so that two of it answer", '''
import os
os.fork()
os.fork()
'''),
    _greedy("r26-descendants", "a chain of daemons, each in a session of its own", LATE_ACT + '''
def restart():
    for _ in range(30):
        daemon(lambda: time.sleep(30))
        time.sleep(0.1)
daemon(restart)
'''),
    _ending("r30-exit", "ends Python with os._exit", "import os\nos._exit(0)"),
    _ending("r31-kill-itself", "kills itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    _ending("r32-crash", "crashes with a segmentation fault", "import ctypes\nctypes.string_at(0)"),
    _ending("r33-abort", "aborts", "import os\nos.abort()"),
    _ending("r34-close-all", "closes every descriptor of the kernel", "import os\nos.closerange(0, 4096)"),
    _ending("r35-exec", "becomes another program", "import os\nos.execv('/bin/true', ['true'])"),
    _ending("r36-out-of-memory", "is ended by the system for its memory",
            "import os, resource\nresource.setrlimit(resource.RLIMIT_AS, (2**20,) * 2)\nx = [0] * 10**9\nos._exit(9)"),
]
