"""Whether the two ways of grading agree: tests in the student's process, and tests apart from it.

Honest students are graded apart, authors try their tests in one process; an answer that gets other points there is a
test that cannot be split as it is written. Compared in a thread, while worker processes do the rest of an audit.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from autograder.errors import CourseError
from autograder.forks import data_copy


class Comparison:
    """A comparison on its way.

    Parameters
    ----------
    folder : Path
        The lab, for its data.
    notebooks : dict {kind: NotebookNode}
        With solutions and hidden tests.
    answers : list of (kind, name, answers, question)
        What to grade both ways: the notebook, what to call it, sources in place of solutions, and the question whose
        tests to run, None for all.
    on_step : callable
        Called with ``("both ways", done, total)``.
    """

    def __init__(self, folder, notebooks, answers, on_step):
        self.folder, self.notebooks, self.answers, self.on_step = folder, notebooks, answers, on_step
        self.stopped, self.thread = threading.Event(), ThreadPoolExecutor(1)
        self.future = self.thread.submit(self._compare)

    def result(self):
        """Wait and return what differs, each as a sentence."""
        return self.future.result()

    def stop(self):
        """End it soon; nobody waits for the result."""
        self.stopped.set()
        self.thread.shutdown(wait=False, cancel_futures=True)

    def _compare(self):
        from autograder.split.local import Workshop

        found, done = [], 0
        self.on_step("both ways", 0, len(self.answers))
        for kind, notebook in self.notebooks.items():
            mine = [rest for each, *rest in self.answers if each == kind]
            with data_copy(self.folder) as folder, Workshop(notebook, folder) as workshop:
                for name, answers, question in mine:
                    if self.stopped.is_set():
                        return found
                    only = [test for test in workshop.most if question is None or test.startswith(f"{question}-")]
                    found += [f"{kind}: the {name} gets {one:g} points from {test} in the student's process and "
                              f"{other:g} apart from it."
                              for test, (one, other) in _both(workshop, answers, only).items() if one != other]
                    done += 1
                    self.on_step("both ways", done, len(self.answers))
        return found


def _both(workshop, answers, only):
    """Return ``{test: (points in one process, points apart)}``."""
    try:
        return workshop.both(answers, only) if only else {}
    except OSError as error:                          # a socket of a process that ended
        raise CourseError(f"The comparison of the two ways of grading failed: {error}") from None
