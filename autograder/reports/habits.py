"""What honest answers to a lab hardly ever need: names, methods, magics and strings, each with a reason to look.

A name is told in full (``sys._getframe``), by its module (all of ``inspect``, where it is imported), or by its last
part (``.f_back``, whatever object's).
"""

FRAMES = "looks at the code that calls it, where expected values stand"
SHELL = "reaches into the notebook's shell, which runs the tests"
BUILTINS = "changes what Python's own names mean"
COMPILER = "changes how code is read or compiled"
MEMORY = "reaches any object or memory of the process"
ENDS = "ends or replaces Python in the middle of grading"
PROCESS = "starts or stops processes"
NETWORK = "speaks to the network"
LATER = "runs later, or at the same time as the tests"
MODULES = "changes what an import gives"
STRING = "runs or hides code in a string"
INSIDES = "reaches the insides of functions and classes"
OUTSIDE = "reads or writes files outside of the working folder"
WHERE = "looks where it runs"
OUTPUT = "changes what is shown, by hand"

MODULE = {                                            # module -> why; using anything of it is worth a look
    "inspect": FRAMES, "linecache": FRAMES, "builtins": BUILTINS, "ast": COMPILER, "codeop": COMPILER, "dis": INSIDES,
    "gc": MEMORY, "ctypes": MEMORY, "cffi": MEMORY, "mmap": MEMORY, "resource": MEMORY, "faulthandler": LATER,
    "subprocess": PROCESS, "pty": PROCESS, "multiprocessing": PROCESS, "signal": LATER, "atexit": LATER,
    "threading": LATER, "_thread": LATER, "sched": LATER, "socket": NETWORK, "socketserver": NETWORK, "ssl": NETWORK,
    "requests": NETWORK, "urllib.request": NETWORK, "urllib3": NETWORK, "http": NETWORK, "ftplib": NETWORK,
    "smtplib": NETWORK, "asyncio": LATER, "importlib": MODULES, "runpy": MODULES, "pkgutil": MODULES, "site": MODULES,
    "sitecustomize": MODULES, "imp": MODULES, "marshal": STRING, "pickle": STRING, "dill": STRING,
    "base64": STRING, "binascii": STRING, "zlib": STRING, "codecs": COMPILER, "ipykernel": SHELL, "zmq": SHELL,
    "jupyter_client": SHELL, "nbgrader": OUTSIDE, "sqlite3": OUTSIDE, "IPython.core": SHELL,
    "IPython.get_ipython": SHELL, "cloudpickle": STRING,
    "nbformat": OUTSIDE, "psutil": PROCESS, "shutil": OUTSIDE, "autograder": OUTSIDE, "tempfile": OUTSIDE,
}
NAME = {                                              # a whole name -> why
    "get_ipython": SHELL, "In": SHELL, "Out": SHELL, "_ih": SHELL, "_oh": SHELL,
    "__builtins__": BUILTINS, "__import__": MODULES, "__loader__": MODULES, "__spec__": MODULES, "eval": STRING,
    "exec": STRING, "compile": STRING, "exit": ENDS, "quit": ENDS, "breakpoint": FRAMES, "globals": INSIDES,
    "locals": INSIDES, "vars": INSIDES, "SystemExit": ENDS, "KeyboardInterrupt": ENDS, "GeneratorExit": ENDS,
    "BaseException": ENDS, "sys.exit": ENDS, "sys.modules": MODULES, "sys.meta_path": MODULES, "sys.path": MODULES,
    "sys.path_hooks": MODULES, "sys.settrace": FRAMES, "sys.setprofile": FRAMES, "sys._getframe": FRAMES,
    "sys._current_frames": FRAMES, "sys.addaudithook": COMPILER, "sys.monitoring": FRAMES, "sys.stdin": WHERE,
    "sys.excepthook": OUTPUT, "sys.displayhook": OUTPUT, "sys.__stdout__": OUTPUT, "sys.argv": WHERE,
    "sys.setrecursionlimit": MEMORY, "os._exit": ENDS, "os.abort": ENDS, "os.fork": PROCESS, "os.forkpty": PROCESS,
    "os.kill": PROCESS, "os.killpg": PROCESS, "os.setsid": PROCESS, "os.system": PROCESS, "os.popen": PROCESS,
    "os.getppid": WHERE, "os.getpid": WHERE, "os.getcwd": WHERE, "os.chdir": OUTSIDE, "os.environ": WHERE,
    "os.getenv": WHERE, "os.symlink": OUTSIDE, "os.link": OUTSIDE, "os.remove": OUTSIDE, "os.unlink": OUTSIDE,
    "os.rename": OUTSIDE, "os.mkfifo": OUTSIDE, "os.mknod": OUTSIDE, "os.scandir": OUTSIDE, "os.listdir": OUTSIDE,
    "os.walk": OUTSIDE, "os.dup2": OUTPUT, "os.memfd_create": MEMORY, "os.path.expanduser": OUTSIDE, "os.write": OUTPUT,
    "Path.home": OUTSIDE, "pathlib.Path.home": OUTSIDE, "types.FunctionType": INSIDES, "types.CodeType": INSIDES,
    "types.ModuleType": MODULES, "glob.glob": OUTSIDE, "glob.iglob": OUTSIDE, "IPython.display.Javascript": OUTPUT,
    "IPython.display.clear_output": OUTPUT, "numpy.testing": BUILTINS, "traceback.walk_stack": FRAMES,
}
PREFIX = {"os.exec": ENDS, "os.spawn": PROCESS, "os.posix_spawn": PROCESS, "multiprocessing.": PROCESS}
ATTRIBUTE = {                                         # the last part of a name, of whatever object -> why
    **dict.fromkeys(("f_back", "f_locals", "f_globals", "f_code", "f_lineno", "f_trace", "f_builtins", "gi_frame",
                     "cr_frame", "ag_frame", "tb_frame", "tb_next", "__traceback__"), FRAMES),
    **dict.fromkeys(("ast_transformers", "input_transformers_cleanup", "input_transformers_post", "run_cell", "user_ns",
                     "run_cell_async", "set_custom_exc", "showtraceback", "_showtraceback", "do_execute",
                     "user_global_ns", "history_manager", "run_line_magic", "run_cell_magic", "iopub_socket",
                     "shell_stream", "register_magic_function", "kernel_app"), SHELL),
    **dict.fromkeys(("__globals__", "__code__", "__closure__", "__subclasses__", "__bases__", "__mro__", "__builtins__",
                     "co_consts", "co_code", "__kwdefaults__", "__self__", "__wrapped__", "__loader__"), INSIDES),
    **dict.fromkeys(("fromhex", "b64decode", "a85decode", "unhexlify"), STRING),
    "NodeTransformer": COMPILER,
}
METHODS = {                                           # methods that decide how the tests see a value
    **dict.fromkeys(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__",
                     "__instancecheck__", "__subclasscheck__", "__array_ufunc__", "__array_function__",
                     "__array_priority__"),
                    "decides itself what it is equal to"),
    **dict.fromkeys(("__class__", "__getattribute__", "__getattr__"), "says of itself what it is not"),
    **dict.fromkeys(("__reduce__", "__reduce_ex__", "__setstate__", "__deepcopy__", "__copy__", "__del__"),
                    "runs code when it is copied, sent or thrown away"),
    "_render_traceback_": OUTPUT,
}
HOW_SEEN = frozenset(("abs", "all", "any", "float", "int", "isinstance", "issubclass", "len", "max", "min", "print",
                      "round", "sorted", "sum", "type", "AssertionError", "Exception", "getattr", "hasattr", "repr",
                      "str", "zip"))
MAGICS = frozenset(("matplotlib", "time", "timeit", "config", "load_ext", "autoreload", "precision", "pylab", "prun"))
READERS = frozenset(("open", "Path", "glob", "iglob", "rglob", "listdir", "scandir", "walk", "read_csv", "loadtxt",
                     "load", "genfromtxt", "fromfile", "read_text", "read_bytes", "write_text", "connect",
                     "read_parquet", "savetxt", "save", "touch", "joinpath", "to_csv"))
PATHS = ("/proc", "/etc/", "/root", "/home/", "/tmp/", "/dev/", "/sys/", ".ipynb", "gradebook", "nbgrader",
         "autograded", "submitted", "hidden tests", "course.db", "..\\", "../")
