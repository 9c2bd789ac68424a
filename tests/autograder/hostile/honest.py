"""Honest hand-ins: each must get exactly what it deserves, however it is spelled."""

from tests.autograder.hostile.hand_in import FIRST, RIGHT, SECOND, HandIn, notebook, save

FULL, EVIDENCE = 5.0, "fewer points than deserved"


def _honest(name, what, points=FULL, *, first=None, second=None, before=(), after=()):
    def build(folder, world):
        answers = {FIRST: first or RIGHT[FIRST], SECOND: second or RIGHT[SECOND]}
        save(folder, notebook(world, answers, before=before, after=after))

    return HandIn(name, what, "honest", points, build, EVIDENCE)


CASES = [
    _honest("h01-right", "correct"),
    _honest("h02-warns", "correct, with a warning on stderr in every call", first='''
import warnings

def mean_price(prices):
    warnings.warn("this is slow", stacklevel=2)
    return sum(prices) / len(prices)
''', second='''
import sys

def middle(numbers):
    print("looking for the middle", file=sys.stderr)
    return sorted(numbers)[len(numbers) // 2]
'''),
    _honest("h03-slow", "correct but slow: a second and a half in each call", second='''
import time

def middle(numbers):
    time.sleep(1.5)
    return sorted(numbers)[len(numbers) // 2]
'''),
    _honest("h04-numpy", "correct, returns NumPy numbers", before=["import numpy as np"],
            first="mean_price = lambda prices: np.mean(prices)\n",
            second="def middle(numbers):\n    return np.median(np.array(numbers))\n"),
    _honest("h05-library", "correct, another spelling: functions of the standard library under a new name",
            first="from statistics import fmean as mean_price\n", second="from statistics import median as middle\n"),
    _honest("h06-fractions", "correct, computes with fractions", first='''
from fractions import Fraction

def mean_price(prices):
    return float(sum(map(Fraction, prices)) / len(prices))
'''),
    _honest("h07-class", "correct, a callable object instead of a function", second='''
class Middle:
    """Finds the middle."""

    def __call__(self, numbers):
        return sorted(numbers)[len(numbers) // 2]

middle = Middle()
'''),
    _honest("h08-recursion", "correct, by quickselect with recursion and an inner helper", second='''
def middle(numbers):
    def select(some, k):
        pivot, rest = some[0], some[1:]
        less, more = [x for x in rest if x < pivot], [x for x in rest if x >= pivot]
        if k < len(less):
            return select(less, k)
        return pivot if k == len(less) else select(more, k - len(less) - 1)
    return select(list(numbers), len(numbers) // 2)
'''),
    _honest("h09-prints", "correct, prints a lot, shows a picture in the text", first='''
def mean_price(prices):
    for price in prices:
        print("price", price)
    return sum(prices) / len(prices)
''', after=["from IPython.display import display, HTML\ndisplay(HTML('<b>done</b>'))\nmean_price(PRICES)"]),
    _honest("h10-globals", "correct, with helpers in a cell of her own and a global counter",
            before=["CALLS = 0\n\ndef half(n):\n    return n // 2\n"], second='''
def middle(numbers):
    global CALLS
    CALLS += 1
    return sorted(numbers)[half(len(numbers))]
'''),
    _honest("h11-magics", "correct, with magics, a shell command and input() in cells of her own",
            after=["%timeit -n 1 -r 1 sum([1])", "!echo hello", "input('your name? ')", "help(middle)"]),
    _honest("h12-typed", "correct, decorated and annotated, with a docstring in another script", first='''
import functools

def checked(f):
    @functools.wraps(f)
    def inner(*args, **more):
        return f(*args, **more)
    return inner

@checked
def mean_price(prices: "list[float]") -> float:
    """Середня ціна · 平均価格 · Durchschnittspreis 😀"""
    summe_größe: float = 0.0
    for price in prices:
        summe_größe += price
    return summe_größe / len(prices)
'''),
    _honest("h13-error-elsewhere", "correct, but a cell of her own raises", before=["1 / 0"], after=["undefined_name"]),
    _honest("h14-twice", "correct, defined wrongly first and rightly below", second='''
def middle(numbers):
    return numbers[0]

def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]
'''),
    _honest("h15-threads", "correct, computed in a thread", first='''
import concurrent.futures

def mean_price(prices):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return pool.submit(sum, prices).result() / len(prices)
'''),
    _honest("h16-seeded", "correct, sets seeds and NumPy options for herself",
            before=["import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)\nnp.seterr(all='raise')"]),
    _honest("h17-suspicious", "correct, with words that a naive scanner takes for an attack", first='''
def mean_price(prices):
    """Never call os._exit, __eq__, gc, inspect or get_ipython here."""
    import inspect
    return sum(prices) / len(prices) if not inspect.isclass(prices) else None
'''),
    _honest("h18-half", "half right: only the first question", 2.0,
            second="def middle(numbers):\n    return numbers[0]\n"),
    _honest("h19-unsorted", "half right: takes the list for sorted", 3.0,
            second="def middle(numbers):\n    return numbers[len(numbers) // 2]\n"),
    _honest("h20-in-place", "half right: sorts the list of the caller", 3.0,
            second="def middle(numbers):\n    numbers.sort()\n    return numbers[len(numbers) // 2]\n"),
    _honest("h21-constant", "half right: knows the examples by heart", 2.0,
            first="def mean_price(prices):\n    return 3.0\n", second="def middle(numbers):\n    return 2\n"),
    _honest("h22-blank", "handed in as released", 0.0,
            first="def mean_price(prices):\n    raise NotImplementedError()\n",
            second="def middle(numbers):\n    raise NotImplementedError()\n"),
    _honest("h23-syntax", "half right: a syntax error in the first answer", 3.0,
            first="def mean_price(prices)\n    return sum(prices) / len(prices)\n"),
    _honest("h24-float-noise", "correct up to rounding: multiplies by a reciprocal", FULL,
            first="def mean_price(prices):\n    return sum(price * (1 / len(prices)) for price in prices) + 0.0\n"),
]
