"""The scan for code worth a look: silent on honest answers, loud on attacks, and never in the way."""

from pathlib import Path

import pytest

from autograder.reports.suspicious import scan, scan_hand_in
from tests.autograder.hostile import marks
from tests.autograder.hostile.hand_in import RIGHT, WRONG
from tests.autograder.reports.made_up import forms, students

LAB = Path(__file__).parents[3] / "labs" / "03_regression"
HONEST = [
    "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nfrom toolkit.linear_model import Ridge",
    "import time\nstart = time.perf_counter()\nmodel.fit(X, y)\nprint(time.perf_counter() - start)",
    "from sklearn.model_selection import KFold\nfor a, b in KFold(5).split(X): pass",
    "with open('data.csv') as file:\n    rows = [float(line) for line in file]",
    "import pandas as pd\ndata = pd.read_csv('houses.csv')\ndata['price'].plot()\nplt.show()",
    "from pathlib import Path\ntext = Path('data.csv').read_text()",
    "%timeit f(3)\n%%time\nx = 1",
    "import os\nos.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\nprint(os.path.exists('data.csv'))",
    "sum = 0\nlist = [1, 2]\nmax = 3",
    "signal = np.sin(x)\nprint(signal.mean())\nfor _i in range(3): pass\nmodel.compile(loss='mse')",
    "class Line:\n    def __init__(self, w):\n        self.w = w\n    def __repr__(self):\n        return 'w'",
    "try:\n    f()\nexcept Exception as error:\n    print(error)",
    "plt.rcParams['figure.figsize'] = (4, 3)\nrng = np.random.default_rng(1)",
    "def f(x):\n    raise ValueError('x must be positive')\nassert f(3) == 9, 'see the notes'",
    "from IPython.display import display\ndisplay(data)\nw = getattr(model, 'coef_')\nnames = type(model).__name__",
]
ODD = [  # (code, line, a word of what)
    ("import inspect\ninspect.stack()[1]", 2, "inspect"),
    ("import sys as s\ns._getframe(1)", 2, "sys._getframe"),
    ("from sys import _getframe as g\nx = g(1)", 2, "_getframe"),
    ("f.f_back.f_locals", 1, ".f_back"),
    ("import builtins\nbuiltins.abs = lambda x: 0", 2, "builtins.abs"),
    ("np.mean = lambda *a: 3", 1, "np.mean = …"),
    ("import numpy as np\nnp.testing.assert_allclose = print", 2, "numpy.testing"),
    ("def len(x):\n    return 3", 1, "def len"),
    ("abs = lambda x: 0", 1, "abs = lambda"),
    ("get_ipython().ast_transformers.append(T())", 1, "get_ipython"),
    ("import ast\nclass T(ast.NodeTransformer): pass", 2, "ast"),
    ("import gc\ngc.get_objects()", 2, "gc"),
    ("from ctypes import CDLL", 1, "ctypes"),
    ("import os\nos._exit(0)", 2, "os._exit"),
    ("import sys\nsys.exit()", 2, "sys.exit"),
    ("import sys\nsys.modules['numpy'] = None", 2, "sys.modules"),
    ("class E:\n    def __eq__(self, o): return True", 1, "__eq__"),
    ("class E:\n    __lt__ = __eq__ = lambda a, b: True", 1, "__lt__"),
    ("eval('1+1')", 1, "eval"),
    ("exec(x)", 1, "exec"),
    ("import subprocess\nsubprocess.run(['ls'])", 2, "subprocess"),
    ("!ls", 1, "!ls"),
    ("%%bash\nls", 1, "%%bash"),
    ("import socket\nsocket.socket()", 2, "socket"),
    ("from urllib import request\nrequest.urlopen(a)", 2, "urllib.request"),
    ("open('/etc/passwd')", 1, "open('/etc/passwd')"),
    ("open('../../gradebook.db')", 1, "open("),
    ("np.load('~/x.npy')", 1, "load("),
    ("x = 'lab.ipynb'", 1, "'.ipynb'"),
    ("x = [" + "1, " * 300 + "]", 1, "characters"),
    (f"x = '{'QUJD' * 40}'", 1, "characters of code"),
    ("import base64\nbase64.b64decode(x)", 2, "base64"),
    ("setattr(np, 'mean', f)", 1, "setattr(np, …)"),
    ("getattr(f, '__globals__')", 1, "__globals__"),
    ("import threading\nthreading.Thread(target=f).start()", 2, "threading"),
    ("__import__('os')", 1, "__import__"),
    ("import os\nos.execv('a', [])", 2, "os.execv"),
    ("x = 'a' * 40_000_000", 1, "million"),
    ("def f(:\n    get_ipython()", 2, "get_ipython"),
    ("x = = 1\nimport os\nos._exit(1)", 3, "os._exit"),
    ("import os\nos.getcwd()", 2, "os.getcwd"),
]


@pytest.mark.parametrize("source", HONEST)
def test_what_honest_students_write_gives_no_flag(source):
    assert scan(source) == []


def test_no_solution_right_answer_or_known_wrong_answer_of_unit_03_gives_a_flag():
    found = {
        (question, str(each))
        for question, answers in forms(LAB).items()
        for _, kind, source in answers
        if kind == "code"
        for each in scan(source)
    }
    assert found == set()
    assert scan_hand_in(students(LAB, 1)[0]) == []


@pytest.mark.parametrize(("source", "line", "what"), ODD)
def test_what_is_worth_a_look_is_named_with_its_line_and_a_reason(source, line, what):
    found = scan(source)
    assert any(each.number == line and what in each.what and each.why for each in found), found
    assert all(each.line == source.splitlines()[each.number - 1].strip()[:200] for each in found)


def attacks():
    """Yield ``(id, [source, ...])`` of the hostile corpus' attempts on the marks that are code."""
    for case in marks.CASES:
        values = [cell.cell_contents for cell in case.build.__closure__ or ()]
        texts = [
            text
            for value in values
            for text in ([value] if isinstance(value, str) else value if isinstance(value, tuple | list) else ())
        ]
        code = [text for text in texts if isinstance(text, str) and "\n" in text]
        if any(text.strip() not in {each.strip() for each in (*WRONG.values(), *RIGHT.values())} for text in code):
            yield case.id, code


def test_nearly_all_attacks_on_the_marks_are_flagged():
    there = dict(attacks())
    silent = [name for name, code in there.items() if not any(map(scan, code))]
    assert len(there) >= 40
    assert len(silent) <= 0.05 * len(there), silent


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\0",
        "x" * 10**5,
        "(" * 5000,
        "a." * 5000 + "b",
        "\ud800",
        "%",
        "!",
        "-" * 3000 + "1",
        "def f(:\n" * 50,
        "'''",
    ],
)
def test_no_source_stops_the_scan(source):
    assert isinstance(scan(source), list)
