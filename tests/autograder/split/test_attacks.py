"""Answers that try to win marks without being right: none does, and the tests' process lives on."""

import pytest

RIGHT = "def f(x):\n    return x * 2"
TESTS = ("assert f(3) == 6, 'twice'", "np.testing.assert_allclose(f(np.arange(3.0)), [0.0, 2.0, 4.0])",
         "SECRET = 424242\nfor n in (5, 7.5, 11):\n    assert np.isclose(f(n), 2 * n)",
         "def g(x):\n    return 17\nfor n in (2, 3):\n    assert f(n) == 2 * n, g\nassert f([1]) == [1, 1]")
OPERATORS = ["eq", "ne", "lt", "le", "gt", "ge", "bool", "contains"]
YES = "\n".join(f"    def __{n}__(self, *_, **__): return True" for n in OPERATORS)
FORGE = '''
import msgpack, os, struct, sys, threading, time
from autograder.split import agent
def session():
    return next(iter(agent.SESSIONS.values()))
def serial():
    frame = sys._getframe()
    while frame.f_code.co_name != "answer":
        frame = frame.f_back
    return frame.f_locals["serial"]
def reply(value, updates=(), extras=([], []), good=True, number=None, buffers=()):
    head = [1, number or serial(), [], good, value, list(updates), *extras]
    session().channel.send(msgpack.packb(head), buffers)
def raw(data):
    session().channel.connection.sendall(data)
'''


def forged(body):
    """Return an answer whose function runs `body`, which writes to the socket itself, and then answers once more."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{FORGE}\ndef f(x):\n{lines}\n    return 6"


ATTACKS = {
    "40 patched numpy.testing": f"class Yes:\n{YES}\nnp.testing.assert_allclose = np.isclose = lambda *_: True\n"
                                "def f(x):\n    return Yes()",
    "41 a float equal to everything": f"class Yes(float):\n{YES}\n    def __sub__(self, _): return 0.0\n"
                                      "    __rsub__ = __sub__\n    __hash__ = None\ndef f(x):\n    return Yes(1)",
    "42, 43, 44 patched compile, exec, ast": (
        "import ast, builtins\nbuiltins.compile = builtins.exec = builtins.eval = lambda *_, **__: None\n"
        "ast.parse = lambda *_, **__: ast.Module([], [])\ndef f(x):\n    return 0"),
    "48, 49 patched answer": "from autograder.split import agent\nagent.StudentSession.perform = lambda *_: True\n"
                             "def f(x):\n    return 0",
    "50 looks for the tests": (
        "import gc, sys\ndef f(x):\n    frame, found = sys._getframe(), []\n    while frame:\n"
        "        found += [v for v in frame.f_locals.values() if type(v) is str and 'SECRET' in v]\n"
        "        frame = frame.f_back\n"
        "    found += [o for o in gc.get_objects() if type(o) is dict and 'SECRET' in o]\n"
        "    print('FOUND' if found else 'nothing')\n    return 0"),
    "53 shadowed np and AssertionError": (
        "import builtins\nclass np:\n    isclose = testing = None\nbuiltins.AssertionError = AssertionError = Warning\n"
        "isinstance = lambda *_: True\ndef f(x):\n    return 0"),
    "given names of its own": "np, pd = 1, 2\nSECRET = 0\ndef g(x):\n    return 0\ndef f(x):\n    return 0",
    "the name ndarray": f"class ndarray:\n{YES}\n    __module__ = 'numpy'\n"
                        "    @property\n    def __class__(self):\n        return np.ndarray\n"
                        "    @property\n    def __array_interface__(self):\n"
                        "        return {'shape': (3,), 'typestr': '<f8', 'data': (4096, False), 'version': 3}\n"
                        "    def __array__(self, *_, **__):\n        return np.array([0.0, 2.0, 4.0])\n"
                        "    def __float__(self):\n        return 6.0\n    __index__ = __int__ = lambda self: 6\n"
                        "def f(x):\n    return ndarray()",
    "an object array of yes": f"class Yes:\n{YES}\ndef f(x):\n    return np.array([Yes()] * 3, dtype=object)",
    "a list of yes": f"class Yes:\n{YES}\n    __hash__ = lambda self: hash(6)\ndef f(x):\n    return [Yes()]",
    "a text that is not one": f"class Yes(str):\n{YES}\ndef f(x):\n    return Yes('6')",
    "exceptions that end Python": "def f(x):\n    raise SystemExit(0)",
    "the exception of another test": "class NotRun(Exception):\n    pass\ndef f(x):\n    raise NotRun('none')",
    "a huge number": "def f(x):\n    return 1 << 40_000_000",
    "deep lists": "def f(x):\n    r = []\n    for _ in range(10 ** 5):\n        r = [r]\n    return r",
    "shared lists, two to the fortieth":
        "def f(x):\n    r = [6]\n    for _ in range(40):\n        r = [r, r]\n    return r",
    "keys of one hash": "def f(x):\n    return {k * (2 ** 61 - 1): 0 for k in range(1, 3_000)}",
    "members of one hash": "def f(x):\n    return {k * (2 ** 61 - 1) for k in range(1, 3_000)}",
    "an unknown tag": forged("reply([99, 1])"),
    "a tag that is no number": forged("reply([[1], 1])"),
    "an empty list": forged("reply([])"),
    "a handle that was never lent": forged("reply([91, 7])"),
    "a handle of a list": forged("reply([91, [1]])"),
    "an argument that is not there": forged("reply([0, 50])"),
    "an argument from behind": forged("reply([0, -1])"),
    "a reference forward": forged("reply([6, [1, 3]])"),
    "os.system by name": forged("reply([93, 'os', 'system'])"),
    "eval by name": forged("reply([93, 'builtins', 'eval'])"),
    "a module": forged("reply([94, 'os'])"),
    "a class without a name": forged("reply([92, 5, 'x' * 10, ['eval'], []])"),
    "an array of pointers": forged("reply([40, 1, 'O', [1], b'A' * 8])"),
    "a structure of pointers": forged("reply([40, 1, [['a'], ['O'], [0], 8], [1], b'A' * 8])"),
    "pointers in overlapping fields": forged(
        "reply([41, 1, [['a', 'b'], ['O', '<i8'], [0, 0], 8], [1], [[7, 6, 4096]]])"),
    "a shape beyond memory": forged("reply([40, 1, '<f8', [2 ** 40, 2 ** 40], b''])"),
    "a negative shape": forged("reply([40, 1, '<f8', [-1, -1], b'A' * 8])"),
    "elements of no bytes": forged("reply([40, 1, '|S0', [2 ** 60], b''])"),
    "a type that is a program": forged("reply([40, 1, '__import__(\"os\").system(\"true\")', [1], b'A'])"),
    "sparse indices outside": forged(
        "a = lambda t, *v: [40, 1, t, [len(v)], struct.pack(f'<{len(v)}' + ('d' if t == '<f8' else 'i'), *v)]\n"
        "reply([46, 'csr_array', [3, 3], a('<f8', 1.0), a('<i4', 10 ** 9), a('<i4', 0, 1, 1, 1)])"),
    "codes outside the categories": forged(
        "codes = [40, 1, '|i1', [1], b'Z']\nreply([65, 'category', codes, [62, None, None, [65, 'numpy', "
        "[41, 1, 'O', [1], ['a']]]], False])"),
    "a zone from the file system": forged("reply([29, '../../../etc/passwd'])"),
    "random children without end": forged(
        "reply([44, 'PCG64', [1, [7], 4, 10 ** 12], ['d', 'bit_generator', 'PCG64']])"),
    "a generator that stands outside": forged(
        "state = ['d', 'bit_generator', 'MT19937', 'state', ['d', 'key', ['a', 'uint32', b'A' * 2496], 'pos', "
        "['i', 10 ** 6]]]\nreply([44, 'MT19937', None, state])"),
    "sparse indices that are floats": forged(
        "a = lambda t, *v: [40, 1, t, [len(v)], struct.pack(f'<{len(v)}d', *v)]\n"
        "reply([46, 'csr_array', [3, 3], a('<f8', 1.0), a('<f8', 1.0), a('<f8', 0, 1, 1, 1)])"),
    "an exception that is none": forged("reply(3, good=False)"),
    "an exception that never came": forged("reply([81, 12345], good=False)"),
    "the class of an exit": forged("reply([80, 1, [['builtins', 'SystemExit', None]], None, []], good=False)"),
    "a warning that ends Python": forged("reply(6, extras=([], [[[['builtins', 'SystemExit', None]], 'x', 1]]))"),
    "text that is no text": forged("reply(6, extras=([['stdout', 3]], []))"),
    "text for another name": forged("reply(6, extras=([['exit', 'now']], []))"),
    "a change of what does not change": forged("reply(6, updates=[[0, 6]])"),
    "bytes that are no message": forged("raw(struct.pack('!II', 3, 0) + b'\\xc1\\xc1\\xc1')"),
    "more lists than memory": forged("raw(struct.pack('!II', 15 << 20, 0) + b'\\x90' * (15 << 20))"),
    "a list of four billion": forged("raw(struct.pack('!II', 5, 0) + b'\\xdd\\xff\\xff\\xff\\xff')"),
    "a message sixteen times too large": forged("raw(struct.pack('!II', 1 << 28, 0) + b'x')"),
    "four billion buffers": forged("raw(struct.pack('!II', 1, 2 ** 32 - 1) + b'x')"),
    "buffers taken twice": forged("reply([6, [40, 1, '<f8', [1000], 0], [40, 1, '<f8', [1000], 0]], "
                                  "buffers=[b'A' * 8000])"),
    "a map": forged("session().channel.send(msgpack.packb({1: 2}))"),
    "a time stamp": forged("reply(msgpack.Timestamp(1))"),
    "an unknown extension": forged("reply(msgpack.ExtType(77, b'x' * 10))"),
    "half a number": forged("reply(msgpack.ExtType(3, b'x'))"),
    "no answer but the end": forged("session().channel.close()"),
    "an answer to nothing": forged("reply(6, number=10 ** 6)"),
    "threads that answer": forged(
        "n = serial()\nfor i in range(4):\n    threading.Thread(target=reply, args=(True,), kwargs={'number': n + i})"
        ".start()\ntime.sleep(0.1)"),
    "asks for the names of the tests":
        FORGE + "def f(x):\n    return session().request('names', None, ['SECRET'], True)",
    "asks about what is its own": FORGE + "def f(x):\n    return session().request('len', [1, 2])",
    "calls a type by name": FORGE + "def f(x):\n    return session().request('call', bytearray, [3], {})",
    "asks itself by number": FORGE + "def f(x):\n    for n in range(50):\n"
                             "        raw_ask = [0, 10 ** 6 + n, [], 'call', [6, [91, n], [7], [8]], [], []]\n"
                             "        session().channel.send(msgpack.packb(raw_ask))\n    return 0",
    "asks without end": FORGE + "def f(x):\n    while True:\n"
                        "        session().channel.send(msgpack.packb([0, 9, [], 'nothing', [6, None], [], []]))",
    "gives back what it was not lent": FORGE + "def f(x):\n    n = serial()\n"
                                       "    session().channel.send(msgpack.packb([1, n, list(range(99)), True, 0, [], "
                                       "[], []]))\n    return 0",
}
ENDS_IN_A_VALUE = {"the class of an exit", "threads that answer", "gives back what it was not lent"}
REFUSED = {name for name, text in ATTACKS.items() if "one hash" in name or "reply(" in text.removeprefix(FORGE)
           or "raw(" in text.removeprefix(FORGE) or name.startswith(("asks", "calls"))} - ENDS_IN_A_VALUE
SLOW = {"shared lists, two to the fortieth"}          # the tests' process is stuck with these, and is ended

# what an answer asks of what a test has lent to it
PRYING = ["g.__globals__", "g.__code__", "g.__closure__", "g.__self__", "g.__init__", "g.__class__.__subclasses__()",
          "session().request('get', g, '__globals__')", "session().request('get', g, 'secret')",
          "session().request('set', g, '__code__', 1)", "session().request('get', o, '__dict__')",
          "session().request('get', o, '_private')", "session().request('get', o.method, '__globals__')",
          "session().request('get', o, 'path')", "session().request('get', type(o), 'mro')",
          "o.path.read_text()", "o.path.parent", "session().request('get', o, 'table').eval('1')",
          "session().request('del', o, 'x')", "session().request('nothing', o)", "session().request('exit', g, None)",
          "session().request('names', g, ['SECRET'], True)", "session().request('call', o, [], {})",
          "session().request('item', o, 0)", "session().request('setitem', g, 0, 0)",
          "setattr(type(o), 'method', lambda self: 7)", "setattr(o, 'method', lambda: 7)", "setattr(o, 'method', 7)",
          "setattr(o, 'helper', 7)", "setattr(o, 'x', lambda: 7)", "session().request('call', type(g), [o, 1], {})",
          "session().request('set', type(o), 'x', 7)", "setattr(o, 'worth', 7)", "o.np.random.seed.__globals__"]
LENT = """
from pathlib import Path
SECRET = 424242
class Lent:
    def __init__(self):
        self.x, self.path, self._private, self.np = 1, Path('/etc/hostname'), SECRET, np
        self.helper = len
    worth = property(lambda self: 3)
    def method(self):
        return 1
def g(x):
    return SECRET and x
o = Lent()
f(g, o)
assert o.x == 1 and g(2) == 2 and o.method() == 1 and o.helper([1]) == 1 and o.worth == 3
"""


@pytest.mark.slow
def test_nothing_can_be_pried_out_of_what_a_test_lends(grade):
    tries = "\n".join(f"    attempt(lambda: {each})" for each in PRYING)
    answer = (f"{FORGE}\ndef attempt(what):\n    try:\n        print(what())\n    except BaseException as error:\n"
              f"        print('refused', type(error).__name__)\ndef f(g, o):\n{tries}\n"
              "    print(g(1), o.method(), o.x)")
    came = grade(answer, LENT)
    assert "424242" not in came.printed and "globals" not in came.printed and "code object" not in came.printed
    assert "mro" not in came.printed, came.printed
    assert came.points == [1.0], came.words


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_wins_a_mark_or_ends_the_tests(grade, attack):
    seconds = 1.0 if attack in SLOW else 8.0
    came = grade(ATTACKS[attack], *TESTS[: 2 if attack in SLOW else 4], source=RIGHT, seconds=seconds)
    assert came.total == 0, (came.points, came.words)
    assert attack not in REFUSED or came.words[0].startswith("UnreadableAnswer: "), came.words
    assert not any(words.startswith("TestsEnded") for words in came.words), came.words
    assert "424242" not in came.printed and "FOUND" not in came.printed


@pytest.mark.slow
def test_the_right_answer_gets_all_marks(grade):
    assert grade(RIGHT, *TESTS).total == len(TESTS)
