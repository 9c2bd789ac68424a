"""Copies of the test's process, at work at the same time."""

import multiprocessing
import traceback
import warnings

CONTEXT = multiprocessing.get_context("fork")         # importing nbgrader again in each would take seconds


class Processes:
    """Copies of this process, each at work on its own; they begin together when all are up."""

    def __init__(self, *works):
        self.gate, context = CONTEXT.Barrier(len(works)), CONTEXT
        self.errors = context.Queue()
        self.all = [context.Process(target=self._run, args=(work,)) for work in works]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)       # a fork beside pytest's own threads
            for process in self.all:
                process.start()

    def _run(self, work):
        try:
            self.gate.wait(60)
            work()
        except BaseException:
            self.errors.put(traceback.format_exc())
            raise

    def finish(self):
        """Wait for all, and fail with what any of them raised."""
        for process in self.all:
            process.join(240)
        assert [process.exitcode for process in self.all] == [0] * len(self.all), self.errors.get(timeout=5)
