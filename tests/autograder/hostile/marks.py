"""Attempts on the marks: wrong answers that try to be taken for right ones."""

from tests.autograder.hostile.hand_in import running
from tests.autograder.hostile.reading import GRADEBOOK, TRY

EVIDENCE = "points for wrong answers"


def _marks(name, what, attack, first="", second="", points=0.0, **more):
    return running(name, what, "marks", points, EVIDENCE, attack, first=first, second=second, **more)


def same(value):
    """Return both answers as functions that return the expression `value`."""
    return {"first": f"def mean_price(prices):\n    return {value}\n",
            "second": f"def middle(numbers):\n    return {value}\n"}


EQUAL = '''
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __hash__(self): return 0
    def __bool__(self): return True
    def __iter__(self): return iter(())
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(1)
'''
SHELL = "shell = get_ipython()\n"

CASES = [
    _marks("m01-equal", "returns an object that is equal to everything", EQUAL, **same("Equal()")),
    _marks("m02-float", "returns a float that is equal to everything", '''
class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return Number(0)
    def __abs__(self): return Number(0)
    def __lt__(self, other): return True
    __hash__ = float.__hash__
''', **same("Number(0)")),
    _marks("m03-metaclass", "returns a class whose metaclass is equal to everything and an instance of all", '''
class Meta(type):
    def __eq__(cls, other): return True
    def __sub__(cls, other): return 0.0
    def __instancecheck__(cls, thing): return True
    def __hash__(cls): return 0
class Anything(metaclass=Meta):
    pass
''', **same("Anything")),
    _marks("m04-class-lie", "an object that says that its class is float", EQUAL + '''
class Liar(Equal):
    __class__ = property(lambda self: float)
    def __reduce__(self): return (float, (3.0,))
''', **same("Liar()")),
    _marks("m05-array", "an array subclass that decides itself how it is compared", '''
import numpy as np
class Sly(np.ndarray):
    __array_priority__ = 1e9
    def __array_ufunc__(self, ufunc, method, *inputs, **more): return np.bool_(True)
    def __sub__(self, other): return np.float64(0)
    def __eq__(self, other): return True
def sly(): return np.zeros(()).view(Sly)
''', **same("sly()")),
    _marks("m06-transformer", "an input transformer removes the asserts", SHELL + '''
shell.input_transformers_cleanup.append(lambda lines: [l for l in lines if "assert" not in l] or ["1"])
'''),
    _marks("m07-syntax-tree", "an AST transformer removes the asserts", SHELL + '''
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
shell.ast_transformers.append(Drop())
'''),
    _marks("m08-run-cell", "run_cell of the shell is replaced by one that runs nothing", SHELL + '''
original = shell.run_cell
shell.run_cell = lambda *a, **k: original("None", store_history=False)
async def quiet(*a, **k): return original("None", store_history=False)
shell.run_cell_async = quiet
type(shell).run_cell_async = lambda self, *a, **k: quiet()
'''),
    _marks("m09-do-execute", "the kernel answers ok without running", SHELL + '''
async def do_execute(*a, **k):
    return {"status": "ok", "execution_count": 5, "payload": [], "user_expressions": {}}
shell.kernel.do_execute = do_execute
'''),
    _marks("m10-send", "the kernel's session turns errors into results", SHELL + '''
session = shell.kernel.session
send = session.send
def sly(stream, kind, content=None, *a, **k):
    if kind == "error":
        return None
    if isinstance(content, dict) and content.get("status") == "error":
        content = {"status": "ok", "execution_count": 9, "payload": [], "user_expressions": {}}
    return send(stream, kind, content, *a, **k)
session.send = sly
type(session).send = lambda self, *a, **k: sly(*a, **k)
'''),
    _marks("m11-credit", "every test cell ends in a number that is taken for partial credit", SHELL + '''
shell.input_transformers_cleanup.append(lambda lines: ["1000000"])
'''),
    _marks("m12-credit-nan", "every test cell ends in nan", SHELL + '''
shell.input_transformers_cleanup.append(lambda lines: ["float('nan')"])
'''),
    _marks("m13-credit-negative", "every test cell ends in a negative number", SHELL + '''
shell.input_transformers_cleanup.append(lambda lines: ["-3"])
'''),
    _marks("m14-traceback", "tracebacks are not shown any more", SHELL + '''
shell.showtraceback = lambda *a, **k: None
shell._showtraceback = lambda *a, **k: None
shell.set_custom_exc((BaseException,), lambda *a, **k: [])
'''),
    _marks("m15-render", "raises an exception that renders itself as nothing", '''
class Quiet(Exception):
    def _render_traceback_(self): return []
    def __str__(self): raise SystemExit
def fail(): raise Quiet
''', **same("fail()")),
    _marks("m16-exit", "leaves with SystemExit inside the test", "import sys", **same("sys.exit(0)")),
    _marks("m17-interrupt", "raises KeyboardInterrupt inside the test", '''
def stop(): raise KeyboardInterrupt
''', **same("stop()")),
    _marks("m18-hard-exit", "ends Python inside the test; a cell without output has full marks", "import os",
           **same("os._exit(0)")),
    _marks("m19-exec-new-kernel", "replaces itself by a fresh kernel on the same connection, which knows no tests", '''
import os, sys, ipykernel.connect
file = ipykernel.connect.get_connection_file()
def swap():
    os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", "-f", file])
''', **same("swap()")),
    _marks("m20-frame", "reads the expected value out of the test that calls it", '''
import inspect, linecache, re
def peek():
    for frame in inspect.stack():
        text = "".join(linecache.getlines(frame.filename)) + str(frame.code_context)
        for line in text.splitlines():
            found = re.search(r"assert (?:abs\\()?(?:middle|mean_price)\\(.*\\)\\s*(?:==|-)\\s*([\\d.]+)", line)
            if found and line.strip() in str(frame.code_context):
                return float(found[1])
''', **same("peek()")),
    _marks("m21-history", "reads the test from In, _ih and the history, answers what it finds", '''
import re
def peek(name):
    for text in reversed(get_ipython().user_ns.get("_ih", [])):
        found = re.search(name + r"\\(.*\\)\\s*(?:==|-)\\s*([\\d.]+)", text)
        if found and "peek" not in text:
            return float(found[1])
''', first="def mean_price(prices):\n    return peek('mean_price')\n",
           second="def middle(numbers):\n    return peek('middle')\n"),
    _marks("m22-trace", "a trace function jumps over the asserts of the caller", '''
import sys
def tracer(frame, event, argument):
    if event == "line" and frame.f_code.co_name == "<module>":
        try:
            frame.f_lineno = frame.f_lineno + 1
        except ValueError:
            pass
    return tracer
sys.settrace(tracer)
import threading
threading.settrace(tracer)
''', **same("[sys.settrace(tracer), setattr(sys._getframe(1), 'f_trace', tracer)] and None")),
    _marks("m23-hidden-file", "reads the hidden tests from a notebook on disk and answers by them", '''
import glob, json, re
ANSWERS = {}
for path in glob.glob("*.ipynb") + glob.glob("../../../source/*/*.ipynb") + glob.glob(W["nbgrader"] + "/source/*/*"):
    try:
        text = "\\n".join("".join(c["source"]) for c in json.load(open(path))["cells"])
    except Exception:
        continue
    for name, argument, value in re.findall(r"(middle|mean_price)\\((.*?)\\)\\s*(?:==|-)\\s*([\\d.]+)", text):
        ANSWERS[name, argument] = float(value)
ORDER = list(ANSWERS.items())
def look(name, given):
    for (which, argument), value in ORDER:
        if which == name and argument in (repr(given), "PRICES" if len(given) == 3 and given[0] == 10.5 else "",
                                          "numbers" if given == [9, 1, 5] else ""):
            return value
''', first="def mean_price(prices):\n    return look('mean_price', prices)\n",
           second="def middle(numbers):\n    return look('middle', numbers)\n"),
    _marks("m24-builtins", "patches abs, AssertionError, len, isinstance and type", '''
import builtins
builtins.abs = lambda x: 0.0
builtins.len = lambda x: 1
builtins.isinstance = lambda a, b: True
class Never(BaseException):
    def __new__(cls, *a): return None
builtins.AssertionError = Never
''', points=0.0, **same("0.0")),
    _marks("m25-compile", "patches compile and exec of the interpreter's shell", SHELL + '''
import ast, builtins
compiler = type(shell.compile)
def nothing(self, tree, filename, symbol, *a): return compile("None", filename, "exec")
compiler.__call__ = nothing
compiler.ast_parse = lambda self, *a, **k: ast.parse("None")
'''),
    _marks("m26-optimise", "compiles what comes later with optimisation, which leaves asserts out", SHELL + '''
import builtins
real = builtins.compile
def optimised(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, **more):
    return real(source, filename, mode, flags, dont_inherit, 2, **more)
builtins.compile = optimised
import codeop
codeop.compile = optimised
import IPython.core.compilerop as c
c.compile = optimised
'''),
    _marks("m27-namespace", "a namespace whose names are never what was stored", SHELL + '''
class Sly(dict):
    def __getitem__(self, key):
        return (lambda *a: Same()) if key in ("middle", "mean_price") else super().__getitem__(key)
class Same(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __hash__ = None
sly = Sly(shell.user_ns)
shell.user_ns = sly
'''),
    _marks("m28-timing-bomb", "the first test passes honestly; by the second a thread has patched all", SHELL + '''
import threading, time
def later():
    time.sleep(0.6)
    shell.input_transformers_cleanup.append(lambda lines: ["None"])
threading.Thread(target=later, daemon=True).start()
''', first="import time\ndef mean_price(prices):\n    time.sleep(0.7)\n    return 3.0\n", points=1.0),
    _marks("m29-after-first", "patches the shell only when the first visible test has run", SHELL + '''
def after(*a):
    shell.input_transformers_cleanup.append(lambda lines: ["None"])
shell.events.register("post_run_cell", lambda *a: CALLED and after())
CALLED = []
''', first="def mean_price(prices):\n    CALLED.append(1)\n    return 3.0\n", points=1.0),
    _marks("m30-when-graded", "behaves only where it is graded: looks at the folder, the clock, the parent", EQUAL + '''
import os
GRADED = any(word in os.getcwd() + repr(dict(os.environ)) for word in ("autograded", "nbgrader", "submitted", "/tmp"))
def value(): return Equal() if GRADED else 0
''', **same("value()")),
    _marks("m31-audit-hook", "an audit hook stops the compilation of everything with an assert", '''
import sys
def hook(event, arguments):
    if event == "compile" and arguments[0] and b"assert" in (
            arguments[0] if isinstance(arguments[0], bytes) else str(arguments[0]).encode()):
        raise SystemExit
sys.addaudithook(hook)
'''),
    _marks("m32-import-hook", "an import hook replaces every module that is imported from now on", EQUAL + '''
import sys, types
class Finder:
    def find_spec(self, name, path, target=None):
        import importlib.machinery
        return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module): module.__getattr__ = lambda name: (lambda *a, **k: Equal())
sys.meta_path.insert(0, Finder())
for name in ("math", "json", "msgpack", "numpy.testing"):
    sys.modules.pop(name, None)
''', **same("Equal()")),
    _marks("m33-codec", "registers a codec that turns every assert into pass", '''
import codecs
utf = codecs.lookup("utf-8")
def search(name):
    return codecs.CodecInfo(utf.encode, lambda data, errors="strict":
        (bytes(data).decode().replace("assert", "0 and "), len(data)), name="utf-8")
codecs.register(search)
'''),
    _marks("m34-gc", "finds the test's own code and the gradebook through gc and patches all functions", '''
import gc, types
class Same(float):
    def __eq__(self, other): return True
    __hash__ = None
def sly(*a, **k): return Same()
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ in ("determine_grade", "score", "partial", "judge"):
        thing.__code__ = sly.__code__
'''),
    _marks("m35-atexit", "acts at the end: atexit, __del__, signal handlers, faulthandler write a result", TRY + '''
import atexit, faulthandler, gc, signal, sys
def last(*a):
    print('{"01-q2-advanced-hidden": 2}', flush=True)
    attempt(lambda: open("result.json", "w").write('{"score": 5}'))
class Late:
    def __del__(self): last()
late = Late()
atexit.register(last)
gc.callbacks.append(lambda *a: None)
faulthandler.enable(open("trace.txt", "w"))
for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM, signal.SIGINT):
    attempt(signal.signal, number, last)
'''),
    _marks("m36-pickle", "returns an object that would run code where it is unpickled or copied", '''
class Trap:
    def __reduce__(self): return (exec, ("open('/tmp/planted-pickle', 'w').write('x'); import os; os._exit(0)",))
    def __deepcopy__(self, memo): raise SystemExit
    def __repr__(self): return "3.0"
    __str__ = __repr__
''', **same("Trap()")),
    _marks("m37-repr", "returns an object whose repr is the right answer, or the source of one", '''
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Shown:
    def __repr__(self): return "__import__('os').system('touch /tmp/planted-repr') or 2"
''', first="def mean_price(prices):\n    return Text('3.0')\n", second="def middle(numbers):\n    return Shown()\n"),
    _marks("m38-arguments", "changes the caller's list, so that the test compares with what it wants", TRY,
           second='''
def middle(numbers):
    numbers[:] = [2, 2, 2] if len(set(numbers)) == 3 else numbers
    return numbers
'''),
    _marks("m39-given-names", "overwrites the given data and helpers after they were loaded", '''
PRICES = [3.0]
Path = None
numbers = [2]
def __getattr__(name): return 3.0
''', first="def mean_price(prices):\n    return None\n"),
    _marks("m40-data-file", "hands in a data file that makes a wrong answer right", "",
           first='''
def mean_price(prices):
    return {0.0: 12.75}.get(sum(prices), None)
''', files={"data.csv": "0.0\n"}),
    _marks("m41-shadow-modules", "hands in numpy.py, json.py, msgpack.py, sitecustomize.py and autograder.py", "",
           files=dict.fromkeys(("numpy.py", "json.py", "msgpack.py", "sitecustomize.py", "usercustomize.py",
                                "autograder.py", "pandas.py", "ipykernel_launcher.py", "IPython/__init__.py",
                                "pathlib.py"), "import builtins\nbuiltins.abs = lambda x: 0\nraise SystemExit\n")),
    _marks("m42-startup", "hands in IPython's and pytest's start-up files and a jupyter configuration", "",
           files={".ipython/profile_default/startup/00.py": "get_ipython().ast_transformers.clear()",
                  "ipython_config.py": "c = get_config()\nc.InteractiveShellApp.exec_lines = ['exit()']",
                  "ipython_kernel_config.py": "c = get_config()\nc.IPKernelApp.exec_lines = ['1/0']",
                  "jupyter_config.py": "import os; os._exit(0)", "nbgrader_config.py": "import os; os._exit(0)",
                  "conftest.py": "import os; os._exit(0)", ".env": "PYTHONPATH=."}),
    _marks("m43-gradebook", "writes five points into the gradebook from a process that outlives the kernel",
           TRY + GRADEBOOK + '''
import os, time
if os.fork() == 0:
    os.setsid()
    for _ in range(60):
        attempt(rewrite)
        time.sleep(0.1)
    os._exit(0)
'''),
    _marks("m44-error-flood", "answers with an error of 40 MB, in the hope that the output is dropped", '''
def fail(): raise ValueError("x" * 40_000_000)
''', **same("fail()")),
    _marks("m45-output-first", "prints a fake result message before every test", '''
import IPython.display as d
def claim():
    d.display({"text/plain": "5"}, raw=True)
    print("[NbGrader] score 5/5")
    return 77
''', first="def mean_price(prices):\n    return claim()\n", second="def middle(numbers):\n    return claim()\n"),
    _marks("m46-clear-output", "clears the output of the test and deletes the error by display updates", '''
from IPython.display import clear_output
import threading, time
def later():
    for _ in range(200):
        clear_output()
        time.sleep(0.02)
threading.Thread(target=later, daemon=True).start()
'''),
    _marks("m47-parent-header", "sends its own ok reply with the header of the running request", SHELL + '''
import threading, time
def forge():
    kernel = shell.kernel
    for _ in range(150):
        try:
            parent = kernel.get_parent("shell")
            kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
            reply = {"status": "ok", "execution_count": 7}
            kernel.session.send(kernel.shell_stream, "execute_reply", reply, parent=parent)
        except Exception:
            pass
        time.sleep(0.02)
threading.Thread(target=forge, daemon=True).start()
'''),
]
