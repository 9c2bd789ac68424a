"""What ``import toolkit`` costs beyond NumPy, in fresh processes."""

import os
import subprocess
import sys

from tests.benchmarks.registry import NotMeasured, registry


def import_ms(module):
    """Return the CPU milliseconds that a fresh Python needs to import `module` (its start included)."""
    import resource  # not on Windows

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


@registry.extra("import toolkit / import numpy", at_most_ms=50, repeats=9, room="toolkit")
def import_toolkit():
    if os.name == "nt":
        raise NotMeasured("Windows does not report the CPU time of child processes")
    import_ms("toolkit")                                   # writes the byte code
    return (lambda: import_ms("toolkit")), (lambda: import_ms("numpy"))
