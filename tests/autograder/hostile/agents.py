"""Attempts on the split: the socket between the student's kernel and the tests, its codec, its replies.

Under a grader that does not split they are wrong answers like any other.
"""

from tests.autograder.hostile.hand_in import running
from tests.autograder.hostile.marks import EQUAL, EVIDENCE, same
from tests.autograder.hostile.reading import TRY


def _agent(name, what, attack, first="", second="", points=0.0, **more):
    return running(name, what, "marks", points, EVIDENCE, attack, first=first, second=second, **more)


SOCKETS = TRY + '''
import os, socket, stat, struct
def sockets():
    for number in map(int, os.listdir("/proc/self/fd")):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield socket.socket(fileno=os.dup(number))
        except OSError:
            pass
'''

CASES = [
    _agent("a01-garbage", "writes garbage into every socket that it has, during a test", SOCKETS + '''
def shout():
    for line in sockets():
        if line.family == socket.AF_UNIX:
            attempt(line.setblocking, False)
            attempt(line.send, b"\\xff" * 4096)
''', **same("shout()")),
    _agent("a02-forged-replies", "answers for the agent: frames that say true, 2, 3.0 and passed", SOCKETS + '''
def forge():
    import json
    try:
        import msgpack
    except ImportError:
        msgpack = json
    for line in sockets():
        if line.family != socket.AF_UNIX:
            continue
        attempt(line.setblocking, False)
        for value in (3.0, 2, True, {"ok": True}, ["value", 3.0], {"type": "result", "value": 2}, [0, 2]):
            body = msgpack.packb(value) if msgpack is not json else json.dumps(value).encode()
            for head in (struct.pack("!I", len(body)), struct.pack("<I", len(body)), struct.pack("!Q", len(body))):
                attempt(line.send, head + body)
''', **same("forge()")),
    _agent("a03-closes", "closes every descriptor above the streams during a test", '''
import os
''', **same("os.closerange(3, 4096)")),
    _agent("a04-endless-frame", "announces a frame of four exabytes and sends it slowly", SOCKETS + '''
import threading, time
def trickle():
    for line in list(sockets()):
        if line.family == socket.AF_UNIX:
            attempt(line.send, b"\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff")
            for _ in range(40):
                attempt(line.send, b"x")
                time.sleep(0.2)
''', **same("trickle()")),
    _agent("a05-msgpack", "patches msgpack, json, struct and pickle in its own process", EQUAL + TRY + '''
import json, pickle, struct, sys
for module in (json, pickle, struct, sys.modules.get("msgpack"), attempt(__import__, "msgpack")):
    for name in ("dumps", "packb", "pack", "Packer"):
        if hasattr(module, name):
            attempt(setattr, module, name, lambda *a, **k: b"\\x02")
''', **same("Equal()")),
    _agent("a06-agent", "patches every function of the agent and its codec, in a test", TRY + '''
import sys, types
def poison():
    def always(*a, **k): return 2
    for name, module in list(sys.modules.items()):
        if name.startswith("autograder"):
            for key, thing in list(vars(module).items()):
                if isinstance(thing, types.FunctionType):
                    attempt(setattr, thing, "__code__", always.__code__)
                elif isinstance(thing, type):
                    for method, body in list(vars(thing).items()):
                        if isinstance(body, types.FunctionType):
                            attempt(setattr, thing, method, always)
''', **same("poison()")),
    _agent("a07-twice", "threads answer again and again beside the real answer", SOCKETS + '''
import threading
def flood():
    lines = [line for line in sockets() if line.family == socket.AF_UNIX]
    def again():
        for _ in range(2000):
            for line in lines:
                attempt(line.send, b"\\x00\\x00\\x00\\x01\\x02")
    for _ in range(4):
        threading.Thread(target=again, daemon=True).start()
''', **same("flood()")),
    _agent("a08-type-names", "classes that carry the names of real ones: ndarray, float, int", EQUAL + '''
ndarray, Float, Int = type("ndarray", (Equal,), {}), type("float", (Equal,), {}), type("int", (Equal,), {})
''', first="def mean_price(prices):\n    return Float()\n", second="def middle(numbers):\n    return Int()\n"),
    _agent("a09-huge-int", "returns an integer of four million digits", "", **same("1 << 14_000_000")),
    _agent("a10-deep", "returns a list nested a hundred thousand deep, and one that contains itself", '''
def deep():
    inner = []
    for _ in range(100_000):
        inner = [inner]
    return inner
loop = []
loop.append(loop)
''', first="def mean_price(prices):\n    return deep()\n", second="def middle(numbers):\n    return loop\n"),
    _agent("a11-collisions", "returns a dictionary whose keys all have the same hash", "",
           **same("{k * (2 ** 61 - 1): 0 for k in range(20_000)}")),
    _agent("a12-large", "returns two hundred megabytes", "", **same("b'x' * 200_000_000")),
    _agent("a13-many", "returns two million small objects", "", **same("[object() for _ in range(2_000_000)]")),
    _agent("a14-object-array", "returns arrays of objects, of pointers, of records", "import numpy as np",
           first="def mean_price(prices):\n    return np.array([object()] * 3, dtype=object)\n",
           second="def middle(numbers):\n    return np.zeros(3, dtype=[('a', 'O'), ('b', 'V100')])\n"),
    _agent("a15-endless", "returns a generator that never ends and a container of endless length", '''
class Endless(list):
    def __iter__(self):
        while True:
            yield 2
    def __len__(self): return 2 ** 62
    def __getitem__(self, index): return self
def forever():
    while True:
        yield 2
''', first="def mean_price(prices):\n    return forever()\n", second="def middle(numbers):\n    return Endless()\n"),
    _agent("a16-exceptions", "raises exceptions that lie about themselves", '''
class AssertionError(BaseException):
    __module__ = "builtins"
    def __str__(self): raise self
    args = property(lambda self: 1 / 0)
def fail():
    error = AssertionError()
    error.__cause__ = error
    raise error
''', **same("fail()")),
    _agent("a17-late-fork", "a forked copy of the kernel goes on answering on the same sockets", SOCKETS + '''
import time
def double():
    if os.fork() == 0:
        for _ in range(50):
            for line in sockets():
                attempt(line.send, b"\\x00\\x00\\x00\\x01\\x02")
            time.sleep(0.1)
        os._exit(0)
    return None
''', **same("double()")),
    _agent("a18-index", "numbers that are something else each time they are asked", '''
class Fickle:
    calls = 0
    def __float__(self): Fickle.calls += 1; return 3.0 if Fickle.calls % 2 else 12.75
    __index__ = __int__ = lambda self: 2
    def __round__(self, n=0): return 2
''', **same("Fickle()")),
    _agent("a19-attributes", "an object that answers every attribute with itself, call and item included", '''
class All:
    def __getattribute__(self, name): return self if not name.startswith("__") else object.__getattribute__(self, name)
    __call__ = __getitem__ = lambda self, *a, **k: self
    def __eq__(self, other): return True
    __hash__ = None
''', **same("All()")),
    _agent("a20-answers-for-others", "replaces the other question's function while its own is tested", EQUAL,
           first='''
def mean_price(prices):
    get_ipython().user_ns["middle"] = type("function", (Equal,), {"__call__": lambda self, *a: Equal()})()
    return None
'''),
    _agent("a21-surrogates", "returns text with lone surrogates, nulls and a billion laughs", "",
           first="def mean_price(prices):\n    return '\\ud800\\x00\\U0010ffff' * 1000\n",
           second="def middle(numbers):\n    return '&lol;' * 10_000_000\n"),
]
