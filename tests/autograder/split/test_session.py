"""What crosses between tests and answers: ordinary tests run as if both were one process."""

import pytest

from tests.autograder.split.conftest import notebook

# each: what it shows, the answer, a test that must pass
HONEST = {
    "numbers keep their types": ("def f(x):\n    return x * 2", "assert f(3) == 6 and type(f(2.0)) is float"),
    "arrays keep type and values": ("def f(x):\n    return x + 1",
                                    "r = f(np.arange(3.0))\nassert type(r) is np.ndarray and r.dtype == float"),
    "keywords and defaults": ("def f(a, *, b=3):\n    return a - b", "assert f(1) == -2 and f(1, b=1) == 0"),
    "an argument that is returned is the same object": ("def f(x):\n    return x",
                                                        "a, l = np.ones(3), [1]\nassert f(a) is a and f(l) is l"),
    "an argument twice is one object": ("def f(a, b):\n    return a is b",
                                        "x = [1]\nassert f(x, x) is True and f(x, [1]) is False"),
    "cycles": ("def f(x):\n    return x[0] is x", "x = []\nx.append(x)\nassert f(x)"),
    "lists change in place": ("def f(x):\n    x.sort()", "x = [3, 1, 2]\nf(x)\nassert x == [1, 2, 3]"),
    "arrays change in place": ("def f(x):\n    x *= 2",
                               "x = np.arange(4.0)\nf(x[::2])\nassert list(x) == [0, 1, 4, 3]"),
    "large arrays change in place": ("def f(x):\n    x[0, 5] = 7",
                                     "x = np.zeros((200, 200))\nf(x)\nassert x[0, 5] == 7 and x.sum() == 7"),
    "dictionaries change in place, order too": ("def f(d):\n    d['z'] = d.pop('a')",
                                                "d = {'a': 1, 'b': 2}\nf(d)\n"
                                                "assert list(d.items()) == [('b', 2), ('z', 1)]"),
    "sets and bytearrays change in place": ("def f(s, b):\n    s.add(3)\n    b.extend(b'x')",
                                            "s, b = {1}, bytearray(b'a')\nf(s, b)\nassert s == {1, 3} and b == b'ax'"),
    "nested changes": ("def f(t):\n    t[0]['k'].append(np.ones(2))\n    t[1][0] = t[0]['k']",
                       "t = ({'k': []}, [None])\nk = t[0]['k']\nf(t)\nassert len(k) == 1 and t[1][0] is k"),
    "frames change in place": ("def f(d):\n    d['b'] = d.a * 2\n    d.drop(index=0, inplace=True)",
                               "d = pd.DataFrame({'a': [1, 2, 3]})\nf(d)\nassert list(d.b) == [4, 6]"),
    "sparse matrices change in place": ("def f(m):\n    m.data *= 2",
                                        "m = sparse.csr_array(np.eye(3))\nf(m)\nassert m.sum() == 6"),
    "changes reach the tests when the call fails": (
        "def f(x):\n    x.append(1)\n    raise ValueError('no')",
        "x = []\ntry:\n    f(x)\nexcept ValueError:\n    pass\nassert x == [1]"),
    "generators advance": ("def f(rng):\n    return rng.normal(size=3)",
                           "a, b = np.random.default_rng(1), np.random.default_rng(1)\n"
                           "assert np.array_equal(f(a), b.normal(size=3)) and a.random() == b.random()"),
    "generators have children": ("def f(rng):\n    return rng.spawn(2)[1].random()",
                                 "a, b = np.random.default_rng(1), np.random.default_rng(1)\n"
                                 "assert f(a) == b.spawn(2)[1].random() and a.spawn(1)[0].random() == "
                                 "b.spawn(1)[0].random()"),
    "old random states advance": ("def f(r):\n    return r.randn()",
                                  "a, b = np.random.RandomState(1), np.random.RandomState(1)\n"
                                  "assert f(a) == b.randn() and a.randn() == b.randn()"),
    "the standard library's generators advance": ("def f(r):\n    return r.random()",
                                                  "import random\na, b = random.Random(1), random.Random(1)\n"
                                                  "assert f(a) == b.random() and a.random() == b.random()"),
    "Python's exceptions are the real ones": (
        "def f(x):\n    return [1][x]", "try:\n    f(3)\nexcept IndexError as e:\n    assert 'range' in str(e)\n"
        "else:\n    raise AssertionError"),
    "NumPy's exceptions are the real ones": (
        "def f(x):\n    return np.linalg.inv(x)",
        "try:\n    f(np.zeros((2, 2)))\nexcept np.linalg.LinAlgError as e:\n    assert 'Singular' in str(e)\n"
        "else:\n    raise AssertionError"),
    "system errors have their number": (
        "def f():\n    return open('/no/such')",
        "import errno\ntry:\n    f()\nexcept FileNotFoundError as e:\n    assert e.errno == errno.ENOENT\n"
        "else:\n    raise AssertionError"),
    "an exception class of the answer": (
        "class Empty(ValueError):\n    pass\ndef f():\n    raise Empty('nothing', 3)",
        "try:\n    f()\nexcept Empty as e:\n    assert e.args == ('nothing', 3) and isinstance(e, ValueError)\n"
        "else:\n    raise AssertionError"),
    "callbacks": ("def f(g, n):\n    return sum(g(i) for i in range(n))",
                  "seen = []\ndef spy(i):\n    seen.append(i)\n    return i * i\n"
                  "assert f(spy, 4) == 14 and seen == [0, 1, 2, 3]"),
    "callbacks change the arrays of the answer": (
        "def f(g):\n    x = np.zeros(3)\n    g(x)\n    return x.sum()",
        "def fill(x):\n    x += 5\nassert f(fill) == 15"),
    "callbacks within callbacks": ("def f(g, n):\n    return 1 if n == 0 else n * g(n - 1)",
                                   "def back(n):\n    return f(back, n)\nassert f(back, 10) == 3628800"),
    "exceptions of callbacks travel through": (
        "def f(g):\n    try:\n        return g()\n    finally:\n        pass",
        "error = KeyError('mine')\ndef fail():\n    raise error\ntry:\n    f(fail)\nexcept KeyError as e:\n"
        "    assert e is error\nelse:\n    raise AssertionError"),
    "answers may catch what callbacks raise": (
        "def f(g):\n    try:\n        g()\n    except ZeroDivisionError:\n        return 'caught'",
        "assert f(lambda: 1 / 0) == 'caught'"),
    "exceptions of the test's own classes": (
        "def f(g):\n    try:\n        g()\n    except ValueError as e:\n        return type(e).__name__",
        "class Odd(ValueError):\n    pass\ndef fail():\n    raise Odd\nassert f(fail) == 'Odd'"),
    "library functions as arguments": ("def f(g, x):\n    return g(x)",
                                       "assert f(np.exp, 0.0) == 1 and f(len, [1]) == 1 and f(np.mean, [1, 3]) == 2\n"
                                       "assert f(float, 3) == 3.0 and f(np.float32, 1) == 1"),
    "types come back as themselves": ("def f():\n    return int, np.float64, list",
                                      "assert f() == (int, np.float64, list)"),
    "objects with methods": (
        "class Counter:\n    '''Counts.'''\n    def __init__(self, start=0):\n        self.n = start\n"
        "    def up(self, by=1):\n        self.n += by\n        return self",
        "c = Counter(2)\nassert c.up().up(by=3) is c and c.n == 6 and type(c).__name__ == 'Counter'\n"
        "assert isinstance(c, Counter) and type(c) is Counter and not isinstance(c, np.ndarray)\n"
        "c.n = 10\nassert c.up().n == 11 and Counter.__name__ == 'Counter'"),
    "inheritance": ("class A:\n    def hi(self):\n        return 'a'\nclass B(A):\n    pass",
                    "assert isinstance(B(), A) and issubclass(B, A) and not isinstance(A(), B) and B().hi() == 'a'"),
    "missing attributes": ("class A:\n    pass",
                           "assert not hasattr(A(), 'x') and getattr(A(), 'x', 3) == 3"),
    "generators of the answer": ("def f(n):\n    for i in range(n):\n        yield i, np.full(2, i)",
                                 "g = f(3)\nassert next(g)[0] == 0\nassert [int(a[0]) for _, a in g] == [1, 2]"),
    "endless generators": ("def f():\n    n = 0\n    while True:\n        yield n\n        n += 1",
                           "import itertools\nassert list(itertools.islice(f(), 5)) == [0, 1, 2, 3, 4]"),
    "context managers": (
        "class M:\n    def __init__(self):\n        self.log = []\n    def __enter__(self):\n"
        "        self.log.append('in')\n        return 5\n    def __exit__(self, kind, error, tb):\n"
        "        self.log.append(kind and kind.__name__)\n        return kind is KeyError",
        "m = M()\nwith m as five:\n    raise KeyError\nassert five == 5 and m.log == ['in', 'KeyError']"),
    "items and lengths": (
        "class V:\n    def __init__(self):\n        self.d = {}\n    def __len__(self):\n        return 4\n"
        "    def __getitem__(self, k):\n        return self.d.get(k, 0)\n    def __setitem__(self, k, v):\n"
        "        self.d[k] = v",
        "v = V()\nv['a'] = 3\nassert len(v) == 4 and v['a'] == 3 and v[1, 2] == 0"),
    "texts of objects": ("class P:\n    def __repr__(self):\n        return 'P(1)'",
                         "assert repr(P()) == 'P(1)' and f'{P()}' == 'P(1)'"),
    "namedtuples and dataclasses by their fields": (
        "from collections import namedtuple\nfrom dataclasses import dataclass\nPoint = namedtuple('Point', 'x y')\n"
        "@dataclass\nclass D:\n    a: int\ndef f():\n    return Point(1, 2), D(3)",
        "p, d = f()\nassert (p.x, p[1], len(p), d.a) == (1, 2, 2, 3) and type(p).__name__ == 'Point'"),
    "objects of the test's classes": (
        "def f(m):\n    m.seen = m.predict(np.ones(2)) + m.bias\n    return m",
        "class Model:\n    bias = 1\n    def predict(self, x):\n        return x.sum()\n"
        "m = Model()\nassert f(m) is m and m.seen == 3.0"),
    "generators of the test": ("def f(g):\n    return sum(g)", "assert f(i * i for i in range(4)) == 14"),
    "objects that come back": ("class A:\n    pass\nkept = A()\ndef f():\n    return kept\n"
                               "def same(a):\n    return a is kept",
                               "a = f()\nassert f() is a and same(a) and not same(A())"),
    "signatures, names and texts": (
        "def f(a, b=2, *c, d='x', **e):\n    '''Return nothing.'''",
        "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'b', 'c', 'd', 'e']\n"
        "assert inspect.signature(f).parameters['d'].default == 'x' and f.__name__ == 'f' and 'nothing' in f.__doc__"),
    "printed text can be looked at": (
        "def f():\n    print('hello')\n    return 1",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    f()\n"
        "assert out.getvalue() == 'hello\\n'"),
    "warnings are given again": (
        "import warnings\ndef f():\n    warnings.warn('careful', DeprecationWarning)",
        "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n"
        "    f()\n    f()\nassert len(seen) == 2 and seen[0].category is DeprecationWarning"),
    "warnings can be errors": (
        "import warnings\ndef f():\n    warnings.warn('careful')",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    try:\n        f()\n"
        "    except UserWarning:\n        pass\n    else:\n        raise AssertionError"),
    "floating-point errors are treated as the test says": (
        "def f(x):\n    return x / 0",
        "with np.errstate(all='raise'):\n    try:\n        f(np.ones(2))\n    except FloatingPointError:\n"
        "        pass\n    else:\n        raise AssertionError\n"
        "with np.errstate(all='ignore'):\n    assert np.isinf(f(np.ones(2))).all()"),
    "plain values of answers": ("answer_1 = 0.5\nanswer_2 = {'a': (1, 2)}",
                                "assert globals().get('answer_1') == 0.5 and answer_2 == {'a': (1, 2)}"),
    "values are one graph": ("a = [1]\nb = [a, a]", "assert b[0] is a and b[1] is a"),
    "read-only arrays stay read-only": (
        "def f(x):\n    try:\n        x[0] = 1\n    except ValueError:\n        return 'read-only'",
        "x = np.zeros(3)\nx.flags.writeable = False\nassert f(x) == 'read-only'"),
    "collections": (
        "from collections import Counter, defaultdict, deque\ndef f():\n"
        "    return Counter('aab'), defaultdict(list, {1: [2]}), deque([1], maxlen=2)",
        "c, d, q = f()\nassert c == {'a': 2, 'b': 1} and c['z'] == 0 and d[7] == [] and q.maxlen == 2"),
    "frames and series": (
        "def f(d):\n    return d.groupby('k').v.mean()",
        "d = pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1.0, 2.0, 3.0]})\n"
        "pd.testing.assert_series_equal(f(d), d.groupby('k').v.mean())"),
    "recursion of the answer": ("def f(n):\n    return f(n + 1)",
                                "try:\n    f(0)\nexcept RecursionError:\n    pass\nelse:\n    raise AssertionError"),
    "threads of the test": (
        "def f(x):\n    return x * 2",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n"
        "    assert list(pool.map(f, range(50))) == list(range(0, 100, 2))"),
    "threads of the answer call callbacks": (
        "from concurrent.futures import ThreadPoolExecutor\ndef f(g, n):\n    with ThreadPoolExecutor(3) as pool:\n"
        "        return list(pool.map(g, range(n)))",
        "assert f(lambda i: i + 1, 20) == list(range(1, 21))"),
}


@pytest.mark.slow
@pytest.mark.parametrize("shown", HONEST)
def test_split_is_as_one_process(grade, workshop, shown):
    answer, test = HONEST[shown]
    came = grade(answer, test)
    assert came.points == [1.0], came.words
    assert workshop(notebook(answer, test)).in_process() == {"t1": 1.0}


@pytest.mark.slow
@pytest.mark.parametrize("leave", ["SystemExit(3)", "KeyboardInterrupt()", "GeneratorExit()"])
def test_what_would_end_python_is_an_ordinary_exception_of_that_name(grade, leave):
    name = leave.partition("(")[0]
    test = f"try:\n    f()\nexcept Exception as e:\n    assert type(e).__name__ == {name!r}\nelse:\n    assert 0"
    assert grade(f"def f():\n    raise {leave}", test).points == [1.0]


@pytest.mark.slow
def test_a_failing_answer_shows_its_own_lines_and_no_line_of_the_test(grade):
    came = grade("def f(x):\n    y = x\n    return y / 0", "secret_number = 17\nf(secret_number)")
    (output,) = came.verdicts[0].outputs
    assert output.ename == "ZeroDivisionError"
    assert output.traceback == ["in f, line 3: return y / 0", "ZeroDivisionError: division by zero"]


@pytest.mark.slow
def test_what_an_answer_prints_comes_with_the_test_and_is_bounded(grade):
    came = grade("def f(n):\n    print('x' * n)\n    return n", "print('before')\nf(3)\nprint('after')",
                 "for _ in range(40):\n    f(50_000)")
    assert came.points == [1.0, 1.0]
    assert came.printed.startswith("before\nxxx\nafter\n") and len(came.printed) < 300_000


@pytest.mark.slow
@pytest.mark.parametrize(("value", "points"), [("0.5", 0.5), ("True", 1), ("False", 0), ("np.float64(0.25)", 0.25),
                                               ("float('nan')", 0), ("7", 1), ("-1", 0), ("'0.5'", 1), ("f", 1)])
def test_a_last_value_is_partial_credit(grade, value, points):
    assert grade("def f():\n    return 1", value).points == [points]


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["assert f(2) == 4", "f(3) > 1", "if f(2):\n    pass", "float(f(2))", "{f(2)}",
                                   "np.asarray(f(2)).sum()", "assert np.allclose(f(2), 4)", "assert f(2) in [4, 5]",
                                   "assert 4 in f(2)", "np.testing.assert_equal(f(2), 4)", "assert f(2) - 4 == 0",
                                   "assert np.ones(2) == f(2)", "int(f(2))", "range(10)[f(2)]", "round(f(2))",
                                   "pd.Series([1]) == f(2)", "assert not f(2) != 4", "abs(f(2))", "sum([f(2)])"])
def test_an_object_of_the_answer_decides_nothing(grade, wrong):
    methods = ["eq", "ne", "lt", "le", "gt", "ge", "bool", "float", "int", "index", "abs", "add", "sub", "radd", "rsub",
               "contains", "hash", "round", "array"]
    body = "\n".join(f"    def __{name}__(self, *_): return 1" for name in methods)
    came = grade(f"class Yes:\n{body}\ndef f(x):\n    return Yes()", wrong)
    assert came.points == [0.0] and ("compare its data" in came.words[0] or "TypeError" in came.words[0]
                                     or "assert_equal" in wrong), came.words
