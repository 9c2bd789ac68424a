"""What is measured, and against which target. Benchmarks register themselves by a decorator.

A file ``tests/benchmarks/bench_<room>.py`` is found by its name. Three kinds of rows:

>>> registry = Registry()
>>> @registry.ratio("sum of a list", faster=0.5, room="example")
... def sum_of_a_list():
...     numbers = list(range(100))
...     assert sum(numbers) == 4950              # correct first, then fast
...     return (lambda: sum(numbers)), (lambda: sum(numbers))
>>> [benchmark.name for benchmark in registry.select()]
['sum of a list']
"""

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import interleaved, percentile


class NotMeasured(Exception):
    """Raised by a benchmark that cannot run here; the row says why and neither meets nor misses its target."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    room: str
    name: str
    ours: float | None = None            # milliseconds
    reference: float | None = None       # milliseconds; for a latency the median
    figure: str = ""                     # what is compared with the target
    value: float | None = None           # the same as a number
    target: str = ""
    met: bool | None = None              # None: no target, or not measured
    note: str = ""


@dataclass(frozen=True)
class Benchmark:
    """A named measurement that gives a Row."""

    room: str
    name: str
    target: str
    measure: Callable[[], dict]

    def run(self):
        """Measure, and return the Row; whatever goes wrong is told in its note and misses the target."""
        try:
            return Row(self.room, self.name, target=self.target, **self.measure())
        except NotMeasured as reason:
            return Row(self.room, self.name, target=self.target, figure="not measured", note=str(reason))
        except Exception as error:
            return Row(self.room, self.name, target=self.target, figure="failed", met=False,
                       note=f"{type(error).__name__}: {' '.join(str(error).split())}")


class Registry:
    """The benchmarks, in order of registration."""

    def __init__(self):
        self.benchmarks = {}

    def ratio(self, name, *, faster=None, at_most=None, repeats=7, room=None):
        """Register ``function() -> (ours, reference)``, two calls whose CPU times are compared.

        The function makes the data, asserts that both give the same answer, and returns them.

        Parameters
        ----------
        name : str
        faster : float, optional
            Target: the reference takes at least so many times our time.
        at_most : float, optional
            Target: we take at most so many times the reference's time. With neither, the ratio is only shown.
        repeats : int
        room : str, optional
            The toolkit room; taken from the file's name unless given.
        """
        if faster is not None and at_most is not None:
            raise ValueError(f"{name}: a target is either faster or at_most, got {faster} and {at_most}")
        target = f">= {faster:g}x faster" if faster else f"<= {at_most:g}x time" if at_most else ""

        def measure(function):
            ours, reference = interleaved(*function(), repeats)
            quicker = at_most is None and reference >= ours
            value = reference / ours if faster or quicker else ours / reference
            met = value >= faster if faster else value <= at_most if at_most else None
            figure = f"{value:.3g}x {'faster' if faster or quicker else 'time'}"
            return {"ours": ours, "reference": reference, "value": value, "figure": figure, "met": met}

        return self._adder(name, room, target, measure)

    def extra(self, name, *, at_most_ms, repeats=7, room=None):
        """Register ``function() -> (ours, reference)``, two calls that return milliseconds themselves.

        Target: the median of ours exceeds the reference's by at most `at_most_ms`.
        """
        def measure(function):
            rivals = function()
            samples = ([], [])
            for _ in range(repeats):
                for rival, taken in zip(rivals, samples, strict=True):
                    taken.append(rival())
            ours, reference = (percentile(taken, 0.5) for taken in samples)
            value = ours - reference
            return {"ours": ours, "reference": reference, "value": value, "figure": f"{value:+.1f} ms",
                    "met": value <= at_most_ms}

        return self._adder(name, room, f"<= +{at_most_ms:g} ms", measure)

    def wall(self, name, *, faster=None, at_most=None, repeats=10, room=None):
        """Register ``function() -> (ours, reference)``, two calls that return milliseconds themselves, called in turns.

        For what other processes do, which CPU time does not see. Targets as in `ratio`, of the medians.
        """
        def measure(function):
            rivals, samples = function(), ([], [])
            for _ in range(repeats):
                for rival, taken in zip(rivals, samples, strict=True):
                    taken.append(rival())
            ours, reference = (percentile(taken, 0.5) for taken in samples)
            value = reference / ours if faster is not None else ours / reference
            met = value >= faster if faster is not None else value <= at_most if at_most is not None else None
            return {"ours": ours, "reference": reference, "value": value, "met": met,
                    "figure": f"{value:.3g}x {'faster' if faster is not None else 'time'}"}

        target = f">= {faster:g}x faster" if faster else f"<= {at_most:g}x time" if at_most else ""
        return self._adder(name, room, target, measure)

    def latency(self, name, *, goal, bound, room=None):
        """Register ``function() -> milliseconds``, a list of answers to one key press each.

        Target: the 95th percentile is at most `bound` ms. The `goal` is what we would like; missing it is noted.
        The median stands in the reference column.
        """
        def measure(function):
            samples = list(function())
            value = percentile(samples, 0.95)
            note = "" if value <= goal else f"goal of {goal:g} ms missed"
            return {"ours": value, "reference": percentile(samples, 0.5), "value": value,
                    "figure": f"p95 {value:.1f} ms", "met": value <= bound,
                    "note": note}

        return self._adder(name, room, f"p95 <= {bound:g} ms (goal {goal:g})", measure)

    def _adder(self, name, room, target, measure):
        def add(function):
            home = room or function.__module__.rsplit(".", 1)[-1].removeprefix("bench_")
            self.benchmarks[name] = Benchmark(home, name, target, lambda: measure(function))
            return function
        return add

    def discover(self, folder=Path(__file__).parent):
        """Import every ``bench_*.py`` beside this file; return self.

        A file that cannot be imported becomes a row that failed.
        """
        for path in sorted(folder.glob("bench_*.py")):
            try:
                importlib.import_module(f"{__package__}.{path.stem}")
            except Exception as error:
                self._broken(path.stem.removeprefix("bench_"), error)
        return self

    def _broken(self, room, error):
        def fail():
            raise error
        self.benchmarks[f"import of bench_{room}"] = Benchmark(room, f"import of bench_{room}", "", fail)

    def select(self, wanted=()):
        """Return the benchmarks whose room is, or whose name contains, one of `wanted`; all for none.

        Raises
        ------
        KeyError
            If nothing fits a name, with near ones.
        """
        chosen = []
        for word in wanted:
            fits = [b for b in self.benchmarks.values() if word == b.room or word.lower() in b.name.lower()]
            if not fits:
                rooms = sorted({b.room for b in self.benchmarks.values()})
                near = difflib.get_close_matches(word, [*rooms, *self.benchmarks], n=3, cutoff=0.4)
                raise KeyError(f"no benchmark fits {word!r}; rooms are {', '.join(rooms) or 'none'}"
                               + (f"; did you mean {' or '.join(map(repr, near))}?" if near else ""))
            chosen += [b for b in fits if b not in chosen]
        return chosen if wanted else list(self.benchmarks.values())


registry = Registry()
