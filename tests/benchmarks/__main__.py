"""``python -m tests.benchmarks [name ...]``: measure, print the table, exit with 1 if a target is missed."""

import os
import subprocess
import sys

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
ONE_THREAD = dict.fromkeys(LIMITS, "1")


def limited():
    """Return whether this process was started with one thread for every library."""
    return all(os.environ.get(name) == value for name, value in ONE_THREAD.items())


if __name__ == "__main__":
    if not limited():        # the libraries read these when they load, so it takes a fresh process
        command = [sys.executable, "-m", "tests.benchmarks", *sys.argv[1:]]
        sys.exit(subprocess.call(command, env={**os.environ, **ONE_THREAD}))
    from tests.benchmarks.runner import main

    main()
